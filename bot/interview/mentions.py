"""Symptoms named in a message, each with the part of the message that is about it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from bot.content.interview import Script
from bot.content.interview_items import Symptom
from bot.interview.words import fold

# Spaces are taken from the first one on: else a long run of them is tried from every one.
_JOIN = re.compile(
    r"(?<!\s)\s*(?:[,;.!?\n]+|\b(?:and|but|also|plus|with|then|as well as|together with|"
    r"along with)\b|[&+])"
    r"(?:\s*(?:[,;.!?\n]+|\b(?:and|but|also|plus|with|then|now)\b|[&+]))*\s*"
)
_TOKEN = re.compile(r"[\w']+")
_DENIES = re.compile(
    r"\b(?:no|not|without|never|neither|nor|deny|denies|free of|\w+n't|dont|doesnt|didnt|"
    r"havent|hasnt|hadnt|isnt|arent|wasnt|werent)\s+"
    r"(?:(?!because|but|just|only|except|idea|longer|and|so)[\w']+\s+){0,3}$"
)
_NOT_DENIED = re.compile(r"\bnot\s+(?:only|just)\b|\bno\s+(?:idea|doubt)\b")
_OR = re.compile(r"(?:or|nor|,)\s+(?:any\s+)?$")
_OR_LATER = re.compile(r"^[^.;!?]*\b(?:or|nor)\b")
_BARE = re.compile(r"(?:\b(?:i|i've|i'm|had|have|been|having|he|she|they|has|got|some|a|an|the|my|"
    r"his|her|their|so|"
                   r"feel|feeling|always|am|is|are|lots of|lot of|both|just|bad)\b|"
                   r"\W)*")  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One symptom of a message: `words` are the person's own; `is_before` and `is_after` tell
    whether they say more than the bare name in front of it or behind it."""

    symptom: Symptom
    words: str
    is_before: bool
    is_after: bool


@dataclass(frozen=True)
class Mention:
    """A symptom's name in a text, from `start` up to `end`."""

    symptom: Symptom
    start: int
    end: int


def find_symptoms(script: Script, text: str) -> tuple[Said, ...]:
    """The symptoms that a text says are there, each once, with its part of the text."""
    plain = fold(text)
    mentions = [m for m in find_mentions(script, plain) if not is_denied(plain, m.start, m.end)]
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.symptom.id, mention)
    kept = sorted(first.values(), key=lambda m: m.start)
    starts = [cut_between(plain, a.end, b.start) for a, b in itertools.pairwise(kept)]
    starts = [0, *starts, len(text)]
    said = []
    for index, mention in enumerate(kept):
        part = text[starts[index] : starts[index + 1]]
        offset = starts[index]
        before, after = part[: mention.start - offset], part[mention.end - offset :]
        said.append(Said(mention.symptom, _trim(part), _tells(before), _tells(after)))
    return tuple(said)


def _tells(part: str) -> bool:
    return _BARE.fullmatch(_JOIN.sub(" ", fold(part))) is None


def denies_symptom(script: Script, text: str) -> bool:
    """Does the text say that a symptom is not there ("no fever")?"""
    plain = fold(text)
    return any(is_denied(plain, m.start, m.end) for m in find_mentions(script, plain))


def split_before(script: Script, text: str, *, ids: frozenset[str]) -> tuple[str, str]:
    """A text in two: before the part about the first of these symptoms, and from there on."""
    plain = fold(text)
    previous: Mention | None = None
    for mention in find_mentions(script, plain):
        if mention.symptom.id in ids and not is_denied(plain, mention.start, mention.end):
            cut = cut_between(plain, previous.end if previous else None, mention.start)
            return _trim(text[:cut]), text[cut:]
        previous = mention
    return text, ""


def find_mentions(script: Script, plain: str) -> list[Mention]:
    """Every symptom named in a folded text, denied or not, in order."""
    found: list[Mention] = []
    end = 0
    for token in _TOKEN.finditer(plain):
        if token.start() < end:
            continue
        for pattern, symptom_id in script.symptom_words.get(token.group(), ()):
            match = pattern.match(plain, token.start())
            symptom = script.symptom(symptom_id) if match else None
            if match is not None and symptom is not None:
                end = match.end()
                found.append(Mention(symptom, match.start(), end))
                break
    return found


def is_denied(plain: str, start: int, end: int) -> bool:
    """Does the folded text deny what stands from `start` to `end` ("no fever", "not a or b")?"""
    clause = re.split(
        r"[.;!?\n]|\b(?:but|just|only|though|however|except)\b",
        plain[max(0, start - 120) : start],
    )[-1]
    denial = _DENIES.search(clause)
    if denial is not None and not _NOT_DENIED.match(denial.group()) and "," not in denial.group():
        return True
    linked = re.search(
        r"\b(?:no|not|without|\w+n't)\b[^.;!?]{0,120}?(?:,|\bor\b|\bnor\b)\s*(?:any\s+)?$", clause
    )
    if linked is None:
        return False
    is_or = _OR.search(clause) is not None and re.search(r"\b(?:or|nor)\s+(?:any\s+)?$", clause)
    return bool(is_or) or _OR_LATER.match(plain[end:]) is not None


def cut_between(plain: str, end: int | None, start: int) -> int:
    """Where the part about what is named at `start` begins: at the last joining word behind the
    `end` of what was named before, if anything was."""
    joins = list(_JOIN.finditer(plain, end or 0, start))
    return joins[-1].start() if joins else 0 if end is None else start


_HEAD = re.compile(r"^(?:[\s,;.!&+]|(?:and|but|also|plus|with|then)\b)+", re.IGNORECASE)
_TAIL = re.compile(
    r"(?<![\s,;&+])(?:[\s,;&+]|[\s,;]\b(?:and|but|also|plus|with)(?:\s+(?:i|he|she|they|i've|he's|she's|"
    r"they've|there's)"
    r"(?:\s+(?:have|has|had))?)?$)+$",
    re.IGNORECASE,
)


def _trim(part: str) -> str:
    return _TAIL.sub("", _HEAD.sub("", part)).strip()
