"""The quick TF-IDF of one text is what scikit-learn's own transform gives."""

import pickle

import numpy as np
import pytest

from bot.nlu.tfidf import WORD, Tfidf

TEXTS = ["will my hair grow back", "can we keep the dog", "what does ANC mean", "the dog, the dog!"]
OPTIONS = (
    {"ngram_range": (1, 2), "token_pattern": WORD},
    {"analyzer": "char_wb", "ngram_range": (2, 4), "max_df": 0.5},
)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("text", ["the dog the dog again", "hair", "Grow back??", "zzz", ""])
def test_as_scikit_learn_has_it(options: dict, text: str) -> None:
    tfidf = Tfidf(TEXTS, **options)
    theirs = (tfidf._vectorizer.transform([text]) @ tfidf.rows.T).toarray()[0]
    assert np.allclose(tfidf.alike(text), theirs, atol=1e-6)


def test_the_same_after_pickling() -> None:
    tfidf = Tfidf(TEXTS, **OPTIONS[0])
    again = pickle.loads(pickle.dumps(tfidf))
    assert np.array_equal(again.alike("keep the hair"), tfidf.alike("keep the hair"))
