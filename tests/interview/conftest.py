"""The interview as shipped."""

from __future__ import annotations

import pytest
from interview_person import Person, shipped_script

from bot.content.interview import Script


@pytest.fixture
def script() -> Script:
    return shipped_script()


@pytest.fixture
def person(script: Script) -> Person:
    return Person(script)
