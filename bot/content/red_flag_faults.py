"""What is wrong with the red flags of content/: field and message of each fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from bot.content.files import ContentModel
from bot.content.knowledge import Fact
from bot.content.numbers import numbers_in
from bot.content.phrases import phrase_variants
from bot.content.red_flags import (
    LAYOUT_WORDS,
    Clue,
    Combination,
    Contact,
    Layout,
    Level,
    Outcome,
    RedFlag,
    Status,
    TemperatureWords,
)
from bot.content.sign_words import SIGN_WORDS_FILE, parse_together

CONTACTS_FILE = "contacts.yml"
_ANY_COUNTRY = "any"


class FlagsFile(ContentModel):
    """What stands in red_flags.yml beside the flags."""

    outcomes: dict[Level, dict[Status, Outcome]]
    temperature: TemperatureWords
    layout: Layout
    two_ambers: RedFlag
    combinations: tuple[Combination, ...] = ()
    clues: tuple[Clue, ...] = ()


def phrase_faults(phrases: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """One message for each phrase that cannot be read."""
    for phrase in phrases:
        try:
            for _ in phrase_variants(phrase, groups):
                pass
        except ValueError as error:
            yield str(error)


def rule_faults(
    named: RedFlag | Clue, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Field and message: phrases and rules that cannot be read."""
    for field in ("says", "may_say", "not_meant", "context"):
        for fault in phrase_faults(getattr(named, field, ()), groups):
            yield field, fault
    for field in ("together", "may_together"):
        for rule in getattr(named, field, ()):
            try:
                read = parse_together(rule)
            except ValueError as error:
                yield field, str(error)
                continue
            for group in {*read.groups, *read.without} - set(groups):
                yield field, f"unknown group {group!r}; groups stand in {SIGN_WORDS_FILE}"


def flag_faults(flag: RedFlag, facts: dict[str, Fact]) -> Iterator[tuple[str, str]]:
    """Field and message: facts that are missing, numbers that stand in none."""
    for fact_id in flag.facts:
        if fact_id not in facts:
            yield "facts", f"unknown fact {fact_id!r}; fact ids stand in facts/safety.yml"
    if not flag.facts and not flag.needs_clinician:
        yield "facts", "is empty; name a fact, or mark it `needs_clinician: true`"
    known = [facts[fact_id] for fact_id in flag.facts if fact_id in facts]
    texts = [f"{f.statement} {f.caution or ''}" for f in known]
    texts += [str(n.value) for f in known for n in f.numbers]
    allowed = {number for text in texts for number in numbers_in(text)}
    for field, number in _numbers_of(flag):
        if number not in allowed:
            yield (
                field,
                f"the number {number} does not stand in its facts; correct it, or name the fact",
            )


def _numbers_of(flag: RedFlag) -> Iterator[tuple[str, str]]:
    words = [("card.title", flag.card.title), ("card.problem", flag.card.problem)]
    words += [(f"card.bullets[{n}]", text) for n, text in enumerate(flag.card.bullets, start=1)]
    words += [("ask", flag.ask), ("name", flag.name)]
    limits = [x for t in flag.temperature for x in (t.at_least, t.below) if x is not None]
    words += [("temperature", f"{limit:g}") for limit in limits]
    return ((field, number) for field, text in words for number in numbers_in(text))


def rest_faults(
    rest: FlagsFile, flags: dict[str, RedFlag], contacts: dict[str, Contact]
) -> Iterator[tuple[str, str, str]]:
    """Item, field and message: everything beside the flags."""
    clues = {clue.id for clue in rest.clues}
    for combination in rest.combinations:
        for named in (combination.becomes, *combination.all_of, *combination.some_of):
            if named not in flags and named not in clues:
                yield (
                    "combinations",
                    combination.becomes,
                    f"unknown red flag {named!r}; ids stand in flags",
                )
    for level in get_args(Level):
        missing = set(get_args(Status)) - set(rest.outcomes.get(level, {}))
        if missing:
            yield "outcomes", level, f"does not say what to do for {sorted(missing)}; add them"
    for word in sorted(set(LAYOUT_WORDS) ^ set(rest.layout.words)):
        yield (
            "layout",
            f"words.{word}",
            "is missing; add it" if word in LAYOUT_WORDS else "is not known; delete it",
        )
    yield from _contact_faults(rest.layout, contacts)
    for country in rest.layout.country_names:
        for name, table in (("emergency", rest.layout.emergency), ("crisis", rest.layout.crisis)):
            if not table.get(country):
                yield "layout", f"{name}.{country}", f"has no contact; add one of {CONTACTS_FILE}"


def _contact_faults(layout: Layout, contacts: dict[str, Contact]) -> Iterator[tuple[str, str, str]]:
    tables: dict[str, dict[str, tuple[str, ...]]] = {
        "crisis": layout.crisis,
        "crisis_young": layout.crisis_young,
        "support": layout.support,
        "emergency": {country: (one,) for country, one in layout.emergency.items()},
    }
    listed = (
        (name, country, contact_id)
        for name, table in tables.items()
        for country, ids in table.items()
        for contact_id in ids
    )
    for name, country, contact_id in listed:
        contact = contacts.get(contact_id)
        if contact is None:
            yield "layout", name, f"unknown contact {contact_id!r}; ids stand in {CONTACTS_FILE}"
        elif contact.country not in (country, _ANY_COUNTRY):
            yield (
                "layout",
                name,
                f"{contact_id!r} is not a contact of {country}; name one of its own",
            )
