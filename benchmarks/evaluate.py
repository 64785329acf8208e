"""`make evaluate`: every evaluation in one run, printed and written to docs/evaluation.md."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

from benchmarks import (
    calibration,
    cross_validation,
    entities,
    hint3,
    red_flags,
    speed,
    threshold,
    understanding,
)
from bot.settings import ROOT

TARGET = ROOT / "docs" / "evaluation.md"
STARTER_LOG = ROOT / "var" / "log" / "diet.log"
HEAD = """# Evaluation

Written by `make evaluate`; do not edit. The cases were invented by language models from a list of
topics and signs, one author labelled them, and no clinician has read them: these figures are no
clinical evidence. How the held-out cases came about and how they are frozen:
[tests/cases/held_out](../tests/cases/held_out/README.md). The first three sets of each kind are
development sets by now; nothing was changed because of the fourth. Intervals are 95 % (Wilson).
"""


def main() -> int:
    """Print and write all sections. A section that cannot run says why."""
    diet = "--diet" in sys.argv
    sections: list[tuple[str, Callable[[], Iterable[str]]]] = [
        ("Questions (held out)", understanding.report),
        ("Training examples, cross-validated", cross_validation.report),
        ("The threshold, on examples set aside", threshold.report),
        ("Calibration: the score and the share that is right", calibration.report),
        ("Entities (tests/cases/entities.yml, not held out)", entities.report),
        ("Emergencies", red_flags.report),
        ("HINT3, real messages to three other bots", lambda: _hint3(diet)),
        ("Speed on the machine that ran this", speed.report),
    ]
    lines = [HEAD]
    for title, report in sections:
        lines += [f"## {title}", "", *report(), ""]
    text = "\n".join(lines).rstrip() + "\n"
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _hint3(diet: bool) -> Iterator[str]:
    data = hint3.folder()
    if data is None:
        yield "HINT3_DIR names no folder: figures of the run that was kept. The data are published"
        yield f"at {hint3.PUBLISHED_AT}."
        yield ""
    elif diet:
        _run_starter()
    yield "Best overall accuracy / best Matthews correlation, the threshold swept over the test set"
    yield "as in the paper: a ceiling. The few settings of our model were compared on these sets,"
    yield "too: they are development data for it."
    yield ""
    yield from hint3.report(data)


def _run_starter() -> None:
    """In a process of its own: it needs the real TensorFlow, and takes minutes."""
    STARTER_LOG.parent.mkdir(parents=True, exist_ok=True)
    with STARTER_LOG.open("w") as log:
        run = [sys.executable, "-m", "benchmarks.diet"]
        subprocess.run(run, cwd=ROOT, check=True, stdout=log, stderr=log)


if __name__ == "__main__":
    sys.exit(main())
