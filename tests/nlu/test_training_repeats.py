"""Training repeats, whatever the order of Python's sets; `make test-training` does it in full."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT

TRAINS = """
import hashlib
from benchmarks.clean_copy import arrays_of
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from tests.nlu.test_intents import _examples

arrays = arrays_of(IntentModel.train(*_examples(), shared_encoder()))
hashes = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}
print(len(hashes), hashes)
"""


def test_other_processes_other_hash_seeds_same_model() -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TRAINS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    one, other = (process.communicate(timeout=300)[0] for process in started)
    assert one == other
    assert int(one.split()[0]) >= 3, "examples, weights and n-grams are compared"
