"""Dates as people say them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.interview.onset import Onset, parse_onset
from bot.interview.times import Future, TwoDates

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "onset.yml").read_text())
WORDS = [
    "since",
    "for",
    "2",
    "3",
    "weeks",
    "days",
    "a",
    "couple",
    "of",
    "months",
    "last",
    "Tuesday",
    "March",
    "early",
    "around",
    "Christmas",
    "chemo",
    "my",
    "yesterday",
    "31",
    "february",
    "2024",
    "12/03",
    "next",
    "year",
    "end",
    "the",
    "past",
    "and",
    "half",
    "or",
    "ago",
    "summer",
    "before",
    "after",
    "in",
    "on",
    "99",
    "1/2",
    "-",
    ".",
    "?",
]


@pytest.mark.parametrize(("says", "today", "date", "precision"), CASES["dated"], ids=str)
def test_dated(says: object, today: datetime.date, date: datetime.date, precision: str) -> None:
    read = parse_onset(str(says), today=today)
    assert isinstance(read, Onset)
    assert (read.date, read.precision, read.text) == (date, precision, str(says))


@pytest.mark.parametrize(("says", "today", "expect"), CASES["other"], ids=str)
def test_no_onset(says: object, today: datetime.date, expect: str) -> None:
    read = parse_onset(str(says), today=today)
    kind = {Future: "future", TwoDates: "two_dates", type(None): "nothing"}
    assert kind.get(type(read)) == expect, read


@given(
    st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join) | st.text(max_size=40),
    st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2100, 1, 1)),
)
def test_never_in_the_future_and_words_kept(says: str, today: datetime.date) -> None:
    read = parse_onset(says, today=today)
    if isinstance(read, Onset):
        assert read.date is None or read.date <= today
        assert (read.date is None) == (read.precision in ("event", "unknown"))
        assert read.text == says.strip()


def test_enough_phrases() -> None:
    assert len(CASES["dated"]) + len(CASES["other"]) >= 120
