"""The bot needs no network: each bot of the tests runs with everything but loopback closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NO_NETWORK, Person, of_type

TRIES = (
    "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
    "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "import urllib.request; urllib.request.urlopen('https://example.org', timeout=1)",
)


def network_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (database,) = tmp_path_factory.getbasetemp().glob("bot[0-9]*/bot.db")
    return database.with_name("network.log")


def test_questions_are_answered(person: Person, tmp_path_factory: pytest.TempPathFactory) -> None:
    answer = of_type(person.say("how is a relapse treated"), "answer")
    assert answer["topic"] == "treatment_overview" and answer["sources"]
    assert of_type(person.say("what does blincyto do to the brain?"), "answer")
    assert not network_log(tmp_path_factory).exists(), "nothing even tried"


@pytest.mark.parametrize("tries", TRIES)
def test_the_network_is_really_closed(tmp_path: Path, tries: str) -> None:
    log = tmp_path / "network.log"
    settings = {"PYTHONPATH": str(NO_NETWORK), "NETWORK_LOG": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", tries], env={**os.environ, **settings}, capture_output=True
    )
    assert done.returncode == 1 and b"NetworkIsClosed" in done.stderr
    assert log.read_text(encoding="utf-8").startswith("socket.")


def test_loopback_is_open(tmp_path: Path) -> None:
    listens = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "socket.create_connection(s.getsockname(), 5)"
    )
    settings = {"PYTHONPATH": str(NO_NETWORK), "NETWORK_LOG": str(tmp_path / "network.log")}
    subprocess.run([sys.executable, "-c", listens], env={**os.environ, **settings}, check=True)
