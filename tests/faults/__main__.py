"""`make faults`: people talk while processes are killed, disks are full and databases are gone.

500 conversations (interviews and questions, four at once) with a real bot, an action server, and
SQLite or PostgreSQL and Redis. Afterwards every message that was acknowledged must be there, once
and in order. Prints the table; a full run writes docs/faults.md. Ends with 1 when anything is lost.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.database.engine import connect
from bot.settings import ROOT
from tests.faults.talks import Counts, Talk
from tests.faults.world import NONE, Kind, NotInjected, World, kinds, running_world
from tests.sealed import KEYS

DOCUMENT = ROOT / "docs" / "faults.md"
MARK = "## The run"
AT_ONCE = 4


@dataclass
class Report:
    """What came of the run."""

    counts: Counts = field(default_factory=Counts)
    injected: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    conversations: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Nothing lost, doubled or half done."""
        counts = self.counts
        return not (counts.problems or counts.lost.total() or counts.doubled.total())


def run(
    report: Report,
    *,
    conversations: int,
    rounds: int,
    seed: int,
    is_shared: bool,
    only: tuple[str, ...] = ("",),
    quick: bool = False,
) -> None:
    """Conversations of one world, during `rounds` of all its faults in an order of the seed."""
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="faults") as name,
        running_world(Path(name), is_shared=is_shared) as world,
    ):
        order = _order(world, rounds, seed, only)
        _talk_and_break(world, report, order, conversations, seed, quick=quick)
    report.conversations += conversations
    report.seconds += time.monotonic() - begun


def _order(world: World, rounds: int, seed: int, only: tuple[str, ...]) -> list[Kind]:
    chance = random.Random(seed)
    wanted = [k for k in kinds(world) if any(words in k.name for words in only)]
    made: list[Kind] = []
    for _ in range(rounds):
        chance.shuffle(wanted)
        made += wanted
    return made


def _talk_and_break(
    world: World, report: Report, order: list[Kind], conversations: int, seed: int, *, quick: bool
) -> None:
    talks = [Talk(world, report.counts, n, seed) for n in range(conversations)]
    begun, done = count(), 0
    broken = 0  # faults that are over
    failed: list[BaseException] = []

    def people() -> None:
        nonlocal done
        while (number := next(begun)) < conversations:
            # Spread over the faults, so that somebody talks during each of them.
            while number > (broken + 2) * conversations / max(1, len(order)) and not failed:
                time.sleep(0.05)
            try:
                talks[number].run()
            except BaseException as error:
                failed.append(error)
                raise
            done += 1

    threads = [threading.Thread(target=people) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    chance = random.Random(seed + 1)
    for kind in order:
        time.sleep(chance.uniform(0.1, 1.0))
        if done + len(failed) < conversations:
            _break(world, report, kind, quick=quick)
        broken += 1
    world.is_over = True
    for thread in threads:
        thread.join()
    report.counts.problems += [f"{type(error).__name__}: {error}" for error in failed]
    engine = connect(world.database, KEYS)
    for talk in talks:
        talk.check(engine)
    engine.dispose()


def _break(world: World, report: Report, kind: Kind, *, quick: bool) -> None:
    world.fault = kind.name
    try:
        kind.inject(world, kind.quick_s if quick else kind.seconds)
        report.injected[kind.name] += 1
    except NotInjected:
        report.missed[kind.name] += 1
    finally:
        world.fault = NONE


def table(report: Report) -> str:
    """The table of docs/faults.md."""
    counts = report.counts
    lines = [
        "| fault | times | acknowledged | lost | doubled | errors told | no answer at all |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in [*sorted(report.injected), NONE]:
        times = str(report.injected[name]) if name != NONE else ""
        numbers = (
            counts.acknowledged[name],
            counts.lost[name],
            counts.doubled[name],
            counts.errors[name],
            counts.unanswered[name],
        )
        cells = " | ".join(str(number) for number in numbers)
        lines.append(f"| {name if name != NONE else 'between faults'} | {times} | {cells} |")
    totals = [
        sum(counter.values())
        for counter in (
            report.injected,
            counts.acknowledged,
            counts.lost,
            counts.doubled,
            counts.errors,
            counts.unanswered,
        )
    ]
    lines.append(f"| **all** | {' | '.join(str(total) for total in totals)} |")
    return "\n".join(lines)


def main() -> int:
    """Run, print, and write the document after a full run."""
    options = argparse.ArgumentParser(prog="python -m tests.faults")
    options.add_argument("--conversations", type=int, default=500, help="half in each world")
    options.add_argument("--rounds", type=int, default=4, help="how often each fault comes")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--only", default="", help="faults whose name holds this")
    options.add_argument("--world", choices=("sqlite", "shared", "both"), default="both")
    options.add_argument("--write", action="store_true", help="write docs/faults.md")
    chosen = options.parse_args()
    report = Report()
    worlds = {"sqlite": [False], "shared": [True], "both": [False, True]}[chosen.world]
    for is_shared in worlds:
        run(
            report,
            conversations=chosen.conversations // len(worlds),
            rounds=chosen.rounds,
            seed=chosen.seed,
            is_shared=is_shared,
            only=(chosen.only,),
        )
    said = table(report)
    counts = report.counts
    sys.stdout.write(f"{said}\n\n{report.conversations} conversations, {report.seconds:.0f} s; ")
    sys.stdout.write(
        f"begun anew: {counts.begun_anew}; over by the clock: {counts.over_by_clock}; "
    )
    sys.stdout.write(f"not injected: {dict(report.missed)}; ")
    sys.stdout.write(f"slowest card: {counts.slowest_card_s:.1f} s\n")
    for problem in counts.problems[:40]:
        sys.stdout.write(f"PROBLEM {problem}\n")
    if chosen.write and report.is_good:
        DOCUMENT.write_text(_document(report, chosen), encoding="utf-8")
    return 0 if report.is_good else 1


def _document(report: Report, chosen: argparse.Namespace) -> str:
    """docs/faults.md: what stands above the table stays, the rest is of this run."""
    words = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    counts = report.counts
    command = (
        f"python -m tests.faults --conversations {chosen.conversations} "
        f"--rounds {chosen.rounds} --seed {chosen.seed}"
    )
    took = f"{report.conversations} conversations in {report.seconds / 60:.0f} minutes"
    after = (
        f"Begun anew, because they were in memory only: {counts.begun_anew} conversations. Over by "
        f"a clock that was wrong,\nand still in the database: {counts.over_by_clock}. The slowest "
        f"card for an emergency came after {counts.slowest_card_s:.1f} s."
    )
    return f"{words}{MARK}\n\n`{command}`: {took}.\n\n{table(report)}\n\n{after}\n"


if __name__ == "__main__":
    sys.exit(main())
