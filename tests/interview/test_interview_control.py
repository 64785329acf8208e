"""Back, skip, change, remove, add: whatever was said can be said anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from interview_person import TODAY, Person

from bot.content.interview import Script
from bot.interview.recall import stale_answers
from bot.interview.screening import is_date_correction, is_plain_answer
from bot.interview.script import current_answers, questions_left
from bot.interview.summary import summary
from bot.interview.summary_page import to_text

PATH = Path(__file__).parents[1] / "cases" / "interview_control.yml"
CASES = yaml.safe_load(PATH.read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["says"]))
def test_control(person: Person, case: dict[str, Any]) -> None:
    for message in case["after"]:
        person.says(str(message))
    step = person.says(case["says"])
    assert step.asked is not None and step.asked.link_id == case["then"], step
    held = current_answers(person.script, person.history)
    for name, wanted in case["holds"].items():
        link_id, repeat = name.rsplit(":", 1)
        answer = held.get((link_id, int(repeat)))
        value = answer.value if answer else None
        got = value["date"] if isinstance(value, dict) else value
        assert got == (wanted and str(wanted)), name
    if "first" in case:
        offered = Person(person.script)
        for message in case["after"][:-1]:
            offered.says(str(message))
        wanted_first = offered.asked.text.splitlines()[case["first"]].split(". ", 1)[1]
        assert held["q", 0].text.splitlines()[0] == wanted_first


def test_two_symptoms_at_once_are_played_back(person: Person) -> None:
    step = person.says(
        "I've had fevers for about 3 weeks, bad at night, and some bruises on my legs since Monday"
    )
    assert step.say == (
        "I noted: fever, since about 3 November 2026, severe; bruises, since 23 November 2026."
    )
    asked = []
    while person.asked is not None and person.asked.link_id.startswith("sx."):
        asked.append((person.asked.link_id, person.asked.repeat))
        person.says("skip")
    assert asked == [("sx.similar", 0), ("sx.severity", 1), ("sx.similar", 1)]


@pytest.mark.parametrize(
    ("says", "asked"),
    [
        ("my son has a fever", "When did you first notice your son's fever?"),
        ("my daughter Emma, 7, has bruises", "When did you first notice your daughter's bruises?"),
        ("my wife keeps getting headaches", "When did you first notice your wife's headaches?"),
        ("he has a fever", "When did you first notice his fever?"),
        ("I have a fever", "When did you first notice the fever?"),
        ("my mom is worried because I have a fever", "When did you first notice the fever?"),
        ("I got a fever from my son", "When did you first notice the fever?"),
    ],
)
def test_whom_it_is_about(person: Person, says: str, asked: str) -> None:
    assert person.says(says).asked.text == asked


def test_parent_wording(script: Script) -> None:
    parent = Person(script, audience="parent")
    assert "noticed in your child" in parent.asked.text
    assert parent.says("fever").asked.text == "When did you first notice your child's fever?"
    for question in script.questions:
        for text in (question.ask_proxy, question.rephrase_proxy):
            assert "your first" not in text and "you had" not in text, question.id


def test_the_full_path_asks_in_the_order_of_oldcarts(person: Person) -> None:
    person.says("ask me all questions")
    asked = []
    for _ in range(60):
        if person.asked is None:
            break
        asked.append(person.asked.link_id)
        person.says({"sx.name": "headaches", "sx.similar": "partly"}.get(asked[-1], "skip"))
    assert asked[:2] == ["who", "age-band"]
    assert [name for name in asked if name.startswith("sx.")] == [
        "sx.name", "sx.onset", "sx.start-kind", "sx.where", "sx.frequency", "sx.what", "sx.trend",
        "sx.severity", "sx.interference", "sx.similar", "sx.similar-note",
    ]  # fmt: skip
    assert asked[-1] == "confirm" and "meds" in asked and "tx.where" not in asked


def test_going_on_to_the_full_path_keeps_all(person: Person) -> None:
    for message in ("fever of 101.2 since Monday", "mild", "no", "no", "chemo", "none"):
        person.says(message)
    assert person.asked.link_id == "confirm"
    before = questions_left(person.script, person.history)
    person.says("ask me more")
    assert questions_left(person.script, person.history) > before
    asked = []
    while person.asked is not None:
        asked.append(person.asked.link_id)
        person.says("yes" if asked[-1] == "confirm" else "skip")
    assert len(set(asked)) == len(asked)
    assert not {"sx.name", "sx.onset", "sx.severity", "temp", "q", "tx.previous"} & set(asked)
    assert {"sx.trend", "tx.when", "goals"} <= set(asked)


def test_prompts_fit_the_situation(script: Script) -> None:
    known, new = Person(script), Person(script, audience="parent")
    for message in ("fever", "skip", "skip", "skip", "yes"):
        known.says(message)
    for message in ("fever", "skip", "skip", "skip", "no", "relapsed again, transplant planned"):
        new.says(message)
    texts = [known.asked.text, new.asked.text]
    assert all(6 <= len(text.splitlines()) - 1 <= 8 for text in texts)
    assert "How much experience" not in texts[0] and "second relapse" not in texts[0]
    assert "second relapse" in texts[1] and "transplant" in texts[1]
    for choice in known.asked.choices[:2]:
        known.taps(choice.value)
        assert known.asked.link_id == "q"
    known.says("can I still work?")
    questions = current_answers(script, known.history)["q", 0].text.splitlines()
    assert len(questions) == 3 and questions[-1] == "can I still work?"


def test_check_shows_every_answer_with_change(person: Person) -> None:
    for message in ("fever since Monday", "mild", "no", "yes", "none"):
        person.says(message)
    assert "2. Fever, first noticed: since 23 November 2026" in person.asked.text
    changes = [c for c in person.asked.choices if c.value.endswith("=change")]
    assert len(changes) == 6
    step = person.taps(changes[1].value)
    assert step.asked.link_id == "sx.onset" and "since Monday" in step.say
    assert person.says("2 weeks").asked.link_id == "confirm"


def test_several_are_picked_at_once(person: Person) -> None:
    """Two symptoms, earlier treatment and questions, by buttons alone, in eleven messages."""
    person.taps("sx.name:0=fatigue", "sx.name:0=easy_bruising", "sx.name:0=none", "who:0=carer")
    assert "“" not in person.asked.text and person.asked.link_id == "sx.onset"
    for choice in (
        "sx.onset:0=week", "sx.severity:0=mild", "sx.similar:0=same", "sx.onset:1=days",
        "sx.severity:1=mild", "sx.similar:1=different", "visit.doctor-knows:0=no",
    ):  # fmt: skip
        person.taps(choice)
    person.taps("tx.previous:0=chemo", "tx.previous:0=transplant")
    prompts = [c.value for c in person.asked.choices if not c.value.endswith("=none")]
    step = person.taps(*prompts[:4])
    assert "put 4 first" in step.say and person.asked.link_id == "confirm"
    person.taps("q:0=first_4")
    person.taps("confirm:0=yes")
    assert person.asked is None and person.count == 12, "one of them only moved a question up"
    held = current_answers(person.script, person.history)
    assert held["who", 0].value == "carer" and held["tx.kind", 1].value == "transplant"
    assert len(held["q", 0].text.splitlines()) == 4


def test_nothing_fits_what_was_picked(person: Person) -> None:
    step = person.taps("q:0=none", "sx.onset:0=today")
    assert step.outcome == "not_understood" and step.answers == ()


def test_answers_of_another_week_are_asked_again(person: Person) -> None:
    for message in ("fever since Monday", "mild", "skip"):
        person.says(message)
    aged = [replace(row, on="2026-11-14") for row in person.history]
    later = {"today": TODAY, "message_id": "later"}
    assert stale_answers(person.script, [replace(a, on="2026-11-17") for a in aged], **later) == ()
    rows = stale_answers(person.script, aged, **later)
    assert [row.link_id for row in rows] == ["sx.severity"], "the day it began still holds"
    person.history = [*aged, *rows]
    assert person.asked.link_id == "sx.severity"
    assert person.asked.text.startswith("On 14 November 2026 your answer was: “Mild”.")
    assert current_answers(person.script, person.history)["sx.severity", 0].value == "mild"
    assert person.asked.choices[-1].label == "Still the same"
    person.taps(person.asked.choices[-1].value)
    assert person.asked.link_id == "visit.doctor-knows"
    assert stale_answers(person.script, person.history, **later) == ()


@pytest.mark.parametrize(
    ("says", "is_date_only"),
    [
        ("change the fever date to last Friday", True),
        ("actually the fever started on Saturday", True),
        ("the fever started on Monday, not Sunday", True),
        ("sorry, the fevr began last week", True),
        ("can you change the fever date?", True),
        ("change the fever to 40 C", False),
        ("the fever started today and I shake all over", False),
        ("the fever started today, not Monday, and it is unbearable", False),
        ("actually the fever is worse since Saturday", False),
        ("change the fever severity to severe", False),
        ("I have a fever again", False),
        ("remove the fever", False),
    ],
)
def test_pure_correction_of_a_date(person: Person, says: str, is_date_only: bool) -> None:
    for message in ("fever", "2 weeks", "mild", "no"):
        person.says(message)
    assert is_date_correction(person.script, person.history, says, today=TODAY) is is_date_only


@pytest.mark.parametrize(
    ("link_id", "says", "is_plain"),
    [
        ("sx.similar", "dont remeber", True),
        ("sx.similar", "yes exactly like then", True),
        ("sx.onset", "about 3 weeks ago", True),
        ("sx.severity", "really bad", True),
        ("sx.severity", "bad, and I can't keep my eyes open", False),
        ("sx.similar", "yes, and I want to end it", False),
        ("sx.name", "fever", False),
        ("temp", "39", False),
        ("q", "none", False),
    ],
)
def test_plain_answer(script: Script, link_id: str, says: str, is_plain: bool) -> None:
    assert is_plain_answer(script, link_id, says, today=TODAY) is is_plain


def test_full_path_asks_about_each_treatment(person: Person) -> None:
    person.says("ask me all questions")
    asked = []
    told = {
        "sx.name": "none",
        "visit.doctor-knows": "no",
        "tx.previous": "chemo in 2019, then radiation",
    }
    while person.asked is not None and person.asked.link_id != "meds":
        asked.append((person.asked.link_id, person.asked.repeat))
        person.says(told.get(person.asked.link_id, "skip"))
    assert [key for key in asked if key[0].startswith("tx.")] == [
        ("tx.previous", 0), ("tx.name", 0), ("tx.where", 0), ("tx.effect", 0),
        ("tx.name", 1), ("tx.when", 1), ("tx.where", 1), ("tx.effect", 1), ("tx.another", 1),
    ]  # fmt: skip
    person.says("change the radiation date to 2020")
    made = summary(person.script, person.history, reported_by="patient", today=TODAY)
    assert "Radiation: When: 2020" in to_text(made) and "Chemotherapy" in to_text(made)
