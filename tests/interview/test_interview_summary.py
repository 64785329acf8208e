"""The page for the care team."""

from __future__ import annotations

import json

from interview_person import TODAY, Person

from bot.interview.summary import summary, to_json
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text


def _told(person: Person) -> Person:
    for message in (
        "bruises on my <b>legs</b> since Monday",
        "mild",
        "no, and also a fever for 2 weeks",
        "really bad & worse at night",
        "kind of",
        "no",
        "chemo in 2019, then a transplant",
        "1. What can we do?\n2. Do I need a biopsy? And when?",
        "yes",
    ):
        person.says(message)
    assert person.asked is None
    return person


def test_worst_first_with_words_and_codes(person: Person) -> None:
    made = summary(person.script, _told(person).history, reported_by="patient", today=TODAY)
    assert [s.symptom for s in made.symptoms] == ["fever", "easy_bruising"]
    fever = made.symptoms[0]
    assert (fever.onset.value, fever.onset.precision) == ("2026-11-10", "week")
    assert (fever.severity.value, fever.severity.words) == ("severe", "really bad & worse at night")
    assert fever.similar.value == "partly"
    assert made.questions == ("What can we do?", "Do I need a biopsy?", "And when?")
    json.dumps(to_json(made))


def test_page_is_escaped_and_self_contained(person: Person) -> None:
    flags = ["10:05: fever <on> treatment. Advice shown: call now."]
    made = summary(
        person.script, _told(person).history, reported_by="caregiver", today=TODAY, red_flags=flags
    )
    page = to_html(made)
    assert "<b>" not in page and "&lt;b&gt;" in page and "&lt;on&gt;" in page
    assert (
        "style=" not in page
        and "http" not in page.replace("http://www.w3.org/2000/svg", "")
        and "<script" not in page
    )
    assert "Reported by the caregiver by chatbot, not verified" in page
    assert (
        page.index("Advice shown")
        < page.index("<table")
        < page.index("<svg")
        < page.index("Treatment so far")
    )


def test_skipped_and_unsure_are_said(person: Person) -> None:
    for message in ("fever", "I'm not sure", "skip", "skip", "not sure", "skip", "yes"):
        person.says(message)
    made = summary(person.script, person.history, reported_by="patient", today=TODAY)
    text = to_text(made)
    assert "First noticed: not sure" in text and "last 7 days: skipped" in text
    assert "Questions for the doctor (please look at these):\n- skipped" in text


def test_empty_and_nothing(person: Person) -> None:
    made = summary(person.script, [], reported_by="patient", today=TODAY)
    assert "Symptoms:\n- not answered" in to_text(made)
    person.says("nothing right now")
    made = summary(person.script, person.history, reported_by="patient", today=TODAY)
    assert made.none_noted and "Symptoms:\n- none at the moment" in to_text(made)
