"""Words one typing error away from a word that matters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache


class Spelling:
    """Reads a word that is one edit away from a word that matters as that word."""

    SHORTEST = 4

    def __init__(self, words: Collection[str], real_words: Collection[str]) -> None:
        self._words = frozenset(words)
        self._real = frozenset(real_words)
        self._by_deletion: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= self.SHORTEST:
                for shorter in {word, *_deletions(word)}:
                    self._by_deletion.setdefault(shorter, []).append(word)
        self.readings = lru_cache(maxsize=8192)(self._readings)

    def _readings(self, word: str) -> tuple[str, ...]:
        if word in self._words:
            return (word,)
        if len(word) >= self.SHORTEST and word[:-1] in self._words and word.endswith("s"):
            return (word, word[:-1])
        if word in self._real or len(word) < self.SHORTEST or not word.isalpha():
            return (word,)
        near = {w for part in (word, *_deletions(word)) for w in self._by_deletion.get(part, ())}
        return (word, *sorted(w for w in near if self._is_slip(word, w)))

    def _is_slip(self, word: str, meant: str) -> bool:
        """One edit; a short word keeps its first letter."""
        starts = len(meant) > self.SHORTEST + 1 or word[0] == meant[0]
        return starts and _is_one_edit(word, meant)


def _deletions(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_one_edit(one: str, other: str) -> bool:
    """A letter more, less, changed, or two neighbours swapped."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(one) - len(other)) == 1
    rest, its = one[start:], other[start:]
    swapped = rest[:2] == its[1::-1] and rest[2:] == its[2:]
    return rest[1:] == its[1:] or rest[1:] == its or rest == its[1:] or swapped
