"""The one-page summary for the care team: all that was said, in the person's words beside codes.

It never says what the answers mean.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.content.interview import (
    ANOTHER,
    DOCTOR_KNOWS,
    NAME,
    ONSET,
    QUESTIONS,
    SEVERITY,
    SIMILAR,
    TREATMENTS,
    WHO,
    Script,
)
from bot.interview.answers import Answer
from bot.interview.check import check_lines
from bot.interview.play_back import format_date, long_date
from bot.interview.script import Key, current_answers, symptom_name
from bot.interview.summary_page import render_page

State = Literal["given", "skipped", "unknown", "not_asked"]
TITLE = "Notes for the doctor visit"
_SHOWN = (NAME, ONSET, SEVERITY, SIMILAR, ANOTHER, DOCTOR_KNOWS, TREATMENTS, QUESTIONS)
_STATES = {"skipped": "skipped", "unknown": "not sure", "not_asked": "not answered"}
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True)
class Line:
    """One answer. `words` are the person's, `value` the code, `label` the code in plain words.

    Of an onset, `value` is the ISO date and `precision` says how far it may be read.
    """

    state: State
    words: str = ""
    value: str | None = None
    label: str = ""
    precision: str | None = None

    @property
    def shown(self) -> str:
        """The answer as it is printed; what was skipped or not known is said as such."""
        return _STATES.get(self.state) or self.label or self.words

    @property
    def quoted(self) -> str:
        """The person's words where they say something else than what is printed."""
        same = self.words.strip(" .,!").lower() == self.shown.strip(" .,!").lower()
        return "" if same or not self.words or self.words == self.shown else self.words


@dataclass(frozen=True)
class SymptomLine:
    """One symptom. `symptom` is an id of content/symptoms.yml or "other"."""

    name: str
    symptom: str
    words: str
    onset: Line
    severity: Line
    similar: Line


@dataclass(frozen=True)
class Further:
    """An answer that has no place of its own on the page (the full list of questions)."""

    link_id: str
    repeat: int
    label: str
    line: Line


@dataclass(frozen=True)
class Summary:
    """All that holds now. `none_noted`: the person said that there is nothing at the moment."""

    title: str
    date: datetime.date
    reported_by: str
    script_version: str
    red_flags: tuple[str, ...]
    symptoms: tuple[SymptomLine, ...]
    none_noted: bool
    symptoms_state: State
    doctor_knows: Line
    treatments: Line
    questions: tuple[str, ...]
    questions_state: State
    further: tuple[Further, ...] = ()

    @property
    def byline(self) -> str:
        """Who told it, and that nobody checked it."""
        return f"Reported by the {self.reported_by} by chatbot, not verified"


def summary(
    script: Script,
    answers: Sequence[Answer],
    *,
    reported_by: str,
    today: datetime.date,
    red_flags: Sequence[str] = (),
) -> Summary:
    """Put together what holds now. `reported_by`: "patient" or "caregiver"; `red_flags`: one line
    each, with its time and the advice that was shown."""
    held = current_answers(script, answers)
    names = [(key, a) for key, a in held.items() if key[0] == NAME]
    given = [(key[1], a) for key, a in names if a.status == "given" and a.value != "none"]
    symptoms = [_symptom(script, held, repeat, answer) for repeat, answer in given]
    worst_first = {c.value: -i for i, c in enumerate(_choices(script, SEVERITY))}
    symptoms.sort(key=lambda s: (worst_first.get(s.severity.value or "", 1), s.onset.value or "9"))
    asked = held.get((QUESTIONS, 0))
    return Summary(
        title=TITLE,
        date=today,
        reported_by=reported_by,
        script_version=script.version,
        red_flags=tuple(str(flag) for flag in red_flags),
        symptoms=tuple(symptoms),
        none_noted=not given and any(a.value == "none" for _, a in names),
        symptoms_state=_state(names[0][1] if names else None),
        doctor_knows=_line(script, held, (DOCTOR_KNOWS, 0)),
        treatments=_line(script, held, (TREATMENTS, 0)),
        questions=_split_questions(asked),
        questions_state=_state(asked),
        further=tuple(
            Further(*one.key, one.label, _line(script, held, one.key))
            for one in check_lines(script, held)
            if one.key[0] not in (*_SHOWN, WHO) and held[one.key].value != "none"
        ),
    )


def to_json(value: Summary) -> dict[str, Any]:
    """The summary as plain data, dates in ISO form."""
    return {**asdict(value), "date": value.date.isoformat(), "byline": value.byline}


def to_text(value: Summary) -> str:
    """The summary as plain text, for copying and for channels without pages."""
    lines = [value.title, long_date(value.date), value.byline, ""]
    for heading, items in sections(value):
        lines += [heading, *(f"- {item}" for item in items), ""]
    return "\n".join(lines).rstrip() + "\n"


def to_html(value: Summary) -> str:
    """The summary as one printable page that needs nothing else; all words are escaped."""
    head = ("Symptom", "First noticed", "At its worst, last 7 days", "Like before first diagnosis")
    rows = [
        ((s.name, s.words if s.words.lower() != s.name.lower() else ""),
         *((line.shown, line.quoted) for line in (s.onset, s.severity, s.similar)))
        for s in value.symptoms
    ]  # fmt: skip
    rest = [(h, items) for h, items in sections(value) if h != "Symptoms" or not rows]
    return render_page(
        title=value.title,
        lines=(long_date(value.date), value.byline),
        table=(head, rows) if rows else None,
        sections=rest,
        foot=f"AfterALL, interview version {value.script_version}. No diagnosis was made.",
    )


def sections(value: Summary) -> list[tuple[str, list[str]]]:
    """Headings and lines in the order of the page; red flags first, and only when there are any."""
    parts: list[tuple[str, list[str]]] = []
    if value.red_flags:
        parts.append(("Warning signs told, and advice shown", list(value.red_flags)))
    symptoms = [_symptom_text(s) for s in value.symptoms]
    empty = "none at the moment" if value.none_noted else _STATES.get(value.symptoms_state, "")
    parts.append(("Symptoms", symptoms or [empty or "not answered"]))
    parts.append(("Doctor was part of the first ALL treatment", [_plain(value.doctor_knows)]))
    if value.treatments.state != "not_asked":
        parts.append(("Treatment so far", [_plain(value.treatments)]))
    told = [f for f in value.further if f.line.state == "given"]
    if told:
        parts.append(("More answers", [f"{f.label}: {_plain(f.line)}" for f in told]))
    none = "none at the moment" if value.questions_state == "given" else ""
    asked = list(value.questions) or [none or _STATES.get(value.questions_state, "")]
    parts.append(("Questions for the doctor (please look at these)", asked))
    return parts


def _symptom_text(s: SymptomLine) -> str:
    own = f" (“{s.words}”)" if s.words.lower() != s.name.lower() else ""
    return (
        f"{s.name}{own}. First noticed: {_plain(s.onset)}. At its worst in the last 7 days: "
        f"{_plain(s.severity)}. Like before the first diagnosis: {_plain(s.similar)}"
    )


def _plain(line: Line) -> str:
    return f"{line.shown} (“{line.quoted}”)" if line.quoted else line.shown


def _symptom(script: Script, held: dict[Key, Answer], repeat: int, name: Answer) -> SymptomLine:
    later = held.get((ANOTHER, repeat))
    words = name.text
    if later is not None and later.status in ("given", "unknown") and _adds(script, later):
        words = f"{name.text}; {later.text}"
    heading = symptom_name(script, name)
    return SymptomLine(
        name=heading[:1].upper() + heading[1:],
        symptom=str(name.value),
        words=words,
        onset=_line(script, held, (ONSET, repeat)),
        severity=_line(script, held, (SEVERITY, repeat)),
        similar=_line(script, held, (SIMILAR, repeat)),
    )


def _adds(script: Script, another: Answer) -> bool:
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
    answer = held.get(key)
    if answer is None or answer.status != "given":
        is_told = answer is not None and answer.status == "unknown" and len(answer.text.split()) > 4
        return Line(_state(answer), answer.text if answer and is_told else "")
    if isinstance(answer.value, dict):
        return Line(
            "given",
            words=answer.text,
            value=answer.value.get("date"),
            label=format_date(answer.value),
            precision=answer.value.get("precision"),
        )
    choice = next((c for c in _choices(script, key[0]) if c.value == answer.value), None)
    return Line(
        "given", answer.text, choice.value if choice else None, choice.label if choice else ""
    )


def _split_questions(answer: Answer | None) -> tuple[str, ...]:
    """Each question on its own line; the words are left as they are."""
    if answer is None or answer.status != "given" or answer.value == "none":
        return ()
    lines = [part for line in answer.text.splitlines() for part in re.split(r"(?<=\?)\s+", line)]
    kept = [_LIST_MARK.sub("", line).strip() for line in lines]
    return tuple(line for line in kept if line)


__all__ = [
    "Further",
    "Line",
    "Summary",
    "SymptomLine",
    "sections",
    "summary",
    "to_html",
    "to_json",
    "to_text",
]
