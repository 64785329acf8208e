"""What a text about a time can say: a date with its precision, a day to come, or two dates."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

Precision = Literal["day", "week", "month", "season", "year", "event", "unknown"]


@dataclass(frozen=True)
class Dated:
    """A date and the span of the text that says it."""

    date: datetime.date
    precision: Precision
    start: int
    end: int


@dataclass(frozen=True)
class Future:
    """The day that was named is still to come."""


@dataclass(frozen=True)
class TwoDates:
    """A date in figures that can be read in two ways."""

    first: datetime.date
    second: datetime.date
