"""How alike texts are in wording: TF-IDF of words and of letters (pure)."""

from __future__ import annotations

from typing import Any

from bot.nlu.tfidf import WORD, Tfidf

# Words and letters each give from 0 (nothing in common) to 1 (the same).
MOST_ALIKE = 2.0
# Letters that more than this share of the texts hold tell little, and cost much.
COMMON = 0.1


class Ngrams:
    """The n-grams of the training texts. `at_most`: letters that more texts than this hold are
    left out as well."""

    def __init__(self, texts: list[str], *, at_most: int | None = None) -> None:
        common = min(int(COMMON * len(texts)), at_most or len(texts))
        self._words = Tfidf(texts, ngram_range=(1, 2), token_pattern=WORD)
        self._letters = Tfidf(texts, analyzer="char_wb", ngram_range=(2, 4), max_df=max(1, common))

    def alike_rows(self, start: int, end: int) -> Any:
        """Each of the training texts from `start` on with each up to `end`: a dense matrix."""
        parts = [part.rows for part in (self._words, self._letters)]
        return sum((rows[start:end] @ rows[:end].T).toarray() for rows in parts)

    def alike(self, text: str) -> Any:
        """One text with each training text, from 0 to MOST_ALIKE."""
        return self._words.alike(text) + self._letters.alike(text)
