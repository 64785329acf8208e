"""Whom a question is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.kept import kept_content
from bot.nlu.audience import AudienceWords

WORDS = AudienceWords(kept_content(Path(__file__).resolve().parents[2] / "content").audience)


@pytest.mark.parametrize(
    ("says", "audience"),
    [
        ("my son is 7", "child"),
        ("my son, 34, relapsed", "adult"),
        ("relapsed b all at 31, have a toddler. what are my options", "adult"),
        ("diagnosed at 29 with B-ALL", "adult"),
        ("it came back at 2 years", None),
        ("relapse at 10 am", None),
        ("relapsed at day 33", None),
        ("i have a toddler with ALL", "child"),
        ("I have two kids and it is back", None),
        ("can i still have kids after", None),
        ("how do I tell my kids", None),
        ("I look after mum as her carer", "adult"),
    ],
)
def test_whom_it_is_about(says: str, audience: str | None) -> None:
    assert WORDS.find(says) == audience
