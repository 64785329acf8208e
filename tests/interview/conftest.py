"""The interview as shipped."""

from __future__ import annotations

import pytest
from interview_person import CONTENT, Person

from bot.content.files import Problems
from bot.content.interview import Script, read_interview


@pytest.fixture(scope="session")
def script() -> Script:
    problems = Problems()
    found = read_interview(CONTENT, problems)
    assert problems.lines == []
    return found


@pytest.fixture
def person(script: Script) -> Person:
    return Person(script)
