"""The database fails in the middle of a turn: a card that is due is still shown."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

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


@pytest.fixture
def parts(tmp_path: Path) -> Runtime:
    content = kept_content(ROOT / "content")
    engine, memory = connect(f"sqlite:///{tmp_path}/bot.db", KEYS), connect_memory()
    upgrade(engine)
    upgrade(memory)
    return Runtime(
        settings=Settings(),
        content=content,
        engine=engine,
        knowledge=KnowledgeBase(engine),
        records=Records(engine, memory),
        detector=RedFlagDetector(content.red_flags),
        audience_words=AudienceWords(content.audience),
        other_illnesses=OtherIllnessWords(content.other_illnesses),
        question_words=QuestionWords(content.follow_ups),
        told_words=ToldWords.of_entries(content.knowledge),
        named_things=NamedThings(
            content.names, content.interview, content.red_flags, AudienceWords(content.audience)
        ),
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
