"""Kernel ridge regression on meaning and wording of texts (pure: numpy and scipy).

The kernel says how alike two texts are: a Gaussian on the vectors of the sentence encoder
(meaning) plus a little on word and character n-grams (wording). Training is one linear system, so
there is nothing random in it.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from bot.nlu.encoder import Vector
from bot.nlu.ngrams import Ngrams

_ROWS = 512


@dataclass(frozen=True)
class Kernel:
    """`sharpness`: how quickly texts of other meaning stop to count; `wording`: the weight of
    n-grams beside the meaning."""

    sharpness: float
    wording: float

    def alike(self, cosines: Vector, wording: Vector) -> Vector:
        """From 0 to 1 + wording * MOST_ALIKE, in the shape of both."""
        meaning = np.exp(np.float32(self.sharpness) * (cosines - np.float32(1.0)))
        return meaning + np.float32(self.wording) * wording

    def weights(self, vectors: Vector, ngrams: Ngrams, ridge: Any, targets: Vector) -> Vector:
        """What each text counts for each target: one row for each text.

        `vectors` and `ngrams` are of the same texts; `ridge`: one figure, or one for each text.
        """
        alike = self._each_with_those_before(vectors, ngrams)
        alike[np.diag_indices_from(alike)] += ridge
        # Transposed it is in the order of columns that LAPACK reads, so that nothing is copied.
        factor = cho_factor(alike.T, lower=False, overwrite_a=True, check_finite=False)
        return np.asarray(cho_solve(factor, targets, check_finite=False), dtype=np.float32)

    def _each_with_those_before(self, vectors: Vector, ngrams: Ngrams) -> Vector:
        """A square matrix of which only the lower triangle is filled: the other is the same."""
        size = len(vectors)
        square = np.zeros((size, size), dtype=np.float32)

        def fill(start: int) -> None:
            end = min(start + _ROWS, size)
            cosines = vectors[start:end] @ vectors[:end].T
            square[start:end, :end] = self.alike(cosines, ngrams.alike_rows(start, end))

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            list(pool.map(fill, range(0, size, _ROWS)))
        return square
