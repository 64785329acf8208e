"""Saying back what was noted: "fever, since about 10 November 2026, moderate"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from bot.content.interview import ANOTHER, NAME, ONSET, SEVERITY, SIMILAR, Script
from bot.interview.answers import Answer, Value
from bot.interview.script import latest_answers, symptom_name
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


def play_back(
    script: Script, answers: Sequence[Answer], new: Sequence[Answer], *, is_proxy: bool = False
) -> str:
    """One line about the new answers, so that a misunderstanding shows at once."""
    held = latest_answers([*answers, *new])
    rounds = sorted({a.repeat for a in new if a.link_id in (NAME, ONSET, SEVERITY, SIMILAR)})
    parts = []
    for repeat in rounds:
        name = held.get((NAME, repeat))
        if name is None or name.status not in ("given", "reopened"):
            continue
        if name.value == "none":
            return script.lines.none_noted
        said = [_detail(script, a, is_proxy) for a in new if a.repeat == repeat]
        parts.append(", ".join([symptom_name(script, name), *(d for d in said if d)]))
    if parts:
        return script.lines.noted.format(noted="; ".join(parts))
    if all(a.link_id == ANOTHER for a in new):
        return ""
    return script.lines.kept


def _detail(script: Script, answer: Answer, is_proxy: bool) -> str:
    if answer.link_id == ONSET:
        return say_onset(answer.value, is_proxy=is_proxy)
    question = script.question(answer.link_id)
    if answer.link_id not in (SEVERITY, SIMILAR) or question is None:
        return ""
    choice = question.choice(answer.value) if isinstance(answer.value, str) else None
    if choice is None:
        return ""
    label = choice.label[0].lower() + choice.label[1:]
    return label if answer.link_id == SEVERITY else f"like before the first diagnosis: {label}"


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
