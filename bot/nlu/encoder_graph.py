"""Writes all-MiniLM-L6-v2 as one ONNX graph: token numbers in, mean of the token vectors out.

The weights are kept as 7-bit integers: smaller, faster and the same on every processor; the vectors
change little (tests/nlu/test_encoder.py compares them with the full ones).

Needed once for each installation; the package `onnx` is imported only then. Attention and the
skip/normalise pairs use onnxruntime's own operators (domain com.microsoft).
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

# Raise it when the graph below changes: the number is part of the file's name.
GRAPH_VERSION = 5
_LAYERS, _HEADS, _SIZE = 6, 12, 384
_EPSILON = 1e-12
_OPSET, _IR_VERSION = 17, 8
_OWN_DOMAIN = "com.microsoft"


def write_graph(weights: Mapping[str, Any], target: Path) -> None:
    """Write the graph to `target`; two processes may do it at once (last one wins, same bytes)."""
    graph = _quantised(_Graph(weights).build())
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(graph)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _quantised(graph: bytes) -> bytes:
    """The same graph with 7-bit weights in bytes.

    With all 8 bits, processors without instructions for it (VNNI) cut off sums of two products: the
    cosine of two texts differed by up to 0.06 between machines, and so did answers.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        full.write_bytes(graph)
        # The operators of com.microsoft hide their types from shape inference: all are float.
        options = {"MatMulConstBOnly": True, "DefaultTensorType": 1}
        log = logging.getLogger()
        level = log.level
        log.setLevel(logging.ERROR)  # it advises pre-processing, which these operators cannot have
        try:
            quantize_dynamic(
                full,
                small,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                extra_options=options,
            )
        finally:
            log.setLevel(level)
        return small.read_bytes()


class _Graph:
    """Collects nodes and constants; each method returns the name of what it adds."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def build(self) -> bytes:
        """The whole model, serialised."""
        from onnx import TensorProto, helper

        hidden = self._embeddings()
        for number in range(_LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{number}.")
        mean = helper.make_node("ReduceMean", [hidden], ["mean"], axes=[0, 1], keepdims=0)
        self._nodes.append(mean)
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
            for name in ("ids", "positions")
        ]
        output = helper.make_tensor_value_info("mean", TensorProto.FLOAT, [_SIZE])
        graph = helper.make_graph(self._nodes, "minilm", inputs, [output], self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN_DOMAIN, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        return bytes(model.SerializeToString())

    def _embeddings(self) -> str:
        w = self._weights
        positions = w["embeddings.position_embeddings.weight"]
        positions = positions + w["embeddings.token_type_embeddings.weight"][0]
        words = self._constant(w["embeddings.word_embeddings.weight"])
        word = self._node("Gather", words, "ids")
        both = self._node("Add", word, self._node("Gather", self._constant(positions), "positions"))
        norm = self._pair("embeddings.LayerNorm")
        return self._node("LayerNormalization", both, *norm, axis=-1, epsilon=_EPSILON)

    def _layer(self, x: str, prefix: str) -> str:
        names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{n}.weight"].T for n in names], axis=1)
        bias = np.concatenate([self._weights[f"{n}.bias"] for n in names])
        constants = (self._constant(weight), self._constant(bias))
        attended = self._own("Attention", x, *constants, num_heads=_HEADS)
        x = self._skip(attended, x, f"{prefix}attention.output")
        up = f"{prefix}intermediate.dense"
        hidden = self._own("BiasGelu", self._matmul(x, up), self._constant(self._bias(up)))
        return self._skip(hidden, x, f"{prefix}output")

    def _skip(self, x: str, before: str, name: str) -> str:
        """Dense layer, plus what stood before it, normalised."""
        dense = f"{name}.dense"
        bias = self._constant(self._bias(dense))
        inputs = (self._matmul(x, dense), before, *self._pair(f"{name}.LayerNorm"), bias)
        return self._own("SkipLayerNormalization", *inputs, epsilon=_EPSILON)

    def _bias(self, name: str) -> Any:
        return self._weights[f"{name}.bias"]

    def _matmul(self, x: str, name: str) -> str:
        return self._node("MatMul", x, self._constant(self._weights[f"{name}.weight"].T))

    def _pair(self, name: str) -> tuple[str, str]:
        return self._constant(self._weights[f"{name}.weight"]), self._constant(self._bias(name))

    def _constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = f"value_{len(self._nodes)}"
        node = helper.make_node(kind, list(inputs), [name], domain=domain, **attributes)
        self._nodes.append(node)
        return name

    def _own(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self._node(kind, *inputs, domain=_OWN_DOMAIN, **attributes)
