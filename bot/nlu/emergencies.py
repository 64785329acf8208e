"""A second reader of emergencies, learned from examples (pure: numpy and scipy, no Rasa).

The rules of bot/triage find what they have words for. This reader has read how people write about
the signs and says which one a message may be about, and how strongly. What may follow from that
is decided in bot/triage/second_reading.py: it can only ask.

Kernel ridge regression (bot/nlu/kernel.py), one output for each sign: 1 for a message that tells of
the sign as there now, 0 for all others, denied, past and supposed ones included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.encoder import Encoder, Vector
from bot.nlu.intents import plain
from bot.nlu.kernel import Kernel
from bot.nlu.ngrams import Ngrams
from bot.nlu.vectors import vectors_of

# KERNEL and RIDGE were chosen by cross-validation on the examples, EVERYDAY on development cases
# (docs/clinical-safety.md).
KERNEL = Kernel(sharpness=3.0, wording=0.2)
RIDGE = 0.3
EVERYDAY = 7000


@dataclass(frozen=True)
class Suspicion:
    """The sign (row of the table of signs) a message may be about; `score` is near 1 for messages
    that tell of a sign as there now, near 0 for others. It is no probability."""

    sign: int
    score: float


class EmergencyReader:
    """Trained on messages, each with the sign it tells of now, or None."""

    def __init__(self, signs: list[int], ngrams: Ngrams, examples: Vector, weights: Any) -> None:
        self._signs = signs
        self._ngrams = ngrams
        self._examples = examples
        self._weights = weights

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        signs: Sequence[int | None],
        everyday: Sequence[str],
        encoder: Encoder,
    ) -> EmergencyReader:
        """Fit; the same examples give the same reader. `everyday`: messages that tell of no
        emergency; of these, the ones nearest to an emergency teach the most and are taken."""
        told = [plain(t) for t, sign in zip(texts, signs, strict=True) if sign is not None]
        others = _nearest([plain(text) for text in everyday], told, encoder)
        read = [*(plain(text) for text in texts), *others]
        signs = [*signs, *(None for _ in others)]
        names = sorted({sign for sign in signs if sign is not None})
        targets = np.array([[sign == name for name in names] for sign in signs], dtype=np.float32)
        ngrams = Ngrams(read)
        examples = vectors_of(read, encoder)
        weights = KERNEL.weights(examples, ngrams, RIDGE, targets)
        return cls(names, ngrams, examples, weights)

    def read(self, text: str, encoder: Encoder) -> Suspicion:
        """What the message may be about."""
        read = plain(text)
        alike = KERNEL.alike(self._examples @ encoder.encode(read), self._ngrams.alike(read))
        outputs = alike @ self._weights
        return Suspicion(self._signs[int(np.argmax(outputs))], float(outputs.sum()))


def _nearest(texts: list[str], told: list[str], encoder: Encoder) -> list[str]:
    closest = (vectors_of(texts, encoder) @ vectors_of(told, encoder).T).max(axis=1)
    return [texts[row] for row in np.argsort(-closest, kind="stable")[:EVERYDAY]]
