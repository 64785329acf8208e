"""A little of `make fuzz`: no input makes what reads it fail."""

from __future__ import annotations

import os
import time
from functools import cache

import pytest

from benchmarks.fuzz import Result, _try, faults, run
from benchmarks.fuzz_targets import TODAY, Target
from bot.content.interview import Script
from bot.content.kept import kept_content
from bot.interview.step import take_message
from bot.settings import ROOT

INPUTS = int(os.environ.get("INPUTS", "1000"))


def test_no_input_is_too_strange() -> None:
    results = run(INPUTS, number=2, seconds=600)
    assert faults(results) == []
    assert sum(r.inputs for r in results) >= INPUTS * 0.9
    assert sum(r.mutated for r in results) >= sum(r.inputs for r in results) / 2


def test_a_crash_is_seen_with_its_input() -> None:
    result = Result("bad")
    _try(Target("bad", lambda text: int(text), "text", 1), "x", result)
    (fault,) = faults([result])
    assert "ValueError" in fault and "'x'" in fault


LONG = {
    "spaces": "fever" + " " * 10_000 + "x",
    "lines": "fever" + "\n" * 10_000 + "x",
    "so": "so " * 3_300 + "x",
    "since": "fever " + "since " * 1_600 + "x",
    "no": "i don't " + "no " * 3_300 + "x",
    "commas": "fever " + "," * 10_000 + "x",
}
MOST_S = 4.0  # on the processor; spaces and commas once took more than 24 s of 20,000 characters


@cache
def shipped_script() -> Script:
    return kept_content(ROOT / "content").interview


@pytest.mark.parametrize("name", LONG)
def test_one_long_message_does_not_hold_up_the_interview(name: str) -> None:
    script = shipped_script()
    told = take_message(script, [], text="fever", message_id="1", today=TODAY).answers
    begun = time.thread_time()
    take_message(script, told, text=LONG[name], message_id="2", today=TODAY)
    assert time.thread_time() - begun < MOST_S
