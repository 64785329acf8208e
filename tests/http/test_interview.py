"""The interview in the running bot: begun, interrupted, changed and finished."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Person, of_type, types

NewPerson = Callable[..., Person]
TOLD = "I've had fevers for about 3 weeks, bad at night, and some bruises on my legs since Monday"


def test_what_was_told_before_is_taken_over(new_person: NewPerson) -> None:
    person = new_person(timezone="Europe/London", country="UK")
    assert types(person.say(TOLD))[0] == "care_card"
    turn = person.tap("prepare_visit")
    said = " ".join(m["text"] for m in turn["messages"])
    assert "fever, since about" in said and "severe; bruises, since" in said
    assert of_type(turn, "question")["linkId"] == "sx.similar"
    plain = new_person()
    plain.say("I have been so tired since last month")
    assert of_type(plain.tap("prepare_visit"), "question")["linkId"] == "sx.severity"


def test_answer_with_a_red_flag_is_kept_and_the_interview_goes_on(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    person.say("bruises since Monday")
    turn = person.say("8, and I can't breathe")
    assert types(turn)[0] == "care_card" and turn["state"]["interview"] is None
    assert of_type(person.tap("resume_interview"), "question")["linkId"] == "sx.similar"
    summary = person.get("summary", format="json").json()
    assert summary["symptoms"][0]["severity"]["value"] == "severe"
    assert summary["red_flags"]


def test_parent_checks_changes_and_goes_on(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    asked = of_type(person.say("my son has bruises since March"), "question")
    assert "your son's bruises" in asked["text"]
    assert of_type(person.say("what does MRD mean?"), "question")["text"] == asked["text"]
    for text in ("mild", "no", "yes", "1 and 2"):
        turn = person.say(text)
    check = of_type(turn, "question")
    assert check["linkId"] == "confirm" and "1. " in check["text"]
    assert any(c["label"].startswith("Change 2") for c in check["choices"])
    turn = person.say("change the bruises date to last Friday")
    assert of_type(turn, "question")["linkId"] == "confirm"
    assert of_type(person.tap("path:0=full"), "question")["linkId"] == "age-band"
    stopped = person.say("stop")
    offered = {c["value"] for c in stopped["messages"][-1]["choices"]}
    assert {"keep_conversation", "show_summary", "delete_my_data", "resume_interview"} <= offered
    summary = person.get("summary", format="json").json()
    assert summary["reported_by"] == "parent"
    assert summary["symptoms"][0]["onset"]["precision"] == "day"
    assert len(summary["questions"]) == 2


def test_changed_after_the_end(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    for text in ("tired since March", "mild", "no", "yes", "no questions", "yes, this is right"):
        turn = person.say(text)
    assert types(turn)[-1] == "summary"
    assert types(person.tap("change_answers"))[-1] == "question"
    assert of_type(person.say("change 2 to last week"), "question")["linkId"] == "confirm"
    assert types(person.say("yes"))[-1] == "summary"
