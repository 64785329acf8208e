"""Reads red_flags.yml, sign_words.yml, negation.yml and contacts.yml, and checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.content.files import Model, Problems, build, read_yaml
from bot.content.knowledge import Fact, Source
from bot.content.red_flag_faults import (
    CONTACTS_FILE,
    FlagsFile,
    flag_faults,
    phrase_faults,
    rest_faults,
    rule_faults,
)
from bot.content.red_flags import CUES, Clue, Contact, NegationWords, RedFlag, RedFlagContent
from bot.content.sign_words import SIGN_WORDS_FILE, SignWords, plain_groups

FLAGS_FILE, NEGATION_FILE = "red_flags.yml", "negation.yml"
COMMON_WORDS_FILE = "common_words.txt"


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
    rest = build(FlagsFile, value, problems, file=FLAGS_FILE, item="file")
    if rest is None or negation is None or sign_words is None:
        problems.raise_if_any()
        raise AssertionError("a missing part is always a problem")
    groups = _all_groups(sign_words, negation, problems)
    rules = [*flags.values(), rest.two_ambers]
    all_named: list[RedFlag | Clue] = [*rules, *rest.clues]
    for named in all_named:
        for field, message in rule_faults(named, groups):
            problems.add(FLAGS_FILE, named.id, field, message)
    for flag in rules:
        for field, message in flag_faults(flag, facts):
            problems.add(FLAGS_FILE, flag.id, field, message)
    for item, field, message in rest_faults(rest, flags, contacts):
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
            for fault in phrase_faults(phrases, words.groups):
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
