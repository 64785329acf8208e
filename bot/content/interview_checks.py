"""What can be wrong with an interview whose single questions are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.content.interview import Script
    from bot.content.interview_items import Condition, Group, Question

Fault = tuple[str, str, str]


def script_faults(script: Script, needed: Iterable[str]) -> Iterator[Fault]:
    """Item, field and message of each fault: what is missing, unknown, or can never be asked.

    `needed` are the questions that the summary is built from.
    """
    present = [question.id for question in script.questions]
    for name in needed:
        if name not in present:
            yield name, "id", "is missing; the summary is built from it, so put it back"
    for position, question in enumerate(script.questions):
        yield from _question_faults(script, question, script.questions[:position])
    for group in script.groups:
        yield from _group_faults(script, group)


def _question_faults(
    script: Script, question: Question, earlier: tuple[Question, ...]
) -> Iterator[Fault]:
    if question.group is not None and script.group(question.group) is None:
        yield question.id, "group", f"unknown group {question.group!r}; groups stand at the top"
    if len({choice.value for choice in question.choices}) < len(question.choices):
        yield question.id, "choices", "holds a value twice; rename one"
    for condition in question.ask_when:
        message = _condition_fault(script, question, condition, earlier)
        if message:
            yield question.id, "ask_when", message
    for name in {condition.question for condition in question.ask_when}:
        if not _possible_answers(script, question, name):
            yield (
                question.id,
                "ask_when",
                f"can never be asked: its conditions on {name!r} exclude each other; drop one",
            )


def _condition_fault(
    script: Script, question: Question, condition: Condition, earlier: tuple[Question, ...]
) -> str | None:
    other = script.question(condition.question)
    if other is None:
        return f"unknown question {condition.question!r}; name the id of a question before it"
    if all(one.id != other.id for one in earlier):
        return f"can never be asked: {condition.question!r} is not asked before it; move it up"
    if other.group not in (None, question.group):
        return f"{condition.question!r} is asked once per {other.group}; which one is meant?"
    unknown = sorted(set(condition.answer) - _values(script, other))
    return (
        f"can never be asked: {unknown} is no choice of {other.id!r}; correct it"
        if unknown
        else None
    )


def _values(script: Script, question: Question) -> set[str]:
    values = {choice.value for choice in question.choices}
    if question.answer_type == "open_choice":
        values |= {"other", *(symptom.id for symptom in script.symptoms)}
    return values


def _possible_answers(script: Script, question: Question, name: str) -> set[str]:
    other = script.question(name)
    left = _values(script, other) if other else {""}
    for condition in question.ask_when:
        if condition.question == name and other is not None:
            wanted = set(condition.answer)
            left = left & wanted if condition.operator == "=" else left - wanted
    return left


def _group_faults(script: Script, group: Group) -> Iterator[Fault]:
    present = [question.id for question in script.questions]
    members = [question.id for question in script.questions if question.group == group.id]
    if not members or group.again != members[-1]:
        yield (
            group.id,
            "again",
            f"{group.again!r} must be the last question of the group; name that one",
        )
    elif present[present.index(members[0]) :][: len(members)] != members:
        yield group.id, "id", "its questions must stand together; move them"
