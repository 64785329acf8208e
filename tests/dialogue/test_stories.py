"""Stories are real: each multi-turn path of data/stories.yml is what happens over HTTP."""

from __future__ import annotations

from tests.conftest import Person, of_type, types


def test_symptoms_then_yes(person: Person) -> None:
    assert types(person.say("I've been so tired lately and my bones ache")) == ["choices"]
    assert of_type(person.say("yes please"), "question")["linkId"] == "sx.name"


def test_symptoms_then_no(person: Person) -> None:
    person.say("I've been so tired lately and my bones ache")
    assert types(person.say("no thanks")) == ["choices"]


def test_is_it_relapse_then_yes(person: Person) -> None:
    declined = of_type(person.say("my legs hurt again, is it back?"), "declined")
    assert declined["reason"] == "diagnosis"
    assert of_type(person.say("yes"), "question")["linkId"] == "sx.name"


def test_prognosis_then_yes(person: Person) -> None:
    gentle = person.say("how long do I have?")
    assert types(gentle) == ["choices"]
    assert not any(character.isdigit() for character in gentle["messages"][0]["text"])
    assert of_type(person.say("yes"), "answer")["topic"] == "survival_outlook"


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
