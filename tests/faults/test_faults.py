"""Some people, some faults: nothing that was acknowledged is lost (all of it: `make faults`)."""

from __future__ import annotations

from tests.faults.__main__ import Report, run, table

FAULTS = ("killed between the action's write", "disk full", "action server hangs", "clock 2 days")


def test_nothing_is_lost() -> None:
    report = Report()
    run(report, conversations=20, rounds=1, seed=1, is_shared=False, only=FAULTS, quick=True)
    assert report.counts.problems == [], table(report)
    assert report.is_good, table(report)
    assert len(report.injected) >= len(FAULTS), report.missed
    assert report.counts.acknowledged.total() > 120
