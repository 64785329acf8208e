"""The right entry within a topic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.kept import kept_content
from bot.database.engine import connect_memory, upgrade
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.load import load_knowledge
from bot.knowledge.search import find_entry

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests/cases/search.yml").read_text(encoding="utf-8"))["cases"]

# Who asks about a child is mostly a parent.
FITTING = {"child": ("child", "caregiver"), "adult": ("adult",)}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    engine = connect_memory()
    upgrade(engine)
    load_knowledge(engine, kept_content(ROOT / "content").knowledge)
    return KnowledgeBase(engine).catalogue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['topic']}: {case['asks'][:50]}")
def test_case(request: pytest.FixtureRequest, catalogue: Catalogue, case: dict[str, Any]) -> None:
    if "known_failure" in case:
        request.applymarker(pytest.mark.xfail(reason=case["known_failure"], strict=True))
    entry = find_entry(catalogue, case["topic"], case["asks"], audience=case["audience"])
    assert entry is not None
    assert entry.id == case["expect"]


def test_a_remembered_audience_does_not_hide_what_is_for_everybody(catalogue: Catalogue) -> None:
    """A question that finds its entry while nobody is known finds it for a child and adult too,
    unless an entry about the same for this audience takes its place (a handful)."""
    asked, hidden = 0, []
    for entry in catalogue.entries.values():
        if entry.audience != "any" or entry.id.endswith(".overview"):
            continue
        for question in entry.questions:
            if find_entry(catalogue, entry.topic, question, audience=None) is not entry:
                continue
            for audience in ("child", "adult"):
                asked += 1
                found = find_entry(catalogue, entry.topic, question, audience=audience)
                if found is not entry:
                    assert found is not None, question
                    assert found.audience in FITTING[audience], question
                    hidden.append((question, audience, found.id))
    assert len(hidden) <= asked * 0.005, (asked, hidden)
