"""How much of a first message is understood: symptoms, their onsets and their severities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from interview_person import Person

from bot.content.interview import Script
from bot.content.interview_items import NAME, ONSET, SEVERITY

TABLE = yaml.safe_load((Path(__file__).parents[1] / "cases" / "free_text.yml").read_text())
CASES = [case for part in TABLE.values() for case in part]
Finding = tuple[str, ...]


def expected(symptoms: dict[str, list[Any]]) -> set[Finding]:
    """One finding for each symptom, each onset and each severity."""
    found: set[Finding] = set()
    for symptom, (onset, severity) in symptoms.items():
        found.add((symptom,))
        found |= {(symptom, "onset", str(onset))} if onset else set()
        found |= {(symptom, "severity", severity)} if severity else set()
    return found


def findings(script: Script, says: str) -> set[Finding]:
    """What the interview takes out of a first message."""
    rows = {(a.link_id, a.repeat): a.value for a in Person(script).says(says).answers}
    found: set[Finding] = set()
    for (link_id, repeat), name in rows.items():
        if link_id != NAME or name == "none":
            continue
        found.add((str(name),))
        onset, severity = rows.get((ONSET, repeat)), rows.get((SEVERITY, repeat))
        if isinstance(onset, dict):
            found.add((str(name), "onset", onset["date"] or str(onset["precision"])))
        if severity:
            found.add((str(name), "severity", str(severity)))
    return found


def f1(script: Script, cases: list[Any]) -> float:
    """Of all findings of all sentences."""
    right = told = found = 0
    for says, symptoms in cases:
        wanted, got = expected(symptoms), findings(script, says)
        right, told, found = right + len(wanted & got), told + len(wanted), found + len(got)
    return 2 * right / (told + found)


@pytest.mark.parametrize("part", TABLE)
def test_findings(script: Script, part: str) -> None:
    wrong = [
        f"{says}: missing {sorted(expected(s) - got)}, too much {sorted(got - expected(s))}"
        for says, s in TABLE[part]
        if (got := findings(script, says)) != expected(s)
    ]
    assert f1(script, TABLE[part]) >= 0.95, "\n".join(wrong)


def test_enough_sentences() -> None:
    assert len(CASES) >= 150
