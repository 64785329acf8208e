"""The bot as `make run` starts it, for tests that speak to it over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.rasa_parts.stand_ins import TENSORFLOW, stand_in_for
from tests.services import free_port, running_postgres, running_redis
from tests.slack.fake_slack import FakeSlack, fake_slack

__all__ = ["free_port"]

# As the bot does; importing it would take longer than many of the tests.
stand_in_for(TENSORFLOW)

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 420  # the first start trains the model
METRICS_TOKEN = "a-token-of-the-tests"
CLINIC = "https://clinic.example"  # a website that may use the chat
NO_NETWORK = ROOT / "tests" / "no_network"  # its sitecustomize.py lets a bot reach loopback only


class Person:
    """Somebody who chats: one conversation over HTTP."""

    def __init__(self, client: httpx.Client, **wanted: Any) -> None:
        self.client = client
        opened = client.post("/chat/session", json=wanted)
        assert opened.status_code == 201, opened.text
        self.session = opened.json()
        self.headers = {"Authorization": f"Bearer {self.session['token']}"}

    def post(self, body: Any) -> httpx.Response:
        """Send a message body as it is."""
        return self.client.post("/chat/message", json=body, headers=self.headers)

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Type a message; the whole answer of the server."""
        return self._answered({"id": uuid.uuid4().hex, "text": text, **more})

    def tap(self, choice: str | list[str]) -> dict[str, Any]:
        """Tap a choice, or pick several."""
        return self._answered({"id": uuid.uuid4().hex, "choice": choice})

    def get(self, path: str, **query: str) -> httpx.Response:
        """Read something of this conversation."""
        return self.client.get(f"/chat/{path}", headers=self.headers, params=query)

    def _answered(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        turn: dict[str, Any] = answer.json()
        assert turn["messages"], "never an empty reply"
        return turn


def types(turn: dict[str, Any]) -> list[str]:
    """The types of a turn's messages."""
    return [message["type"] for message in turn["messages"]]


def of_type(turn: dict[str, Any], kind: str) -> dict[str, Any]:
    """The one message of this type."""
    found = [message for message in turn["messages"] if message["type"] == kind]
    assert len(found) == 1, f"{len(found)} {kind} in {types(turn)}"
    return found[0]


@contextmanager
def started_bot(
    folder: Path, *, ready: str = "/readyz", **environment: str
) -> Iterator[httpx.Client]:
    """`python -m bot run` with a database of its own and without a network; ended with Ctrl-C.
    `ready`: what answers 200 once it is up; a bot without its actions is alive, not ready."""
    port = free_port()
    log = folder / "bot.log"
    settings = {
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "SESSIONS_PER_MINUTE": "10000",
        "MESSAGES_PER_MINUTE": "10000",
        "ALLOWED_ORIGINS": CLINIC,
        "PYTHONPATH": str(NO_NETWORK),
        "NETWORK_LOG": str(folder / "network.log"),
        **environment,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait_until_ready(client, process, log, ready)
            yield client
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def _wait_until_ready(
    client: httpx.Client, process: subprocess.Popen[bytes], log: Path, ready: str
) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the bot stopped:\n{log.read_text()[-4000:]}"
        try:
            if client.get(ready).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"not ready after {READY_WITHIN_S} s:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def slack() -> Iterator[FakeSlack]:
    """The Slack that the started bot speaks to."""
    with fake_slack() as made:
        yield made


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, slack: FakeSlack) -> Iterator[httpx.Client]:
    """One started bot for all tests that do not change its settings; Slack is on."""
    more = {**slack.settings, "METRICS_TOKEN": METRICS_TOKEN}
    with started_bot(tmp_path_factory.mktemp("bot"), **more) as client:
        yield client


@pytest.fixture
def person(bot: httpx.Client) -> Person:
    """A new conversation."""
    return Person(bot)


@pytest.fixture
def new_person(bot: httpx.Client) -> Callable[..., Person]:
    """Further conversations, with what their session begins with."""
    return lambda **wanted: Person(bot, **wanted)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--golden`: write golden files anew instead of comparing with them."""
    parser.addoption("--golden", action="store_true", help="write golden files of the widget anew")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of an empty PostgreSQL, for all tests of the run."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a Redis, for all tests of the run."""
    with running_redis() as url:
        yield url
