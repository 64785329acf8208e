"""The answers of one interview as a FHIR R4 QuestionnaireResponse: what was said, never what it
means. No Condition, no Observation is made of it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.interview import Script
from bot.content.interview_items import Question
from bot.interview.answers import Answer
from bot.interview.fhir import (
    UCUM,
    WORDS,
    WORDS_TEXT,
    Item,
    canonical,
    choice_coding,
    has_words,
    question_text,
    repeats,
)
from bot.interview.script import Key, current_answers, own_words, pending
from bot.interview.summary import QUANTITY, UNITS, WHO, split_questions

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_ABSENT_CODES = {"skipped": "asked-declined", "unknown": "asked-unknown", "given": "unknown"}


@dataclass(frozen=True)
class Reporter:
    """Who answered ("patient" or "caregiver"), when (with a time zone), in which interview."""

    reported_by: str
    authored: datetime.datetime
    identifier: str


def questionnaire_response(script: Script, answers: Sequence[Answer], reporter: Reporter) -> Item:
    """Everything that holds now. `status`: "in-progress" until the last question is answered;
    "amended" when an answer was changed after that."""
    held = current_answers(script, answers)
    who = held.get((WHO, 0))
    by = script.output.layout.who.get(str(who.value)) if who else None
    is_patient = (by or reporter.reported_by) == "patient"
    contained: list[Item] = [{"resourceType": "Patient", "id": "patient"}]
    if not is_patient:
        carer = {"resourceType": "RelatedPerson", "id": "carer"}
        contained.append({**carer, "patient": {"reference": "#patient"}})
    return {
        "resourceType": "QuestionnaireResponse",
        "contained": contained,
        "identifier": {
            "system": f"{script.output.fhir.base}/interviews",
            "value": reporter.identifier,
        },
        "questionnaire": f"{canonical(script)}|{script.version}",
        "status": _status(script, answers),
        "subject": {"reference": "#patient", "display": "The patient"},
        "authored": reporter.authored.isoformat(timespec="seconds"),
        "source": {
            "reference": "#patient" if is_patient else "#carer",
            "display": f"Reported by the {by or reporter.reported_by}, not verified",
        },
        "item": list(_items(script, held)),
    }


def _status(script: Script, answers: Sequence[Answer]) -> str:
    if not answers or pending(script, answers) is not None:
        return "in-progress"
    messages = [list(rows) for _, rows in itertools.groupby(answers, lambda a: a.message_id)]
    told: list[Answer] = []
    for rows in messages[:-1]:
        told += rows
        if pending(script, told) is None:
            return "amended"
    return "completed"


def _items(script: Script, held: dict[Key, Answer]) -> Iterator[Item]:
    done: set[str] = set()
    for question in script.questions:
        group = script.group(question.group)
        if group is None:
            yield from _question_items(script, question, held.get((question.id, 0)))
        elif group.id not in done:
            done.add(group.id)
            yield from _rounds(script, group.id, held)


def _rounds(script: Script, group_id: str, held: dict[Key, Answer]) -> Iterator[Item]:
    members = [q for q in script.questions if q.group == group_id]
    code = script.output.fhir.groups.get(group_id)
    text = (code.text if code else "") or group_id
    ids = {q.id for q in members}
    for repeat in sorted({r for link_id, r in held if link_id in ids}):
        told = [
            item
            for question in members
            for item in _question_items(script, question, held.get((question.id, repeat)))
        ]
        yield {"linkId": group_id, "text": text, "item": told}


def _question_items(script: Script, question: Question, answer: Answer | None) -> Iterator[Item]:
    if answer is None:
        return
    item: Item = {"linkId": question.id, "text": question_text(question)}
    values = _values(script, question, answer) if answer.status == "given" else []
    if values:
        yield {**item, "answer": values}
    else:
        absent = {"url": ABSENT, "valueCode": _ABSENT_CODES.get(answer.status, "unknown")}
        yield {**item, "extension": [absent]}
    shown = {v.get("valueString") for v in values} | {
        v["valueCoding"]["display"] for v in values if "valueCoding" in v
    }
    words = answer.text.strip()
    if words and words not in shown and has_words(question):
        own = [{"valueString": words}]
        yield {"linkId": question.id + WORDS, "text": WORDS_TEXT, "answer": own}


def _values(script: Script, question: Question, answer: Answer) -> list[Item]:
    if repeats(question):
        told = split_questions(answer) or (answer.text.strip(),)
        return [{"valueString": words} for words in told if words]
    if question.answer_type == "date":
        return _date(script, answer)
    value = str(answer.value)
    if question.answer_type == "boolean":
        return [{"valueBoolean": value == "yes"}] if value in ("yes", "no") else []
    if question.answer_type == "quantity":
        return _quantity(value)
    if question.answer_type == "text":
        words = answer.text.strip()
        return [{"valueString": words}] if words else []
    coded = choice_coding(script, question, value)
    if coded is not None:
        return [{"valueCoding": coded}]
    is_open = question.answer_type == "open_choice" and answer.text.strip()
    return [{"valueString": own_words(answer.text)}] if is_open else []


def _date(script: Script, answer: Answer) -> list[Item]:
    """A date with no more figures than it was said with ("in March" is 2026-03)."""
    stored: Any = answer.value
    if not isinstance(stored, dict) or not stored.get("date"):
        return []
    figures = script.output.fhir.date_figures.get(str(stored.get("precision")), 4)
    return [{"valueDate": str(stored["date"])[:figures]}]


def _quantity(value: str) -> list[Item]:
    match = QUANTITY.fullmatch(value)
    if match is None:
        return []
    number, code = float(match[1]), match[2]
    unit = UNITS.get(code, code)
    return [{"valueQuantity": {"value": number, "unit": unit, "system": UCUM, "code": code}}]
