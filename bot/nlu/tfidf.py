"""TF-IDF of one text against fitted texts: what scikit-learn gives, but faster (pure)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

WORD = r"(?u)\b\w[\w'+]*\b"


class Tfidf:
    """The terms of some texts: `rows` holds one row of length 1 (or 0) for each text."""

    def __init__(self, texts: list[str], **options: Any) -> None:
        """`options`: of TfidfVectorizer; term counts are always dampened (sublinear)."""
        self._vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **options)
        self.rows = csr_matrix(self._vectorizer.fit_transform(texts))
        self._prepare()

    def _prepare(self) -> None:
        self._terms = self._vectorizer.build_analyzer()
        self._columns = self._vectorizer.vocabulary_
        self._rarity = self._vectorizer.idf_
        by_term = csr_matrix(self.rows.T)
        self._starts = by_term.indptr.tolist()
        self._texts, self._weights = by_term.indices, by_term.data

    def alike(self, text: str) -> Any:
        """The cosine of this text with each fitted one: float32, from 0 to 1."""
        known = self._columns
        counts = Counter(known[term] for term in self._terms(text) if term in known)
        cosines = np.zeros(self.rows.shape[0], np.float32)
        if not counts:
            return cosines
        weights = (1.0 + np.log(list(counts.values()))) * self._rarity[list(counts)]
        weights /= np.linalg.norm(weights)
        for column, weight in zip(counts, weights.astype(np.float32), strict=True):
            begin, end = self._starts[column], self._starts[column + 1]
            # A text stands at most once with each term, so nothing is added to the same place.
            cosines[self._texts[begin:end]] += weight * self._weights[begin:end]
        return cosines

    def __getstate__(self) -> dict[str, Any]:
        return {"_vectorizer": self._vectorizer, "rows": self.rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()
