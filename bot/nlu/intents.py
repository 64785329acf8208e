"""Which intent a message has, and how sure that is (pure: numpy and scikit-learn, no Rasa).

Kernel ridge regression (bot/nlu/kernel.py), one against all. The words that the answers use are
added (bot/nlu/told.py).

The sums give the order. A regression can be sure of text unlike anything it has seen, so an
intent's score is its sum times the closeness of the text to the intent's nearest example: text
like nothing in the training data scores low, and so does a word or two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.encoder import Encoder
from bot.nlu.kernel import Kernel
from bot.nlu.ngrams import MOST_ALIKE, Ngrams
from bot.nlu.rows import Rows
from bot.nlu.spelling import Spelling
from bot.nlu.told import ToldWords, as_row
from bot.nlu.vectors import vectors_of

MAX_CHARACTERS = 2000
# Our own examples do not tell values near these apart; among them the ones that did best on the
# sets of HINT3 were taken, which are development data for that reason (docs/evaluation.md).
KERNEL = Kernel(sharpness=1.5, wording=0.1)
RIDGE = 0.15
WORDING_CLOSENESS = 0.3
# Letters that so many texts have in common cost time and tell nothing: without them development
# questions are understood a little better, and training takes a third less time.
COMMON_LETTERS = 200
# Chosen on tests/cases/questions_2026_11.yml.
TOLD_WEIGHT = 0.8
LIKELIEST = 10
# A few words are like some example by chance, a long text is like none as a whole: the score of a
# text of other than this many words is mended. Chosen by cross-validation.
USUAL_WORDS, LENGTH_POWER = 10, 0.2


@dataclass(frozen=True)
class Ranked:
    """An intent and its score from 0 to 1 (no probability: the scores do not add up to 1)."""

    intent: str
    score: float


def plain(text: str) -> str:
    """The text as the model reads it: lower case, straight quotes, no doubled spaces."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", straight[:MAX_CHARACTERS]).strip().lower()


class IntentModel:
    """Trained on (text, intent) pairs; the same pairs give the same model.

    The examples stand in the order of their intents, so that those of one intent are one block.
    """

    def __init__(
        self,
        intents: list[str],
        blocks: Any,
        spelling: Spelling,
        ngrams: Ngrams,
        examples: Rows,
        weights: Any,
    ) -> None:
        """`blocks`: where each intent's examples begin; `weights`: of each example and intent."""
        self._intents = intents
        self._blocks = blocks
        self._spelling = spelling
        self._ngrams = ngrams
        self._examples = examples
        self._weights = weights

    @classmethod
    def train(cls, texts: list[str], intents: list[str], encoder: Encoder) -> IntentModel:
        """Fit spelling, n-grams and weights."""
        order = sorted(range(len(texts)), key=lambda row: intents[row])
        read = [plain(texts[row]) for row in order]
        spelling = Spelling.learned(read, encoder.words)
        read = [spelling.correct(text) for text in read]
        names, blocks, numbers = np.unique(
            np.array([intents[row] for row in order]), return_index=True, return_inverse=True
        )
        ngrams = Ngrams(read, at_most=COMMON_LETTERS)
        examples = vectors_of(read, encoder)
        targets = np.eye(len(names), dtype=np.float32)[numbers]
        counts = targets.sum(axis=0)
        # An intent with few examples weighs as much as one with many.
        weight = (counts.mean() / counts)[numbers]
        mean = (targets * weight[:, None]).sum(axis=0) / weight.sum()
        weights = KERNEL.weights(examples, ngrams, RIDGE / weight, targets - mean)
        return cls(
            [str(name) for name in names],
            blocks,
            spelling,
            ngrams,
            Rows(examples),
            weights,
        )

    def rank(self, text: str, encoder: Encoder, told: ToldWords | None = None) -> list[Ranked]:
        """The likeliest intents, best first. `told`: what the bot tells about its topics."""
        return self.rank_all([text], encoder, told)[0]

    def rank_all(
        self, texts: Sequence[str], encoder: Encoder, told: ToldWords | None = None
    ) -> list[list[Ranked]]:
        """Each text as `rank` has it. Each is multiplied by itself: for a product of two matrices
        the large one is copied first, which costs more than all sums."""
        read = [self._spelling.correct(plain(text)) for text in texts]
        meaning = np.stack([self._examples.cosines(encoder.encode(text)) for text in read])
        wording = np.stack([self._ngrams.alike(text) for text in read])
        alike = KERNEL.alike(meaning, wording)
        outputs = np.stack([row @ self._weights for row in alike])
        if told is not None:
            shared = [as_row(told.shared(text), self._intents) for text in read]
            outputs += TOLD_WEIGHT * np.stack(shared)
        nearest = np.maximum.reduceat(meaning, self._blocks, axis=1)
        nearest += WORDING_CLOSENESS * np.maximum.reduceat(wording, self._blocks, axis=1)
        closeness = np.clip(nearest / (1.0 + WORDING_CLOSENESS * MOST_ALIKE), 0.0, 1.0)
        words = np.array([[max(1, len(text.split()))] for text in read])
        scores = np.clip(outputs * (words / USUAL_WORDS) ** LENGTH_POWER, 0.0, 1.0) * closeness
        return [self._ordered(*row) for row in zip(outputs, scores, strict=True)]

    def _ordered(self, outputs: Any, scores: Any) -> list[Ranked]:
        order = np.argsort(-outputs, kind="stable")[:LIKELIEST]
        return [Ranked(self._intents[i], float(scores[i])) for i in order]
