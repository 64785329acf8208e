"""Reading single answers, and telling answers from questions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from interview_person import TODAY, WAY, Person

from bot.content.interview import Script
from bot.interview.answers import NotUnderstood, Parsed, parse_answer

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "interview.yml").read_text())


@pytest.mark.parametrize(("link_id", "says", "value"), CASES["answers"], ids=str)
def test_answer(script: Script, link_id: str, says: str, value: object) -> None:
    question = script.question(link_id)
    assert question is not None
    read = parse_answer(script, question, says, choice=None, today=TODAY)
    if value is None:
        assert isinstance(read, NotUnderstood), read
        return
    assert isinstance(read, Parsed), read
    got = read.value
    if isinstance(got, dict):
        assert got["text"] == says
        assert [got["date"], got["precision"]] == [value[0] and str(value[0]), value[1]]
    else:
        assert got == value


@pytest.mark.parametrize(("at", "says", "outcome", "asked"), CASES["answer_or_question"], ids=str)
def test_answer_or_question(person: Person, at: str, says: str, outcome: str, asked: str) -> None:
    for message in WAY[at]:
        person.says(message)
    assert person.asked is not None and person.asked.link_id == at
    step = person.says(says)
    assert (step.outcome, step.question) == (outcome, asked)
    if outcome == "question":
        assert step.answers == () and step.asked is not None and step.asked.link_id == at


@pytest.mark.parametrize("case", CASES["several"], ids=lambda case: case["says"])
def test_several_answers_in_one_message(person: Person, case: dict[str, object]) -> None:
    step = person.says(str(case["says"]))
    got = {
        f"{a.link_id}:{a.repeat}": a.value["date"] if isinstance(a.value, dict) else a.value
        for a in step.answers
        if a.link_id != "sx.another"
    }
    assert got == {key: str(value) for key, value in case["expect"].items()}


@pytest.mark.parametrize("at", WAY)
def test_second_failure_says_something_else(person: Person, at: str) -> None:
    for message in WAY[at]:
        person.says(message)
    if at == "q":
        return
    first, second = person.says("?!"), person.says("?!")
    if first.outcome == second.outcome == "not_understood":
        assert first.say != second.say
        assert first.asked and second.asked and first.asked.text != second.asked.text
