"""Vectors of many texts, kept in a file between runs: only new texts are encoded."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from bot.nlu.encoder import GRAPHS, SIZE, Encoder, Vector
from bot.nlu.encoder_graph import GRAPH_VERSION

FILE = GRAPHS / f"vectors-{GRAPH_VERSION}.npz"


def vectors_of(texts: list[str], encoder: Encoder, file: Path = FILE) -> Vector:
    """One row for each text. A file that is missing or damaged is made anew."""
    keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    known = _read(file)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        known.update(zip(new, encoder.encode_all(list(new.values())), strict=True))
        _write(known, file)
    rows = [known[key] for key in keys]
    return np.stack(rows) if rows else np.zeros((0, SIZE), dtype=np.float32)


def _read(file: Path) -> dict[str, Vector]:
    try:
        with file.open("rb") as opened, np.load(opened) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _write(known: dict[str, Vector], file: Path) -> None:
    """Replace the file as a whole: a process that reads it sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "wb") as part:
        np.savez(part, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    Path(name).replace(file)
