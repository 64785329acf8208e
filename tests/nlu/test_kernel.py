"""The weights solve the linear system they are said to solve."""

from pathlib import Path

import numpy as np
import yaml

from bot.nlu.encoder import shared_encoder
from bot.nlu.kernel import Kernel
from bot.nlu.ngrams import Ngrams
from bot.nlu.vectors import vectors_of

CASES = yaml.safe_load(Path("tests/cases/questions_2026_11.yml").read_text(encoding="utf-8"))
TEXTS = [case["text"] for case in CASES["cases"][:40]]


def test_weights_give_back_the_targets(tmp_path: Path) -> None:
    kernel, ridge = Kernel(sharpness=1.5, wording=0.1), 0.2
    ngrams, vectors = Ngrams(TEXTS), vectors_of(TEXTS, shared_encoder(), tmp_path / "vectors.npz")
    targets = np.eye(len(TEXTS), dtype=np.float32)[:, :2]
    weights = kernel.weights(vectors, ngrams, ridge, targets)
    pairs = zip(vectors, TEXTS, strict=True)
    square = np.stack([kernel.alike(vectors @ v, ngrams.alike(text)) for v, text in pairs])
    assert np.allclose(square, square.T, atol=1e-5)
    assert np.allclose((square + ridge * np.eye(len(TEXTS))) @ weights, targets, atol=1e-4)
