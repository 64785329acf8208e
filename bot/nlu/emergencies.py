"""A second reader of red flags, learned from examples (pure: numpy and scipy, no Rasa).

The rules of bot/triage find what they have words for. This reader has read how people write about
the signs and says which one a message may be about, and how strongly. What may follow from that
is decided in bot/triage/second_reading.py: it can only ask.

Kernel ridge regression (bot/nlu/kernel.py), one output for each flag: 1 for a message that tells of
it as there now, 0 for all others, denied, past and supposed ones included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.content.red_flag_examples import Example
from bot.content.red_flags import Level, RedFlagContent
from bot.nlu.encoder import Encoder, Vector
from bot.nlu.intents import plain
from bot.nlu.kernel import Kernel
from bot.nlu.ngrams import Ngrams
from bot.nlu.rows import Rows
from bot.nlu.vectors import vectors_of

# KERNEL and RIDGE were chosen by cross-validation on the examples, EVERYDAY on development cases
# (docs/clinical-safety.md).
KERNEL = Kernel(sharpness=3.0, wording=0.2)
RIDGE = 0.3
EVERYDAY = 7000
MOST_PARTS = 12
_SENTENCE_ENDS = re.compile(r"(?<=[.?!;\n])(?!\d)")
LEARNED: tuple[Level, ...] = ("crisis", "emergency", "urgent")


@dataclass(frozen=True)
class Suspicion:
    """The flag a message may be about; `score` is near 1 for messages that tell of such a flag as
    there now, near 0 for others. It is no probability."""

    flag: str
    score: float


@dataclass(frozen=True)
class Suspicions:
    """What a message may be about: thoughts of suicide, an emergency, an urgent sign. `total`: the
    score of all flags together."""

    crisis: Suspicion
    emergency: Suspicion
    urgent: Suspicion
    total: float


class SignReader:
    """Trained on messages, each with the flag it tells of now, or None."""

    def __init__(
        self,
        flags: Sequence[str],
        levels: Sequence[Level],
        ngrams: Ngrams,
        examples: Rows,
        weights: Any,
    ) -> None:
        """`weights`: one row for each example, one column for each flag, which are in the order of
        `levels`: crisis, emergency, urgent."""
        self._flags = list(flags)
        self._parts = {level: _part(levels, level) for level in LEARNED}
        self._ngrams = ngrams
        self._examples = examples
        self._weights = weights

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        everyday: Sequence[str],
        content: RedFlagContent,
        encoder: Encoder,
        raises: Callable[[str], bool] = lambda text: False,
    ) -> SignReader:
        """Fit; the same examples give the same reader. `everyday`: messages that tell of no flag;
        of these, the ones nearest to an emergency teach the most and are taken, but not those of
        which the rules say that they do tell of one (`raises`): "my child has a nosebleed"."""
        level_of = {e.flag: content.flags[e.flag].level for e in examples if e.flag is not None}
        flags = sorted(level_of, key=lambda flag: (LEARNED.index(level_of[flag]), flag))
        dire = [plain(e.says) for e in examples if e.flag and level_of[e.flag] != "urgent"]
        others = _nearest([plain(text) for text in everyday], dire, encoder)
        others = [text for text in others if not raises(text)]
        read = [*(plain(e.says) for e in examples), *others]
        told = [*(e.flag for e in examples), *(None for _ in others)]
        targets = np.array([[one == flag for flag in flags] for one in told], dtype=np.float32)
        ngrams = Ngrams(read)
        vectors = vectors_of(read, encoder)
        weights = KERNEL.weights(vectors, ngrams, RIDGE, targets)
        return cls(flags, [level_of[flag] for flag in flags], ngrams, Rows(vectors), weights)

    def read(self, text: str, encoder: Encoder, *, in_parts: bool = False) -> Suspicions:
        """What the message may be about. `in_parts`: `total` is that of the sentence with the
        highest, so that no question beside a sign lowers it; it costs a reading of each."""
        outputs = self._outputs(text, encoder)
        crisis, emergency, urgent = (self._strongest(outputs, level) for level in LEARNED)
        parts = _sentences(text)[:MOST_PARTS] if in_parts else []
        parts = parts if len(parts) > 1 else []
        totals = [float(self._outputs(part, encoder).sum()) for part in parts]
        return Suspicions(crisis, emergency, urgent, max([float(outputs.sum()), *totals]))

    def _outputs(self, text: str, encoder: Encoder) -> Vector:
        read = plain(text)
        alike = KERNEL.alike(self._examples.cosines(encoder.encode(read)), self._ngrams.alike(read))
        return alike @ self._weights

    def _strongest(self, outputs: Vector, level: Level) -> Suspicion:
        part = self._parts[level]
        best = part.start + int(np.argmax(outputs[part]))
        return Suspicion(self._flags[best], float(outputs[part].sum()))


def _sentences(text: str) -> list[str]:
    """Sentences that hold a word; a number is not taken apart ("38.4")."""
    return [one for one in _SENTENCE_ENDS.split(text) if any(map(str.isalnum, one))]


def _part(levels: Sequence[Level], level: Level) -> slice:
    first = levels.index(level)
    return slice(first, first + levels.count(level))


def _nearest(texts: list[str], told: list[str], encoder: Encoder) -> list[str]:
    closest = (vectors_of(texts, encoder) @ vectors_of(told, encoder).T).max(axis=1)
    return [texts[row] for row in np.argsort(-closest, kind="stable")[:EVERYDAY]]
