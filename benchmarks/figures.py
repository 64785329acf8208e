"""Statistics that the evaluations share (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def share(hits: int, of: int) -> str:
    """A share with its 95 % interval (Wilson): "93.5 % (91.2 to 95.3, n = 570)"."""
    if not of:
        return "- (n = 0)"
    low, high = wilson(hits, of)
    return f"{100 * hits / of:.1f} % ({100 * low:.1f} to {100 * high:.1f}, n = {of})"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share; `of` is at least 1."""
    z = 1.96
    p = hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def matthews(right: Sequence[str], said: Sequence[str]) -> float:
    """Matthews correlation of labels, for many classes; 0 when it is not defined."""
    names = {name: place for place, name in enumerate(sorted({*right, *said}))}
    table = np.zeros((len(names), len(names)))
    for one, other in zip(right, said, strict=True):
        table[names[one], names[other]] += 1
    truth, predicted = table.sum(axis=1), table.sum(axis=0)
    total, agree = table.sum(), np.trace(table)
    spread = (total**2 - (predicted**2).sum()) * (total**2 - (truth**2).sum())
    return float((agree * total - (truth * predicted).sum()) / math.sqrt(spread)) if spread else 0.0
