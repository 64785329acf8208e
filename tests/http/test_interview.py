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


def test_two_symptoms_by_buttons_in_twelve_messages(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    first = person.session["messages"][-1]
    assert first["input"] == "multi_choice"
    tapped = [
        ["sx.name:0=fatigue", "sx.name:0=easy_bruising"], "sx.onset:0=week", "sx.severity:0=mild",
        "sx.similar:0=same", "sx.onset:1=days", "sx.severity:1=mild", "sx.similar:1=different",
        "visit.doctor-knows:0=no", ["tx.previous:0=chemo", "tx.previous:0=transplant"],
        ["q:0=meaning", "q:0=report_when", "q:0=involves", "q:0=works"], "confirm:0=yes",
    ]  # fmt: skip
    for choice in tapped:
        turn = person.tap(choice)
    assert types(turn)[-1] == "summary" and len(tapped) <= 12
    summary = of_type(turn, "summary")["summary"]
    assert len(summary["symptoms"]) == 2 and len(summary["questions"]) == 4
    said = [m for m in person.get("history").json()["messages"] if m["type"] == "user"]
    taps = [m for m in said if isinstance(m["choice"], list)]
    assert taps[0]["text"] == "Tiredness, Bruises" and len(taps) == 3
    for wrong in ([], ["nonsense"], ["sx.name:0=fatigue", 7], ["delete_conversation"] * 60):
        assert person.post({"id": "x", "choice": wrong}).json()["error"]["code"] == "unknown_choice"


def test_a_corrected_date_raises_no_second_card(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit", country="US")
    assert types(person.say("a fever of 101 since Monday"))[0] == "care_card"
    person.tap("resume_interview")
    person.say("severe")
    turn = person.say("change the fever date to last Friday")
    assert "care_card" not in types(turn)
    assert of_type(turn, "question")["linkId"] == "sx.similar", "the interview goes on"
    shown = person.say("the fever started today and I shake all over")
    assert types(shown)[0] == "care_card", "more than a date was told"
    assert len(person.get("summary", format="json").json()["red_flags"]) == 2


def test_a_plain_answer_is_not_asked_about(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    person.say("night sweats since Easter")
    person.say("moderate")
    turn = person.say("yes exactly like then")
    assert of_type(turn, "question")["linkId"] == "visit.doctor-knows"
    assert not [m for m in person.say("it keeps me up")["messages"] if m["type"].startswith("conf")]
    person.tap("stop")
    paused = person.say("skip")
    assert "resume_interview" in {c["value"] for c in paused["messages"][-1]["choices"]}


def test_an_answer_after_a_card_shows_the_way_back(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    person.say("bone pain and I have a fever of 39")
    reply = person.say("pretty bad, 7")["messages"][-1]
    assert "resume_interview" in [c["value"] for c in reply["choices"]], reply
    assert of_type(person.tap("resume_interview"), "question")["linkId"].startswith("sx.")
