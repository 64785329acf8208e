"""Which topic's answers use the words of a text (pure).

The intent model knows topics by the questions of its training. What the entries say holds many
more words ("iAMP21", "sperm bank"); they count here. What an editor changes counts from the next
start on, without training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bot.content.knowledge import Knowledge
from bot.nlu.tfidf import WORD, Tfidf

INTENT = "ask_{}"


class ToldWords:
    """TF-IDF of all that is told for each intent."""

    def __init__(self, told: Mapping[str, str]) -> None:
        """`told`: text by intent; at least one word in all."""
        self._intents = tuple(told)
        self._words = Tfidf(list(told.values()), token_pattern=WORD)

    @classmethod
    def of_entries(cls, knowledge: Knowledge) -> ToldWords:
        """What the entries of each topic say."""
        told: dict[str, list[str]] = {INTENT.format(topic): [] for topic in knowledge.topics}
        for entry in knowledge.entries.values():
            told[INTENT.format(entry.topic)] += [s.text for s in entry.sentences]
        return cls({intent: " ".join(texts) for intent, texts in told.items()})

    def shared(self, text: str) -> dict[str, float]:
        """How close the text's words are to what each intent is told with, from 0 to 1."""
        close = self._words.alike(text)
        return dict(zip(self._intents, close.tolist(), strict=True))


def as_row(shared: Mapping[str, float], intents: list[str]) -> Any:
    """In the order of `intents`, 0 for one that nothing is told about; the mean taken off."""
    row = np.array([shared.get(intent, 0.0) for intent in intents], dtype=np.float32)
    return row - row.mean()
