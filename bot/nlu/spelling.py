"""Misspelt words, corrected towards words that matter (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[a-z']+")


class Spelling:
    """A word that is not right becomes the nearest target with the same first letter, if one is
    near enough; of equally near ones the one that stands first.

    `one_slip_from` and `two_slips_from`: the lengths from which slips are forgiven.
    """

    def __init__(
        self,
        targets: Iterable[str],
        right: Collection[str],
        *,
        one_slip_from: int,
        two_slips_from: int,
    ) -> None:
        """`targets`: the words that matter, most frequent first; `right`: words left alone."""
        self._right = frozenset(right)
        self._one, self._two = one_slip_from, two_slips_from
        self._targets: dict[str, list[str]] = {}
        for word in targets:
            if len(word) >= one_slip_from:
                self._targets.setdefault(word[0], []).append(word)

    @classmethod
    def learned(cls, texts: Iterable[str], lexicon: Collection[str]) -> Spelling:
        """Corrects towards the words of plain `texts`; `lexicon` holds other good English words."""
        counts = Counter(word for text in texts for word in _WORD.findall(text))
        # A word seen once and unknown to the lexicon may itself be a slip.
        targets = [
            word
            for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if count > 1 or word in lexicon
        ]
        return cls(targets, {*counts, *lexicon}, one_slip_from=4, two_slips_from=8)

    def correct(self, text: str) -> str:
        """The plain (lower case) text with its slips mended."""
        return _WORD.sub(lambda match: self.word(match.group()), text)

    def word(self, word: str) -> str:
        """One word, mended where it is a slip."""
        if len(word) < self._one or word in self._right:
            return word
        slips = 1 if len(word) < self._two else 2
        targets = self._targets.get(word[0], [])
        found = process.extractOne(word, targets, scorer=OSA.distance, score_cutoff=slips)
        return str(found[0]) if found else word
