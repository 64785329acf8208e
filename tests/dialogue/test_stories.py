"""Stories are real: each multi-turn path of data/stories.yml is what happens over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.numbers import has_rate
from tests.conftest import Person, of_type, types


def test_symptoms_then_yes(person: Person) -> None:
    assert types(person.say("I've been so tired lately and my bones ache")) == ["choices"]
    asked = of_type(person.say("yes please"), "question")
    assert asked["linkId"] == "sx.onset", "what was told is taken over"


def test_symptoms_then_no(person: Person) -> None:
    person.say("I've been so tired lately and my bones ache")
    assert types(person.say("no thanks")) == ["choices"]


def test_is_it_relapse_then_yes(person: Person) -> None:
    declined = of_type(person.say("my legs hurt again, is it back?"), "declined")
    assert declined["reason"] == "diagnosis"
    assert of_type(person.say("yes"), "question")["linkId"] == "sx.name"


HARD = (
    ("how long do I have?", "survival_outlook"),
    ("what is the outlook after a relapse", "survival_outlook"),
    ("kmt2a relapse child chances, bad prognosis factors", "outlook_bad_factors"),
)


def without_rates(message: dict[str, Any]) -> bool:
    return not has_rate(message["text"])


@pytest.mark.parametrize(("asks", "topic"), HARD)
@pytest.mark.parametrize("before", [(), ("hello", "tell me about fertility")])
def test_a_hard_question_then_yes(
    person: Person, asks: str, topic: str, before: tuple[str, ...]
) -> None:
    for text in before:
        person.say(text)
    gentle = person.say(asks)
    assert types(gentle) == ["choices"]
    assert not any(character.isdigit() for character in gentle["messages"][0]["text"])
    choices = [choice["value"] for choice in gentle["messages"][0]["choices"]]
    assert choices == ["figures_yes", "figures_no", "contact_human"]
    answer = of_type(person.say("yes"), "answer")
    assert answer["topic"] == topic
    assert topic != "survival_outlook" or has_rate(answer["text"])


@pytest.mark.parametrize(("asks", "topic"), HARD)
@pytest.mark.parametrize("refuses", ["no", "#figures_no", "no numbers please"])
def test_a_hard_question_then_no(person: Person, asks: str, topic: str, refuses: str) -> None:
    person.say(asks)
    turn = person.tap(refuses[1:]) if refuses.startswith("#") else person.say(refuses)
    answer = of_type(turn, "answer")
    assert answer["topic"] == topic and without_rates(answer)
    assert "figures_yes" in [choice["value"] for choice in answer["choices"]]
    again = of_type(person.say("what is the outlook after a relapse"), "answer")
    assert without_rates(again), "it is not asked twice, and a no is remembered"
    assert has_rate(of_type(person.tap("figures_yes"), "answer")["text"]), "a mind may change"


@pytest.mark.parametrize(
    ("asks", "entry"),
    [
        ("what is the survival rate after relapse", "survival_outlook.overview"),
        ("survival statistics adults relapsed ALL", "survival_outlook.adults"),
        ("how many kids survive a relapse", "survival_outlook.children"),
        ("what are the odds it returns in kids", "relapse_rates.children"),
        ("can relapsed ALL be cured", "survival_outlook.cure"),
    ],
)
def test_figures_that_are_asked_for_come_at_once(person: Person, asks: str, entry: str) -> None:
    assert of_type(person.say(asks), "answer")["entry"] == entry


def test_a_hard_question_then_for_whom_it_is(person: Person) -> None:
    person.say("how long do I have")
    assert types(person.say("it is for my son, he is 6")) == ["choices"]
    assert of_type(person.say("yes"), "answer")["entry"] == "survival_outlook.children"


def test_a_hard_question_then_figures_in_words(person: Person) -> None:
    person.say("what is the outlook after a relapse")
    answer = of_type(person.say("show me the numbers for adults"), "answer")
    assert answer["entry"] == "survival_outlook.adults"


def test_figures_wait_for_one_turn(person: Person) -> None:
    person.say("how long do I have")
    person.say("what are the side effects")
    assert types(person.say("yes")) == ["choices"]


def test_a_hard_question_in_the_interview(person: Person) -> None:
    person.tap("prepare_visit")
    turn = person.say("how long do I have")
    assert types(turn) == ["answer", "question"]
    assert without_rates(turn["messages"][0]), "a yes would be taken as an answer there"
    assert has_rate(person.tap("figures_yes")["messages"][0]["text"])


@pytest.mark.parametrize(
    ("asks", "entry"),
    [
        ("what does refractory mean?", "glossary.refractory"),
        ("whats a blast", "glossary.blasts"),
        ("neutrophils?", "glossary.neutrophils"),
        ("explain consolidation", "glossary.consolidation"),
        ("what is HLA", "glossary.hla"),
        ("wat is mrd", "mrd.overview"),
        ("define GVHD", "stem_cell_transplant.gvhd"),
        ("meaning of intrathecal", "chemotherapy_reinduction.intrathecal"),
        ("what is blincyto", "blinatumomab.overview"),
    ],
)
def test_the_meaning_of_a_word(person: Person, asks: str, entry: str) -> None:
    answer = of_type(person.say(asks), "answer")
    assert answer["entry"] == entry
    assert answer["sources"] and answer["checked_on"] and answer["related"]
    if entry.startswith("glossary."):
        assert answer["more"] is False and len(answer["sentences"]) == 1
        assert types(person.say("tell me more")) == ["text"]


@pytest.mark.parametrize(
    ("asks", "entry"),
    [("what does ANC 500 mean", "glossary.anc"), ("what does 0.01% MRD mean", "mrd.levels")],
)
def test_a_value_is_not_read(person: Person, asks: str, entry: str) -> None:
    declined, answer = person.say(asks)["messages"]
    assert (declined["type"], declined["reason"]) == ("declined", "diagnosis")
    assert answer["entry"] == entry


def test_a_yes_that_belongs_to_nothing(person: Person) -> None:
    assert types(person.say("yes")) == ["choices"]


def test_limits(person: Person) -> None:
    for text, reason in (
        ("should I stop my steroids?", "medication_advice"),
        ("what is the weather tomorrow", "out_of_scope"),
        ("what is the survival rate for AML", "other_cancer"),
        ("does lymphoma come back", "other_cancer"),
        ("my platelets are 40, is that bad", "diagnosis"),
    ):
        assert of_type(person.say(text), "declined")["reason"] == reason, text
