"""Training from scratch, and that it repeats: `make test-training`.

The project is copied without anything it has made before, and `python -m bot prepare` is called
there. Twice, with other hash seeds: the two models must be the same, bit for bit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.understanding import CASES, read_cases
from bot.content.all_content import read_content
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from bot.nlu.trained import trained_intents
from bot.settings import ROOT

NOT_COPIED = shutil.ignore_patterns(
    ".*", "var", "tests", "web", "docs", "benchmarks", "__pycache__", "models", "results"
)


@dataclass(frozen=True)
class Trained:
    """A model trained from scratch, and what that took with all that goes before."""

    model: IntentModel
    seconds: float


def train_in_clean_copy(folder: Path, *, hash_seed: int) -> Trained:
    """Train in a copy of the project in this folder. Raises when it does not train."""
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
    }
    begun = time.monotonic()
    run = [sys.executable, "-m", "bot", "prepare"]
    done = subprocess.run(run, cwd=copy, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    (archive,) = (copy / "var" / "models").glob("*.tar.gz")
    model = trained_intents(archive)
    if model is None:
        raise RuntimeError(f"no intents in {archive}")
    return Trained(model, seconds)


def arrays_of(part: Any, name: str = "model") -> dict[str, Any]:
    """Every array in a model, however deep, by where it stands."""
    if isinstance(part, np.ndarray):
        return {name: part}
    if hasattr(part, "indptr"):  # a sparse matrix
        return {f"{name}.{at}": getattr(part, at) for at in ("data", "indices", "indptr")}
    inside = vars(part) if hasattr(part, "__dict__") else {}
    return {
        n: a for key, value in inside.items() for n, a in arrays_of(value, f"{name}.{key}").items()
    }


def main() -> int:
    """Train twice and compare; 0 when nothing differs."""
    models, seconds = [], []
    for hash_seed in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            trained = train_in_clean_copy(Path(folder), hash_seed=hash_seed)
        models.append(trained.model)
        seconds.append(trained.seconds)
    one, other = (arrays_of(model) for model in models)
    unlike = [
        name for name in one if name not in other or one[name].tobytes() != other[name].tobytes()
    ]
    knowledge = read_content(ROOT / "content").knowledge
    files = ("questions.yml", "out_of_scope.yml")
    texts = [case.text for name in files for case in read_cases(CASES / name, knowledge.topics)]
    encoder = shared_encoder()
    moved = sum(models[0].rank(t, encoder) != models[1].rank(t, encoder) for t in texts)
    values = sum(array.size for array in one.values())
    sys.stdout.write(
        f"trained from scratch twice, {seconds[0]:.0f} s and {seconds[1]:.0f} s\n"
        f"arrays that differ in a bit: {len(unlike)} of {len(one)} ({values:,} values)\n"
        f"held-out messages ranked otherwise: {moved} of {len(texts)}\n"
    )
    return 1 if unlike or moved or one.keys() != other.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
