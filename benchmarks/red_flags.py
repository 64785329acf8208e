"""How the red-flag detector does on its sets of cases: `python -m benchmarks.red_flags`.

Prints figures only, never a sentence. 95 % intervals are Wilson's. The cases are invented and
were not read by a clinician: no clinical evidence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.figures import share
from bot.content.all_content import read_content
from bot.content.red_flags import RedFlagContent
from bot.triage.raising import Finding
from bot.triage.red_flags import RedFlagDetector

ROOT = Path(__file__).resolve().parents[1]
SETS = {
    "own": ROOT / "tests/cases/red_flags.yml",
    "development": ROOT / "content/red_flag_examples/2026_11.yml",
    "held-out": ROOT / "tests/cases/held_out/red_flags.yml",
}
RANK = {"none": 0, "confirm": 0, "routine": 1, "urgent": 2, "emergency": 3, "crisis": 3}
ALARMS = ("crisis", "emergency", "urgent")


@dataclass(frozen=True)
class Case:
    """A message, the level it must raise, and the row of the table."""

    says: str
    level: str
    sign: str
    kind: str = "-"


@dataclass(frozen=True)
class Result:
    """What the detector made of a case."""

    case: Case
    finding: Finding

    @property
    def rank(self) -> int:
        """How high the level of the card is."""
        return RANK[self.finding.level or "none"]

    @property
    def is_caught(self) -> bool:
        """Is a card of at least the right level due?"""
        if self.case.level == "crisis":
            return self.finding.level == "crisis"
        return self.rank >= RANK[self.case.level]


def cases_of(path: Path, content: RedFlagContent) -> list[Case]:
    """The cases of a file, in either of its two forms."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    return [_case(one, content) for one in raw]


def _case(raw: dict[str, Any], content: RedFlagContent) -> Case:
    expect = raw.get("expect")
    if expect is None:
        return Case(raw["says"], raw["level"], str(raw["sign"]), raw.get("kind", "-"))
    if expect == "none" or isinstance(expect, dict):
        return Case(raw["says"], "none" if expect == "none" else "confirm", "-")
    flag = content.rule(expect)
    return Case(raw["says"], flag.level, str(flag.sign))


def _of_set(results: Sequence[Result]) -> Iterable[str]:
    """The figures of one set, line by line."""
    alarms = [r for r in results if r.case.level in ALARMS]
    for level in ALARMS:
        of_level = [r for r in alarms if r.case.level == level]
        yield f"recall {level}: {share(sum(r.is_caught for r in of_level), len(of_level))}"
    right = sum(r.finding.level == r.case.level for r in alarms)
    yield f"right level: {share(right, len(alarms))}"
    low = sum(RANK[r.case.level] - r.rank > 1 for r in alarms)
    yield f"two levels too low: {share(low, len(alarms))}"
    asked = sum(not r.is_caught and r.finding.confirm is not None for r in alarms)
    yield f"asked instead of raised: {share(asked, len(alarms))}"
    for level in ("none", "confirm"):
        quiet = [r for r in results if r.case.level == level]
        cards = sum(r.finding.level is not None for r in quiet)
        confirms = sum(r.finding.confirm is not None for r in quiet)
        yield f"cards on {level}: {share(cards, len(quiet))}"
        yield f"confirm lines on {level}: {share(confirms, len(quiet))}"
    yield "recall per sign: " + ", ".join(_per_sign(alarms))
    yield "cards on none per kind: " + ", ".join(_per_kind(results))


def _per_sign(alarms: Sequence[Result]) -> Iterable[str]:
    signs = {r.case.sign for r in alarms}
    for sign in sorted(signs, key=lambda s: (not s.isdigit(), s.zfill(3))):
        of_sign = [r for r in alarms if r.case.sign == sign]
        yield f"{sign}: {sum(r.is_caught for r in of_sign)}/{len(of_sign)}"


def _per_kind(results: Sequence[Result]) -> Iterable[str]:
    quiet = [r for r in results if r.case.level == "none"]
    for kind in sorted({r.case.kind for r in quiet}):
        of_kind = [r.finding.level is not None for r in quiet if r.case.kind == kind]
        yield f"{kind}: {sum(of_kind)}/{len(of_kind)}"


def report() -> Iterable[str]:
    """Markdown: the figures of every set that is there."""
    content = read_content(ROOT / "content").red_flags
    detector = RedFlagDetector(content)
    for name, path in SETS.items():
        if path.exists():
            results = [Result(case, detector.find(case.says)) for case in cases_of(path, content)]
            yield f"### {name}"
            yield ""
            yield from (f"- {line}" for line in _of_set(results))
            yield ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
