"""TF-IDF of one text against fitted texts: what scikit-learn gives, but faster (pure)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
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
        self._places, self._values = by_term.indices, by_term.data
        ends = by_term.indptr.tolist()
        self._of_term = [slice(*span) for span in pairwise(ends)]

    def alike(self, text: str) -> Any:
        """The cosine of this text with each fitted one: float32, from 0 to 1."""
        known = self._columns
        counts = Counter(known[term] for term in self._terms(text) if term in known)
        if not counts:
            return np.zeros(self.rows.shape[0], np.float32)
        columns = list(counts)
        weights = (1.0 + np.log(list(counts.values()))) * self._rarity[columns]
        weights /= np.linalg.norm(weights)
        # Only the rows that hold a term; a product of sparse matrices costs more than its sums.
        spans = [self._of_term[column] for column in columns]
        places = np.concatenate([self._places[span] for span in spans])
        values = np.concatenate([self._values[span] for span in spans])
        values *= np.repeat(weights.astype(np.float32), [s.stop - s.start for s in spans])
        return np.bincount(places, values, self.rows.shape[0]).astype(np.float32)

    def __getstate__(self) -> dict[str, Any]:
        return {"_vectorizer": self._vectorizer, "rows": self.rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()
