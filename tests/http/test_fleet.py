"""Two bots and two action servers behind nginx, on PostgreSQL and Redis: any of them answers any
message, and one of them may die."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, Person, of_type, types
from tests.fleet import Fleet, running_fleet
from tests.http.test_killed import SAID

PEOPLE = 6


@pytest.fixture(scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, redis_url: str
) -> Iterator[Fleet]:
    """Each message goes to the next bot."""
    folder = tmp_path_factory.mktemp("fleet")
    with running_fleet(folder, postgres, redis_url, hashed=False) as running:
        yield running


class Patient:
    """Somebody in the interview, who sends a message again until it is answered."""

    def __init__(self, fleet: Fleet, name: int, *, consent: bool) -> None:
        self._client = httpx.Client(base_url=fleet.url, timeout=30)
        opened = self._client.post("/chat/session", json={"start": "prepare_visit"}).json()
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self._name = name
        self.acknowledged: list[str] = []
        self.failures: list[str] = []
        self.turns: list[dict[str, Any]] = []
        choice = "consent_yes" if consent else "consent_no"
        self.send({"id": "consent", "choice": choice})

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send until it is answered."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = self._client.post("/chat/message", json=body, headers=self._headers)
            except httpx.TransportError as error:
                self.failures.append(repr(error))
                continue
            turn = answer.json() if answer.status_code == 200 else {"messages": []}
            if turn["messages"] and "error" not in types(turn):
                return dict(turn)
            self.failures.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(0.1)
        raise AssertionError(f"never answered: {body}")

    def be_interviewed(self, said: list[str] = SAID) -> None:
        """Say all of it."""
        for step, text in enumerate(said):
            self.turns.append(self.send({"id": f"{self._name}-{step}", "text": text}))
            self.acknowledged.append(text)

    def ask_until(self, over: threading.Event) -> None:
        """Ask again and again."""
        while not over.wait(0.3):
            text = f"what is relapse number {len(self.acknowledged)}?"
            self.send({"id": f"{self._name}-q{len(self.acknowledged)}", "text": text})
            self.acknowledged.append(text)

    def get(self, path: str) -> Any:
        """Read something of the conversation."""
        return self._client.get(f"/chat/{path}", headers=self._headers).json()

    def check(self) -> None:
        """Everything that was acknowledged is there, once and in order."""
        history = self.get("history")["messages"]
        said = [m["text"] for m in history if m["type"] == "user" and m["text"] in SAID]
        assert said == self.acknowledged == SAID
        assert [m["seq"] for m in history] == list(range(1, len(history) + 1))
        assert self.turns[-1]["messages"][-1]["type"] == "summary"
        summary = self.get("summary?format=json")
        got = {s["symptom"]: s for s in summary["symptoms"]}
        assert set(got) == {"fatigue", "easy_bruising"}
        assert got["fatigue"]["severity"]["value"] == "severe"
        assert got["fatigue"]["similar"]["value"] == "same"
        assert got["easy_bruising"]["severity"]["value"] == "mild"
        assert summary["treatments"]["words"] == SAID[6]
        assert summary["questions"] == [SAID[7]]


def served(folder: Path) -> list[str]:
    """Which bots answered messages, in order."""
    lines = (folder / "access.log").read_text().splitlines()
    return [
        found.group(1) for line in lines if (found := re.search(r"/chat/message .* (\S+)$", line))
    ]


@pytest.mark.parametrize("consent", [True, False], ids=["with consent", "without consent"])
def test_a_conversation_alternates_between_bots(fleet: Fleet, consent: bool) -> None:
    before = len(served(fleet.folder))
    patient = Patient(fleet, 0, consent=consent)
    patient.be_interviewed()
    patient.check()
    by = served(fleet.folder)[before:]
    assert len(by) >= len(SAID)
    changes = sum(one != other for one, other in pairwise(by))
    assert changes >= len(by) // 2, by


def test_one_message_sent_to_both_at_once_is_one_message(fleet: Fleet) -> None:
    opened = httpx.post(f"{fleet.url}/chat/session", json={}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    answers: list[Any] = []

    def send(port: int) -> None:
        body = {"id": "same", "text": "what is a relapse?"}
        url = f"http://127.0.0.1:{port}/chat/message"
        answers.append(httpx.post(url, json=body, headers=headers, timeout=30).json())

    threads = [threading.Thread(target=send, args=(bot.port,)) for bot in fleet.bots * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == answers[0] for answer in answers)
    history = httpx.get(f"{fleet.url}/chat/history", headers=headers).json()["messages"]
    assert [m["type"] for m in history].count("user") == 1


def test_new_content_reaches_every_bot(fleet: Fleet, tmp_path: Path) -> None:
    people = [Person(httpx.Client(base_url=f"http://127.0.0.1:{b.port}")) for b in fleet.bots]
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content, copy_function=shutil.copyfile)
    entry = content / "entries/definition/overview.yml"
    old, new = "A relapse means that ALL has come back", "Relapse means that ALL has come back"
    entry.write_text(entry.read_text().replace(old, new, 1))

    def load(folder: Path) -> None:
        command = [sys.executable, "-m", "bot.knowledge", "--content", str(folder), "load"]
        environment = {"DATABASE_URL": fleet.database, "PATH": "/usr/bin:/bin"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    for folder, words in ((content, new), (ROOT / "content", old)):
        load(folder)
        for person in people:
            assert words in of_type(person.say("what is a relapse?"), "answer")["text"]


def test_a_bot_dies_in_the_middle_of_interviews(fleet: Fleet) -> None:
    """With kill -9, and an action server with it, while several people talk."""
    patients = [Patient(fleet, n, consent=n % 2 == 0) for n in range(PEOPLE)]
    with _talking(patients, Patient.be_interviewed):
        _wait_until(lambda: sum(len(p.acknowledged) for p in patients) >= PEOPLE)
        fleet.bots[0].kill()
        fleet.actions[0].kill()
    for patient in patients:
        patient.check()


def test_bots_are_replaced_one_by_one_and_nobody_notices(fleet: Fleet) -> None:
    """What a new release does: one bot ends, its successor starts, then the next."""
    fleet.actions[0].start()
    fleet.bots[0].start()
    fleet.actions[0].wait("/health")
    fleet.bots[0].wait("/readyz")
    time.sleep(2)  # until nginx asks it again
    patients = [Patient(fleet, 100 + n, consent=n % 2 == 0) for n in range(PEOPLE)]
    over = threading.Event()
    with _talking(patients, lambda patient: patient.ask_until(over)):
        for bot in fleet.bots:
            bot.end()
            bot.start()
            bot.wait("/readyz")
            time.sleep(2)  # until nginx asks it again
        over.set()
    for patient in patients:
        history = patient.get("history")["messages"]
        said = [m["text"] for m in history if m["type"] == "user" and m["text"].startswith("what")]
        assert said == patient.acknowledged
        assert len(said) > 3
        assert patient.failures == []


@contextmanager
def _talking(patients: list[Patient], talk: Callable[[Patient], None]) -> Iterator[None]:
    """Everybody talks at once, in threads; over when all have said everything."""
    failed: list[BaseException] = []

    def run(patient: Patient) -> None:
        try:
            talk(patient)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=run, args=(patient,)) for patient in patients]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(120)
    assert not failed, failed


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
