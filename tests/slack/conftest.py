"""People in a workspace with the bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.slack.fake_slack import FakeSlack, SlackPerson


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, Slack must have taken every call."""
    yield
    if "slack" in request.fixturenames:
        made = request.getfixturevalue("slack")
        faults, made.faults = made.faults, []
        assert faults == []


@pytest.fixture
def slacker(slack: FakeSlack, bot: httpx.Client) -> SlackPerson:
    """Somebody who never wrote to the bot."""
    return SlackPerson(slack, bot)


@pytest.fixture
def new_slacker(slack: FakeSlack, bot: httpx.Client) -> Callable[[], SlackPerson]:
    """Further people."""
    return lambda: SlackPerson(slack, bot)


@pytest.fixture
def database(bot: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the started bot."""
    return next(tmp_path_factory.getbasetemp().glob("bot*/bot.db"))
