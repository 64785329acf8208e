"""Back, skip, change, remove, add: whatever was said can be said anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from interview_person import Person

from bot.content.interview import Script
from bot.interview.script import current_answers, questions_left

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
    assert {"sx.trend", "tx.kind", "goals"} <= set(asked)


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
