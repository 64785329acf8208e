"""How well the bot understands messages that nobody tuned on (tests/cases/held_out).

`python -m benchmarks.understanding`: the model is trained as for the bot, and each message is read
as the bot reads it, with the threshold of config.yml.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from benchmarks.figures import share
from bot.content.all_content import Content, read_content
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.nlu.trained import threshold
from bot.nlu.understanding import understand
from bot.settings import ROOT
from bot.training import training_pairs

CASES = ROOT / "tests" / "cases" / "held_out"
DECLINES = ("out_of_scope", "other_cancer")
# How the names of their files end (tests/cases/held_out/README.md).
SETS = {"first": "", "second": "_2", "third": "_3", "fourth": "_4"}
OFFERED = 3
CONFUSIONS = 15
SCORE_BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.01)


@dataclass(frozen=True)
class Case:
    """A message, the labels that are right (the first is the writer's own), and its slices."""

    text: str
    labels: tuple[str, ...]
    slices: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What the bot made of a case. `offered`: the intents it would offer when not sure."""

    case: Case
    intent: str
    score: float
    offered: tuple[str, ...]
    sure: bool

    @property
    def declined(self) -> bool:
        """Neither answered nor led to a topic as a sure thing."""
        return self.intent in DECLINES or not self.sure

    @property
    def right(self) -> bool:
        """Is it a label that the case allows?"""
        return self.intent in self.case.labels


def read_cases(file: Path, topics: Iterable[str]) -> list[Case]:
    """The cases of one file; a topic's label becomes the name of its intent."""
    known = set(topics)

    def label(name: str) -> str:
        return f"ask_{name}" if name in known else name

    items: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
    return [
        Case(
            item["text"],
            tuple(label(n) for n in (item.get("topic") or item["intent"], *item.get("also", ()))),
            tuple(item.get("slice", ())),
        )
        for item in items
    ]


class Reader:
    """The bot's understanding, trained anew."""

    def __init__(self, content: Content) -> None:
        pairs = training_pairs(content.knowledge)
        self._model = IntentModel.train(
            [t for t, _ in pairs], [i for _, i in pairs], shared_encoder()
        )
        self._words = QuestionWords(content.follow_ups)
        self._told = ToldWords.of_entries(content.knowledge)
        self._illness = OtherIllnessWords(content.other_illnesses)
        self._least = threshold(ROOT / "config.yml")

    def hear(self, case: Case) -> Heard:
        """Read one message without a conversation before it."""
        understood = understand(
            case.text,
            rank=lambda texts: self._model.rank_all(texts, shared_encoder(), self._told),
            words=self._words,
            things={},
            follows=None,
            other_illness=self._illness.names_other_illness,
        )
        best = understood.ranked[0]
        offered = tuple(r.intent for r in understood.ranked[:OFFERED])
        return Heard(case, best.intent, best.score, offered, best.score >= self._least)


@lru_cache(maxsize=1)
def _reader() -> Reader:
    return Reader(read_content(ROOT / "content"))


@lru_cache(maxsize=len(SETS))
def heard(ending: str) -> tuple[list[Heard], list[Heard]]:
    """The questions and the messages to decline of one of the SETS, each read once."""
    topics = read_content(ROOT / "content").knowledge.topics
    files = (CASES / f"questions{ending}.yml", CASES / f"out_of_scope{ending}.yml")
    asked, outside = ([_reader().hear(c) for c in read_cases(file, topics)] for file in files)
    return asked, outside


def report() -> Iterator[str]:
    """Markdown lines. Only the first sets show what is taken for what: the others stay blind."""
    for name, ending in SETS.items():
        asked, outside = heard(ending)
        yield f"### {name.capitalize()} sets"
        yield ""
        yield from _totals(asked, outside)
        yield ""
        yield from _slices(asked)
        yield ""
        yield from _scores([*asked, *outside])
        yield ""
    yield "### Confused in the first set"
    yield ""
    yield from _confusions(heard(SETS["first"])[0])


def _totals(asked: list[Heard], outside: list[Heard]) -> Iterator[str]:
    on_topic = [h for h in asked if h.case.labels[0].startswith("ask_")]
    others = [h for h in outside if h.case.labels[0] == "other_cancer"]
    rows = [
        ("right intent, all questions", [h.right for h in asked]),
        (
            "right intent, only the writer's own label",
            [h.intent == h.case.labels[0] for h in asked],
        ),
        ("right topic, questions on a topic", [h.right for h in on_topic]),
        ("right, and sure enough to answer at once", [h.right and h.sure for h in asked]),
        ("answered at once, and wrong", [h.sure and not h.right for h in asked]),
        (
            "right one among the three offered",
            [bool({*h.offered} & {*h.case.labels}) for h in asked],
        ),
        ("declined or asked back, out of scope and other illnesses", [h.declined for h in outside]),
        ("declined or asked back, other illnesses", [h.declined for h in others]),
        ("declined for good, other illnesses", [h.intent in DECLINES for h in others]),
    ]
    yield "| what | share (95 % interval) |"
    yield "|---|---|"
    for name, hits in rows:
        yield f"| {name} | {share(sum(hits), len(hits))} |"


def _slices(asked: list[Heard]) -> Iterator[str]:
    by_slice: dict[str, list[bool]] = defaultdict(list)
    for heard in asked:
        for name in heard.case.slices or ("none of these",):
            by_slice[name].append(heard.right)
    yield "| slice | right intent |"
    yield "|---|---|"
    for name, hits in sorted(by_slice.items()):
        yield f"| {name} | {share(sum(hits), len(hits))} |"


def _scores(heard: list[Heard]) -> Iterator[str]:
    yield "| score | messages | right |"
    yield "|---|---|---|"
    for low, high in pairwise(SCORE_BINS):
        inside = [h.right for h in heard if low <= h.score < high]
        if inside:
            right = 100 * sum(inside) / len(inside)
            yield f"| {low:.1f} to {min(high, 1):.1f} | {len(inside)} | {right:.0f} % |"


def _confusions(asked: list[Heard]) -> Iterator[str]:
    wrong = Counter((h.case.labels[0], h.intent) for h in asked if not h.right)
    yield "| asked | taken for | times |"
    yield "|---|---|---|"
    for (label, intent), times in wrong.most_common(CONFUSIONS):
        yield f"| {label} | {intent} | {times} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
