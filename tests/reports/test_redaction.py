"""Who asked is taken out of a question; what was asked stays."""

from __future__ import annotations

from functools import lru_cache

import pytest
import yaml

from bot.content.kept import kept_content
from bot.reports.redaction import Redactor, is_redacted
from bot.reports.words import redactor_of
from tests.conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/redaction.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def redactor() -> Redactor:
    return redactor_of(kept_content(ROOT / "content"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"][:60])
def test_redacted(case: dict[str, str]) -> None:
    assert redactor().redacted(case["says"]) == case["becomes"]


def test_most_questions_stay_as_they_are() -> None:
    """Of the example questions of entries, which name nobody, hardly one is touched."""
    knowledge = kept_content(ROOT / "content").knowledge
    asked = [q for entry in knowledge.entries.values() for q in entry.questions]
    named = [q for q in asked if "[name]" in redactor().redacted(q)]
    assert len(named) <= len(asked) * 0.01, named


@pytest.mark.parametrize("text", ["", " ", "[", "[[name]]", "’", "a" * 4000, "1 " * 2000, "\ue000"])
def test_odd_texts(text: str) -> None:
    assert isinstance(redactor().redacted(text), str)


def test_what_was_taken_out_is_seen() -> None:
    assert is_redacted("is [name] ok") and is_redacted("on [date]")
    assert not is_redacted("is [name] ok", besides={"[name]"}) and not is_redacted("[stage]")
