"""What the intent model makes of its own training examples, each read by a model without it.

`python -m benchmarks.cross_validation`, two minutes. Five folds, chosen by the text itself so that
they are the same every time. The intent model alone: no rules for other illnesses. Many examples
were written on purpose where two intents touch, and each has one label only: the figures are lower
than those of held-out questions.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.figures import share
from bot.content.all_content import read_content
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from bot.nlu.told import ToldWords
from bot.settings import ROOT
from bot.training import training_pairs

GUIDE = ROOT / "docs" / "intents.md"
FOLDS = 5
CONFUSIONS = 25


@dataclass(frozen=True)
class Read:
    """A training example, its label, and what a model that never saw it says."""

    text: str
    label: str
    intent: str
    score: float

    @property
    def right(self) -> bool:
        """Is the first intent the label?"""
        return self.intent == self.label


@lru_cache(maxsize=1)
def cross_validated() -> list[Read]:
    """Every training example, read once."""
    knowledge = read_content(ROOT / "content").knowledge
    pairs, told = training_pairs(knowledge), ToldWords.of_entries(knowledge)
    return [read for fold in range(FOLDS) for read in _fold(pairs, told, fold)]


def _fold(pairs: list[tuple[str, str]], told: ToldWords, fold: int) -> Iterator[Read]:
    kept = [pair for pair in pairs if _fold_of(pair[0]) != fold]
    encoder = shared_encoder()
    model = IntentModel.train([text for text, _ in kept], [intent for _, intent in kept], encoder)
    for text, label in pairs:
        if _fold_of(text) == fold:
            best = model.rank(text, encoder, told)[0]
            yield Read(text, label, best.intent, best.score)


def _fold_of(text: str) -> int:
    return hashlib.sha256(text.lower().encode()).digest()[1] % FOLDS


def report() -> Iterator[str]:
    """Markdown: accuracy, and the pairs that are confused most, in either direction."""
    reads = cross_validated()
    on_topic = [read for read in reads if read.label.startswith("ask_")]
    yield "| what | share (95 % interval) |"
    yield "|---|---|"
    yield f"| right intent | {share(sum(r.right for r in reads), len(reads))} |"
    yield f"| right topic | {share(sum(r.right for r in on_topic), len(on_topic))} |"
    yield ""
    yield "| one | other | one taken for other | other taken for one |"
    yield "|---|---|---|---|"
    often = [pair for pair, _ in confused_pairs().most_common(CONFUSIONS)]
    for one, other in often:
        there, back = (
            sum((r.label, r.intent) == way for r in reads) for way in ((one, other), (other, one))
        )
        yield f"| {one} | {other} | {there} | {back} |"
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    without = [pair for pair in often if not any(_has_both(line, pair) for line in lines)]
    yield ""
    yield "Of these pairs without a line in docs/intents.md: " + (
        ", ".join(f"{one} / {other}" for one, other in without) or "none."
    )


def _has_both(line: str, pair: tuple[str, str]) -> bool:
    return all(f"`{intent}`" in line for intent in pair)


def confused_pairs() -> Counter[tuple[str, str]]:
    """How often two intents are taken for each other; each pair in the order of the alphabet."""
    wrong = (sorted((r.label, r.intent)) for r in cross_validated() if not r.right)
    return Counter((one, other) for one, other in wrong)


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
