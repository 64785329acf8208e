"""What questions carry: named things, numbers and whom they are about, and how fast."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.all_content import Content
from bot.content.files import Problems
from bot.content.kept import kept_content
from bot.content.names import read_names
from bot.nlu.audience import AudienceWords
from bot.nlu.entities import Entity, NamedThings

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "entities.yml").read_text())["cases"]
LEAST = 0.95
MOST_MS = 1.0
THIRTY_WORDS = (
    "My son is 6 years old and relapsed after blinatumomab and CAR-T, and now they want to give "
    "him inotuzumab before a second transplant; he has no fever, 37.2, fine"
)


@pytest.fixture(scope="module")
def content() -> Content:
    return kept_content(ROOT / "content")


@pytest.fixture(scope="module")
def things(content: Content) -> NamedThings:
    audience = AudienceWords(content.audience)
    return NamedThings(content.names, content.interview, content.red_flags, audience)


def written(entity: Entity) -> str:
    return f"{'!' if entity.negated else ''}{entity.kind}={entity.id}"


def test_precision_and_recall(things: NamedThings) -> None:
    right = found_in_all = wanted_in_all = 0
    faults = []
    for case in CASES:
        found = Counter(written(entity) for entity in things.find(case["say"]))
        wanted = Counter(case["has"])
        right += (found & wanted).total()
        found_in_all += found.total()
        wanted_in_all += wanted.total()
        if found != wanted:
            faults.append(
                f"{case['say']!r}: missing {dict(wanted - found)}, extra {dict(found - wanted)}"
            )
    precision, recall = right / found_in_all, right / wanted_in_all
    assert min(precision, recall) >= LEAST, (precision, recall, faults)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["say"])
def test_places(things: NamedThings, case: dict[str, Any]) -> None:
    taken: set[int] = set()
    for entity in things.find(case["say"]):
        assert case["say"][entity.start : entity.end] == entity.text != ""
        if entity.kind not in ("audience", "age", "temperature", "relapse_number"):
            assert taken.isdisjoint(range(entity.start, entity.end)), "the longest name wins"
            taken.update(range(entity.start, entity.end))


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit", "words"),
    [
        ("temp is 101.2 F now", "temperature", 101.2, "F", "101.2 f"),
        ("temperature a hundred and two", "temperature", 102, "F", "hundred and two"),
        ("she is 12", "age", 12, "years", "12"),
        ("my 14 months old girl", "age", 1, "years", "14 months old"),
        ("it relapsed a second time", "relapse_number", 2, None, "relapsed a second time"),
    ],
)
def test_values(
    things: NamedThings, text: str, kind: str, value: float, unit: str | None, words: str
) -> None:
    (entity,) = [entity for entity in things.find(text) if entity.kind == kind]
    assert (entity.value, entity.unit) == (value, unit)
    assert words in entity.text.lower()


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "\U0001f600", "a" * 5000, "temperature 38.5 is 38.5"]
)
def test_odd_texts(things: NamedThings, text: str) -> None:
    for entity in things.find(text):
        assert text[entity.start : entity.end] == entity.text


def test_every_name_is_found(things: NamedThings, content: Content) -> None:
    for thing in content.names.things:
        for name in thing.names:
            found = {(e.kind, e.id) for e in things.find(f"tell me about {name}")}
            assert (thing.kind, thing.id) in found, name


@pytest.mark.alone
def test_fast_enough(things: NamedThings) -> None:
    best = min(_milliseconds(things) for _ in range(100))
    assert best <= MOST_MS


def _milliseconds(things: NamedThings) -> float:
    start = time.perf_counter()
    things.find(THIRTY_WORDS)
    return (time.perf_counter() - start) * 1000


THING = "- {id: x, kind: test, names: [one]}\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("- {id: x, kind: drug, names: [one]}", ("x: kind",)),
        ("- {id: x, kind: test, names: []}", ("x: names", "at least 1")),
        ('- {id: x, kind: test, names: ["-"]}', ("x", "without a letter")),
        ("- {id: x, kind: test, names: [one], relapse: 2}", ("x", "for a stage only")),
        ("- {id: x, kind: test, names: [one], brand: two}", ("x: brand",)),
        ("- {id: X y, kind: test, names: [one]}", ("X y: id",)),
        (f"{THING}- {{id: y, kind: test, names: [One]}}", ("y: names", "'x' already")),
        (f"{THING}- {{id: x, kind: test, names: [two]}}", ("x: id", "used twice")),
        ("- {id: x, kind: symptom, names: [night sweat]}", ("x: names", "'night_sweats' already")),
        ("- one", ("thing", "must be a block")),
    ],
)
def test_refused(content: Content, tmp_path: Path, written: str, says: tuple[str, ...]) -> None:
    (tmp_path / "names.yml").write_text(
        f"not_a_denial: [sure]\nspellings: {{}}\nthings:\n{written}\n"
    )
    problems = Problems()
    read_names(tmp_path, problems, content.interview.symptoms)
    assert any(all(part in line for part in says) for line in problems.lines), problems.lines


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not_a_denial: []\nspellings: {}\nthings: []", "things: -: is empty"),
        ("not_a_denial: []\nspellings: {}", "header: things"),
        ("", "file: -: is empty"),
        (
            "not_a_denial: []\nspellings: {a: [c], b: [c]}\nthings:\n" + THING,
            "spellings: b: 'c' stands for 'a' already",
        ),
    ],
)
def test_file_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "names.yml").write_text(text)
    problems = Problems()
    read_names(tmp_path, problems)
    assert any(says in line for line in problems.lines), problems.lines
