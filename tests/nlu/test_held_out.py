"""The held-out cases are frozen, and the training data does not borrow from them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml

from bot.content.all_content import read_content
from bot.content.red_flag_examples import read_examples

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "tests" / "cases" / "held_out"
WORDS_IN_A_ROW = 5


def _frozen() -> list[tuple[str, str]]:
    lines = (HELD_OUT / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    return [(line.split()[1], line.split()[0]) for line in lines]


@pytest.mark.parametrize(("name", "digest"), _frozen())
def test_frozen(name: str, digest: str) -> None:
    assert hashlib.sha256((HELD_OUT / name).read_bytes()).hexdigest() == digest


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[i : i + WORDS_IN_A_ROW]) for i in range(len(words) - WORDS_IN_A_ROW + 1)}


def _training_texts() -> list[str]:
    items = yaml.safe_load((ROOT / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    texts = [line[2:] for item in items for line in item["examples"].strip().splitlines()]
    for path in (ROOT / "content" / "entries").rglob("*.yml"):
        texts += yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    return texts


def _runs_held_out(*names: str) -> set[tuple[str, ...]]:
    cases = (
        case
        for name in names
        for path in HELD_OUT.glob(name)
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    )
    return {run for case in cases for run in _runs(case.get("text") or case["says"])}


def test_no_training_example_shares_five_words_in_a_row() -> None:
    held_out = _runs_held_out("questions*.yml", "out_of_scope*.yml")
    assert not [text for text in _training_texts() if not held_out.isdisjoint(_runs(text))]


def test_no_example_of_the_second_reader_shares_five_words_in_a_row() -> None:
    held_out = _runs_held_out("red_flags*.yml")
    flags = read_content(ROOT / "content").red_flags
    examples = [example.says for example in read_examples(ROOT / "content", flags)]
    assert not [text for text in examples if not held_out.isdisjoint(_runs(text))]
