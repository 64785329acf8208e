"""Whom a question is about: a child or an adult, from the words and ages in it (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.content.audience import AudienceContent

_NO_YEARS = (
    r"(?!\s*(?:%|days?|weeks?|months?|wks?|mo\b|hours?|mins?\b|minutes?|percent|points|degrees|[cf]\b"
    r"|(?:years?|yrs?)\s+(?:out|off|post|in|into|after|since|past|from|clear|free)\b)|[.,]\d)"
)
_AGE = re.compile(
    r"\b(?:i am|i'm|im|aged?|he is|she is|he's|she's|hes|shes|is|turned|turning)\s+"
    r"(?:only\s+|just\s+)?"
    r"(?P<is>\d{1,3})\b"
    + _NO_YEARS
    + r"|\b(?P<old>\d{1,3})[\s-]*(?:years?|yrs?|yr|y)[\s/-]*(?:olds?|o\b)"
    r"|\b(?P<months>\d{1,2})[\s-]*months?[\s-]*old"
    r"|\b(?:son|daughter|boy|girl|husband|wife|mom|mum|dad|mother|father)\s*[,(]\s*(?P<of>\d{1,3})\b"
    + _NO_YEARS
    + r"|\b(?:diagnosed|relapsed?|relapsing|got it|back)\b[\w ,+-]{0,15}\bat\s+(?P<at>\d{1,2})\b"
    + r"(?!\s*(?:am|pm|o'?clock|:|/|years?|yrs?))"
    + _NO_YEARS
)


_OLDEST = 110


@dataclass(frozen=True)
class Age:
    """An age in whole years, and where in the text it stands."""

    years: int
    start: int
    end: int


def find_age(plain: str) -> Age | None:
    """The first age in a text in small letters: "I am 34", "6-year-old", "8 months old"."""
    match = _AGE.search(plain)
    if match is None:
        return None
    group = match.lastgroup or "is"
    number = int(match[group])
    years = number // 12 if group == "months" else number
    end = match.end(group) if group in ("is", "of", "at") else match.end()
    return Age(years, match.start(group), end) if years <= _OLDEST else None


class AudienceWords:
    """Finds the audience in a text."""

    def __init__(self, content: AudienceContent) -> None:
        self._below = content.child_below_years
        self._patterns = {
            "child": _any_of(content.child),
            "adult": _any_of(content.adult),
            "caregiver": _any_of(content.caregiver),
        }
        # "I have a toddler" tells of the one who asks, "I have a toddler with ALL" of the patient.
        other = _any_of(content.not_the_patient).pattern
        self._not_the_patient = re.compile(rf"{other}(?!\s+(?:with|who|whose|that|diagnosed)\b)")

    def find(self, text: str) -> str | None:
        """child, adult or caregiver; None when the text does not tell, or tells two."""
        plain = text.lower().replace("\u2019", "'")
        by_age = self._by_age(plain)
        if by_age is not None:
            return by_age
        plain = self._not_the_patient.sub(" ", plain)
        found = [name for name in ("child", "adult") if self._patterns[name].search(plain)]
        if len(found) == 1:
            return found[0]
        if not found and self._patterns["caregiver"].search(plain):
            return "caregiver"
        return None

    def _by_age(self, plain: str) -> str | None:
        age = find_age(plain)
        if age is None:
            return None
        return "child" if age.years < self._below else "adult"


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")
