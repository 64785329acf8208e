"""Which word a message asks the meaning of, and where a text uses one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.kept import kept_content
from bot.database.engine import connect_memory, upgrade
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.glossary import asked_term, word_question
from bot.knowledge.load import load_knowledge

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests/cases/glossary.yml").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    engine = connect_memory()
    upgrade(engine)
    load_knowledge(engine, kept_content(ROOT / "content").knowledge)
    return KnowledgeBase(engine).catalogue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["asks"])
def test_case(catalogue: Catalogue, case: dict[str, Any]) -> None:
    asked = word_question(case["asks"], catalogue.glossary)
    assert (asked.term.id if asked else "none") == case["term"]
    if asked:
        assert asked.with_value == case.get("value", False)


def test_each_name_is_found_when_asked_for(catalogue: Catalogue) -> None:
    for term in catalogue.glossary.terms.values():
        for name in term.names:
            for question in (f"what is {name}?", f"what does {name} mean", f"define {name}"):
                assert asked_term(question, catalogue.glossary) is term, question


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("ALL can come back.", ["all"]),
        ("It is all gone, and all cells are well.", []),
        ("MRD-negative means that no MRD was found.", ["mrd_negative", "mrd"]),
        ("The stem cell transplant, not the stem cells.", ["transplant", "stem_cells"]),
        ("A non-refractory case", []),
        ("Refractory B-cell ALL", ["refractory", "b_cell_all"]),
    ],
)
def test_uses_in_a_text(catalogue: Catalogue, text: str, used: list[str]) -> None:
    assert [use.term.id for use in catalogue.glossary.uses_in(text)] == used


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (("Refractory ALL needs other drugs.",), ["refractory"]),
        (("Refractory means that it did not respond.",), []),
        (("It is refractory.", "Refractory means that it did not respond."), []),
        (("A remission (no leukemia found) came.",), []),
        (("Pinpoint spots (petechiae) can show.",), []),
        (("Cytokine release syndrome (CRS) can follow.",), ["crs"]),
        (("He had GVHD, then a lumbar puncture.",), ["gvhd", "lumbar_puncture"]),
    ],
)
def test_what_a_text_leaves_unexplained(
    catalogue: Catalogue, texts: tuple[str, ...], left: list[str]
) -> None:
    assert [term.id for term in catalogue.glossary.to_explain("-", texts)] == left


def test_questions_of_an_entry_keep_their_topic(catalogue: Catalogue) -> None:
    """A word is explained within the topic where its question was answered before."""
    for entry in catalogue.entries.values():
        for question in (*entry.questions, entry.title):
            asked = word_question(question, catalogue.glossary)
            if asked:
                answer = catalogue.answer(asked.term.entry or f"glossary.{asked.term.id}")
                assert answer is not None and answer.topic == entry.topic, question
