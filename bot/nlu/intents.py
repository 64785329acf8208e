"""Which intent a message has, and how sure that is (pure: numpy and scikit-learn, no Rasa).

A linear model on the meaning of the text (sentence encoder) and its word and character n-grams.
A linear model's probability alone can be high for any kind of text, so the score is probability
times closeness to the nearest example of that intent: text like nothing in the training data
scores low.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from bot.nlu.encoder import Encoder, Vector

MAX_CHARACTERS = 2000
NGRAM_WEIGHT = 0.5
WORD = r"(?u)\b\w[\w'+]*\b"


@dataclass(frozen=True)
class Ranked:
    """An intent and its score from 0 to 1."""

    intent: str
    score: float


def plain(text: str) -> str:
    """The text as the model reads it: lower case, straight quotes, no doubled spaces."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", straight[:MAX_CHARACTERS]).strip().lower()


class IntentModel:
    """Trained on (text, intent) pairs; the same pairs give the same model."""

    def __init__(self, ngrams: Any, linear: Any, examples: Vector, labels: Vector) -> None:
        self._ngrams = ngrams
        self._linear = linear
        self._examples = examples
        self._labels = labels
        # For each intent, where its examples stand.
        self._rows = [np.flatnonzero(labels == intent) for intent in linear.classes_]

    @classmethod
    def train(
        cls, texts: list[str], intents: list[str], encoder: Encoder, vectors: Vector | None = None
    ) -> IntentModel:
        """Fit features and classifier. `vectors`: the texts' vectors where they are known."""
        ngrams = FeatureUnion(
            [
                (
                    "words",
                    TfidfVectorizer(
                        ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, min_df=2
                    ),
                ),
                (
                    "letters",
                    TfidfVectorizer(
                        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3
                    ),
                ),
            ]
        )
        texts = [plain(text) for text in texts]
        sparse = ngrams.fit_transform(texts)
        examples = encoder.encode_all(texts) if vectors is None else vectors
        linear = LogisticRegression(
            C=30.0, solver="liblinear", class_weight="balanced", random_state=0
        )
        linear.fit(_together(examples, sparse), intents)
        return cls(ngrams, linear, examples, np.array(intents))

    def rank(self, text: str, encoder: Encoder) -> list[Ranked]:
        """All intents, best first."""
        text = plain(text)
        vector = encoder.encode(text)
        features = _together(vector[None, :], self._ngrams.transform([text]))
        probabilities = self._linear.predict_proba(features)[0]
        closeness = self._examples @ vector
        nearest = np.array([max(float(closeness[rows].max()), 0.0) for rows in self._rows])
        scores = probabilities * nearest
        order = np.argsort(-scores, kind="stable")
        return [Ranked(str(self._linear.classes_[i]), float(scores[i])) for i in order]


def _together(vectors: Vector, sparse: Any) -> Any:
    return hstack([csr_matrix(vectors), sparse * NGRAM_WEIGHT]).tocsr()
