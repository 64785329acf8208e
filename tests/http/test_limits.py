"""The counts of one process: a moving minute, and nothing kept for ever."""

from __future__ import annotations

from limits import RateLimitItemPerMinute

from bot.channels.limits import FORGET_S, OwnCounts


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_so_many_in_any_minute() -> None:
    clock = Clock()
    counts, limit = OwnCounts(clock), RateLimitItemPerMinute(2)
    assert [counts.hit(limit, "message", "a") for _ in range(3)] == [True, True, False]
    assert counts.hit(limit, "message", "b")
    clock.at += 59
    assert not counts.hit(limit, "message", "a")
    clock.at += 2
    assert [counts.hit(limit, "message", "a") for _ in range(3)] == [True, True, False]


def test_what_was_not_seen_for_long_is_dropped() -> None:
    clock = Clock()
    counts, limit = OwnCounts(clock), RateLimitItemPerMinute(2)
    counts.hit(limit, "message", "a")
    clock.at += FORGET_S + 1
    counts.hit(limit, "message", "b")
    assert len(counts._times) == 1
