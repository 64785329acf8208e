"""Holidays by the names people use, and the day each falls on in a year (United States)."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable


def _easter(year: int) -> datetime.date:
    """Easter Sunday (Gregorian; Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    month, day = divmod(h + n - 7 * m + 114, 31)
    return datetime.date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> datetime.date:
    first = datetime.date(year, month, 1)
    return first + datetime.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _memorial_day(year: int) -> datetime.date:
    last = datetime.date(year, 5, calendar.monthrange(year, 5)[1])
    return last - datetime.timedelta(days=last.weekday())


HOLIDAYS: tuple[tuple[str, Callable[[int], datetime.date]], ...] = (
    (r"christmas eve", lambda year: datetime.date(year, 12, 24)),
    (r"christmas(?:time)?|xmas|the holidays", lambda year: datetime.date(year, 12, 25)),
    (r"new year'?s?'? eve", lambda year: datetime.date(year, 12, 31)),
    (r"(?:the )?new year'?s?(?:'? day)?", lambda year: datetime.date(year, 1, 1)),
    (r"thanksgiving", lambda year: _nth_weekday(year, 11, 3, 4)),
    (r"halloween", lambda year: datetime.date(year, 10, 31)),
    (r"valentine'?s?'?", lambda year: datetime.date(year, 2, 14)),
    (r"(?:the )?(?:4th|fourth) of july|independence day", lambda year: datetime.date(year, 7, 4)),
    (r"labou?r day", lambda year: _nth_weekday(year, 9, 0, 1)),
    (r"memorial day", _memorial_day),
    (r"easter(?: sunday)?", _easter),
)
