"""The statistics and the plot of `make evaluate`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.calibration import bins, draw, expected_error, fitted_curve


@pytest.mark.parametrize(
    ("scores", "right", "error"),
    [
        ([0.75] * 4, [True, True, True, False], 0.0),
        ([0.25] * 4, [True] * 4, 0.75),
        ([1.0, 0.0], [True, False], 0.0),
        ([0.95, 0.95, 0.05, 0.05], [True, False, False, False], 0.25),
    ],
)
def test_expected_error(scores: list[float], right: list[bool], error: float) -> None:
    assert expected_error(scores, right) == pytest.approx(error)


def test_a_curve_learns_what_a_score_stands_for() -> None:
    scores = [0.1] * 100 + [0.3] * 100
    right = [number < 60 for number in range(100)] + [number < 95 for number in range(100)]
    assert expected_error(scores, right) > 0.5
    chances = fitted_curve(scores, right).chances(scores)
    assert chances == sorted(chances)
    assert expected_error(chances, right) < 0.02


def test_the_same_figures_are_the_same_plot(tmp_path: Path) -> None:
    found = bins([0.1, 0.4, 0.9], [False, True, True])
    files = [tmp_path / "one.svg", tmp_path / "other.svg"]
    for file in files:
        draw(file, {"left": {"held out": found}, "right": {"held out": found}})
    one, other = (file.read_text(encoding="utf-8") for file in files)
    assert one == other and "<svg" in one
