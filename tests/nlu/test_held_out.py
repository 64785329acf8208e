"""The held-out cases are frozen, and the training data does not borrow from them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml

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


def test_no_training_example_shares_five_words_in_a_row() -> None:
    held_out: dict[tuple[str, ...], str] = {}
    for path in (*HELD_OUT.glob("questions*.yml"), *HELD_OUT.glob("out_of_scope*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            held_out |= dict.fromkeys(_runs(case["text"]), case["text"])
    shared = [(t, held_out[run]) for t in _training_texts() for run in _runs(t) if run in held_out]
    assert not shared
