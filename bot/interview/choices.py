"""Which of the offered choices a text means: by its words, or by a point on a 0 to 10 scale."""

from __future__ import annotations

import re
from typing import Literal

from bot.content.interview_items import Choice, Question
from bot.interview.amounts import ONES
from bot.interview.words import bare, bare_phrase, contains, fold

Fault = Literal["scale", "two_choices", "range"]
_NUMBER_WORDS = {word: number for number, word in enumerate(ONES[:11])}
_SCALE = re.compile(
    r"(?<![\w.,/])(?P<n>\d{1,3}(?:[.,]5)?(?!\d)|zero|one|two|three|four|five|six|seven|eight|"
    r"nine|ten)"
    r"(?:\s*(?P<range>-|to|or)\s*(?P<m>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten))?"
    r"(?:\s*(?:/|out\s+of|of|from)\s*(?:10|ten)\b)?(?P<after>\s*[\w%°]+)?"
)
# These mean a choice only where they begin the answer: "no", but not "I have no car".
_LEADING_ONLY = frozenset(
    (
        "yes",
        "yeah",
        "yep",
        "yup",
        "ya",
        "no",
        "nope",
        "nah",
        "sure",
        "right",
        "true",
        "all",
        "new",
        "never",
        "none",
        "nothing",
        "done",
        "worse",
        "low",
        "high",
        "small",
        "fine",
        "ok",
        "okay",
        "another",
        "strong",
        "little",
        "light",
        "half",
        "same",
        "false",
    )
)
# "It was": the whole answer means yes, but not "it was too long ago".
_EXACT_ONLY = re.compile(
    r"(?:it|i|he|she|they|we) (?:is|was|were|does|did|do|have|has|had)(?:n't)?"
)
_OF_TEN = re.compile(
    r"(?<![\d/.])(?<!since )(?<!on )(?:\d{1,2}|zero|one|two|three|four|five|six|seven|eight|"
    r"nine|ten)"
    r"\s*(?:/|out\s+of)\s*(?:10|ten)\b(?!/)"
)
_PART = re.compile(r"[,;.!?\n](?!\d)|\s(?:and|but)\s|(?=\bsince\b)")
_PART_LEAD = re.compile(r"^(?:[\s,;.!?]|(?:and|but)\s)+")
_WHEN_WORSE = re.compile(
    r"\b(?:(?:mostly|worse|worst|especially|sometimes|often|only)\s+)?(?:at night|"
    r"in the (?:morning|"
    r"evening)s?|by evening|at times|now|today|these days|when i lie down|all the time|"
    r"every (?:day|night)|out of 10)\b"
)
_AGE = re.compile(
    r"\b(?:he|she|they|i|we)\s+(?:was|is|were|are|am)\s+(?:only\s+|just\s+|about\s+)?$"
)
_DENIED_WITHIN = 80  # characters
_RANGE = re.compile(r"\bbetween\b|\bdepends\b|\bvaries\b")
_HEDGES = re.compile(
    r"\b(?:maybe|probably|perhaps|i|think|guess|would|say|it|it's|its|is|was|about|just|like|"
    r"kind|of|sort|the|a|"
    r"that|that's|they|he|she|are|were|been|i'd|so|um+|uh+|well|and|hmm+|really|very|quite|my|"
    r"feels|felt|this|"
    r"for|me|but|to|be|honest|out|10|ten|or|at|most|more|less)\b|\W"
)


def match_choice(question: Question, text: str) -> Choice | Fault | None:
    """The choice that a text means; a fault when it names two, or no single point of a scale."""
    exact = exact_choice(question, text)
    if exact is not None:
        return exact
    plain = fold(text).strip(" .,!?\"'")
    if any(choice.scale for choice in question.choices):
        on_scale = _on_scale(question, plain)
        if on_scale is not None:
            return on_scale
    found = _by_words(question, plain)
    is_both = question.answer_type == "boolean" and re.search(r"\byes\b.*\bno\b", plain)
    if len(found) > 1 or is_both:
        return "two_choices"
    return found[0] if found else None


def volunteered(question: Question, text: str) -> tuple[Choice, str] | None:
    """A choice named in passing, and the words for it; None unless it is just one."""
    pairs = [(phrase, choice) for choice in question.choices for phrase in choice.volunteered]
    found = _search(pairs, fold(text))
    if not found and any(choice.scale for choice in question.choices):
        return _scale_in_passing(question, text)
    if len({choice.value for choice, _ in found}) != 1:
        return None
    choice, (start, end) = found[0]
    return choice, text[start:end]


def _scale_in_passing(question: Question, text: str) -> tuple[Choice, str] | None:
    """ "8 out of 10", or a part of a sentence that says nothing but how bad it is ("bad at night,
    ..."); None when two of them differ."""
    found: dict[str, tuple[Choice, str]] = {}
    plain = fold(text)
    for match in _OF_TEN.finditer(plain):
        choice = _on_scale(question, match.group())
        if isinstance(choice, Choice):
            found[choice.value] = choice, text[match.start() : match.end()]
    start = 0
    for end in () if found else [*(m.start() for m in _PART.finditer(plain)), len(plain)]:
        part = _PART_LEAD.sub("", text[start:end]).strip()
        start = end
        timeless = _WHEN_WORSE.sub(" ", fold(part)).strip()
        choice = match_choice(question, timeless) if timeless else None
        if not isinstance(choice, Choice) or choice.value == "none":
            continue
        is_bare = timeless.strip(" .,!") in _LEADING_ONLY or re.fullmatch(r"\W*\d+\W*", timeless)
        if not is_bare and not left_over(choice, timeless):
            found[choice.value] = choice, part.strip(" ,.;")
    return next(iter(found.values())) if len(found) == 1 else None


def exact_choice(question: Question, text: str) -> Choice | None:
    """The choice whose label or synonym the whole text is."""
    plain = bare(text)
    for choice in question.choices:
        if plain in {bare_phrase(choice.label), choice.value, *map(bare_phrase, choice.synonyms)}:
            return choice
    return None


def _on_scale(question: Question, plain: str) -> Choice | Fault | None:
    for match in _SCALE.finditer(plain):
        after = (match["after"] or "").strip()
        if re.match(
            r"days?|weeks?|months?|years?|hours?|times?|degrees?|%|°|pounds?|lbs?|kg|st|nd|rd|"
            r"th|of",
            after,
        ):
            continue
        if _AGE.search(plain[: match.start()]) and not match.group().strip().endswith(
            ("10", "ten")
        ):
            continue  # "he was 3"
        if not match["n"][0].isdigit() and after not in ("", "out"):
            continue  # "one of the worst"
        number = _point(match["n"])
        if match["range"] or number > 10 or _RANGE.search(plain):
            return "scale"
        return next(
            (c for c in question.choices if c.scale and c.scale[0] <= number <= c.scale[1]), None
        )
    return "scale" if _RANGE.search(plain) else None


def _point(text: str) -> int:
    if text in _NUMBER_WORDS:
        return _NUMBER_WORDS[text]
    return int(float(text.replace(",", ".")) + 0.5)


def _by_words(question: Question, plain: str) -> list[Choice]:
    return list({choice.value: choice for choice, _ in find_choices(question, plain)}.values())


def find_choices(question: Question, text: str) -> list[tuple[Choice, tuple[int, int]]]:
    """Every choice that a text names, and where, in order."""
    pairs = [(s, c) for c in question.choices for s in (c.label, *c.synonyms, *c.volunteered)]
    return _search(pairs, fold(text))


def _search(pairs: list[tuple[str, Choice]], plain: str) -> list[tuple[Choice, tuple[int, int]]]:
    """Where the phrases stand, longest first, none inside another, none behind a "not"."""
    found: list[tuple[Choice, tuple[int, int]]] = []
    taken: set[int] = set()
    for phrase, choice in sorted(pairs, key=lambda pair: -len(pair[0])):
        if _EXACT_ONLY.fullmatch(phrase):
            continue
        for match in contains(phrase).finditer(plain):
            if not taken.isdisjoint(range(*match.span())):
                continue
            if fold(phrase) in _LEADING_ONLY and not _leads(plain, match.start()):
                continue
            taken.update(range(*match.span()))
            before = plain[max(0, match.start() - _DENIED_WITHIN) : match.start()]
            if not re.search(r"(?:\bnot|n't|\bnever|\bno)\s+(?:\w+\s+)?$", before):
                found.append((choice, match.span()))
    return sorted(found, key=lambda item: item[1])


def _leads(plain: str, start: int) -> bool:
    return not re.sub(
        r"\b(?:well|oh|um+|i think|i guess|hmm+|it's|it is|it was|kind of|just)\b|\W",
        "",
        plain[:start],
    )


def left_over(choice: Choice, text: str) -> str:
    """What a text says besides naming this choice."""
    plain = fold(text)
    for synonym in sorted(choice.synonyms, key=len, reverse=True):
        plain = contains(synonym).sub(" ", plain)
    return _HEDGES.sub("", _SCALE.sub(" ", plain)).strip()
