"""Lengths of time as people say them: "a couple of weeks", "2 or 3 days", "a year and a half"."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from bot.interview.times import Precision

ONES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)
_NUMBERS: dict[str, float] = {word: float(value) for value, word in enumerate(ONES)}
_NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_NUMBERS |= {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2}
_NUMBERS |= {
    "a few": 3,
    "few": 3,
    "several": 4,
    "some": 3,
    "half a": 0.5,
    "half an": 0.5,
    "half": 0.5,
}
_FUZZY = {"a few", "few", "several", "some"}
_UNITS = {
    "hour": r"hours?|hrs?|h", "day": r"days?|d", "night": r"nights?", "week": r"weeks?|wks?|w|"
    "weeeks?",
    "fortnight": r"fortnights?", "month": r"months?|mo|mos|mths?|mnths?|mon",
    "year": r"years?|yrs?|y",
}  # fmt: skip
_UNIT = "|".join(pattern for pattern in _UNITS.values())
_WORD = "|".join(sorted((re.escape(w).replace(r"\ ", r"\s+") for w in _NUMBERS), key=len)[::-1])
_DIGITS = r"\d{1,3}(?:[.,]\d+)?(?:\s*½|\s+1/2)?|½"
_NUMBER = rf"(?:{_DIGITS}|\b(?:{_WORD})\b)"
AMOUNT = (
    rf"(?P<first>{_NUMBER})(?:\s*(?:-|to|or)\s*(?P<second>{_NUMBER}))?(?P<half1>\s+and\s+a\s+half)?"
    rf"(?:\s+(?:good|whole|more|full|"
    rf"or\s+so))?\s*-?(?P<unit>{_UNIT})\b(?P<half2>\s+and\s+a\s+half)?"
    r"(?:\s+or\s+(?P<third>two|three|four)\b)?"
)


@dataclass(frozen=True)
class Amount:
    """A length of time; `is_fuzzy` when the number itself is a guess ("a few days")."""

    number: float
    unit: str
    is_fuzzy: bool

    @property
    def precision(self) -> Precision:
        """How exact a date counted back by this amount can be."""
        if self.unit in ("hour", "day", "night"):
            return "week" if self.is_fuzzy else "day"
        if self.unit in ("week", "fortnight"):
            return "week"
        return "month" if self.unit == "month" or self.number != int(self.number) else "year"

    def before(self, day: datetime.date) -> datetime.date | None:
        """The day this long before `day`; None when that is before the calendar begins."""
        whole_months = {"month": 1, "year": 12}.get(self.unit)
        if self.unit == "year" and self.number > 110:
            return None
        try:
            if whole_months is None:
                days = {"hour": 1 / 24, "week": 7, "fortnight": 14}.get(self.unit, 1) * self.number
                return day - datetime.timedelta(days=int(days))
            months = self.number * whole_months
            back = months_before(day, int(months))
            return back - datetime.timedelta(days=round((months - int(months)) * 30))
        except (OverflowError, ValueError):
            return None


def amount_of(match: re.Match[str]) -> Amount:
    """What a match of AMOUNT says; of a range ("2 or 3 days") the longer end."""
    first, second = match["first"], match["second"]
    number = max(_number(first), _number(second)) if second else _number(first)
    if match["third"]:
        number = max(number, _NUMBERS[match["third"]])
    if match["half1"] or match["half2"]:
        number += 0.5
    unit = next(name for name, p in _UNITS.items() if re.fullmatch(p, match["unit"]))
    return Amount(number, unit, is_fuzzy=second is not None or first in _FUZZY)


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day some months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def _number(text: str) -> float:
    word = re.sub(r"\s+", " ", text)
    if word in _NUMBERS:
        return _NUMBERS[word]
    half = 0.5 if "½" in word or "1/2" in word else 0.0
    digits = re.sub(r" ?½| 1/2", "", word).replace(",", ".")
    return float(digits or 0) + half
