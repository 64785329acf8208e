"""Answers are taken for answers and questions for questions, while a question waits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from interview_person import WAY, Person, shipped_script

TABLE = yaml.safe_load((Path(__file__).parents[1] / "cases" / "answer_or_question.yml").read_text())
CASES = [(at, kind, says) for at, kinds in TABLE.items() for kind in kinds for says in kinds[kind]]


@cache
def read_as(at: str, says: str) -> str:
    """What the interview makes of a message."""
    person = Person(shipped_script())
    for message in WAY[at]:
        person.says(message)
    assert person.asked is not None and person.asked.link_id == at
    step = person.says(says)
    if step.outcome == "question":
        return "question"
    if step.outcome == "answered":
        return "both" if step.question else "answer"
    return {"unsure": "command", "not_understood": "not understood"}.get(step.outcome, "command")


def share(kinds: tuple[str, ...], taken_for: tuple[str, ...]) -> tuple[float, list[str]]:
    """How many messages of these kinds are taken for something else, and which."""
    cases = [(at, kind, says) for at, kind, says in CASES if kind in kinds]
    wrong = [f"{at}: {says}" for at, _, says in cases if read_as(at, says) in taken_for]
    return len(wrong) / len(cases), wrong


def test_enough_messages() -> None:
    assert len(CASES) >= 200


def test_answers_are_not_taken_for_questions() -> None:
    wrong_share, wrong = share(("answer",), ("question", "both"))
    assert wrong_share <= 0.01, wrong


def test_questions_are_not_taken_for_answers() -> None:
    wrong_share, wrong = share(("question",), ("answer", "both", "command"))
    assert wrong_share <= 0.03, wrong


@pytest.mark.parametrize("kind", ["answer", "question", "both", "command"])
def test_read_as_it_was_meant(kind: str) -> None:
    cases = [(at, says) for at, its, says in CASES if its == kind]
    wrong = [(at, says, got) for at, says in cases if (got := read_as(at, says)) != kind]
    assert len(wrong) <= 0.03 * len(cases), wrong
