"""Changing what was said about a treatment by naming it: "change the transplant date to 2020",
"remove the radiation", "add a transplant in 2021"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.content.interview import Script
from bot.content.interview_items import KIND, TREATMENTS, Question
from bot.interview.answers import Answer
from bot.interview.rows import Key, Message, Rows
from bot.interview.treatments import find_treatments, take_treatments, treatment_rounds
from bot.interview.words import contains, fold

Held = Mapping[Key, Answer]


def treatment_meant(script: Script, held: Held, what: str, *, is_date: bool) -> Key | None:
    """The answer about a noted treatment that words name ("transplant date"); `is_date`: its new
    value is one. None when no treatment is named, or none that was noted."""
    rounds = _named_rounds(script, held, what)
    kind = script.question(KIND)
    if not rounds or kind is None:
        return None
    members = [q for q in script.questions if q.group == kind.group]
    plain = fold(what)
    named = [
        (len(name), question)
        for question in members
        for name in question.names
        if contains(name).search(plain)
    ]
    if named:
        return max(named, key=lambda item: item[0])[1].id, rounds[0]
    return (_date_of(members) if is_date else kind).id, rounds[0]


def remove_treatment(
    script: Script, held: Held, what: str, message: Message
) -> tuple[tuple[Answer, ...], str] | None:
    """Rows that take a treatment out, and what to say. A list that names it is asked for anew,
    since its words are the person's own. None when it is about no noted treatment."""
    rounds = _named_rounds(script, held, what)
    if not rounds:
        return None
    kind, row = script.question(KIND), held[KIND, rounds[0]]
    choice = kind.choice(str(row.value)) if kind else None
    gone = replace(row, message_id=message.message_id, status="removed")
    said = script.lines.removed.format(symptom=choice.label.lower() if choice else row.text)
    told = held.get((TREATMENTS, 0))
    if told is None or kind is None:
        return (gone,), said
    if row.value not in {t.kind.value for t in find_treatments(kind, told.text)}:
        return (gone,), said
    again = replace(told, message_id=message.message_id, status="reopened")
    return (gone, again), f"{said} {script.lines.earlier.format(words=told.text)}"


def add_treatment(
    script: Script, held: Held, latest: Held, what: str, message: Message
) -> tuple[Answer, ...]:
    """Rows of treatments that are named and were not noted; none before they were asked about."""
    words = re.sub(r"^\W*(?:(?:a|another|one more|my)\s*)?treatment\b\W*", "", what, flags=re.I)
    if (TREATMENTS, 0) not in held or not find_treatments(_kind(script), words):
        return ()
    rows = Rows(message, dict(latest), {})
    take_treatments(script, rows, words)
    return tuple(rows.new.values())


def _named_rounds(script: Script, held: Held, what: str) -> list[int]:
    rounds = treatment_rounds(held)
    named = find_treatments(_kind(script), what)
    return [rounds[one.kind.value] for one in named if one.kind.value in rounds]


def _kind(script: Script) -> Question:
    return next(q for q in script.questions if q.id == KIND)


def _date_of(members: list[Question]) -> Question:
    return next(question for question in members if question.answer_type == "date")
