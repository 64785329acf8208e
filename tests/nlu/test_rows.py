"""Vectors as bytes give what the floats give, near enough, and the same each time."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from bot.nlu.encoder import SIZE
from bot.nlu.rows import Rows

RANDOM = np.random.default_rng(7)


def of_length_one(count: int) -> np.ndarray:
    vectors = RANDOM.normal(size=(count, SIZE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 3, 500])
def test_cosines_are_near_those_of_the_floats(count: int) -> None:
    vectors = of_length_one(count)
    rows = Rows(vectors)
    assert len(rows) == count
    for vector in [*vectors[:20], *of_length_one(20)]:
        found = rows.cosines(vector)
        assert found.shape == (count,) and found.dtype == np.float32
        assert np.abs(found - vectors @ vector).max() < 0.005


def test_extreme_vectors_do_not_overflow() -> None:
    flat = np.full((2, SIZE), 1 / np.sqrt(SIZE), dtype=np.float32)
    flat[1] *= -1
    peak = np.zeros((1, SIZE), dtype=np.float32)
    peak[0, 5] = 1
    rows = Rows(np.concatenate([flat, peak]))
    assert rows.cosines(flat[0])[:2] == pytest.approx([1, -1], abs=0.001)
    assert rows.cosines(peak[0])[2] == pytest.approx(1, abs=0.001)
    assert Rows(np.zeros((1, SIZE), dtype=np.float32)).cosines(flat[0])[0] == 0


def test_the_same_after_it_was_stored() -> None:
    vectors = of_length_one(50)
    rows = Rows(vectors)
    again = pickle.loads(pickle.dumps(rows))
    assert pickle.dumps(again) == pickle.dumps(rows)
    assert (again.cosines(vectors[3]) == rows.cosines(vectors[3])).all()
