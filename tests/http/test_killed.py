"""Nothing typed is lost when the bot is killed (kill -9), whatever it is doing.

`make test` kills it at one step; `make test-killed` at every step of the interview.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT, free_port
from tests.faults.talks import INTERVIEW

SAID = list(INTERVIEW)  # the same talk as in the fault run
EVERY_STEP = os.environ.get("KILL_AT_EVERY_STEP") == "1"
# How long after a message was sent the process is killed: before, while and after it is answered.
DELAYS_S = (0.0, 0.02, 0.06, 0.3)


class Killable:
    """The bot as a process that can be killed and started again on the same database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.start()

    def start(self) -> None:
        """Start it and wait until it is able to answer."""
        settings = {
            "PORT": str(self._port),
            "DATABASE_URL": f"sqlite:///{self._folder}/bot.db",
            "MESSAGES_PER_MINUTE": "10000",
        }
        with (self._folder / "bot.log").open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=30)
        deadline = time.monotonic() + 420
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the bot stopped"
            with suppress(httpx.TransportError):
                if self.client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("not ready")

    def kill(self) -> None:
        """kill -9."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self.client.close()


def test_killed_while_answering(tmp_path: Path) -> None:
    bot = Killable(tmp_path)
    try:
        opened = bot.client.post("/chat/session", json={"start": "prepare_visit"}).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        ask(bot.client, headers, {"id": "consent", "choice": "consent_yes"})
        for step, text in enumerate(SAID):
            body = {"id": f"step-{step}", "text": text}
            if EVERY_STEP or step == 2:
                send_and_kill(bot, headers, body, DELAYS_S[step % len(DELAYS_S)])
                bot.start()
            turn = ask(bot.client, headers, body)
            assert ask(bot.client, headers, body) == turn, "the same id gives the same reply"
        assert turn["messages"][-1]["type"] == "summary"
        summary = bot.client.get("/chat/summary", headers=headers, params={"format": "json"}).json()
        said = [
            m["text"]
            for m in bot.client.get("/chat/history", headers=headers).json()["messages"]
            if m["type"] == "user" and m["text"] in SAID
        ]
    finally:
        bot.kill()
    assert said == SAID, "each message stands in the history once"
    got = {s["symptom"]: s for s in summary["symptoms"]}
    assert set(got) == {"fatigue", "easy_bruising"}
    assert got["fatigue"]["severity"]["value"] == "severe"
    assert got["fatigue"]["similar"]["value"] == "same"
    assert got["easy_bruising"]["onset"]["precision"] == "day"
    assert got["easy_bruising"]["severity"]["value"] == "mild"
    assert summary["treatments"]["words"] == SAID[6]
    assert summary["questions"] == [SAID[7]]


def ask(client: httpx.Client, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Send a message; the whole answer."""
    answer = client.post("/chat/message", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    turn: dict[str, Any] = answer.json()
    assert "error" not in [message["type"] for message in turn["messages"]]
    return turn


def send_and_kill(
    bot: Killable, headers: dict[str, str], body: dict[str, Any], delay_s: float
) -> None:
    """Send a message and kill the bot a moment later, with or without an answer."""

    def send() -> None:
        with suppress(httpx.HTTPError):
            bot.client.post("/chat/message", json=body, headers=headers)

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(delay_s)
    bot.kill()
    sender.join(30)
