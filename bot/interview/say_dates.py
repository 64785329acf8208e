"""Stored dates in words, no more exact than they were said."""

from __future__ import annotations

import datetime
import re

from bot.interview.answers import Value
from bot.interview.words import fold

_SEASONS = {3: "spring", 6: "summer", 9: "fall", 12: "winter"}
_PERSON = {
    "my": "your",
    "i": "you",
    "we": "you",
    "me": "you",
    "am": "are",
    "was": "were",
    "our": "your",
    "i'm": "you are",
}


def say_onset(value: Value, *, is_proxy: bool = False) -> str:
    """A stored onset in words, no more exact than it was said: "since March 2026"."""
    if not isinstance(value, dict):
        return ""
    text = (value.get("text") or "").strip(" .,!?")
    if value.get("date") is None:
        if value.get("precision") != "event":
            return f"“{text}”"
        return text if is_proxy else _to_you(text)
    return f"since {format_date(value)}"


def format_date(value: Value) -> str:
    """The date of a stored onset with no more figures than its precision allows, or ""."""
    if not isinstance(value, dict) or not value.get("date"):
        return ""
    day = datetime.date.fromisoformat(str(value["date"]))
    precision = value.get("precision")
    if precision == "day":
        return long_date(day)
    if precision == "week":
        return f"about {long_date(day)}"
    if precision == "month":
        return f"{day:%B} {day.year}"
    if precision == "season" and day.month in _SEASONS and day.day == 1:
        return f"{_SEASONS[day.month]} {day.year}"
    return f"about {day:%B} {day.year}" if precision == "season" else str(day.year)


def long_date(day: datetime.date) -> str:
    """ "10 November 2026": the month as a word, so that day and month cannot be mixed up."""
    return f"{day.day} {day:%B} {day.year}"


def _to_you(text: str) -> str:
    """ "since my last chemo" as the bot says it: "since your last chemo"."""
    return re.sub(r"[\w']+", lambda m: _PERSON.get(fold(m.group()), m.group()), text)
