"""HINT3 v1: real messages to three live bots, by the protocol of its paper, with our intent model.

`python -m benchmarks.hint3`; the data lie in HINT3_DIR (published at
github.com/hellohaptik/HINT3, Open Database License 1.0). Train on the full training set, sweep the
threshold over the test set (so each figure is a ceiling, as in the paper), a message below it
counts as out of scope. Rasa's starter pipeline takes minutes: benchmarks/diet.py keeps what it
found in RASA_RUN, and the table shows that with its date.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.figures import matthews
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from bot.settings import settings

BOTS = ("sofmattress", "curekart", "powerplay11")
PUBLISHED_AT = "github.com/hellohaptik/HINT3"
OUT_OF_SCOPE = "NO_NODES_DETECTED"
RASA_RUN = Path(__file__).with_name("results") / "hint3_diet.json"
OURS, STARTER = "AfterALL", "Rasa 3.6.21 starter (DIET)"
# Best overall accuracy and best MCC that the paper and its repository give for each platform.
PUBLISHED = {
    "sofmattress": {"Rasa": (0.637, 0.526), "Dialogflow": (0.713, 0.638), "LUIS": (0.665, 0.581),
                    "Haptik": (0.660, 0.588), "BERT": (0.690, 0.617)},
    "curekart": {"Rasa": (0.641, 0.511), "Dialogflow": (0.732, 0.578), "LUIS": (0.710, 0.539),
                 "Haptik": (0.748, 0.603), "BERT": (0.651, 0.553)},
    "powerplay11": {"Rasa": (0.731, 0.340), "Dialogflow": (0.728, 0.353), "LUIS": (0.731, 0.359),
                    "Haptik": (0.742, 0.425), "BERT": (0.665, 0.347)},
}  # fmt: skip

Pairs = list[tuple[str, str]]
Classifier = Callable[[list[str]], list[tuple[str, float]]]


@dataclass(frozen=True)
class Score:
    """Best overall accuracy and best Matthews correlation over all thresholds."""

    accuracy: float
    matthews: float


def folder() -> Path | None:
    """Where the data are, by the setting HINT3_DIR."""
    path = settings().hint3_dir
    return path if path is not None and path.is_dir() else None


def read(path: Path) -> Pairs:
    """Texts with their labels."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(text, label) for text, label in rows]


def best(test: Pairs, answers: list[tuple[str, float]]) -> Score:
    """Sweep the threshold over the scores that occur."""
    scores = np.array([score for _, score in answers])
    right = [label for _, label in test]
    found = []
    for least in np.unique([0.0, *scores]):
        said = [intent if score >= least else OUT_OF_SCOPE for intent, score in answers]
        agree = float(np.mean([a == b for a, b in zip(right, said, strict=True)]))
        found.append((agree, matthews(right, said)))
    return Score(max(a for a, _ in found), max(m for _, m in found))


def ours(train: Pairs) -> Classifier:
    """The model that the bot uses, trained on these pairs."""
    texts, labels = [text for text, _ in train], [label for _, label in train]
    model = IntentModel.train(texts, labels, shared_encoder())

    def answer(messages: list[str]) -> list[tuple[str, float]]:
        firsts = [model.rank(message, shared_encoder())[0] for message in messages]
        return [(first.intent, first.score) for first in firsts]

    return answer


def scores(data: Path, train_with: Callable[[Pairs], Classifier]) -> Iterator[tuple[str, Score]]:
    """One score for each bot."""
    for bot in BOTS:
        test = read(data / "test" / f"{bot}_test.csv")
        classify = train_with(read(data / "train" / f"{bot}_train.csv"))
        yield bot, best(test, classify([text for text, _ in test]))


def report(data: Path | None) -> Iterator[str]:
    """Markdown: best accuracy / best MCC. The starter's are those of the run that was kept, and so
    are ours without the data."""
    run = json.loads(RASA_RUN.read_text(encoding="utf-8"))
    kept = {name: {b: Score(*of[b]) for b in BOTS} for name, of in run["scores"].items()}
    columns = {OURS: dict(scores(data, ours)) if data else kept[OURS], STARTER: kept[STARTER]}
    platforms = list(PUBLISHED[BOTS[0]])
    yield f"| bot | {' | '.join([*columns, *(f'{p} (published)' for p in platforms)])} |"
    yield "|---" * (1 + len(columns) + len(platforms)) + "|"
    for bot in BOTS:
        cells = [_cell(column[bot]) for column in columns.values()]
        cells += [_cell(Score(*PUBLISHED[bot][platform])) for platform in platforms]
        yield f"| {bot} | {' | '.join(cells)} |"
    beside = ", ".join(_cell(kept[OURS][bot]) for bot in BOTS)
    yield ""
    yield f"{STARTER}: run on {run['run_on']} by `{run['command']}`"
    took = sum(run["seconds"].values())
    yield f"beside AfterALL ({beside}), with one random seed, {took} s to"
    yield "train and ask. `make evaluate DIET=--diet` runs it anew and replaces"
    yield "benchmarks/results/hint3_diet.json."


def _cell(score: Score) -> str:
    return f"{score.accuracy:.3f} / {score.matthews:.3f}"


if __name__ == "__main__":
    where = folder()
    if where is None:
        sys.exit(f"HINT3_DIR names no folder; the data are published at {PUBLISHED_AT}")
    sys.stdout.write("\n".join(report(where)) + "\n")
