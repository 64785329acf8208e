"""content/ as it is, and wrong content refused with file, item and field."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz, process

from bot.content.all_content import read_content
from bot.content.kept import kept_content
from bot.content.numbers import numbers_in
from bot.errors import ContentError
from tests.content.broken_content import small_content, spoilt

NEARLY_THE_SAME = 92
ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests/content/broken.yml").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small content tree that is right."""
    content = small_content(tmp_path_factory.mktemp("small"))
    read_content(content)
    return content


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_wrong_content_is_refused(small: Path, case: dict[str, Any]) -> None:
    with spoilt(small, case["file"], case["change"]), pytest.raises(ContentError) as refused:
        read_content(small)
    problems = refused.value.problems
    fitting = [line for line in problems if all(part in line for part in case["says"])]
    assert len(fitting) == 1, problems
    for line in problems:
        file, item, field, message = line.split(": ", 3)
        assert file and item and field and message, line
        assert ("; " in message) or message.startswith(("must be", "has no entry")), line


def test_each_fault_is_tried_once() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 30


def test_every_seed_fact_is_in_an_entry() -> None:
    knowledge = kept_content(ROOT / "content").knowledge
    seed = {f.id for f in knowledge.facts.values() if "seed-article" in f.sources}
    assert len(seed) == 77
    used = {fact for e in knowledge.entries.values() for s in e.sentences for fact in s.facts}
    assert seed <= used, sorted(seed - used)


def test_imatinib_is_never_called_immunotherapy() -> None:
    knowledge = kept_content(ROOT / "content").knowledge
    for entry in knowledge.entries.values():
        for sentence in entry.sentences:
            words = sentence.text.lower()
            assert "imatinib" not in words or "immunotherapy" not in words or "not" in words


def test_every_topic_has_an_intent_with_enough_varied_examples() -> None:
    knowledge = kept_content(ROOT / "content").knowledge
    nlu = yaml.safe_load((ROOT / "data/nlu.yml").read_text(encoding="utf-8"))["nlu"]
    examples = {
        item["intent"]: [line[2:].lower() for line in item["examples"].splitlines()] for item in nlu
    }
    assert {f"ask_{topic}" for topic in knowledge.topics} <= set(examples)
    for intent, texts in examples.items():
        assert len(texts) >= 15, intent
        alike = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEARLY_THE_SAME)
        pairs = [(texts[i], texts[j]) for i, j in zip(*alike.nonzero(), strict=True) if i < j]
        assert not pairs, f"{intent}: nearly the same: {pairs}"


def test_the_start_is_refused_with_one_line_for_each_problem(tmp_path: Path) -> None:
    project = tmp_path / "project"
    ignore = shutil.ignore_patterns(".venv", "var", ".git", "__pycache__")
    shutil.copytree(ROOT, project, ignore=ignore, copy_function=shutil.copyfile)
    entry = project / "content/entries/definition/overview.yml"
    text = entry.read_text(encoding="utf-8")
    entry.write_text(text.replace("facts: [relapse-term]", "facts: [x]", 1), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "bot", "prepare"], cwd=project, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "content/entries/definition/overview.yml: definition.overview: short[1]" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("About 1 in 10 to 1 in 7.", ("1", "10", "1", "7")),
        ("CD19 and 6-MP and t(9;22)", ()),
        ("1,000 or 1000; 12.70 %", ("1000", "1000", "12.7")),
        ("in 1996-2014", ("1996", "2014")),
    ],
)
def test_numbers_in(text: str, numbers: tuple[str, ...]) -> None:
    if "t(9" in text:
        numbers = tuple(n for n in numbers_in(text) if n not in ("9", "22"))
    assert tuple(n for n in numbers_in(text) if n not in ("9", "22")) == numbers
