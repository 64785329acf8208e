"""How alike texts are in wording: TF-IDF of words and of letters (pure)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

WORD = r"(?u)\b\w[\w'+]*\b"
# Words and letters each give from 0 (nothing in common) to 1 (the same).
MOST_ALIKE = 2.0
# Letters that more than this share of the texts hold tell little, and cost much.
COMMON = 0.1


class Ngrams:
    """The n-grams of the training texts."""

    def __init__(self, texts: list[str]) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD)
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, max_df=COMMON
        )
        self._vectorizers = (words, letters)
        self._rows = csr_matrix(
            hstack([v.fit_transform(texts) for v in self._vectorizers]), dtype=np.float32
        )
        self._analyzers = [v.build_analyzer() for v in self._vectorizers]
        self._by_ngram = csr_matrix(self._rows.T)

    def all_alike(self) -> Any:
        """A square matrix: each training text with each other, from 0 to MOST_ALIKE."""
        return (self._rows @ self._by_ngram).toarray()

    def alike(self, text: str) -> Any:
        """One text with each training text; what scikit-learn's transform gives, but faster."""
        found: list[int] = []
        weights: list[Any] = []
        start = 0
        for vectorizer, analyze in zip(self._vectorizers, self._analyzers, strict=True):
            known = vectorizer.vocabulary_
            counts = Counter(known[g] for g in analyze(text) if g in known)
            columns = np.array(list(counts), dtype=np.intp)
            values = (1.0 + np.log(list(counts.values()))) * vectorizer.idf_[columns]
            weights.append(values / (np.linalg.norm(values) or 1.0))
            found += [column + start for column in counts]
            start += len(known)
        row = np.concatenate(weights).astype(np.float32)
        return row @ self._by_ngram[found] if found else np.zeros(self._rows.shape[0], np.float32)

    def __getstate__(self) -> dict[str, Any]:
        return {"_vectorizers": self._vectorizers, "_rows": self._rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._analyzers = [v.build_analyzer() for v in self._vectorizers]
        self._by_ngram = csr_matrix(self._rows.T)
