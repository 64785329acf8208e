"""Many vectors, kept so that one can be compared with all of them quickly (pure).

To read 20,000 vectors of 384 floats from memory takes longer than anything else in a message but
its encoding. As 8-bit numbers they take a quarter, and onnxruntime multiplies those as whole
numbers, without rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.nlu.encoder import SIZE, Vector, on_one_core

_MIDDLE, _REACH = 128, 127  # a byte stands for -127 ... 127 times the largest number of its vector
_OPSET, _IR_VERSION = 17, 8


class Rows:
    """Vectors of length 1, one for each text."""

    def __init__(self, vectors: Vector) -> None:
        """`vectors`: one row of 384 floats for each text; at least one."""
        numbers, self._scales = _as_bytes(vectors)
        self._graph = _graph(numbers)
        self._session = on_one_core(self._graph)

    def __len__(self) -> int:
        return len(self._scales)

    def cosines(self, vector: Vector) -> Vector:
        """Of this vector with each row: float32, within 0.005 of what the floats give."""
        numbers, scales = _as_bytes(vector[None])
        (sums,) = self._session.run(None, {"vector": numbers})
        return sums[0].astype(np.float32) * (self._scales * scales[0])

    def __getstate__(self) -> dict[str, Any]:
        return {"_scales": self._scales, "_graph": self._graph}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._session = on_one_core(self._graph)


def _as_bytes(vectors: Vector) -> tuple[Any, Vector]:
    """Each row as bytes, and what one step of them is worth."""
    scales = (np.abs(vectors).max(axis=1) / _REACH).astype(np.float32)
    steps = np.rint(vectors / np.where(scales == 0, 1, scales)[:, None])
    return (steps + _MIDDLE).astype(np.uint8), scales


def _graph(numbers: Any) -> bytes:
    """The product of one vector with all rows, as whole numbers."""
    from onnx import TensorProto, helper, numpy_helper  # needed for training only

    middle = numpy_helper.from_array(np.array(_MIDDLE, dtype=np.uint8), "middle")
    rows = numpy_helper.from_array(np.ascontiguousarray(numbers.T), "rows")
    node = helper.make_node("MatMulInteger", ["vector", "rows", "middle", "middle"], ["sums"])
    given = helper.make_tensor_value_info("vector", TensorProto.UINT8, [1, SIZE])
    found = helper.make_tensor_value_info("sums", TensorProto.INT32, [1, len(numbers)])
    graph = helper.make_graph([node], "rows", [given], [found], [rows, middle])
    opsets = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())
