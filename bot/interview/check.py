"""The answers as numbered lines, to check and to change by their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.interview import Script
from bot.content.interview_items import NAME, ONSET, Question
from bot.interview.answers import Answer
from bot.interview.naming import symptom_name
from bot.interview.say_dates import format_date, say_onset
from bot.interview.treatments import told_with_the_list

Key = tuple[str, int]
_STATES = {"skipped": "skipped", "unknown": "not sure"}


@dataclass(frozen=True)
class CheckLine:
    """One answer: its question and repeat, what it is about, and the answer in words."""

    key: Key
    label: str
    shown: str


def check_lines(script: Script, held: Mapping[Key, Answer]) -> tuple[CheckLine, ...]:
    """A line for each answer that holds (`held`: in the order of the questions)."""
    lines = []
    hidden = told_with_the_list(script, held)
    agains = {group.again for group in script.groups}
    for (link_id, repeat), answer in held.items():
        question = script.question(link_id)
        if question is None or question.lists_answers or not question.asked:
            continue
        if (link_id, repeat) in hidden or link_id in agains:
            continue
        label = question.label or link_id
        about = _about(script, held, question, repeat)
        if about:
            label = f"{about}, {label[:1].lower()}{label[1:]}"
        label = label[:1].upper() + label[1:]
        lines.append(CheckLine((link_id, repeat), label, shown(script, question, answer)))
    return tuple(lines)


def _about(script: Script, held: Mapping[Key, Answer], question: Question, repeat: int) -> str:
    """The symptom or treatment that an answer is about, where it is not the answer itself."""
    first = script.first_of(question.group) if question.group else question.id
    name, named = held.get((first, repeat)), script.question(first)
    if first == question.id or named is None or name is None or name.status != "given":
        return ""
    return shown(script, named, name)


def listed(lines: tuple[CheckLine, ...]) -> str:
    """The lines as text, numbered from 1."""
    return "\n".join(f"{n}. {one.label}: {one.shown}" for n, one in enumerate(lines, start=1))


def shown(script: Script, question: Question, answer: Answer) -> str:
    """An answer in words."""
    if answer.status in _STATES:
        return _STATES[answer.status]
    if isinstance(answer.value, dict):
        when = format_date(answer.value)
        return when if when and question.id != ONSET else say_onset(answer.value)
    choice = question.choice(answer.value) if isinstance(answer.value, str) else None
    if choice is not None:
        return choice.label
    if question.id == NAME:
        return symptom_name(script, answer)
    return "; ".join(line.strip() for line in answer.text.splitlines() if line.strip())
