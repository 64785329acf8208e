"""Vectors that are kept between runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.encoder import SIZE, shared_encoder
from bot.nlu.vectors import vectors_of


class Counting:
    """The real encoder; counts what it encodes."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_all(self, texts: list[str]) -> Any:
        self.texts += texts
        return shared_encoder().encode_all(texts)


def test_only_new_texts_are_encoded(tmp_path: Path) -> None:
    encoder: Any = Counting()
    file = tmp_path / "vectors.npz"
    first = vectors_of(["one", "two", "one"], encoder, file)
    again = vectors_of(["two", "three", "one"], encoder, file)
    assert encoder.texts == ["one", "two", "three"]
    assert np.array_equal(first[0], again[2]) and np.array_equal(first[1], again[0])
    assert vectors_of([], encoder, file).shape == (0, SIZE)


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    right = vectors_of(["one"], shared_encoder(), file)
    file.write_bytes(file.read_bytes()[:100])
    assert np.array_equal(vectors_of(["one"], shared_encoder(), file), right)


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    alone = shared_encoder().encode("does it hurt")
    beside = shared_encoder().encode_all(["does it hurt", "a much longer text " * 20, "x"])
    assert np.array_equal(alone, beside[0])
