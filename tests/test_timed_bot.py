"""The clock around the parts of a message (`make bench`) counts what it says."""

from __future__ import annotations

import asyncio
import functools
import time
from importlib import import_module

import pytest

from benchmarks.timed_bot import OTHER, PARTS, Clock, timed

PARTS_OF_A_TURN = ("our channel", "policies", "database: records")


def work(seconds: float) -> None:
    """On the processor."""
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


def test_time_inside_another_part_counts_once() -> None:
    clock = Clock()
    inner = timed(clock, PARTS_OF_A_TURN[1], lambda: work(0.05))
    apart = timed(clock, PARTS_OF_A_TURN[2], lambda: work(0.05))

    async def turn() -> str:
        work(0.05)
        inner()
        await asyncio.sleep(0.01)
        await asyncio.to_thread(apart)
        try:
            await asyncio.wait_for(asyncio.sleep(5), timeout=0.01)
        except asyncio.TimeoutError:
            work(0.05)
        return "said"

    outer = timed(clock, PARTS_OF_A_TURN[0], turn)
    assert asyncio.run(outer()) == "said"
    spent = [clock.spent[part] for part in PARTS_OF_A_TURN]
    assert spent == pytest.approx([0.1, 0.05, 0.05], abs=0.02)
    shares = clock.shares()
    assert sum(shares.values()) == pytest.approx(100, abs=1)
    assert shares[OTHER] >= 0


@pytest.mark.parametrize("place", [place for places in PARTS.values() for place in places])
def test_every_part_has_its_name(place: str) -> None:
    module, _, path = place.partition(":")
    assert callable(functools.reduce(getattr, path.split("."), import_module(module)))
