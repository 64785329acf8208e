"""A changed or added question needs no training and no code: one item in the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from interview_person import CONTENT, Person

from bot.content.files import Problems
from bot.content.interview import read_interview
from bot.interview.script import numbered_lines

NEW = {
    "id": "sx.pets",
    "group": "sx",
    "label": "Pets at home",
    "ask": "Was there a pet at home when {symptom} began?",
    "ask_proxy": "Was there a pet at home when {symptom} began?",
    "rephrase": "Do you have a pet? Yes or no?",
    "rephrase_proxy": "Is there a pet at home? Yes or no?",
    "why": "Some illnesses come from animals.",
    "answer_type": "boolean",
    "choices": [
        {"value": "yes", "label": "Yes", "synonyms": ["yes", "a cat"]},
        {"value": "no", "label": "No", "synonyms": ["no", "no pets"]},
    ],
    "ask_when": [{"question": "sx.name", "operator": "=", "answer": "fever"}],
    "can_skip": True,
    "reviewed_by": None,
}


def test_added_and_changed_question(tmp_path: Path) -> None:
    raw = yaml.safe_load((CONTENT / "interview.yml").read_text())
    place = next(n for n, q in enumerate(raw["questions"]) if q["id"] == "sx.severity")
    raw["questions"][place]["ask"] = "How strong is {symptom}?"
    raw["questions"].insert(place, NEW)
    (tmp_path / "interview.yml").write_text(yaml.safe_dump(raw))
    for name in ("symptoms.yml", "common_words.txt", "summary.yml", "fhir.yml"):
        shutil.copy(CONTENT / name, tmp_path)
    problems = Problems()
    person = Person(read_interview(tmp_path, problems))
    assert problems.lines == []
    person.says("fever")
    assert person.says("since Monday").asked.text == "Was there a pet at home when the fever began?"
    assert person.says("a cat").asked.text == "How strong is the fever?"
    lines = [f"{one.label}: {one.shown}" for one in numbered_lines(person.script, person.history)]
    assert "Fever, pets at home: Yes" in lines
    other = Person(person.script)
    other.says("bruises")
    assert other.says("since Monday").asked.link_id == "sx.severity", "only asked with a fever"
