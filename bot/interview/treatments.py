"""Treatments named in a message, each with a round of questions of its own."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.content.interview import Script
from bot.content.interview_items import KIND, OTHER_TREATMENT, TREATMENTS, Choice, Question
from bot.interview.amounts import AMOUNT
from bot.interview.answers import Answer
from bot.interview.choices import find_choices
from bot.interview.mentions import cut_between
from bot.interview.onset import Found, find_onset
from bot.interview.rows import Key, Rows
from bot.interview.words import fold

NAME_OF_TREATMENT, WHEN = "tx.name", "tx.when"
# "Two years of chemo" says how long, not when.
_HOW_LONG = re.compile(rf"^(?:for\s+|about\s+)*{AMOUNT}$")


@dataclass(frozen=True)
class Treatment:
    """A treatment that a text names. `words` name it, `part` is what the text says about it."""

    kind: Choice
    words: str
    part: str


def find_treatments(question: Question, text: str) -> tuple[Treatment, ...]:
    """The treatments named, in order; one named twice counts once."""
    found = find_choices(question, text)
    plain = fold(text)
    cuts = [cut_between(plain, a[1], b[0]) for (_, a), (_, b) in itertools.pairwise(found)]
    starts = [0, *cuts, len(text)]
    told: dict[str, Treatment] = {}
    for index, (choice, (start, end)) in enumerate(found):
        part = text[starts[index] : starts[index + 1]]
        told.setdefault(choice.value, Treatment(choice, text[start:end], part))
    return tuple(told.values())


def take_treatments(script: Script, rows: Rows, text: str, *, first: int | None = None) -> bool:
    """Note the treatments that a text names; `first`: the round that the first of them answers.

    False when it names none.
    """
    question = script.question(KIND)
    told = find_treatments(question, text) if question else ()
    for one in told:
        known = treatment_rounds({**rows.held, **rows.new})
        repeat = first if first is not None else known.get(one.kind.value, _next_round(rows))
        first = None
        _begin_round(rows, repeat)
        rows.put(KIND, repeat, one.kind.value, one.words)
        if one.words.lower() in one.kind.volunteered and not rows.has(NAME_OF_TREATMENT, repeat):
            rows.put(NAME_OF_TREATMENT, repeat, one.words, one.words)
        when = _when(one.part, rows.message.today)
        if when is not None and not rows.has(WHEN, repeat):
            rows.put(WHEN, repeat, when.onset.to_json(), when.onset.text)
    return bool(told)


def retell_treatments(script: Script, rows: Rows, text: str) -> None:
    """The list of treatments is told anew: what was only in the old one is taken out."""
    before, question = rows.held.get((TREATMENTS, 0)), script.question(KIND)
    take_treatments(script, rows, text)
    if before is None or question is None:
        return
    listed = {one.kind.value for one in find_treatments(question, before.text)}
    for kind, repeat in treatment_rounds(rows.held).items():
        if kind in listed and (KIND, repeat) not in rows.new:
            gone = replace(rows.held[KIND, repeat], message_id=rows.message.message_id)
            rows.new[KIND, repeat] = replace(gone, status="removed")


def treatment_rounds(held: Mapping[Key, Answer]) -> dict[str, int]:
    """The kinds of treatment noted so far and the round of each."""
    return {
        str(answer.value): repeat
        for (link_id, repeat), answer in held.items()
        if link_id == KIND and answer.status in ("given", "reopened")
    }


def told_with_the_list(script: Script, held: Mapping[Key, Answer]) -> frozenset[Key]:
    """What was read from the list of treatments: shown nowhere by itself, since the list says it in
    the person's words. Empty as soon as more was told about the treatments."""
    told = held.get((TREATMENTS, 0))
    kind = script.question(KIND)
    if told is None or kind is None:
        return frozenset()
    rows = {
        key: answer
        for key, answer in held.items()
        if (question := script.question(key[0])) is not None and question.group == kind.group
    }
    if any(answer.message_id != told.message_id for answer in rows.values()):
        return frozenset()
    return frozenset(rows)


def _next_round(rows: Rows) -> int:
    rounds = [r for link, r in (*rows.held, *rows.new) if link in (KIND, OTHER_TREATMENT)]
    return max(rounds, default=-1) + 1


def _begin_round(rows: Rows, repeat: int) -> None:
    if repeat == 0:
        return
    key = (OTHER_TREATMENT, repeat - 1)
    before = rows.new.get(key) or rows.held.get(key)
    if before is None or before.value != "yes" or before.status != "given":
        rows.put(*key, "yes", "")


def _when(part: str, today: datetime.date) -> Found | None:
    found = find_onset(part, today=today)
    if not isinstance(found, Found) or found.onset.date is None:
        return None
    return None if _HOW_LONG.match(fold(found.onset.text)) else found
