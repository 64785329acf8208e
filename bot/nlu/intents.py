"""Which intent a message has, and how sure that is (pure: numpy and scikit-learn, no Rasa).

Kernel ridge regression, one against all. The kernel says how alike two texts are: a Gaussian on
the vectors of the sentence encoder (meaning) plus a little on word and character n-grams
(wording). The training is one linear system, so there is nothing random in it.

A regression can be sure of text unlike anything it has seen, so the score is its output times
the cosine to the nearest training example: text like nothing in the training data scores low.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import solve
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.encoder import Encoder, Vector

MAX_CHARACTERS = 2000
WORD = r"(?u)\b\w[\w'+]*\b"
# Chosen by 5-fold cross-validation on data/nlu.yml; values near them do as well (+- 0.005).
SHARPNESS = 1.5
NGRAM_WEIGHT = 0.03
RIDGE = 0.15
# An intent with few examples gets smaller outputs than one with many; this evens them out.
RARE_INTENT_BOOST = 0.4


@dataclass(frozen=True)
class Ranked:
    """An intent and its score from 0 to 1 (no probability: the scores do not add up to 1)."""

    intent: str
    score: float


def plain(text: str) -> str:
    """The text as the model reads it: lower case, straight quotes, no doubled spaces."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", straight[:MAX_CHARACTERS]).strip().lower()


class IntentModel:
    """Trained on (text, intent) pairs; the same pairs give the same model."""

    def __init__(
        self,
        intents: list[str],
        ngrams: Any,
        examples: Vector,
        by_meaning: Vector,
        by_words: Vector,
    ) -> None:
        """`by_meaning`: a weight for each example and intent; `by_words`: n-gram and intent."""
        self._intents = intents
        self._ngrams = ngrams
        self._examples = examples
        self._by_meaning = by_meaning
        self._by_words = by_words

    @classmethod
    def train(
        cls, texts: list[str], intents: list[str], encoder: Encoder, vectors: Vector | None = None
    ) -> IntentModel:
        """Fit features and weights. `vectors`: the plain texts' vectors where they are known."""
        texts = [plain(text) for text in texts]
        ngrams = _Ngrams()
        sparse = ngrams.fit(texts)
        examples = encoder.encode_all(texts) if vectors is None else vectors
        names, numbers = np.unique(np.array(intents), return_inverse=True)
        targets = np.eye(len(names))[numbers]
        counts = targets.sum(axis=0)
        alike = _meaning_alike(examples.astype(np.float64) @ examples.T.astype(np.float64))
        alike += (sparse @ sparse.T).toarray() * NGRAM_WEIGHT
        alike[np.diag_indices_from(alike)] += RIDGE
        weights = solve(alike, targets - targets.mean(axis=0), assume_a="pos", overwrite_a=True)
        weights *= (counts.mean() / counts) ** RARE_INTENT_BOOST
        by_words = np.asarray(sparse.T @ weights) * NGRAM_WEIGHT
        return cls(
            [str(name) for name in names],
            ngrams,
            examples.astype(np.float32),
            weights.astype(np.float32),
            by_words.astype(np.float32),
        )

    def rank(self, text: str, encoder: Encoder) -> list[Ranked]:
        """All intents, best first."""
        text = plain(text)
        closeness = self._examples @ encoder.encode(text)
        outputs = _meaning_alike(closeness) @ self._by_meaning
        columns, values = self._ngrams.row(text)
        outputs += values @ self._by_words[columns]
        scores = np.clip(outputs, 0.0, 1.0) * np.clip(closeness.max(), 0.0, 1.0)
        order = np.argsort(-outputs, kind="stable")
        return [Ranked(self._intents[i], float(scores[i])) for i in order]


def _meaning_alike(cosines: Vector) -> Vector:
    return np.exp(SHARPNESS * (cosines - 1.0))


class _Ngrams:
    """TF-IDF of words and of letters, side by side."""

    def __init__(self) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, min_df=2)
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3
        )
        self._vectorizers = (words, letters)

    def fit(self, texts: list[str]) -> Any:
        """Learn the n-grams; a sparse matrix with one row for each text."""
        return hstack([v.fit_transform(texts) for v in self._vectorizers]).tocsr()

    def row(self, text: str) -> tuple[Vector, Vector]:
        """Columns and values of one text: what scikit-learn's transform gives, 10 times faster."""
        columns: list[Vector] = []
        values: list[Vector] = []
        start = 0
        for vectorizer in self._vectorizers:
            known = vectorizer.vocabulary_
            counts = Counter(known[g] for g in vectorizer.build_analyzer()(text) if g in known)
            found = np.array(list(counts), dtype=np.intp)
            weights = (1.0 + np.log(list(counts.values()))) * vectorizer.idf_[found]
            values.append(weights / (np.linalg.norm(weights) or 1.0))
            columns.append(found + start)
            start += len(known)
        return np.concatenate(columns), np.concatenate(values).astype(np.float32)
