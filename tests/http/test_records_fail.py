"""The database fails in the middle of a turn: a card that is due is still shown."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels import conversations
from bot.channels.conversations import Conversations
from bot.channels.said import Said
from bot.channels.web import _Routes
from bot.content.kept import kept_content
from bot.database.engine import connect, connect_memory, upgrade
from bot.errors import RecordsUnavailable, UnknownConversation
from bot.knowledge.base import KnowledgeBase
from bot.nlu.audience import AudienceWords
from bot.nlu.entities import NamedThings
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.records.store import Records, TrackerRow
from bot.rendering.reply import Reply
from bot.runtime import Runtime
from bot.settings import Settings
from bot.triage.red_flags import RedFlagDetector
from bot.triage.replies import confirm_reply
from tests.sealed import KEYS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def unchanging() -> dict[str, Any]:
    """What is made of the content; the same for all tests."""
    content = kept_content(ROOT / "content")
    audience_words = AudienceWords(content.audience)
    return {
        "content": content,
        "detector": RedFlagDetector(content.red_flags),
        "audience_words": audience_words,
        "other_illnesses": OtherIllnessWords(content.other_illnesses),
        "question_words": QuestionWords(content.follow_ups),
        "told_words": ToldWords.of_entries(content.knowledge),
        "named_things": NamedThings(
            content.names, content.interview, content.red_flags, audience_words
        ),
    }


@pytest.fixture
def parts(tmp_path: Path, unchanging: dict[str, Any]) -> Runtime:
    engine, memory = connect(f"sqlite:///{tmp_path}/bot.db", KEYS), connect_memory()
    upgrade(engine)
    upgrade(memory)
    return Runtime(
        settings=Settings(),
        engine=engine,
        knowledge=KnowledgeBase(engine),
        records=Records(engine, memory),
        **unchanging,
    )


def _fail(*_: Any, **__: Any) -> None:
    raise RecordsUnavailable("gone")


@pytest.mark.parametrize("broken", ["add_red_flag", "add_turn", "tracker", "interview_of"])
@pytest.mark.parametrize("said", ["yes", "confirm_yes", "I have chest pain"])
def test_a_due_card_is_shown(
    parts: Runtime, monkeypatch: pytest.MonkeyPatch, broken: str, said: str
) -> None:
    async def rasa(message: Any) -> None:
        asks = confirm_reply("fever", parts.content)
        reply: Reply = asks if "not sure" in message.text else Reply("text", "noted")
        message.output_channel.replies.append(reply.as_json())

    async def conversation() -> Any:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        await chat.say(opened, Said("1", text="I'm not sure if it is a fever"))
        monkeypatch.setattr(parts.records, broken, _fail)
        is_choice = said.startswith("confirm")
        return await chat.say(
            opened, Said("2", text="" if is_choice else said, choice=said if is_choice else None)
        )

    turn = asyncio.run(conversation())
    types = [message["type"] for message in turn.messages]
    assert types[0] == "care_card", types
    assert turn.state["red_flag"] == "emergency"


@pytest.mark.parametrize("text", ["what is MRD?", "I feel low. " * 200], ids=["short", "long"])
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_client_that_hangs_up_stops_no_turn(parts: Runtime, text: str, steps: int) -> None:
    async def rasa(message: Any) -> None:
        message.output_channel.replies.append({"type": "text", "text": "noted"})

    async def conversation() -> list[Any]:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        saying = asyncio.ensure_future(chat.say(opened, Said("1", text=text)))
        for _ in range(1 + steps):
            await asyncio.sleep(0)
        saying.cancel()
        await asyncio.wait({saying})
        await asyncio.wait_for(asyncio.gather(*chat._running), 10)
        return parts.records.history(opened.id)

    said = asyncio.run(conversation())
    assert said[-1]["text"] == "noted"


def test_a_card_does_not_wait_for_the_turn_before(parts: Runtime) -> None:
    async def rasa(message: Any) -> None:
        if "slow" in message.text:
            await asyncio.sleep(30)
        message.output_channel.replies.append(Reply("text", "noted").as_json())

    async def conversation() -> tuple[Any, float]:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        slow = asyncio.ensure_future(chat.say(opened, Said("1", text="slow")))
        await asyncio.sleep(0.1)
        begun = time.monotonic()
        turn = await chat.say(opened, Said("2", text="I have chest pain"))
        slow.cancel()
        return turn, time.monotonic() - begun

    turn, waited = asyncio.run(conversation())
    assert turn.messages[0]["type"] == "care_card"
    assert waited < 2.5


def test_a_client_that_hangs_up_does_not_stop_its_turn(parts: Runtime) -> None:
    calls = []

    async def rasa(message: Any) -> None:
        calls.append(message.text)
        await asyncio.sleep(0.3)
        message.output_channel.replies.append(Reply("text", "noted").as_json())

    async def conversation() -> Any:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        waiting = asyncio.ensure_future(chat.say(opened, Said("1", text="hello")))
        await asyncio.sleep(0.1)
        waiting.cancel()
        return await chat.say(opened, Said("1", text="hello"))

    turn = asyncio.run(conversation())
    assert turn.messages[0]["text"] == "noted"
    assert len(calls) == 1


def test_a_late_turn_does_not_bring_a_deleted_conversation_back(parts: Runtime) -> None:
    parts.records.open("gone", channel="web")
    parts.records.delete("gone")
    row = TrackerRow("[]", None, None, False)
    with pytest.raises(UnknownConversation):
        parts.records.save_tracker("gone", row, channel="web")
    assert parts.records.get("gone") is None


def test_the_web_shows_a_card_when_not_even_the_token_can_be_read(
    parts: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.records, "by_token", _fail)
    request = SimpleNamespace(
        headers={"content-type": "application/json", "authorization": "Bearer x"},
        body=json.dumps({"id": "1", "text": "I can't breathe"}).encode(),
        ip="127.0.0.1",
        args={},
    )

    async def answered() -> Any:
        return await _Routes(parts, _fail).message(request)

    answer = asyncio.run(answered())
    assert answer.status == 200
    assert json.loads(answer.body)["messages"][0]["type"] == "care_card"


def test_a_token_is_good_until_its_conversation_is_deleted_elsewhere(parts: Runtime) -> None:
    async def rasa(message: Any) -> None:
        message.output_channel.replies.append(Reply("text", "noted").as_json())

    async def talk() -> None:
        routes = _Routes(parts, rasa)
        opened = await routes._conversations.open()

        def request(number: int) -> Any:
            return SimpleNamespace(
                headers={
                    "content-type": "application/json",
                    "authorization": f"Bearer {opened.token}",
                },
                body=json.dumps({"id": str(number), "text": "hello"}).encode(),
                ip="127.0.0.1",
                args={},
            )

        parts.records.set_consent(opened.conversation.id, given=True, wording="yes?")
        for number in range(2):
            assert (await routes.message(request(number))).status == 200
        assert parts.records.known(opened.token) is not None
        elsewhere = connect_memory()
        upgrade(elsewhere)
        Records(parts.engine, elsewhere).delete(opened.conversation.id)
        with pytest.raises(UnknownConversation):  # answered as 401
            await routes.message(request(3))

    asyncio.run(talk())


ANSWER = {"link_id": "onset", "repeat": 0, "message_id": "1", "status": "ok", "text": "May",
          "value": {"date": "2026-05"}}  # fmt: skip


@pytest.mark.parametrize("kind", ["fails", "an action fails", "late"])
def test_a_turn_that_failed_leaves_nothing_and_is_tried_again(parts: Runtime, kind: str) -> None:
    """The person was told of an error: the same message is answered later as if it were new."""
    parts = replace(parts, settings=Settings(turn_timeout_s=0.2))
    tried = []

    async def rasa(message: Any) -> None:
        tried.append(message.text)
        is_first = len(tried) == 1
        name = message.sender_id
        if is_first and kind == "late":
            await asyncio.sleep(0.5)
        await asyncio.to_thread(parts.records.add_answers, "i1", [ANSWER], conversation=name)
        parts.records.save_tracker(name, TrackerRow("[]", None, "i1", True))
        message.output_channel.replies.append(Reply("text", "noted").as_json())
        if is_first and kind == "an action fails":
            parts.records.fail_turn()
        if is_first and kind == "fails":
            raise ValueError

    async def talk() -> None:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        name = opened.id
        failed = await chat.say(opened, Said("1", text="May"))
        await asyncio.sleep(0.5)
        assert [m["type"] for m in failed.messages] == ["error"] and failed.turn == 0
        assert parts.records.interview_of(name) is None and parts.records.tracker(name) is None
        assert [m for m in parts.records.history(name) if m["type"] == "user"] == []
        turn = await chat.say(opened, Said("1", text="May"))
        assert [m["text"] for m in turn.messages] == ["noted"]
        assert await chat.say(opened, Said("1", text="May")) == turn and len(tried) == 2
        assert len(parts.records.answers("i1", conversation=name)) == 1

    asyncio.run(talk())


def test_a_card_of_the_second_reader_is_shown_when_an_action_fails(parts: Runtime) -> None:
    async def rasa(message: Any) -> None:
        for reply in (Reply("care_card", "call now"), Reply("text", "and noted")):
            message.output_channel.replies.append({**reply.as_json(), "level": "emergency"})
        parts.records.fail_turn()

    async def talk() -> Any:
        chat = Conversations("web", parts, rasa)
        return await chat.say((await chat.open()).conversation, Said("1", text="hello"))

    assert [m["type"] for m in asyncio.run(talk()).messages] == ["care_card"]


@pytest.mark.parametrize("hangs", ["by_token", "read_turn"])
@pytest.mark.parametrize(("said", "within_s"), [("I can't breathe", 2.6), ("what is MRD?", 4.0)])
def test_a_database_that_hangs_keeps_nobody_waiting(
    parts: Runtime, monkeypatch: pytest.MonkeyPatch, hangs: str, said: str, within_s: float
) -> None:
    over = threading.Event()
    monkeypatch.setattr(conversations, "MORE_TIME_S", 1.0)
    parts = replace(parts, settings=Settings(turn_timeout_s=1.0))

    async def answered() -> tuple[Any, float]:
        routes = _Routes(parts, _fail)
        token = (await routes._conversations.open()).token
        monkeypatch.setattr(parts.records, hangs, lambda *_: over.wait(10))
        request = SimpleNamespace(
            headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
            body=json.dumps({"id": "1", "text": said}).encode(),
            ip="127.0.0.1",
            args={},
        )
        begun = time.monotonic()
        answer = await routes.message(request)
        waited = time.monotonic() - begun
        over.set()
        return json.loads(answer.body)["messages"], waited

    messages, waited = asyncio.run(answered())
    types = [message["type"] for message in messages]
    assert types == (["care_card", "error"] if "breathe" in said else ["error"])
    assert waited < within_s


def test_a_code_is_good_until_all_that_may_fail_is_done(
    parts: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rasa(message: Any) -> None:
        message.output_channel.replies.append(Reply("text", "noted").as_json())

    async def talk() -> None:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        parts.records.add_answers("i1", [], conversation=opened.id)
        code, _ = await chat.code(opened)
        for broken in ("turn_of", "add_turn", "redeem"):
            with monkeypatch.context() as gone:
                gone.setattr(parts.records, broken, _fail)
                with pytest.raises(RecordsUnavailable):
                    await chat.resume(code)
        resumed = await chat.resume(code)
        assert resumed is not None and resumed.conversation.id == opened.id
        assert parts.records.by_token(resumed.token).id == opened.id
        assert await chat.resume(code) is None, "once"
        said = [m["text"] for m in parts.records.history(opened.id)]
        assert [m["text"] for m in resumed.messages] == said[-3:][::2], "said once"

    asyncio.run(talk())
