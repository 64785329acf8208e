"""The channel with parts that fail: Rasa hangs or breaks, the database is gone, processes die."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.channels.conversations import Conversations
from bot.channels.slack import SlackChannel, SlackDesk
from bot.channels.slack_input import Incoming
from bot.channels.slack_outbox import Outbox
from bot.database.engine import connect, upgrade
from bot.errors import RecordsUnavailable
from bot.records.events import SILENT, SeenEvents
from bot.records.store import utc_now
from bot.runtime import Runtime, runtime
from bot.settings import Settings, settings
from tests.sealed import KEYS
from tests.slack.fake_slack import FakeSlack, fake_slack, texts_of


@pytest.fixture(scope="module")
def own_slack() -> Iterator[FakeSlack]:
    with fake_slack() as made:
        yield made


@pytest.fixture(scope="module")
def parts(own_slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own_slack.settings.items():
            patch.setenv(name, value)
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('desk')}/bot.db")
        settings.cache_clear()
        runtime.cache_clear()
        upgrade(runtime().engine)
        yield runtime()
    settings.cache_clear()
    runtime.cache_clear()


def told(parts: Runtime, slack: FakeSlack, handler: Any, user: str, *texts: str) -> list[str]:
    """What somebody who writes this is told, and nothing but messages."""

    async def talk() -> None:
        desk = SlackDesk(parts, handler, secret="s")
        slack.begun[user] = time.monotonic()
        for number, text in enumerate(texts):
            key = f"event:{user}{number}"
            await desk.take(Incoming("message", "T1", user, (key,), f"D{user[1:]}", text=text))
        while any(not task.done() for task in desk._tasks):
            await asyncio.sleep(0.02)
        await desk.end()

    slack._dms[user] = f"D{user[1:]}"
    asyncio.run(talk())
    assert slack.faults == []
    return texts_of(slack.of(user))


def first_s(slack: FakeSlack, user: str) -> float:
    """Seconds until the first answer was there."""
    return float(slack.of(user)[0]["at"]) - slack.begun[user]


async def hangs(_: Any) -> None:
    await asyncio.sleep(30)


async def breaks(_: Any) -> None:
    raise RuntimeError("broken")


async def is_silent(_: Any) -> None:
    return None


@pytest.mark.parametrize("handler", [hangs, breaks, is_silent])
def test_the_card_comes_within_2_seconds_whatever_rasa_does(
    parts: Runtime, own_slack: FakeSlack, handler: Callable[[Any], Awaitable[None]]
) -> None:
    user = f"U0{handler.__name__.upper().replace('_', '')}"
    said = told(parts, own_slack, handler, user, "I have chest pain")
    assert "emergency number" in said[0] and first_s(own_slack, user) < 2
    said = told(parts, own_slack, breaks, f"{user}2", "what is MRD?")
    assert "went wrong on our side" in said[-1]


@pytest.mark.parametrize("broken", ["conversation_of", "link", "add_turn", "last_reply"])
def test_the_card_comes_without_the_records(
    parts: Runtime, own_slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RecordsUnavailable("gone")

    monkeypatch.setattr(parts.records, broken, fail)
    user = f"U0{broken.upper().replace('_', '')}"
    assert "emergency number" in told(parts, own_slack, is_silent, user, "I have chest pain")[0]
    assert "went wrong" in told(parts, own_slack, is_silent, f"{user}2", "what is MRD?")[-1]


def test_a_red_flag_waits_for_nobody(parts: Runtime, own_slack: FakeSlack) -> None:
    """Neither for the person's own earlier message nor for others."""

    async def slow(message: Any) -> None:
        await asyncio.sleep(0.5)

    texts = [*(f"what is MRD {n}?" for n in range(6)), "I have chest pain"]
    said = told(parts, own_slack, slow, "U0WAITS", *texts)
    card = next(n for n, text in enumerate(said) if "emergency number now" in text.lower())
    assert card <= 4, said


def test_consent_is_asked_once_over_conversations(parts: Runtime) -> None:
    async def opened(person: str) -> list[str]:
        chat = Conversations("slack", parts, is_silent)
        conversation, opening = await chat.of_person(person)
        assert (await chat.of_person(person))[1] == [], "the same conversation goes on"
        said = [f"{conversation.consent}", *(reply["text"] for reply in opening)]
        parts.records.delete(conversation.id)
        return said

    assert any("May I also store" in text for text in asyncio.run(opened("p1")))
    for given in (False, True):
        parts.records.set_channel_consent("p1", given=given, wording="w")
        said = asyncio.run(opened("p1"))
        assert not any("May I also store" in text for text in said)
    parts.records.forget("p1")
    assert any("May I also store" in text for text in asyncio.run(opened("p1")))


def test_without_the_secrets_there_is_no_route() -> None:
    off = Settings(slack_bot_token=None, slack_signing_secret=None)
    assert not SlackChannel(off).blueprint(is_silent)._future_routes
    assert SlackChannel(off).get_output_channel() is None


def test_a_turn_that_waits_holds_up_nobody_else(parts: Runtime, own_slack: FakeSlack) -> None:
    async def hangs_for_one(message: Any) -> None:
        if "MRD" in message.text:
            await asyncio.sleep(5)

    async def talk() -> float:
        desk = SlackDesk(parts, hangs_for_one, secret="s")
        for user, text in (("U0HANGS", "what is MRD?"), ("U0NEXT", "what is a relapse?")):
            await desk.take(Incoming("message", "T1", user, (f"e:{user}",), "D0NEXT", text=text))
        begun = time.monotonic()
        while not own_slack.of("U0NEXT"):
            await asyncio.sleep(0.02)
        took = time.monotonic() - begun
        await desk.end()
        return took

    own_slack._dms |= {"U0NEXT": "D0NEXT"}
    assert asyncio.run(talk()) < 4


# -- events over processes -------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/bot.db"
    upgrade(connect(url))
    return url


def test_an_event_is_taken_once_over_replicas_and_restarts(database: str) -> None:
    replicas = [SeenEvents(connect(database, KEYS)) for _ in range(4)]
    keys = [f"event:{n}" for n in range(20)]

    def take(number: int) -> bool:
        return replicas[number % 4].take([keys[number // 4]], answer_to="U1")

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, range(80)))
    assert sum(taken) == 20
    restarted = SeenEvents(connect(database, KEYS))
    assert not any(restarted.take([key], answer_to="U1") for key in keys)
    assert restarted.take(["event:new"], answer_to="U1")


def test_whom_a_dead_process_left_is_told_once(database: str) -> None:
    now = utc_now()
    dead = SeenEvents(connect(database, KEYS), now=lambda: now)
    dead.take(["event:1", "message:1"], answer_to="<U1>")
    dead.take(["event:2"], answer_to="<U2>")
    dead.done(["event:2"])
    later = now + SILENT + datetime.timedelta(seconds=1)
    alive = SeenEvents(connect(database, KEYS), now=lambda: later)
    alive.take(["event:3"], answer_to="U3")
    assert SeenEvents(connect(database, KEYS), now=lambda: now).abandoned() == [], (
        "it may be at work"
    )
    assert alive.abandoned() == ["<U1>"]
    assert alive.abandoned() == []
    dump = "".join(connect(database).raw_connection().iterdump())
    assert "<U1>" not in dump and "<U2>" not in dump, "whom to answer is forgotten"


def test_without_the_database_a_process_still_tells_repeats(tmp_path: Path) -> None:
    seen = SeenEvents(connect(f"sqlite:///{tmp_path}/empty.db", KEYS))
    assert seen.take(["event:1"], answer_to="U1")
    assert not seen.take(["event:1"], answer_to="U1")


# -- outbox ----------------------------------------------------------------------------------------


def test_the_outbox_is_bounded_and_one_bad_post_ends_no_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.slack_outbox.LONGEST_LINE", 3)
    sent: list[int] = []

    async def post(number: int) -> None:
        await asyncio.sleep(0.01)
        if number == 1:
            raise KeyError("a fault of ours")
        sent.append(number)

    async def run() -> list[bool]:
        outbox = Outbox()
        waiting = [outbox.put("U1", lambda n=n: post(n)) for n in range(5)]  # type: ignore[misc]
        other = outbox.put("U2", lambda: post(9))
        return [*await asyncio.gather(*waiting), await other]

    assert asyncio.run(run()) == [True, False, True, False, False, True]
    assert sent == [0, 9, 2] or sent == [9, 0, 2]


def test_what_cannot_be_sent_for_long_is_given_up() -> None:
    async def down() -> None:
        raise OSError("down")

    async def run() -> bool:
        return await Outbox(kept_s=0.7).put("U1", down)

    assert asyncio.run(run()) is False
