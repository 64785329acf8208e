"""The dated development cases: signs raise their level or a higher one, harmless ones no card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.red_flags import ALARMS, Case, Result
from bot.content.kept import kept_content
from bot.triage.red_flags import RedFlagDetector

ROOT = Path(__file__).resolve().parents[2]
FILES = ("content/red_flag_examples/2026_11.yml", "tests/cases/red_flags_unlearned.yml")
CONTENT = [yaml.safe_load((ROOT / file).read_text(encoding="utf-8")) for file in FILES]
OF_RULES = [*CONTENT[0]["cases"], *(case for case in CONTENT[1]["cases"] if case.get("rules"))]
NOT_REACHED = pytest.mark.xfail(strict=True, reason="listed under not_yet")
NOT_YET = frozenset(says for content in CONTENT for says in content["not_yet"])


def marked(case: dict[str, Any]) -> Any:
    """A case not reached yet must fail, so that the list shrinks when it is reached."""
    marks = [NOT_REACHED] if case["says"] in NOT_YET else []
    return pytest.param(case, marks=marks, id=case["says"][:60])


CASES = [marked(case) for case in OF_RULES if case["level"] in (*ALARMS, "none")]


@pytest.fixture(scope="module")
def detector() -> RedFlagDetector:
    return RedFlagDetector(kept_content(ROOT / "content").red_flags)


@pytest.mark.parametrize("case", CASES)
def test_case(detector: RedFlagDetector, case: dict[str, Any]) -> None:
    finding = detector.find(case["says"])
    if case["level"] == "none":
        assert finding.level is None
    else:
        assert Result(Case(case["says"], case["level"], str(case["sign"])), finding).is_caught


def test_not_yet_names_cases() -> None:
    assert {case["says"] for case in OF_RULES} >= NOT_YET
