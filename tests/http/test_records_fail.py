"""The database fails in the middle of a turn: a card that is due is still shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.channels.conversations import Conversations
from bot.channels.said import Said
from bot.content.all_content import read_content
from bot.database.engine import connect, connect_memory, upgrade
from bot.errors import RecordsUnavailable
from bot.knowledge.base import KnowledgeBase
from bot.nlu.audience import AudienceWords
from bot.nlu.entities import NamedThings
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.records.store import Records
from bot.rendering.reply import Reply
from bot.runtime import Runtime
from bot.settings import Settings
from bot.triage.red_flags import RedFlagDetector
from bot.triage.replies import confirm_reply

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def parts(tmp_path: Path) -> Runtime:
    content = read_content(ROOT / "content")
    engine, memory = connect(f"sqlite:///{tmp_path}/bot.db"), connect_memory()
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
