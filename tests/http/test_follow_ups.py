"""Questions that go on from the last answer, and two questions in one message, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Person

FILE = Path(__file__).resolve().parents[1] / "cases" / "follow_ups.yml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
NewPerson = Callable[..., Person]


def _said(turn: dict[str, Any]) -> list[str]:
    kinds = ("answer", "declined")
    return [m.get("topic") or m["reason"] for m in turn["messages"] if m["type"] in kinds]


@pytest.mark.parametrize(("last", "says", "topic"), CASES["go_on"])
def test_goes_on(new_person: NewPerson, last: str, says: str, topic: str) -> None:
    person = new_person()
    assert _said(person.say(CASES["first"][last])) == [last]
    assert _said(person.say(says)) == [topic]


def test_who_asks_for_figures_gets_those_of_a_second_relapse(person: Person) -> None:
    person.say("im 45, ALL came back 8 weeks after transplant. what can still be done")
    (reply,) = person.say("how many survive that")["messages"]
    assert reply["entry"] == "survival_outlook.second_relapse_adults"


def test_the_same_entry_goes_on_with_the_rest_of_it(person: Person) -> None:
    (first,) = person.say(CASES["first"]["mrd"])["messages"][-1:]
    (then,) = person.say("and does it hurt")["messages"][-1:]
    assert first["entry"] == then["entry"]
    assert not {s["text"] for s in first["sentences"]} & {s["text"] for s in then["sentences"]}


@pytest.mark.xfail(strict=True, reason="the question alone is surer of another topic")
@pytest.mark.parametrize(("last", "says", "topic"), CASES["not_yet"])
def test_does_not_go_on_yet(new_person: NewPerson, last: str, says: str, topic: str) -> None:
    test_goes_on(new_person, last, says, topic)


@pytest.mark.parametrize(("says", "topics"), CASES["two"])
def test_two_questions(person: Person, says: str, topics: list[str]) -> None:
    assert _said(person.say(says)) == topics


@pytest.mark.parametrize(("says", "topic"), CASES["one"])
def test_one_question(person: Person, says: str, topic: str) -> None:
    assert _said(person.say(says)) == [topic]


@pytest.mark.parametrize("says", CASES["ends_with_the_outlook"])
def test_figures_are_asked_about_whatever_the_story_before(person: Person, says: str) -> None:
    said = person.say(says)
    (asked,) = [m for m in said["messages"] if m["type"] == "choices"]
    assert _said(said) == []
    assert [c["value"] for c in asked["choices"]][:2] == ["figures_yes", "figures_no"]


@pytest.mark.parametrize(("says", "topic"), CASES["ends_otherwise"])
def test_the_story_before_a_question(person: Person, says: str, topic: str) -> None:
    assert _said(person.say(says)) == [topic]


def test_a_topic_nearly_as_likely_is_the_first_button(new_person: NewPerson) -> None:
    said = [m for says in CASES["nearly"] for m in new_person().say(says)["messages"]]
    answers = [m for m in said if m["type"] == "answer"]
    offering = [a for a in answers if a["choices"][0]["label"].startswith("Did you mean")]
    assert offering
    for answer in offering:
        other = answer["choices"][0]["value"]
        assert other != f"ask_{answer['topic']}"
        assert [c["value"] for c in answer["choices"]].count(other) == 1


@pytest.mark.parametrize("says", CASES["not_on"])
@pytest.mark.parametrize("last", ["blinatumomab", "relapse_rates"])
def test_no_question_about_the_last_answer(new_person: NewPerson, last: str, says: str) -> None:
    person = new_person()
    person.say(CASES["first"][last])
    assert last not in _said(person.say(says))
