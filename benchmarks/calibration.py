"""How far a score can be read as the chance to be right: the expected calibration error (ECE).

The ECE is the mean distance of score and share of right answers, over ten bins of the score,
weighted by how many messages a bin holds. The score of bot/nlu/intents.py is made to order and to
decline, not as a probability, so it is also shown read through one curve with two numbers, learned
on the cross-validated training examples.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.cross_validation import cross_validated
from benchmarks.understanding import SETS, heard
from bot.settings import ROOT

PLOT = ROOT / "docs" / "evaluation" / "reliability.svg"
BINS = 10
LEAST_SCORE = 1e-3
LEARNED_FROM = "training examples, cross-validated"
MARKERS = "os^DvPX"


@dataclass(frozen=True)
class Bin:
    """Messages whose score lies in one tenth of the scale."""

    score: float
    right: float
    messages: int


@dataclass(frozen=True)
class Curve:
    """Chance to be right = 1 / (1 + exp(-(slope * log score + offset)))."""

    slope: float
    offset: float

    def chances(self, scores: Sequence[float]) -> list[float]:
        """What the scores stand for."""
        logits = self.slope * _logs(scores) + self.offset
        return [float(chance) for chance in 1.0 / (1.0 + np.exp(-logits))]


def fitted_curve(scores: Sequence[float], right: Sequence[bool]) -> Curve:
    """The curve that fits these best (Platt scaling on the logarithm of the score)."""
    fit = LogisticRegression(C=1e6).fit(_logs(scores)[:, None], right)
    return Curve(float(fit.coef_[0, 0]), float(fit.intercept_[0]))


def bins(scores: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """The bins that hold a message, lowest score first."""
    score, hit = np.array(scores), np.array(right)
    place = np.clip((score * BINS).astype(int), 0, BINS - 1)
    return [
        Bin(float(score[at].mean()), float(hit[at].mean()), int(at.sum()))
        for at in (place == number for number in range(BINS))
        if at.any()
    ]


def expected_error(scores: Sequence[float], right: Sequence[bool]) -> float:
    """ECE from 0 (a score of 0.7 is right in 7 of 10) to 1; at least one message."""
    found = bins(scores, right)
    return sum(b.messages * abs(b.score - b.right) for b in found) / sum(b.messages for b in found)


def draw(file: Path, panels: dict[str, dict[str, list[Bin]]]) -> None:
    """A reliability plot with one panel for each title, one line for each name."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "afterall"  # the same figures, the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(panels), figsize=(5 * len(panels), 4.4), squeeze=False)
    for axis, (title, lines) in zip(axes[0], panels.items(), strict=True):
        _panel(axis, title, lines)
    figure.tight_layout()
    file.parent.mkdir(exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _panel(axis: Any, title: str, lines: dict[str, list[Bin]]) -> None:
    axis.plot([0, 1], [0, 1], color="0.7", linestyle=":", label="score = share right")
    for (name, found), marker in zip(lines.items(), MARKERS, strict=False):
        axis.plot([b.score for b in found], [b.right for b in found], marker=marker, label=name)
    axis.set(xlim=(0, 1), ylim=(0, 1), title=title, xlabel="score", ylabel="share right")
    axis.legend(loc="lower right", fontsize="small")


def report() -> Iterator[str]:
    """Markdown; draws the plot."""
    sets = {LEARNED_FROM: _scores_and_right(cross_validated())}
    for name, ending in SETS.items():
        asked, outside = heard(ending)
        sets[f"held-out questions, {name}"] = _scores_and_right(asked)
        sets[f"held-out messages to decline, {name}"] = _scores_and_right(outside)
    curve = fitted_curve(*sets[LEARNED_FROM])
    chances = {name: (curve.chances(scores), right) for name, (scores, right) in sets.items()}
    yield "| messages | n | ECE of the score | ECE of the score read through the curve |"
    yield "|---|---|---|---|"
    for name, (scores, right) in sets.items():
        errors = (expected_error(scores, right), expected_error(*chances[name]))
        yield f"| {name} | {len(right)} | {errors[0]:.3f} | {errors[1]:.3f} |"
    yield ""
    yield "The score orders and declines; it is no probability and lies far below the share that is"
    yield f"right. The curve, 1 / (1 + exp(-({curve.slope:.2f} log score + {curve.offset:.2f}))),"
    yield "learned on the cross-validated examples only, makes it one; the bot does not use it."
    yield ""
    yield f"![Reliability of the score]({PLOT.relative_to(PLOT.parents[1])})"
    draw(
        PLOT,
        {
            "the score": {name: bins(*one) for name, one in sets.items()},
            "the score read through the curve": {name: bins(*one) for name, one in chances.items()},
        },
    )


def _scores_and_right(messages: Sequence[Any]) -> tuple[list[float], list[bool]]:
    return [message.score for message in messages], [message.right for message in messages]


def _logs(scores: Sequence[float]) -> Any:
    return np.log(np.maximum(np.array(scores), LEAST_SCORE))


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
