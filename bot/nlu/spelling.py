"""Misspelt words, corrected towards the words of the training data (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
# From this length on two slips are forgiven, below it one.
TWO_SLIPS_FROM = 8
_WORD = re.compile(r"[a-z']+")


class Spelling:
    """Knows the words of the training data and, so that good English stays as it is, a lexicon.

    A word that neither knows becomes the nearest training word with the same first letter, if one
    is near enough; of equally near ones the more frequent.
    """

    def __init__(self, texts: Iterable[str], lexicon: Collection[str]) -> None:
        """`texts`: plain (lower case); `lexicon`: words that are right though never seen here."""
        counts = Counter(word for text in texts for word in _WORD.findall(text))
        self._right = {*counts, *lexicon}
        # A word seen once and unknown to the lexicon may itself be a slip.
        self._targets: dict[str, list[str]] = {}
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            if len(word) >= SHORTEST and (count > 1 or word in lexicon):
                self._targets.setdefault(word[0], []).append(word)

    def correct(self, text: str) -> str:
        """The plain text with its slips mended."""
        return _WORD.sub(lambda match: self._word(match.group()), text)

    def _word(self, word: str) -> str:
        if len(word) < SHORTEST or word in self._right:
            return word
        slips = 1 if len(word) < TWO_SLIPS_FROM else 2
        targets = self._targets.get(word[0], [])
        found = process.extract(word, targets, scorer=OSA.distance, score_cutoff=slips, limit=None)
        # `targets` begin with the frequent words, and the sort keeps that order.
        return str(min(found, key=lambda hit: (hit[1], hit[2]))[0]) if found else word
