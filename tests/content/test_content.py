"""content/ as it is, and wrong content refused with file, item and field."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import yaml

from bot.content.all_content import read_content
from bot.content.numbers import numbers_in
from bot.errors import ContentError

ROOT = Path(__file__).resolve().parents[2]
Spoil = Callable[[str], str]

# file, what is spoilt, what the complaint must name
BROKEN: list[tuple[str, Spoil, str]] = [
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("facts: [relapse-term]", "facts: [no-such-fact]", 1),
        "entries/definition/overview.yml: definition.overview: short[1]: unknown fact",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("  facts: [relapse-term]\n", "", 1),
        "entries/definition/overview.yml: definition.overview: short.0.__root__: a medical",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("A relapse means", "In 73 in 100 people a relapse means", 1),
        "short[1]: the number 73 does not stand in its facts",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("audience: any", "audience: everybody", 1),
        "definition.overview: audience:",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("title:", "titel:", 1),
        "titel: is not a known key; allowed: id, topic",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("id: definition.overview", "id: definition.other", 1),
        "an entry with this id belongs in entries/definition/other.yml",
    ),
    (
        "entries/definition/overview.yml",
        lambda t: t.replace("related: [", "related: [[", 1),
        "is not valid YAML",
    ),
    (
        "facts/relapse.yml",
        lambda t: t.replace("sources: [seed-article]", "sources: [nowhere]", 1),
        "nowhere",
    ),
    (
        "texts.yml",
        lambda t: t.replace("choices: [prepare_visit,", "choices: [nonsense,", 1),
        "label",
    ),
    ("red_flags.yml", lambda t: t.replace("rf-05-chest-pain", "rf-none", 1), "chest_pain: facts"),
    (
        "red_flags.yml",
        lambda t: t.replace("at_least: 38}", "at_least: 36}", 1),
        "fever: temperature",
    ),
    (
        "interview.yml",
        lambda t: t.replace("id: sx.onset", "id: sx.name", 1),
        "interview.yml: sx.name",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("facts: [mrd-what]", "facts: [no-such-fact]", 1),
        "unknown fact 'no-such-fact'",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("- id: mrd\n", "- id: mrd\n  colour: red\n", 1),
        "glossary.yml: mrd: colour: is not a known key; allowed: id, term",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("  facts: [refractory-what]\n", "", 1),
        "glossary.yml: refractory: __root__: needs `facts:`",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("Refractory means", "It means", 1),
        "glossary.yml: refractory: __root__: `means` must hold the term",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("also: [CNS]", "also: [CNS, mrd]", 1),
        "glossary.yml: cns: also: 'mrd' is a name of 'mrd' already",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("entry: mrd.overview", "entry: mrd.none", 1),
        "glossary.yml: mrd: entry: unknown entry 'mrd.none'",
    ),
    (
        "glossary.yml",
        lambda t: t.replace("topic: mrd\n", "topic: moon\n", 1),
        "topic: unknown topic 'moon'",
    ),
    (
        "entries/relapse_rates/children.yml",
        lambda t: t.replace("up to 15 in 100.", "up to 15 percent.", 1),
        "relapse_rates.children: short: says rates in different ways",
    ),
    (
        "entries/relapse_rates/children.yml",
        lambda t: t.replace("marked: 10", "marked: 30", 1),
        "relapse_rates.children: figure.marked: no percentage among the numbers of",
    ),
    (
        "entries/relapse_rates/children.yml",
        lambda t: t.replace("label: About 10 of 100", "label: Some of the", 1),
        'relapse_rates.children: figure.label: must say "10 of 100"',
    ),
    (
        "topics.yml",
        lambda t: t.replace("survival_outlook.in_words", "survival_outlook.adults", 1),
        "topics.yml: survival_outlook: without_figures: 'survival_outlook.adults' holds a rate",
    ),
    (
        "figures.yml",
        lambda t: t.replace("asks_for:", "asks:", 1),
        "figures.yml: words: asks: is not a known key",
    ),
    (
        "topics.yml",
        lambda t: t + "- id: moon\n  label: Moon\n",
        "topics.yml: moon: id: has no entry",
    ),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of content/ that may be spoilt."""
    shutil.copytree(ROOT / "content", tmp_path / "content", copy_function=shutil.copyfile)
    return tmp_path / "content"


@pytest.mark.parametrize(("file", "spoil", "complaint"), BROKEN, ids=lambda v: str(v)[:50])
def test_wrong_content_is_refused(copy: Path, file: str, spoil: Spoil, complaint: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    spoilt = spoil(text)
    assert spoilt != text, "the case itself is out of date"
    (copy / file).write_text(spoilt, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        read_content(copy)
    assert any(complaint in problem for problem in refused.value.problems), refused.value.problems


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "texts.yml").unlink()
    with pytest.raises(ContentError) as refused:
        read_content(copy)
    assert any("texts.yml" in problem for problem in refused.value.problems)


def test_every_seed_fact_is_in_an_entry() -> None:
    knowledge = read_content(ROOT / "content").knowledge
    seed = {f.id for f in knowledge.facts.values() if "seed-article" in f.sources}
    assert len(seed) == 77
    used = {fact for e in knowledge.entries.values() for s in e.sentences for fact in s.facts}
    assert seed <= used, sorted(seed - used)


def test_imatinib_is_never_called_immunotherapy() -> None:
    knowledge = read_content(ROOT / "content").knowledge
    for entry in knowledge.entries.values():
        for sentence in entry.sentences:
            words = sentence.text.lower()
            assert "imatinib" not in words or "immunotherapy" not in words or "not" in words


def test_every_topic_has_an_intent_with_enough_varied_examples() -> None:
    knowledge = read_content(ROOT / "content").knowledge
    nlu = yaml.safe_load((ROOT / "data/nlu.yml").read_text(encoding="utf-8"))["nlu"]
    examples = {
        item["intent"]: [line[2:].lower() for line in item["examples"].splitlines()] for item in nlu
    }
    assert {f"ask_{topic}" for topic in knowledge.topics} <= set(examples)
    for intent, texts in examples.items():
        assert len(texts) >= 15, intent
        for place, text in enumerate(texts):
            for other in texts[place + 1 :]:
                matcher = SequenceMatcher(None, text, other)
                close = matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9
                assert not close, f"{intent}: nearly the same: {text!r}, {other!r}"


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
