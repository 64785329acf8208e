"""Fuzzing of all that reads what somebody sent: `python -m benchmarks.fuzz --inputs 200000`.

Half of the inputs are real sentences, changed; half are made up by hypothesis. Any exception is a
crash, and so is a call that takes longer than MOST_S. The same seed gives the same inputs, in
pieces that the cores share; which question of the interview an input meets depends on what else
that core has tried. With the full number of inputs, docs/fuzzing.md is written.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.fuzz_inputs import MUTATIONS, STRATEGIES, sentences
from benchmarks.fuzz_targets import Target, targets
from bot.settings import ROOT

FULL = 200_000
MOST_S = 2.0
PIECE = 500  # inputs to one target at a time
SHOWN = 5  # crashes at one place
REPORT = ROOT / "docs" / "fuzzing.md"


class TooSlow(BaseException):
    """The call was broken off."""


class OutOfTime(Exception):
    """The run has to end."""


@dataclass
class Result:
    """What happened at one target; `crashes` counts by what and where, `examples` are inputs."""

    target: str
    mutated: int = 0
    made_up: int = 0
    slowest_s: float = 0.0
    slowest_size: int = 0
    crashes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """All that were tried."""
        return self.mutated + self.made_up

    def add(self, other: Result) -> None:
        """Count those of another one as well."""
        if other.slowest_s > self.slowest_s:
            self.slowest_s, self.slowest_size = other.slowest_s, other.slowest_size
        self.mutated += other.mutated
        self.made_up += other.made_up
        self.crashes += other.crashes
        for name, values in other.examples.items():
            self.examples[name] = [*self.examples.get(name, []), *values][:SHOWN]


@dataclass(frozen=True)
class Piece:
    """A part of the inputs of one target; `seed` is its own, and nothing is tried after `ends`
    (of time.monotonic)."""

    target: str
    inputs: int
    seed: int
    ends: float


def run(inputs: int, *, number: int, seconds: float, processes: int = 1) -> list[Result]:
    """Fuzz all targets with about `inputs` in all; `number` is the seed. Broken off after
    `seconds`."""
    results = {name: Result(name) for name in _targets()}
    with ExitStack() as pool:
        each: Callable[..., Iterator[Result]] = map
        if processes > 1:
            # A new interpreter each: a copy of one with threads may hang.
            fresh = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
            each = pool.enter_context(fresh).map
        for part in each(_fuzz, _pieces(inputs, number, time.monotonic() + seconds)):
            results[part.target].add(part)
    return list(results.values())


def _pieces(inputs: int, number: int, ends: float) -> list[Piece]:
    """Those of all targets in turn, so that whatever is broken off is missing everywhere."""
    shares = sum(target.share for target in _targets().values())
    pieces = []
    for target in _targets().values():
        of_target = -(-inputs * target.share // shares)  # rounded up
        sizes = [min(PIECE, of_target - first) for first in range(0, of_target, PIECE)]
        pieces += [(n, Piece(target.name, size, n, ends)) for n, size in enumerate(sizes)]
    pieces.sort(key=lambda numbered: numbered[0])
    return [replace(piece, seed=number * FULL + n) for n, piece in pieces]


@cache
def _targets() -> dict[str, Target]:
    return {target.name: target for target in targets()}


def _fuzz(piece: Piece) -> Result:
    target, ends = _targets()[piece.target], piece.ends
    result = Result(target.name)
    half = (piece.inputs + 1) // 2
    dice = random.Random(f"{piece.seed} {target.name}")  # noqa: S311  no secret
    if target.takes == "text":
        target.call("since last Monday")  # what is loaded at the first use
    for _ in range(half):
        if time.monotonic() > ends:
            return result
        result.mutated += 1
        _try(target, MUTATIONS[target.takes](dice), result)

    @seed(piece.seed)
    @settings(
        max_examples=piece.inputs - half,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(STRATEGIES[target.takes])
    def made_up(value: Any) -> None:
        if time.monotonic() > ends:
            raise OutOfTime
        result.made_up += 1
        _try(target, value, result)

    try:
        if piece.inputs > half:
            made_up()
    except OutOfTime:
        pass
    return result


def _try(target: Target, value: Any, result: Result) -> None:
    begun = time.thread_time()  # on the processor: other programs run, too
    try:
        with_limit(MOST_S, lambda: target.call(value))
    except (Exception, TooSlow) as error:  # noqa: BLE001  every crash is counted
        where = traceback.extract_tb(error.__traceback__)
        ours = [f for f in where if "/bot/" in f.filename] or where
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        name = f"{type(error).__name__} at {place}"
        result.crashes[name] += 1
        if result.crashes[name] <= SHOWN:
            result.examples.setdefault(name, []).append(value)
    took = time.thread_time() - begun
    if took > MOST_S and not result.crashes:  # where Python swallowed it
        result.crashes["TooSlow"] += 1
        result.examples.setdefault("TooSlow", []).append(value)
    if took > result.slowest_s:
        text = value if isinstance(value, str | bytes) else repr(value)
        result.slowest_s, result.slowest_size = took, len(text)


def with_limit(most_s: float, call: Callable[[], object]) -> None:
    """Call it; TooSlow after that time, also inside a regular expression."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most_s)
    try:
        call()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def table(results: list[Result]) -> Iterator[str]:
    """As Markdown."""
    yield "| what reads | inputs | of real sentences | crashes | slowest call, ms (size) |"
    yield "|---|---|---|---|---|"
    for r in [*results, _total(results)]:
        slow = f"{1000 * r.slowest_s:.0f} ({r.slowest_size:,})"
        crashes = sum(r.crashes.values())
        yield f"| {r.target} | {r.inputs:,} | {r.mutated:,} | {crashes} | {slow} |"


def _total(results: list[Result]) -> Result:
    total = Result("**all**")
    for result in results:
        total.add(result)
    return total


def faults(results: list[Result]) -> list[str]:
    """Each kind of crash, with inputs that cause it."""
    return [
        f"{r.target}: {name} ({number} times), for instance {r.examples[name][0]!r:.300}"
        for r in results
        for name, number in r.crashes.items()
    ]


def main() -> int:
    """Print the table; 1 when anything crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=100)
    wanted = parser.parse_args()
    begun = time.monotonic()
    results = run(
        wanted.inputs,
        number=wanted.seed,
        seconds=60 * wanted.minutes,
        processes=os.cpu_count() or 1,
    )
    total = sum(r.inputs for r in results)
    lines = [
        "# Fuzzing",
        "",
        "Written by `make fuzz` (benchmarks/fuzz.py); do not edit. A crash is any exception, and",
        f"any call of more than {MOST_S:.0f} s. Seed {wanted.seed}, {total:,} inputs in",
        f"{time.monotonic() - begun:.0f} s. Half of them are changed ones of {len(sentences()):,}",
        "sentences of tests/cases and data/nlu.yml. Over HTTP: tests/security/test_openapi.py.",
        "",
        *table(results),
    ]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    found = faults(results)
    sys.stdout.write("".join(f"CRASH {line}\n" for line in found))
    if wanted.inputs >= FULL and total >= FULL:
        REPORT.write_text(text, encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
