"""The one-page summary for the care team: all that was said, in the person's words beside codes.

It never says what the answers mean. Here it is data; summary_page.py lays it out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.content.interview import Script
from bot.content.interview_items import (
    ANOTHER,
    DOCTOR_KNOWS,
    NAME,
    ONSET,
    QUESTIONS,
    SEVERITY,
    SIMILAR,
    TREATMENTS,
    Question,
)
from bot.content.summary import Layout
from bot.interview.answers import Answer
from bot.interview.play_back import format_date
from bot.interview.script import Key, current_answers, symptom_name
from bot.interview.treatments import told_with_the_list

State = Literal["given", "skipped", "unknown", "not_asked"]
WHO = "who"
UNITS = {"Cel": "°C", "[degF]": "°F"}
QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s+(\S+)")
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True)
class Line:
    """One answer. `words` are the person's, `value` the code, `label` the code in plain words.

    `question` is its question in short. Of a date, `value` is the ISO date and `precision` says
    how far it may be read. `group`: asked once for each of several things (`repeat`); `is_retold`:
    it stands in another answer, too, and need not be printed.
    """

    link_id: str
    repeat: int
    question: str
    state: State
    words: str = ""
    value: str | None = None
    label: str = ""
    precision: str | None = None
    group: str | None = None
    is_retold: bool = False

    @property
    def shown(self) -> str:
        """The answer as it is printed; empty when there is none."""
        return (self.label or self.words) if self.state == "given" else ""

    @property
    def quoted(self) -> str:
        """The person's words where they say something else than what is printed."""
        return "" if _letters(self.words) in _letters(self.shown) else self.words


@dataclass(frozen=True)
class SymptomLine:
    """One symptom. `symptom` is an id of content/symptoms.yml or "other"."""

    name: str
    symptom: str
    words: str
    onset: Line
    severity: Line
    similar: Line
    lines: tuple[Line, ...]

    def line(self, link_id: str) -> Line | None:
        """The answer to this question about the symptom."""
        return next((line for line in self.lines if line.link_id == link_id), None)


@dataclass(frozen=True)
class Summary:
    """All that holds now. `none_noted`: the person said that there is nothing at the moment.

    `lines` are the answers that belong to no symptom.
    """

    layout: Layout
    date: datetime.date
    reported_by: str
    script_version: str
    red_flags: tuple[str, ...]
    symptoms: tuple[SymptomLine, ...]
    none_noted: bool
    symptoms_state: State
    lines: tuple[Line, ...]
    doctor_knows: Line
    treatments: Line
    questions: tuple[str, ...]
    questions_state: State

    @property
    def byline(self) -> str:
        """Who told it, and that nobody checked it."""
        return self.layout.byline.format(who=self.reported_by)


def summary(
    script: Script,
    answers: Sequence[Answer],
    *,
    reported_by: str,
    today: datetime.date,
    red_flags: Sequence[str] = (),
) -> Summary:
    """Put together what holds now. `reported_by`: "patient" or "caregiver", unless the interview
    says it; `red_flags`: one line each, with its time and the advice that was shown."""
    held = current_answers(script, answers)
    layout = script.output.layout
    names = [(key, a) for key, a in held.items() if key[0] == NAME]
    given = [(key[1], a) for key, a in names if a.status == "given" and a.value != "none"]
    symptoms = [_symptom(script, held, repeat, answer) for repeat, answer in given]
    worst_first = {c.value: -i for i, c in enumerate(_choices(script, SEVERITY))}
    symptoms.sort(key=lambda s: (worst_first.get(s.severity.value or "", 1), s.onset.value or "9"))
    asked, who = held.get((QUESTIONS, 0)), held.get((WHO, 0))
    return Summary(
        layout=layout,
        date=today,
        reported_by=layout.who.get(str(who.value), reported_by) if who else reported_by,
        script_version=script.version,
        red_flags=tuple(str(flag) for flag in red_flags),
        symptoms=tuple(symptoms),
        none_noted=not given and any(a.value == "none" for _, a in names),
        symptoms_state=_state(names[0][1] if names else None),
        lines=_other_lines(script, held),
        doctor_knows=_line(script, held, (DOCTOR_KNOWS, 0)),
        treatments=_line(script, held, (TREATMENTS, 0)),
        questions=split_questions(asked),
        questions_state=_state(asked),
    )


def to_json(value: Summary) -> dict[str, Any]:
    """The summary as plain data, dates in ISO form. `answers`: every answer, by question."""
    return {
        "title": value.layout.title,
        "date": value.date.isoformat(),
        "byline": value.byline,
        "reported_by": value.reported_by,
        "script_version": value.script_version,
        "red_flags": list(value.red_flags),
        "symptoms": [
            {
                "name": s.name,
                "symptom": s.symptom,
                "words": s.words,
                "onset": _answer_json(s.onset),
                "severity": _answer_json(s.severity),
                "similar": _answer_json(s.similar),
                "answers": _lines_json(s.lines),
            }
            for s in value.symptoms
        ],
        "none_noted": value.none_noted,
        "symptoms_state": value.symptoms_state,
        "doctor_knows": _answer_json(value.doctor_knows),
        "treatments": _answer_json(value.treatments),
        "questions": list(value.questions),
        "questions_state": value.questions_state,
        "answers": _lines_json(value.lines),
    }


def split_questions(answer: Answer | None) -> tuple[str, ...]:
    """Each question on its own line; the words are left as they are."""
    if answer is None or answer.status != "given" or answer.value == "none":
        return ()
    lines = [part for line in answer.text.splitlines() for part in re.split(r"(?<=\?)\s+", line)]
    kept = [_LIST_MARK.sub("", line).strip() for line in lines]
    return tuple(line for line in kept if line)


def quantity_words(value: str) -> str:
    """A stored quantity as people write it: "38.5 Cel" is "38.5 °C"; anything else is empty."""
    match = QUANTITY.fullmatch(value)
    return f"{match[1]} {UNITS.get(match[2], match[2])}" if match else ""


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _lines_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "linkId": line.link_id,
            "repeat": line.repeat,
            "question": line.question,
            **_answer_json(line),
        }
        for line in lines
    ]


def _answer_json(line: Line) -> dict[str, Any]:
    return {
        "state": line.state,
        "words": line.words,
        "value": line.value,
        "label": line.label,
        "precision": line.precision,
    }


def _other_lines(script: Script, held: dict[Key, Answer]) -> tuple[Line, ...]:
    retold = told_with_the_list(script, held)
    return tuple(
        replace(
            _line(script, held, key),
            group=question.group if (question := script.question(key[0])) else None,
            is_retold=key in retold,
        )
        for key in held
        if not _is_of_symptom(script, key)
    )


def _symptom(script: Script, held: dict[Key, Answer], repeat: int, name: Answer) -> SymptomLine:
    later = held.get((ANOTHER, repeat))
    words = name.text
    if later is not None and later.status in ("given", "unknown") and _adds(later):
        words = f"{name.text}; {later.text}"
    heading = symptom_name(script, name)
    told = [key for key in held if key[1] == repeat and _is_of_symptom(script, key)]
    return SymptomLine(
        name=heading[:1].upper() + heading[1:],
        symptom=str(name.value),
        words=words,
        onset=_line(script, held, (ONSET, repeat)),
        severity=_line(script, held, (SEVERITY, repeat)),
        similar=_line(script, held, (SIMILAR, repeat)),
        lines=tuple(_line(script, held, key) for key in told if key[0] != NAME),
    )


def _is_of_symptom(script: Script, key: Key) -> bool:
    question, name = script.question(key[0]), script.question(NAME)
    return question is not None and name is not None and question.group == name.group


def _adds(another: Answer) -> bool:
    """Was more said than "no" ("no, just very thirsty")? Then it is kept beside the symptom."""
    return another.value != "yes" and len(another.text.split()) > 6


def _choices(script: Script, link_id: str) -> tuple[Any, ...]:
    question = script.question(link_id)
    return question.choices if question else ()


def _state(answer: Answer | None) -> State:
    if answer is None:
        return "not_asked"
    if answer.status in ("skipped", "unknown"):
        return "skipped" if answer.status == "skipped" else "unknown"
    return "not_asked" if answer.status == "removed" else "given"


def _line(script: Script, held: dict[Key, Answer], key: Key) -> Line:
    answer, question = held.get(key), script.question(key[0])
    asked = (question.label or question.ask) if question else key[0]
    if answer is None or answer.status != "given":
        is_told = answer is not None and answer.status == "unknown" and len(answer.text.split()) > 4
        return Line(*key, asked, _state(answer), answer.text if answer and is_told else "")
    if isinstance(answer.value, dict):
        return Line(
            *key,
            asked,
            "given",
            words=answer.text,
            value=answer.value.get("date"),
            label=format_date(answer.value),
            precision=answer.value.get("precision"),
        )
    value, label = _read(question, answer)
    return Line(*key, asked, "given", answer.text, value, label)


def _read(question: Question | None, answer: Answer) -> tuple[str | None, str]:
    """The value and how it is printed; a free text has neither, its words are all there is."""
    value = str(answer.value)
    choice = question.choice(value) if question else None
    if choice is not None:
        return choice.value, choice.label
    label = quantity_words(value) if question and question.answer_type == "quantity" else ""
    return (value if label else None), label
