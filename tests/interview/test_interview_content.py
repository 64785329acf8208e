"""The shipped questions are readable and traceable; a broken script is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from interview_person import CONTENT

from bot.content.files import Problems
from bot.content.interview import Script, read_interview
from bot.content.knowledge import read_knowledge
from bot.content.readability import reading_grade


def test_questions_read_easily(script: Script) -> None:
    for question in script.questions:
        for text in (question.ask, question.ask_proxy, question.why):
            plain = (
                text.replace("{symptom}", "the fever")
                .replace("{treatment}", "it")
                .replace("ALL", "it")
            )
            plain = re.sub(r"\{(?:person|whose|they|them|their|have|are|were|do)\}", "his", plain)
            assert "{" not in plain, text
            assert reading_grade(plain.replace("?", ".").split(".")[:-1]) <= 6.5, text


def test_symptoms_stand_in_facts(script: Script) -> None:
    facts = read_knowledge(CONTENT, Problems()).facts
    for symptom in script.symptoms:
        assert set(symptom.facts) <= set(facts), symptom.id


def test_prompts_stand_in_facts_and_read_easily(script: Script) -> None:
    facts = read_knowledge(CONTENT, Problems()).facts
    for item in (*script.prompts, *script.questions):
        assert set(item.facts) <= set(facts), item.id
    for prompt in script.prompts:
        for text in (prompt.ask, prompt.ask_proxy):
            assert len(text.split()) <= 20 and text.endswith("?"), text


@pytest.mark.parametrize(
    ("item", "change", "problem"),
    [
        ("q", {"ask_when": [{"question": "nope", "operator": "=", "answer": "yes"}]},
         "interview.yml: q: ask_when: unknown question 'nope'"),
        ("sx.name", {"ask_when": [{"question": "q", "operator": "=", "answer": "none"}]},
         "interview.yml: sx.name: ask_when: can never be asked: 'q' is not asked before it"),
        ("tx.previous",
         {"ask_when": [{"question": "visit.doctor-knows", "operator": "=", "answer": "perhaps"}]},
         "interview.yml: tx.previous: ask_when: can never be asked: ['perhaps'] is no choice of"),
        ("tx.previous", {"ask_when": [
            {"question": "visit.doctor-knows", "operator": "=", "answer": "no"},
            {"question": "visit.doctor-knows", "operator": "=", "answer": "yes"}]},
         "interview.yml: tx.previous: ask_when: can never be asked: its conditions on"),
        ("q", {"ask_when": [{"question": "sx.name", "operator": "=", "answer": "fever"}]},
         "interview.yml: q: ask_when: 'sx.name' is asked once per sx"),
        ("q", {"id": "tx.previous"}, "interview.yml: tx.previous: id: is used twice"),
        ("q", {"id": "other"}, "interview.yml: q: id: is missing; the summary is built from it"),
        ("q", {"answer_type": "essay"}, "interview.yml: q: answer_type: "),
        ("q", {"ask": "word " * 21}, "interview.yml: q: ask: has more than 20 words"),
        ("q", {"colour": "red"}, "interview.yml: q: colour: is not a known key"),
        ("q", {"group": "zz"}, "interview.yml: q: group: unknown group 'zz'"),
        ("visit.doctor-knows", {"choices": []}, "interview.yml: visit.doctor-knows: choices: is "),
    ],
)  # fmt: skip
def test_broken_script_is_refused(
    tmp_path: Path, item: str, change: dict[str, object], problem: str
) -> None:
    raw = yaml.safe_load((CONTENT / "interview.yml").read_text())
    next(q for q in raw["questions"] if q["id"] == item).update(change)
    (tmp_path / "interview.yml").write_text(yaml.safe_dump(raw))
    shutil.copy(CONTENT / "symptoms.yml", tmp_path)
    problems = Problems()
    read_interview(tmp_path, problems)
    assert any(line.startswith(problem) for line in problems.lines), problems.lines


def test_missing_or_doubled_symptoms(tmp_path: Path) -> None:
    for name in ("interview.yml", "summary.yml", "fhir.yml"):
        shutil.copy(CONTENT / name, tmp_path)
    problems = Problems()
    read_interview(tmp_path, problems)
    assert "symptoms.yml: file: -: is missing; restore it" in problems.lines
    raw = yaml.safe_load((CONTENT / "symptoms.yml").read_text())
    raw["symptoms"][1]["words"].append("fever")
    (tmp_path / "symptoms.yml").write_text(yaml.safe_dump(raw))
    problems = Problems()
    read_interview(tmp_path, problems)
    assert problems.lines == ["symptoms.yml: chills: words: 'fever' also stands at fever; keep one"]


def test_empty_files(tmp_path: Path) -> None:
    for name in ("interview.yml", "symptoms.yml"):
        (tmp_path / name).write_text("")
    problems = Problems()
    read_interview(tmp_path, problems)
    assert any("sx.name: id: is missing" in line for line in problems.lines)


@pytest.mark.parametrize(
    ("file", "change", "problem"),
    [
        ("summary.yml", {"states": {"skipped": "skipped"}}, "summary.yml: summary: states: lacks"),
        ("summary.yml", {"colour": "red"}, "summary.yml: summary: colour: is not a known key"),
        ("fhir.yml", {"base": "ours"}, "fhir.yml: fhir: base: "),
        ("fhir.yml", {"symptoms": {"hiccups": {"system": "sct", "code": "1", "seen_in": "x"}}},
         "fhir.yml: hiccups: symptoms: is no symptom of symptoms.yml"),
        ("fhir.yml", {"systems": {}}, "fhir.yml: fhir: codes: name a system that is not listed"),
    ],
)  # fmt: skip
def test_broken_layout_or_codes_are_refused(
    tmp_path: Path, file: str, change: dict[str, object], problem: str
) -> None:
    for name in ("interview.yml", "symptoms.yml", "summary.yml", "fhir.yml"):
        shutil.copy(CONTENT / name, tmp_path)
    raw = yaml.safe_load((tmp_path / file).read_text())
    (tmp_path / file).write_text(yaml.safe_dump({**raw, **change}))
    problems = Problems()
    read_interview(tmp_path, problems)
    assert any(line.startswith(problem) for line in problems.lines), problems.lines
