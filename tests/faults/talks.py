"""People who talk while faults are injected, as the widget does: a message that was not answered,
or answered by an error, is sent again with the same id. Afterwards each one checks what is there.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy.engine import Engine

from bot.records.transfer import as_json, read_rows
from tests.faults.world import NONE, World

GIVE_UP_S = 240.0
OVER_S = 10.0
CARD_WITHIN_S = 4.0  # 2 s and what a busy machine adds
INTERVIEW = (
    "I am tired all the time, for 2 weeks",
    "really bad",
    "the same, and also bruises since Monday",
    "mild",
    "no",
    "no, the doctor is new",
    "chemo in 2019, then radiation",
    "can I still work?",
    "yes, this is right",
)
QUESTIONS = (
    "what is a relapse?",
    "what is MRD?",
    "how is blinatumomab given?",
    "can my son go to school?",
    "what are the signs of a relapse?",
    "what is CAR T-cell therapy?",
    "does a relapse mean that treatment failed?",
)
ALARM = "I can't breathe"
# What an error must say: whom to call.
TELLS = ("try again", "call your care team", "emergency number")


class BegunAnew(Exception):
    """The conversation was kept in memory only (no consent yet, or none given), and is gone; or it
    is over by a clock that was wrong."""


@dataclass
class Counts:
    """By fault: what happened to messages that were sent during it."""

    acknowledged: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    begun_anew: int = 0
    over_by_clock: int = 0
    slowest_card_s: float = 0.0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """A message that was acknowledged: 200, and no error among the replies."""

    id: str
    text: str
    fault: str
    types: tuple[str, ...]


class Talk:
    """One conversation: an interview or questions."""

    def __init__(self, world: World, counts: Counts, number: int, seed: int) -> None:
        self._world, self._counts, self._number = world, counts, number
        self._random = random.Random(f"{seed}-{number}")
        self._told: set[str] = set()
        # Each from an address of its own: one that tries many codes is refused for a while.
        address = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}
        self._client = httpx.Client(base_url=world.url, timeout=20, headers=address)
        self._is_interview = number % 2 == 0
        self._agrees = number % 5 != 4
        self._stored: list[tuple[str, list[Said]]] = []  # ended early, and in the database
        self._begin()

    def _begin(self) -> None:
        self._said: list[Said] = []
        self._session = ""
        self._headers: dict[str, str] = {}
        self._last: dict[str, Any] = {}
        self._over_since: float | None = None
        self._is_stored = False

    def run(self) -> None:
        """Say all of it; from the beginning when it was kept in memory that is gone."""
        while True:
            try:
                self._talk()
            except BegunAnew:
                if self._is_stored:
                    self._counts.over_by_clock += 1
                    self._stored.append((self._session, self._said))
                else:
                    self._counts.begun_anew += 1
                self._begin()
                continue
            return

    def _talk(self) -> None:
        start = {"start": "prepare_visit"} if self._is_interview else {}
        opened = self._post("session", start, 201)
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self._session = opened["session"]
        self._send(choice="consent_yes" if self._agrees else "consent_no")
        self._is_stored = self._agrees
        texts = INTERVIEW if self._is_interview else self._questions()
        if self._is_interview and not any(m["type"] == "question" for m in opened["messages"]):
            self._send(choice="prepare_visit")  # the start failed, and the person was told so
        for step, text in enumerate(texts):
            self._send(text=text)
            if step == 3 and self._number % 4 == 0:
                self._go_on_elsewhere()
            time.sleep(self._random.uniform(0, 0.2))

    def _questions(self) -> list[str]:
        asked = self._random.sample(QUESTIONS, 4)
        return [*asked[:2], ALARM, *asked[2:]]

    # -- sending -----------------------------------------------------------------------------

    def _send(self, *, text: str | None = None, choice: str | None = None) -> None:
        message_id = uuid.uuid4().hex
        body = {"id": message_id, **({"text": text} if text else {"choice": choice})}
        deadline = time.monotonic() + GIVE_UP_S
        self._told.clear()
        while time.monotonic() < deadline:
            fault = self._world.fault
            turn = self._tried(body, fault)
            if turn is not None:
                types = tuple(m["type"] for m in turn["messages"])
                self._said.append(Said(message_id, text or "", fault, types))
                self._counts.acknowledged[fault] += 1
                self._last, self._over_since = turn, None
                if self._random.random() < 0.1:
                    self._again(body, turn, fault)
                return
            time.sleep(0.2)
        raise AssertionError(f"conversation {self._number}: never answered: {body}")

    def _tried(self, body: dict[str, Any], fault: str) -> dict[str, Any] | None:
        begun = time.monotonic()
        try:
            answer = self._client.post("/chat/message", json=body, headers=self._headers)
        except httpx.TransportError:
            self._note(self._counts.unanswered, fault)
            return None
        if answer.status_code == 401:
            self._unknown()
            return None
        if answer.status_code != 200:
            self._problem(f"{answer.status_code} {answer.text[:200]} to {body}")
            return None
        turn: dict[str, Any] = answer.json()
        types = [m["type"] for m in turn["messages"]]
        if body.get("text") == ALARM:
            waited = time.monotonic() - begun
            self._counts.slowest_card_s = max(self._counts.slowest_card_s, waited)
            if types[:1] != ["care_card"] or waited > CARD_WITHIN_S:
                self._problem(f"no card for an emergency in time: {types} after {waited:.1f} s")
        if "error" not in types:
            return turn
        self._note(self._counts.errors, fault)
        told = turn["messages"][-1]["text"]
        if turn["turn"] != 0 or not all(words in told for words in TELLS):
            self._problem(f"an error that does not say what to do, or was kept: {turn}")
        return None

    def _again(self, body: dict[str, Any], turn: dict[str, Any], fault: str) -> None:
        """The same id gives the same reply."""
        again = self._tried(body, fault)
        if again is not None and again != turn:
            self._problem(f"the same id, another reply: {turn} {again}")

    def _unknown(self) -> None:
        """401: what was in memory is gone. What is stored is over when the clock was wrong; it may
        come back with it."""
        now = time.monotonic()
        self._over_since = self._over_since or now
        if not self._is_stored or now - self._over_since > OVER_S:
            raise BegunAnew
        time.sleep(0.3)

    def _note(self, counter: Counter[str], fault: str) -> None:
        """Count a message once, however often it is sent again."""
        key = f"{id(counter)} {fault}"
        if key not in self._told:
            self._told.add(key)
            counter[fault] += 1

    def _post(self, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        deadline = time.monotonic() + GIVE_UP_S
        self._told.clear()
        while time.monotonic() < deadline:
            try:
                answer = self._client.post(f"/chat/{path}", json=body, headers=self._headers)
            except httpx.TransportError:
                self._note(self._counts.unanswered, self._world.fault)
            else:
                if answer.status_code == status:
                    return dict(answer.json())
                if answer.status_code == 401:
                    self._unknown()
                if answer.status_code == 400:  # the answer to the code got lost
                    return {}
            time.sleep(0.2)
        raise AssertionError(f"conversation {self._number}: {path} was never answered")

    def _go_on_elsewhere(self) -> None:
        """On another device, with a code; a code whose answer got lost is asked for anew."""
        while True:
            code = self._post("resume-code", {}, 201)["code"]
            opened = self._post("session", {"resume": code}, 201)
            if opened:
                self._headers = {"Authorization": f"Bearer {opened['token']}"}
                return

    # -- checking ----------------------------------------------------------------------------

    def check(self, engine: Engine) -> None:
        """Everything that was acknowledged is there once and in order, and nothing is half there.

        What is stored is read from the database, so that a session that is over by the clock does
        not count as lost.
        """
        for session, said in self._stored:
            self._check_rows(said, self._rows_of(engine, session))
        if self._is_stored:
            self._check_rows(self._said, self._rows_of(engine, self._session))
        export = self._read("export")
        if export is None:
            if not self._is_stored:
                self._counts.begun_anew += 1
            return
        self._check_rows(self._said, export)
        texts = [m["text"] for m in (self._read("history") or {})["messages"]]
        if texts != [json.loads(row["body"])["text"] for row in export["messages"]]:
            self._problem("the history is not what is stored")
        if self._is_interview:
            self._check_summary(self._read("summary?format=json") or {})

    @staticmethod
    def _rows_of(engine: Engine, session: str) -> dict[str, Any]:
        with engine.connect() as connection:
            return as_json(read_rows(connection, session))

    def _read(self, path: str) -> dict[str, Any] | None:
        answer = self._client.get(f"/chat/{path}", headers=self._headers, timeout=60)
        return dict(answer.json()) if answer.status_code == 200 else None

    def _check_rows(self, all_said: list[Said], rows: dict[str, Any]) -> None:
        turns = {row["turn"]: row["message_id"] for row in rows["turns"]}
        bodies = [(row["turn"], json.loads(row["body"])) for row in rows["messages"]]
        types: dict[str, list[str]] = {message_id: [] for message_id in turns.values()}
        for turn, body in bodies:
            if body["type"] != "user":
                types[turns[turn]].append(body["type"])
        for said in all_said:
            if said.id not in types:
                self._counts.lost[said.fault] += 1
                self._problem(f"lost: {said}")
            elif tuple(types[said.id]) != said.types:
                self._problem(f"another answer than was given: {said} {types[said.id]}")
        typed = [b["text"] for _, b in bodies if b["type"] == "user" and "choice" not in b]
        wanted = [said.text for said in all_said if said.text]
        for text, times in (Counter(typed) - Counter(wanted)).items():
            # The one message on its way when the conversation was given up may be there.
            if all_said is self._said or times > 1:
                fault = next((s.fault for s in all_said if s.text == text), NONE)
                self._counts.doubled[fault] += 1
                self._problem(f"more often than it was said: {text}")
        if [text for text in typed if text in wanted] != wanted:
            self._problem(f"out of order: {typed} {wanted}")
        self._check_whole(rows, set(types))

    def _check_whole(self, rows: dict[str, Any], ids: set[str]) -> None:
        """No gap and no half turn."""
        turns, messages = rows["turns"], rows["messages"]
        if [row["turn"] for row in turns] != list(range(1, len(turns) + 1)):
            self._problem("turns have gaps")
        if [row["seq"] for row in messages] != list(range(1, len(messages) + 1)):
            self._problem("messages have gaps")
        if {row["turn"] for row in messages} != {row["turn"] for row in turns}:
            self._problem("a turn without messages, or messages without a turn")
        answers = rows["interview_answers"]
        keys = [(a["interview"], a["link_id"], a["repeat"], a["message_id"]) for a in answers]
        if not {a["message_id"] for a in answers} <= ids:
            self._problem("an answer in the interview whose turn was never answered")
        if len(keys) != len(set(keys)):
            self._problem("an answer twice in the interview")
        consents = [row["given"] for row in rows["consents"]]
        if [*consents, rows["conversations"][0]["consent"]] != [self._agrees] * 2:
            self._problem(f"consent is {consents}")

    def _check_summary(self, summary: dict[str, Any]) -> None:
        got = {s["symptom"]: s for s in summary.get("symptoms", [])}
        try:
            seen = (
                sorted(got),
                got["fatigue"]["severity"]["value"],
                got["fatigue"]["similar"]["value"],
                got["easy_bruising"]["severity"]["value"],
                summary["treatments"]["words"],
                summary["questions"],
            )
        except (KeyError, TypeError):
            seen = None  # type: ignore[assignment]
        wanted = (
            ["easy_bruising", "fatigue"],
            "severe",
            "same",
            "mild",
            INTERVIEW[6],
            [INTERVIEW[7]],
        )
        if seen != wanted or self._last["messages"][-1]["type"] != "summary":
            self._problem(f"the summary differs: {seen} {[s.types for s in self._said]}")

    def _problem(self, text: str) -> None:
        self._counts.problems.append(f"conversation {self._number} ({self._world.fault}): {text}")
