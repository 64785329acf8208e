"""What is deleted is gone: from the raw bytes of SQLite, from every table, Redis and file; and what
people say never reaches the log, not even at DEBUG."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from bot.database.engine import connect, metadata
from bot.database.sealing import KeyRing, new_key, seal_with
from bot.records.sealing_keys import rotate
from tests.conftest import ROOT, Person, of_type, started_bot, types
from tests.records.test_sealing import everything_in, raw
from tests.sealed import KEY, KEYS, opened
from tests.services import running_redis
from tests.slack.fake_slack import FakeSlack, SlackPerson, fake_slack
from tests.slack.test_slack_conversation import answered_command, is_question

MARKER = "marigoldette"
NUMBERS = itertools.count()
# What stays, and holds nothing of a conversation or a person (docs/privacy.md).
STAYS = {"red_flag_audit", "records_key", "channel_events"}


@dataclass
class World:
    """A running bot at DEBUG and all the places in which it could leave something."""

    client: httpx.Client
    slack: FakeSlack
    engine: Engine
    redis: str | None
    folder: Path
    secrets: set[str] = field(default_factory=set)

    def in_redis(self) -> str:
        return everything_in(self.redis) if self.redis else ""

    def sealed_values(self) -> set[str]:
        """Beginning and end of each sealed value and each id as they lie in the database now."""
        values = re.findall(r"s1\.[0-9a-f]{8}\.([A-Za-z0-9+/=]{40,})", raw(self.engine))
        return {value[:32] for value in values} | {value[-32:] for value in values}

    def on_disk(self) -> Iterator[tuple[Path, bytes]]:
        for folder in (self.folder, ROOT / "var"):
            for path in folder.rglob("*"):
                if path.is_file() and "npm" not in path.parts:
                    yield path, path.read_bytes()

    def hits(self, words: set[str]) -> list[str]:
        """Where one of these words is."""
        found = []
        for path, content in self.on_disk():
            lowered = content.lower()
            found += [f"{path}: {word}" for word in words if word.lower().encode() in lowered]
        rows = raw(self.engine) + opened(self.engine) + self.in_redis()
        return found + [f"database or Redis: {word}" for word in words if word in rows]


@pytest.fixture(params=["sqlite", "postgresql and redis"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url, redis = f"sqlite:///{tmp_path}/bot.db", None
    more: dict[str, str] = {}
    closing = ExitStack()
    if request.param != "sqlite":
        server = request.getfixturevalue("postgres")
        name = f"trace_{next(NUMBERS)}"
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"create database {name}"))
        url = server.removesuffix("postgres") + name
        redis = closing.enter_context(running_redis())  # its own: others leave conversations
        more = {"REDIS_URL": redis}
    with closing, fake_slack() as slack:
        settings = {"DATABASE_URL": url, "RECORDS_KEY": KEY, "LOG_LEVEL": "DEBUG"}
        with started_bot(tmp_path, **settings, **more, **slack.settings) as client:
            engine = connect(url, KEYS)
            yield World(client, slack, engine, redis, tmp_path)
            engine.dispose()


def on_the_web(world: World, *, consent: bool) -> Person:
    """Somebody who does everything there is to do."""
    person = Person(world.client, start="prepare_visit")
    world.secrets |= {person.session["session"], person.session["token"]}
    person.tap("consent_yes" if consent else "consent_no")
    person.say(f"{MARKER} tiredness")
    for said in ("about three weeks ago", f"severe, {MARKER}", f"{MARKER}, and I have chest pain"):
        person.say(said)
    person.say(f"what is a {MARKER} relapse?")
    shown = of_type(person.say("show my summary"), "summary")
    for download in shown["downloads"]:
        world.secrets.add(re.findall(r"key=(.+)", download["url"])[0])
        assert world.client.get(download["url"]).status_code == 200
    person.say("show my summary")  # links that nobody opens
    code = world.client.post("/chat/resume-code", headers=person.headers).json()["code"]
    elsewhere = Person(world.client, resume=code)
    world.secrets |= {elsewhere.session["token"], code}
    elsewhere.say(f"mild {MARKER}")
    unused = world.client.post("/chat/resume-code", headers=person.headers).json()["code"]
    world.secrets.add(unused)
    comment = {"message": shown["id"], "helpful": False, "comment": f"{MARKER} did not help"}
    rated = world.client.post("/chat/feedback", json=comment, headers=person.headers)
    assert rated.status_code == 204
    for wrong in ({"id": MARKER, "choice": MARKER}, {"id": "x", "text": MARKER * 2000},
                  {"id": "x", "text": [MARKER]}, {MARKER: MARKER}):  # fmt: skip
        person.post(wrong)
    with failing(world.engine):
        person.post({"id": "failing", "text": f"{MARKER} in a turn that fails"})
    person.say("show my data")
    assert person.tap("export_my_data")["messages"][0]["downloads"][0]["url"] == "/chat/export"
    assert MARKER in person.get("export").text and MARKER in str(person.get("history").json())
    return person


class failing:
    """Nothing can be written to the database meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        self._rename("messages", "messages_gone")

    def __exit__(self, *_: object) -> None:
        self._rename("messages_gone", "messages")

    def _rename(self, old: str, new: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(f"alter table {old} rename to {new}"))


def in_slack(world: World, *, consent: bool) -> SlackPerson:
    """Somebody in Slack, with an interview and a file."""
    person = SlackPerson(world.slack, world.client)
    world.secrets.add(person.user)
    person.say(f"what is a {MARKER} relapse?", wait=3)
    person.press("Yes, store it" if consent else "No, do not store it")
    answered_command(person, "prepare")
    person.say("tiredness", until=is_question)
    person.say(f"about three weeks ago, {MARKER}")
    person.say(f"{MARKER} and I have chest pain")
    answered_command(person, "summary")
    answered_command(person, "data")
    person.press("Download my data")
    return person


def test_nothing_is_left_after_deleting_and_nothing_is_logged(world: World) -> None:
    audits = rows_of(world.engine, "red_flag_audit")
    stored = on_the_web(world, consent=True)
    assert MARKER in opened(world.engine) and MARKER not in raw(world.engine)
    assert stored.session["session"] in raw(world.engine)
    private = on_the_web(world, consent=False)
    slacker, private_slacker = in_slack(world, consent=True), in_slack(world, consent=False)
    assert private.session["session"] not in raw(world.engine), "nothing of it after a no"
    sent = [f["content"].decode() for f in world.slack.files if f["filename"] == "my-data.json"]
    assert len(sent) == 2 and all(MARKER in content for content in sent)
    traces = world.sealed_values()
    assert len(traces) > 50

    assert world.client.delete("/chat/session", headers=stored.headers).status_code == 204
    private.say("delete my chat")
    assert types(private.tap("delete_conversation")) == ["notice"]
    for person in (slacker, private_slacker):
        answered_command(person, "delete")
        person.press("Yes, delete it")

    assert world.hits({MARKER, *world.secrets, *traces - world.sealed_values()}) == []
    left = {t.name for t in metadata.sorted_tables if rows_of(world.engine, t.name)}
    knowledge = {name for name in left if name not in PEOPLE}
    assert left - knowledge <= STAYS
    assert rows_of(world.engine, "red_flag_audit") > audits, "the audit stays, without a person"
    if world.redis:
        assert not re.findall(r"afterall:(conversation|token|person|key)", world.in_redis())
    log = (world.folder / "bot.log").read_text()
    assert "turn_failed reason=RecordsUnavailable" in log, "the log was on"
    check_a_key_that_is_missing(world)


def check_a_key_that_is_missing(world: World) -> None:
    """The database moves on to a key that the bot does not have: it says so, and reads nothing."""
    person = Person(world.client)
    person.tap("consent_yes")
    both = KeyRing.of_text(f"{new_key()},{KEY}")
    assert world.client.get("/readyz").status_code == 200
    rotate(seal_with(world.engine, both), both)
    assert world.client.get("/readyz").status_code == 503
    assert types(person.say("what is a relapse?")) == ["error"]
    assert types(person.say("I have chest pain")) == ["care_card", "error"]
    assert person.get("history").status_code == 503


PEOPLE = {
    "conversations", "session_tokens", "channel_links", "channel_consents", "channel_events",
    "one_time_keys", "consents", "turns", "messages", "offered_choices", "trackers", "interviews",
    "interview_answers", "raised_flags", "feedback", "red_flag_audit", "records_key",
}  # fmt: skip


def rows_of(engine: Engine, table: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(f'select count(*) from "{table}"'))
