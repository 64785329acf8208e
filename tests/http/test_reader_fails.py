"""The second reader, its file or the encoder is gone: the rules' card comes, the talk goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.channels.conversations import Conversations
from bot.channels.said import Said
from bot.errors import BotError
from bot.nlu import components
from bot.nlu.components import READER_FILE, RedFlagMarker
from bot.nlu.encoder import EncoderMissing
from bot.rendering.reply import Reply
from bot.runtime import Runtime
from bot.triage.raising import finding_of
from bot.triage.replies import card_reply, confirm_reply
from tests.http.test_records_fail import parts, unchanging

__all__ = ["parts", "unchanging"]


class _Storage:
    """A model archive that holds what the folder holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def read_from(self, resource: Resource) -> Iterator[Path]:
        yield self._folder


class _Broken:
    def read(self, *_: Any) -> Any:
        raise ValueError("broken")


def _encoder_is_gone() -> Any:
    raise EncoderMissing("gone")


def _marker(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> RedFlagMarker:
    config, storage = RedFlagMarker.get_default_config(), cast(ModelStorage, _Storage(folder))
    if kind == "file damaged":
        (folder / READER_FILE).write_bytes(b"no pickle")
    if kind.startswith("file"):
        context = cast(ExecutionContext, None)
        return RedFlagMarker.load(config, storage, Resource("reader"), context)
    if kind == "encoder missing":
        monkeypatch.setattr(components, "shared_encoder", _encoder_is_gone)
    return RedFlagMarker(config, storage, Resource("reader"), cast(Any, _Broken()))


@pytest.mark.parametrize(
    "kind", ["reader fails", "encoder missing", "file missing", "file damaged", "all of it fails"]
)
def test_the_card_comes_and_the_talk_goes_on(
    kind: str, parts: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = _marker(kind, tmp_path, monkeypatch)

    async def rasa(message: Any) -> None:
        if kind == "all of it fails":
            raise BotError("gone")
        read = Message({TEXT: message.text, METADATA: message.metadata})
        finding = finding_of(marker.process([read])[0].get("red_flag"))
        reply = Reply("text", "noted")
        if finding.level:
            reply = card_reply(finding, parts.content, country=None, care_team_phone=None)
        elif finding.confirm:
            reply = confirm_reply(finding.confirm, parts.content)
        message.output_channel.replies.append(reply.as_json())

    async def talk() -> list[list[str]]:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        said = ("what is a relapse?", "I can't breathe", "I'm not sure if it is a fever", "no")
        turns = [await chat.say(opened, Said(str(n), text=text)) for n, text in enumerate(said)]
        return [[message["type"] for message in turn.messages] for turn in turns]

    other = "error" if kind == "all of it fails" else "text"
    assert asyncio.run(talk()) == [[other], ["care_card"], ["confirm_red_flag"], [other]]
