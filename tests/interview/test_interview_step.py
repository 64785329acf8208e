"""The interview as a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_person import TODAY, Person, shipped_script

from bot.content.interview import Script
from bot.interview.answers import Answer
from bot.interview.script import current_answers, next_question
from bot.interview.summary import summary, to_json
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text


def say_all(person: Person, *messages: str) -> None:
    for message in messages:
        person.says(message)


def test_one_symptom_takes_eight_messages(person: Person) -> None:
    say_all(person, "fever", "2 weeks", "mild", "no", "no", "chemo in 2020", "none", "yes")
    assert person.asked is None


def test_two_symptoms_take_at_most_twelve(person: Person) -> None:
    say_all(person, "fever", "2 weeks", "mild", "no. Also bruises", "Monday", "bad", "yes", "no")
    say_all(person, "chemo in 2020", "1, 3 and can I still work?", "yes, this is right")
    assert person.asked is None


def test_symptom_words_fill_the_question(person: Person) -> None:
    assert person.says("fever").asked.text == "When did you first notice the fever?"
    other = Person(person.script).says("my hair hurts")
    assert other.asked.text == "When did you first notice “my hair hurts”?"


def test_play_back_names_the_date(person: Person) -> None:
    person.says("fever")
    assert person.says("2 weeks ago").say == "I noted: fever, since about 10 November 2026."


def test_known_details_are_not_asked_again(person: Person) -> None:
    person.says("I've had fevers for about 3 weeks, pretty bad, and some bruises since Monday")
    asked = []
    while person.asked is not None:
        asked.append((person.asked.link_id, person.asked.repeat))
        person.says("skip")
    assert ("sx.onset", 0) not in asked and ("sx.severity", 0) not in asked
    assert ("sx.onset", 1) not in asked and ("sx.severity", 1) in asked


def test_back_asks_again_and_keeps_the_answer_until_then(person: Person) -> None:
    say_all(person, "fever", "2 weeks")
    step = person.says("back")
    assert step.outcome == "back" and step.asked.link_id == "sx.onset" and "2 weeks" in step.say
    assert (
        current_answers(person.script, person.history)["sx.onset", 0].value["precision"] == "week"
    )
    assert person.says("back").asked.link_id == "sx.name"
    assert person.says("keep").asked.link_id == "sx.onset"
    say_all(person, "yesterday")
    assert person.asked.link_id == "sx.severity"
    assert current_answers(person.script, person.history)["sx.onset", 0].value["precision"] == "day"


def test_back_at_the_first_question(person: Person) -> None:
    step = person.says("back")
    assert step.outcome == "back" and step.answers == () and not step.asked.can_go_back


def test_old_button_changes_the_old_answer(person: Person) -> None:
    say_all(person, "fever", "2 weeks", "mild")
    step = person.taps("sx.severity:0=severe")
    assert step.outcome == "answered" and step.asked.link_id == "sx.similar"
    assert current_answers(person.script, person.history)["sx.severity", 0].value == "severe"


@pytest.mark.parametrize(
    "choice", ["q:0=none", "sx.onset:7=today", "x:0=y", "nonsense", "sx.name:0=zzz"]
)
def test_button_that_fits_nothing(person: Person, choice: str) -> None:
    step = person.taps(choice)
    assert step.outcome == "not_understood" and step.answers == ()


def test_all_buttons_work(script: Script) -> None:
    person = Person(script)
    while person.asked is not None:
        for choice in person.asked.choices:
            step = Person(script, history=list(person.history)).taps(choice.value)
            assert step.outcome == "answered", choice
        ends = {"sx.another": "no", "visit.doctor-knows": "no", "q": "none"}
        value = ends.get(person.asked.link_id)
        here = [c.value for c in person.asked.choices if value is None or c.value.endswith(value)]
        person.taps(here[0])


@pytest.mark.parametrize("command", ["skip", "not_sure", "back", "stop"])
def test_command_buttons(person: Person, command: str) -> None:
    person.says("fever")
    expected = "unsure" if command == "not_sure" else command
    assert person.taps(command).outcome == expected


def test_same_message_twice_changes_nothing(person: Person) -> None:
    person.says("fever")
    person.count -= 1
    assert person.says("bruises").answers == ()


def test_no_longer_asked_is_ignored(person: Person) -> None:
    say_all(person, "skip", "no", "chemo in 2020", "back", "back")
    assert person.says("yes").asked.link_id == "q"
    assert ("tx.previous", 0) not in current_answers(person.script, person.history)
    assert any(answer.text == "chemo in 2020" for answer in person.history)


def test_correction_of_an_earlier_symptom(person: Person) -> None:
    say_all(person, "fever", "last Sunday", "mild", "yes, and bruises", "today")
    step = person.says("the fever started on Monday, not Sunday")
    assert [(a.link_id, a.repeat, a.value["date"]) for a in step.answers] == [
        ("sx.onset", 0, "2026-11-23")
    ]
    assert step.asked.link_id == "sx.severity" and step.asked.repeat == 1


def test_caregiver_is_asked_about_the_other(script: Script) -> None:
    person = Person(script, audience="caregiver")
    assert "the person you help" in person.asked.text


def test_progress_total_only_when_sure(person: Person) -> None:
    assert (person.asked.progress.step, person.asked.progress.total) == (1, None)
    say_all(person, "skip", "yes")
    assert (person.asked.progress.step, person.asked.progress.total) == (3, 4)


SAYINGS = """fever | bruises since Monday | my hair hurts | 2 weeks ago | since my last chemo | mild
7 | yes | no | the same | skip | back | stop | I'm not sure | what does MRD mean? | keep
start over
fever and chills for a week, really bad | no fever | ?! | how many questions are left | <b>& | none
I have a lump, is that bad? | also headaches since May | chemo in 2019
he has had a rash since Easter, and a cough"""
MESSAGES = st.sampled_from(SAYINGS.replace("\n", " | ").split(" | ")) | st.text(max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(MESSAGES, max_size=25), st.sampled_from(["any", "caregiver"]))
def test_no_answer_is_lost(messages: list[str], audience: str) -> None:
    script = shipped_script()
    person = Person(script, audience=audience)
    for message in messages:
        before = list(person.history)
        step = person.says(message)
        assert person.history[: len(before)] == before
        keys = [(a.link_id, a.repeat, a.message_id) for a in person.history]
        assert len(keys) == len(set(keys))
        assert step.asked is None or "{symptom}" not in step.asked.text
        _check_summary(script, person.history)
    for _ in range(60):
        if person.asked is None:
            break
        person.says("skip")
    assert next_question(script, person.history) is None


def _check_summary(script: Script, history: list[Answer]) -> None:
    """Each answer that holds stands in the summary with its words, and nothing else does."""
    held = current_answers(script, history)
    assert all(answer.status != "reopened" for answer in held.values())
    made = summary(script, history, reported_by="patient", today=TODAY, red_flags=[])
    names = [a for (link, _), a in held.items() if link == "sx.name" and a.status == "given"]
    assert len(made.symptoms) == len([a for a in names if a.value != "none"])
    text = to_text(made).lower()
    for (link, _), answer in held.items():
        if answer.status == "given" and link in ("sx.onset", "sx.severity", "tx.previous"):
            assert answer.text.strip(" .,!").lower() in text
    to_json(made), to_html(made)
