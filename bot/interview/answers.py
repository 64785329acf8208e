"""An answer, and reading one from what a person typed or tapped.

Each type of question has its own parser and its own text for when it was not understood; from the
second time on, the text is another one (`attempt` counts from 1).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.content.interview import Script
from bot.content.interview_items import ANOTHER, NAME, Choice, Question
from bot.interview.choices import Fault, exact_choice, left_over, match_choice
from bot.interview.mentions import denies_symptom, find_symptoms
from bot.interview.onset import Found, Onset, find_onset
from bot.interview.times import Future, TwoDates
from bot.interview.words import (
    fold,
    has_words,
    is_question,
    split_parts,
    starts_asking,
)

Value = str | dict[str, str | None] | None
# "reopened": the person went back to the question, so it is asked again; until then the value
# before it holds. "stale": the same, because time has passed. "more": it holds, and the question
# is asked again for more. "removed": a symptom or treatment that was taken out.
# (bot.interview.script.current_answers resolves all of them.)
Status = Literal["given", "skipped", "unknown", "reopened", "stale", "more", "removed"]
# Asked anew: what was answered before holds until then.
UNSETTLED = ("reopened", "stale")
OTHER = "other"


@dataclass(frozen=True)
class Answer:
    """One row of the history; the latest of a question and repeat counts, older ones are kept.

    `text` is what the person said, `value` what it was read as: the value of a choice, a symptom
    id or "other", the words of a free text, or {text, date, precision}. `repeat` counts from 0.
    `on` is the day it was written (UTC, ISO); None for one that is not written yet.
    """

    link_id: str
    repeat: int
    message_id: str
    status: Status
    text: str
    value: Value
    on: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Parsed:
    """An answer that was understood."""

    value: Value
    text: str


@dataclass(frozen=True)
class NotUnderstood:
    """What to say when an answer could not be read."""

    text: str


def parse_answer(
    script: Script,
    question: Question,
    text: str,
    *,
    choice: str | None,
    today: datetime.date,
    attempt: int = 1,
) -> Parsed | NotUnderstood:
    """Read the answer to one question from words or from the plain value of a tapped choice."""
    if choice is not None:
        return _tapped(script, question, choice, today) or explain_failure(
            script, question, attempt
        )
    read = _PARSERS[question.answer_type](script, question, text, today)
    if isinstance(read, Parsed):
        return read
    return _explain(script, read) or explain_failure(script, question, attempt)


def is_clear_answer(script: Script, question: Question, text: str, *, today: datetime.date) -> bool:
    """Is the whole text an answer, also when it ends in a question mark ("3 weeks ago?")?"""
    if question.takes_questions:
        return True
    if question.answer_type == "date":
        found = find_onset(text, today=today)
        asks = is_question(text) and not fold(text).strip().endswith("?")
        return isinstance(found, Found) and found.is_whole and not asks
    if question.answer_type == "quantity":
        is_read = isinstance(read_quantity(question, text), Parsed)
        return is_read and (len(text.split()) <= 2 or not is_question(text))
    if question.answer_type == "open_choice" and len(text.split()) <= 6 and not starts_asking(text):
        return bool(find_symptoms(script, text)) and split_parts(text).statement == ""
    choice = match_choice(question, text)
    if not isinstance(choice, Choice):
        return False
    parts = split_parts(text)
    is_both = bool(parts.statement and parts.question)  # "8. Is that bad?"
    return exact_choice(question, text) is not None or not (is_both or left_over(choice, text))


def _tapped(script: Script, question: Question, value: str, today: datetime.date) -> Parsed | None:
    choice = question.choice(value)
    if choice is None:
        return None
    if question.answer_type == "date":
        found = find_onset(choice.label, today=today)
        if isinstance(found, Found):
            return Parsed(found.onset.to_json(), choice.label)
    if question.id == NAME and script.symptom(value) is not None:
        return Parsed(value, choice.label)
    return Parsed(choice.value, choice.label)


Read = Parsed | Fault | Future | TwoDates | None
_AMOUNT = re.compile(
    r"(?<![\w.,/])(?P<number>\d{2,3}(?:[.,]\d{1,2})?)(?:\s*(?:°|degrees?|deg))?"
    r"(?:\s*(?P<unit>celsius|centigrade|fahrenheit|[cf]))?\b(?!\s*(?:days?|weeks?|months?|years?|%|/|times|"
    r"hours?|pounds?|lbs?|kg|out of))"
)
_MEASURED = re.compile(r"\b(?:fever|temp|temperature|thermometer|degrees?|measured|celsius)\b|°")


def read_quantity(question: Question, text: str, *, in_passing: bool = False) -> Read:
    """A temperature with its unit ("38.5 Cel", "101 [degF]"), told by its size when none is said;
    in passing only where the text speaks of one."""
    plain = fold(text)
    if in_passing and _MEASURED.search(plain) is None:
        return None
    low, high = question.range_c
    fault: Read = None
    for match in _AMOUNT.finditer(plain):
        number = float(match["number"].replace(",", "."))
        letter = (match["unit"] or "")[:1]
        for unit, in_c in (("c", number), ("f", (number - 32) / 1.8)):
            if low <= in_c <= high and letter in ("", unit):
                ucum = question.units[0] if unit == "c" else question.units[-1]
                return Parsed(f"{number:g} {ucum}", text[match.start() : match.end()].strip())
        fault = "range"
    return None if in_passing else fault


def _parse_choice(script: Script, question: Question, text: str, today: datetime.date) -> Read:
    choice = match_choice(question, text)
    return Parsed(choice.value, text.strip()) if isinstance(choice, Choice) else choice


def _parse_date(script: Script, question: Question, text: str, today: datetime.date) -> Read:
    found = find_onset(text, today=today)
    if not isinstance(found, Found):
        choice = exact_choice(question, text)
        return Parsed(choice.value, text.strip()) if choice else found
    onset = Onset(text.strip(), found.onset.date, found.onset.precision)
    return Parsed(onset.to_json(), text.strip())


def _parse_quantity(script: Script, question: Question, text: str, today: datetime.date) -> Read:
    choice = match_choice(question, text)
    if isinstance(choice, Choice) and not re.search(r"\d", text):
        return Parsed(choice.value, text.strip())
    read = read_quantity(question, text)
    return Parsed(read.value, text.strip()) if isinstance(read, Parsed) else read


def _parse_text(script: Script, question: Question, text: str, today: datetime.date) -> Read:
    choice = exact_choice(question, text)
    if choice is not None:
        return Parsed(choice.value, text.strip())
    return Parsed(text.strip(), text.strip()) if has_words(text) else None


def _parse_open_choice(script: Script, question: Question, text: str, today: datetime.date) -> Read:
    """A symptom by its name or in own words; for "anything else?" also yes and no."""
    said = find_symptoms(script, text)
    exact = exact_choice(question, text)
    if exact is not None and (not said or question.id == ANOTHER):
        return Parsed(exact.value, text.strip())
    if said:
        value = "yes" if question.id == ANOTHER else said[0].symptom.id
        return Parsed(value, text.strip())
    if re.match(r"(?:no|nope|nah)\b", fold(text).strip()) and question.choice("no"):
        return Parsed("no", text.strip())
    if not has_words(text) or denies_symptom(script, text):
        return None
    return Parsed("yes" if question.id == ANOTHER else OTHER, text.strip())


_PARSERS: dict[str, Callable[[Script, Question, str, datetime.date], Read]] = {
    "choice": _parse_choice,
    "boolean": _parse_choice,
    "date": _parse_date,
    "text": _parse_text,
    "open_choice": _parse_open_choice,
    "quantity": _parse_quantity,
}


def _explain(script: Script, read: Read) -> NotUnderstood | None:
    lines = script.lines
    if isinstance(read, Future):
        return NotUnderstood(lines.date_future)
    if isinstance(read, TwoDates):
        first, second = (f"{d.day} {d:%B}" for d in (read.first, read.second))
        return NotUnderstood(lines.date_ambiguous.format(first=first, second=second))
    if read == "range":
        return NotUnderstood(lines.quantity_range)
    if read == "scale":
        return NotUnderstood(lines.severity_scale)
    return NotUnderstood(lines.two_choices) if read == "two_choices" else None


def explain_failure(script: Script, question: Question, attempt: int) -> NotUnderstood:
    """The text for an answer of this type that could not be read, for this attempt."""
    texts: tuple[str, str] = getattr(script.lines.not_understood, question.answer_type)
    return NotUnderstood(texts[0 if attempt <= 1 else 1])
