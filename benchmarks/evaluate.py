"""`make evaluate`: every evaluation in one run, printed and written to docs/evaluation.md."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable

from benchmarks import hint3, red_flags, threshold, understanding
from bot.settings import ROOT

TARGET = ROOT / "docs" / "evaluation.md"
HEAD = """# Evaluation

Written by `make evaluate`; do not edit. The cases were invented by language models from a list of
topics and signs, one author labelled them, and no clinician has read them: these figures are no
clinical evidence. How the held-out cases came about and how they are frozen:
[tests/cases/held_out](../tests/cases/held_out/README.md); their totals were looked at while
examples and rules grew, so they are no longer blind. Intervals are 95 % (Wilson).
"""


def main() -> int:
    """Print and write all sections. A section that cannot run says why."""
    diet = ["--diet"] if "--diet" in sys.argv else []
    sections: list[tuple[str, Callable[[], Iterable[str]]]] = [
        ("Questions (held out)", understanding.report),
        ("The threshold, on examples set aside", threshold.report),
        ("Emergencies", red_flags.report),
        ("HINT3, real messages to three other bots", lambda: _hint3(diet)),
    ]
    lines = [HEAD]
    for title, report in sections:
        lines += [f"## {title}", "", *report(), ""]
    text = "\n".join(lines).rstrip() + "\n"
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _hint3(diet: list[str]) -> list[str]:
    """In a process of its own: the starter's pipeline needs the real TensorFlow."""
    if hint3.folder() is None:
        return [f"Not run: HINT3_DIR names no folder; published at {hint3.PUBLISHED_AT}."]
    run = [sys.executable, "-m", "benchmarks.hint3", *diet]
    done = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        "Best overall accuracy / best Matthews correlation, the threshold swept over the test set",
        "as in the paper: a ceiling. The few settings of our model were compared on these sets,",
        "too: they are development data for it.",
        "",
        *(line for line in done.stdout.splitlines() if line.startswith("|")),
    ]


if __name__ == "__main__":
    sys.exit(main())
