"""Red flags, how denial is worded, and whom to call: read from content/ and checked.

Phrases are written for clinicians to read: `a/b` is one word or the other, `(a)` may be missing,
`{group}` is any entry of a word group, `...` stands for up to three other words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, validator

from bot.content.files import ContentModel, Model, Problems, between, build, read_yaml
from bot.content.knowledge import ID_PATTERN, Fact, Source
from bot.content.numbers import numbers_in
from bot.content.sign_words import (
    SIGN_WORDS_FILE,
    SignWords,
    inflections,
    parse_together,
    plain_groups,
)

Level = Literal["emergency", "urgent", "routine", "crisis"]
Outcome = Literal["card", "confirm", "none"]
Status = Literal[
    "said", "denied", "doubtful", "gone", "hypothetical", "asked", "past", "unclear_time", "other"
]
CONFIRMABLE: tuple[Level, ...] = ("emergency", "crisis")
FLAGS_FILE, NEGATION_FILE, CONTACTS_FILE = "red_flags.yml", "negation.yml", "contacts.yml"
COMMON_WORDS_FILE = "common_words.txt"
_ANY_COUNTRY = "any"


class Contact(ContentModel):
    """A line to call, text or chat with; null where no source gave it."""

    id: str
    country: str
    kind: str
    name: str
    call: str | None = None
    text: str | None = None
    chat: str | None = None
    url: str | None = None
    hours: str | None = None
    languages: str | None = None
    source: tuple[str, ...]
    note: str | None = None


class CardWords(ContentModel):
    """What a care card says. `problem` completes "I have leukemia and ..."."""

    title: str = Field(min_length=5, max_length=90)
    bullets: tuple[str, ...]
    problem: str = ""

    _bullets = validator("bullets", allow_reuse=True)(between(1, 4))


class Threshold(ContentModel):
    """A temperature at which a sign counts; `below` is the first value that no longer counts."""

    unit: Literal["C", "F"]
    at_least: float | None = None
    below: float | None = None


class RedFlag(ContentModel):
    """One sign: its words, its level and its card.

    `together` are rules without order (sign_words.py). `may_say` and `may_together` could mean it
    (a confirm line), `not_meant` are idioms. `event`: it still counts when it happened a moment
    ago. `context`: it counts only next to these words. `counts_as`: with this sign it is one, not
    two, when two urgent signs make an emergency.
    """

    id: str = Field(regex=ID_PATTERN)
    sign: int = Field(ge=0, le=30)
    level: Level
    name: str
    ask: str
    says: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    may_say: tuple[str, ...] = ()
    may_together: tuple[str, ...] = ()
    not_meant: tuple[str, ...] = ()
    counts_as: str | None = None
    temperature: tuple[Threshold, ...] = ()
    event: bool = False
    context: tuple[str, ...] = ()
    card: CardWords
    first_contact: Literal["care_team", "emergency_number", "crisis_line"]
    facts: tuple[str, ...]
    needs_clinician: bool = False
    reviewed_by: str | None = None


class Clue(ContentModel):
    """What is no sign by itself and counts in a combination only, such as a recent treatment.

    `also_past`: it counts when it is over, too.
    """

    id: str = Field(regex=ID_PATTERN)
    says: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    not_meant: tuple[str, ...] = ()
    also_past: bool = False


class Combination(ContentModel):
    """Signs and clues that together make another one: all of `all_of`, or so many of `some_of`."""

    becomes: str
    all_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    how_many: int = 1


class TemperatureWords(ContentModel):
    """How people write a temperature, and what other numbers look like."""

    subject: tuple[str, ...]
    readings: tuple[str, ...]
    between: tuple[str, ...]
    degrees: tuple[str, ...]
    celsius: tuple[str, ...]
    fahrenheit: tuple[str, ...]
    other_before: tuple[str, ...]
    other_after: tuple[str, ...]
    other_near: tuple[str, ...]
    reads_as: dict[Literal["C", "F"], tuple[float, float]]
    number_words: dict[str, int]
    point_words: tuple[str, ...]


class NegationWords(ContentModel):
    """How people deny, ask, suppose, date and attribute; every value is a list of phrases."""

    spellings: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]]
    cues: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]
    real_words: tuple[str, ...]

    @validator("real_words", pre=True)
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value


CUES = (
    "contrast", "mine", "inverted", "present", "now", "yes_after", "no_after", "deny",
    "deny_next", "not_a_denial", "first_deny", "first_time", "reversal", "new_clause", "subject",
    "list_or", "list_and", "list_filler", "returned", "gone_before", "gone_after", "gone_last",
    "gone_ends", "not_gone", "recent", "unsure", "suppose", "suppose_after", "subject_after_comma",
    "other", "maybe_other", "past", "unclear_time", "had", "question", "question_start", "greeting",
)  # fmt: skip


class Layout(ContentModel):
    """Which contacts stand on a card, by country, and the sentences around them."""

    country_names: dict[str, str]
    emergency: dict[str, str]
    crisis: dict[str, tuple[str, ...]]
    crisis_young: dict[str, tuple[str, ...]]
    support: dict[str, tuple[str, ...]]
    words: dict[str, str]


LAYOUT_WORDS = (
    "say_self", "say_other", "care_team", "care_team_number", "emergency_number",
    "emergency_unknown", "country_and_number", "crisis_call", "crisis_text", "crisis_both",
    "crisis_web", "crisis_call_or_text", "crisis_danger", "crisis_danger_unknown", "support",
    "repeated", "sources",
)  # fmt: skip


@dataclass(frozen=True)
class RedFlagContent:
    """Everything the detector and the cards say, in memory."""

    flags: dict[str, RedFlag]
    clues: dict[str, Clue]
    groups: dict[str, tuple[str, ...]]
    sign_words: SignWords
    common_words: frozenset[str]
    two_ambers: RedFlag
    combinations: tuple[Combination, ...]
    outcomes: dict[Level, dict[Status, Outcome]]
    temperature: TemperatureWords
    negation: NegationWords
    contacts: dict[str, Contact]
    layout: Layout
    sources: dict[str, tuple[str, ...]]

    def rule(self, rule_id: str) -> RedFlag:
        """The flag of this id, `two_ambers` included; KeyError for any other."""
        return self.two_ambers if rule_id == self.two_ambers.id else self.flags[rule_id]


class _Rest(ContentModel):
    outcomes: dict[Level, dict[Status, Outcome]]
    temperature: TemperatureWords
    layout: Layout
    two_ambers: RedFlag
    combinations: tuple[Combination, ...] = ()
    clues: tuple[Clue, ...] = ()


@dataclass(frozen=True)
class Step:
    """One word of a phrase; up to `gap` other words may stand before it."""

    words: frozenset[str]
    gap: int = 0


GAP_WORDS = 3
_PIECE = re.compile(r"\.\.\.|\(([^()]+)\)|([^\s()]+)")


def phrase_variants(
    phrase: str, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[frozenset[str] | None, ...]]:
    """The ways a phrase can be said, as word sets in order; None stands for `...`.

    Raises ValueError for an unknown group or a phrase without a word of its own.
    """
    choices: list[list[tuple[frozenset[str] | None, ...]]] = []
    for match in _PIECE.finditer(phrase.lower()):
        if match.group() == "...":
            choices.append([(None,)])
            continue
        ways: list[tuple[frozenset[str] | None, ...]] = list(
            _piece(match.group(1) or match.group(2), groups)
        )
        choices.append([*ways, ()] if match.group(1) else ways)
    for parts in itertools.product(*choices):
        steps = tuple(itertools.chain.from_iterable(parts))
        if not steps or steps[0] is None or steps[-1] is None:
            raise ValueError(
                f"{phrase!r} needs a word that is not optional, first and last; reword it"
            )
        yield steps


def _piece(
    piece: str, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[frozenset[str], ...]]:
    single: set[str] = set()
    for part in piece.split("/"):
        name = part.strip("{}")
        if part.startswith("{") and name not in groups:
            raise ValueError(f"unknown group {part}; groups stand in {NEGATION_FILE}")
        for entry in groups[name] if part.startswith("{") else _forms(part):
            words = entry.lower().replace("'", "").split()
            if len(words) == 1:
                single.add(words[0])
            else:
                yield tuple(frozenset({word}) for word in words)
    if single:
        yield (frozenset(single),)


def _forms(part: str) -> tuple[str, ...]:
    return inflections(part[:-1]) if part.endswith("~") else (part,)


def read_red_flags(root: Path, problems: Problems, facts: dict[str, Fact]) -> RedFlagContent:
    """Read red_flags.yml, negation.yml and contacts.yml; each fault becomes a problem.

    Raises ContentError when a part that nothing works without is missing.
    """
    value = _mapping(read_yaml(root / FLAGS_FILE, problems, root=root))
    negation = _negation(root, problems)
    sign_words = _sign_words(root, problems)
    contacts = _contacts(root, problems)
    raw_flags = value.pop("flags", [])
    flags = _unique(_build_all(RedFlag, raw_flags, problems, FLAGS_FILE), problems)
    rest = build(_Rest, value, problems, file=FLAGS_FILE, item="file")
    if rest is None or negation is None or sign_words is None:
        problems.raise_if_any()
        raise AssertionError("a missing part is always a problem")
    groups = _all_groups(sign_words, negation, problems)
    rules = [*flags.values(), rest.two_ambers]
    all_named: list[RedFlag | Clue] = [*rules, *rest.clues]
    for named in all_named:
        for field, message in _rule_faults(named, groups):
            problems.add(FLAGS_FILE, named.id, field, message)
    for flag in rules:
        for field, message in _flag_faults(flag, facts):
            problems.add(FLAGS_FILE, flag.id, field, message)
    for item, field, message in _rest_faults(rest, flags, contacts):
        problems.add(FLAGS_FILE, item, field, message)
    shown = {
        flag.id: tuple(dict.fromkeys(s for f in flag.facts if f in facts for s in facts[f].sources))
        for flag in rules
    }
    return RedFlagContent(
        flags=flags, clues={clue.id: clue for clue in rest.clues}, groups=groups,
        sign_words=sign_words, common_words=_common_words(root),
        two_ambers=rest.two_ambers, combinations=rest.combinations,
        outcomes=rest.outcomes, temperature=rest.temperature, negation=negation,
        contacts=contacts, layout=rest.layout,
        sources={flag.id: () if flag.needs_clinician else shown[flag.id] for flag in rules},
    )  # fmt: skip


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _contacts(root: Path, problems: Problems) -> dict[str, Contact]:
    found: dict[str, Contact] = {}
    value = _mapping(read_yaml(root / CONTACTS_FILE, problems, root=root))
    for source_id, raw in _mapping(value.get("sources")).items():
        build(Source, raw, problems, file=CONTACTS_FILE, item=str(source_id))
    for contact in _build_all(Contact, value.get("contacts"), problems, CONTACTS_FILE):
        if contact.id in found:
            problems.add(CONTACTS_FILE, contact.id, "id", "is used twice; give it another name")
        if not (contact.call or contact.text or contact.chat or contact.url):
            problems.add(
                CONTACTS_FILE, contact.id, "call", "is no way to reach it; add call, text or url"
            )
        found[contact.id] = contact
    return found


def _build_all(model: type[Model], raw: object, problems: Problems, file: str) -> list[Model]:
    if not isinstance(raw, list):
        problems.add(file, "file", "-", f"needs a list of {model.__name__} items; add it")
        return []
    built = []
    for value in raw:
        item = str(value.get("id", "item")) if isinstance(value, dict) else "item"
        one = build(model, value, problems, file=file, item=item)
        if one is not None:
            built.append(one)
    return built


def _unique(flags: list[RedFlag], problems: Problems) -> dict[str, RedFlag]:
    found: dict[str, RedFlag] = {}
    for flag in flags:
        if flag.id in found:
            problems.add(FLAGS_FILE, flag.id, "id", "is used twice; give it another name")
        found[flag.id] = flag
    return found


def _negation(root: Path, problems: Problems) -> NegationWords | None:
    value = read_yaml(root / NEGATION_FILE, problems, root=root)
    words = build(NegationWords, value, problems, file=NEGATION_FILE, item="file")
    if words is None:
        return None
    for cue in sorted(set(CUES) ^ set(words.cues)):
        problems.add(
            NEGATION_FILE,
            "cues",
            cue,
            "is missing; add it" if cue in CUES else "is not known; delete it",
        )
    for answer in sorted({"yes", "no", "unsure"} ^ set(words.answers)):
        problems.add(
            NEGATION_FILE,
            "answers",
            answer,
            "must be one of yes, no, unsure, and all must be there",
        )
    for kind, lists in (("cues", words.cues), ("answers", words.answers)):
        for name, phrases in lists.items():
            for fault in _phrase_faults(phrases, words.groups):
                problems.add(NEGATION_FILE, kind, name, fault)
    return words


def _sign_words(root: Path, problems: Problems) -> SignWords | None:
    value = read_yaml(root / SIGN_WORDS_FILE, problems, root=root)
    return build(SignWords, value, problems, file=SIGN_WORDS_FILE, item="file")


def _common_words(root: Path) -> frozenset[str]:
    """Everyday words, one a line: never read as a slip of another word."""
    path = root / COMMON_WORDS_FILE
    return frozenset(path.read_text(encoding="utf-8").split()) if path.exists() else frozenset()


def _all_groups(
    words: SignWords, negation: NegationWords, problems: Problems
) -> dict[str, tuple[str, ...]]:
    """The groups of both files, each entry written out."""
    try:
        return plain_groups(words.groups, negation.groups)
    except ValueError as error:
        problems.add(SIGN_WORDS_FILE, "file", "groups", str(error))
        problems.raise_if_any()
        raise


def _phrase_faults(phrases: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for phrase in phrases:
        try:
            for _ in phrase_variants(phrase, groups):
                pass
        except ValueError as error:
            yield str(error)


def _rule_faults(
    named: RedFlag | Clue, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    for field in ("says", "may_say", "not_meant", "context"):
        for fault in _phrase_faults(getattr(named, field, ()), groups):
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


def _flag_faults(flag: RedFlag, facts: dict[str, Fact]) -> Iterator[tuple[str, str]]:
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


def _rest_faults(
    rest: _Rest, flags: dict[str, RedFlag], contacts: dict[str, Contact]
) -> Iterator[tuple[str, str, str]]:
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
