"""Messages about other illnesses are told from questions about ALL."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.content.files import Problems
from bot.content.other_illnesses import read_other_illnesses
from bot.nlu.other_illnesses import OtherIllnessWords

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "other_illnesses.yml").read_text())
EXAMPLES = {
    item["intent"]: [line[2:] for line in item["examples"].strip().splitlines()]
    for item in yaml.safe_load((ROOT / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
}


@pytest.fixture(scope="module")
def words() -> OtherIllnessWords:
    problems = Problems()
    content = read_other_illnesses(ROOT / "content", problems)
    problems.raise_if_any()
    assert content is not None
    return OtherIllnessWords(content)


@pytest.mark.parametrize("says", CASES["other"])
def test_other_illness(words: OtherIllnessWords, says: str) -> None:
    assert words.names_other_illness(says)


@pytest.mark.parametrize("says", CASES["own"])
def test_not_another_illness(words: OtherIllnessWords, says: str) -> None:
    assert not words.names_other_illness(says)


def test_examples_of_other_cancer_are_caught(words: OtherIllnessWords) -> None:
    missed = [text for text in EXAMPLES["other_cancer"] if not words.names_other_illness(text)]
    assert len(missed) <= 0.05 * len(EXAMPLES["other_cancer"]), missed


def test_no_example_of_another_intent_is_caught(words: OtherIllnessWords) -> None:
    caught = [
        text
        for intent, texts in EXAMPLES.items()
        if intent != "other_cancer"
        for text in texts
        if words.names_other_illness(text)
    ]
    assert not caught
