"""Calls of Slack's Web API that the channel makes, each through the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack_input import Incoming
from bot.channels.slack_outbox import Outbox, error_of
from bot.rendering.blocks import Block, escaped, sections
from bot.rendering.slack import SlackMessage
from bot.settings import Settings

CALL_S = 10.0
_BAD_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")


@dataclass(frozen=True)
class SlackFile:
    """A file that is sent; `words`: the text that goes with it (content/texts.yml)."""

    name: str
    title: str
    words: str


SUMMARY_FILE = SlackFile("visit-summary.pdf", "Visit summary", "summary_file")
EXPORT_FILE = SlackFile("my-data.json", "Everything that is kept", "export_file")


class SlackApi:
    """What is sent to one workspace. Each method gives a future: did it arrive?"""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._outbox = Outbox()
        self._client: AsyncWebClient | None = None
        self._channels: dict[str, str] = {}  # the direct message with each person, once known

    def post(self, to: Incoming, message: SlackMessage) -> asyncio.Future[bool]:
        """A message to the person, in their direct message."""
        return self._put(to, lambda: self._post(to, message))

    def replace(self, pressed: Incoming, blocks: list[Block]) -> asyncio.Future[bool]:
        """Other blocks for the message in which a button was pressed."""
        text = "\n".join([pressed.said, f"You chose: {escaped(pressed.label)}"]).strip()
        return self._put(
            pressed,
            lambda: self._call(
                "chat.update", channel=pressed.channel, ts=pressed.message, text=text, blocks=blocks
            ),
        )

    def note(self, mention: Incoming, text: str) -> asyncio.Future[bool]:
        """A note in a channel that only the person sees, and that is not kept."""
        where = {"thread_ts": mention.thread} if mention.thread else {}
        return self._put(
            mention,
            lambda: self._call(
                "chat.postEphemeral",
                channel=mention.at,
                user=mention.user,
                text=escaped(text),
                **where,
            ),
        )

    def publish_home(self, user: str, view: Block) -> asyncio.Future[bool]:
        """The App Home of this person."""
        return self._outbox.put(
            f"home {user}", lambda: self._call("views.publish", user_id=user, view=view)
        )

    def upload(
        self,
        to: Incoming,
        file: SlackFile,
        make: Callable[[], Awaitable[bytes | None]],
        *,
        words: str,
        failed: str,
    ) -> asyncio.Future[bool]:
        """A file for the person; `failed` is said when it cannot be made."""
        return self._put(to, lambda: self._upload(to, file, make, words, failed))

    async def close(self) -> None:
        """Stop sending and close the connections."""
        self._outbox.close()
        if self._client is not None and self._client.session is not None:
            await self._client.session.close()

    def _put(self, to: Incoming, send: Callable[[], Awaitable[Any]]) -> asyncio.Future[bool]:
        return self._outbox.put(to.user, send)

    async def _post(self, to: Incoming, message: SlackMessage) -> None:
        said = {
            "channel": self._channel(to),
            "text": message.text,
            "unfurl_links": False,
            "unfurl_media": False,
            **({"thread_ts": to.thread} if to.thread else {}),
        }
        try:
            sent = await self._call("chat.postMessage", blocks=message.blocks, **said)
        except SlackApiError as error:
            if error_of(error) not in _BAD_BLOCKS:
                raise
            sent = await self._call("chat.postMessage", **said)  # better bare than not at all
        self._channels[to.user] = str(sent["channel"])

    async def _upload(
        self,
        to: Incoming,
        file: SlackFile,
        make: Callable[[], Awaitable[bytes | None]],
        words: str,
        failed: str,
    ) -> None:
        content = await make()
        if content is None:
            await self._post(to, SlackMessage(escaped(failed), sections(failed)))
            return
        await self._web().files_upload_v2(
            content=content,
            filename=file.name,
            title=file.title,
            channel=self._channel(to),
            initial_comment=words,
            thread_ts=to.thread,
        )

    def _channel(self, to: Incoming) -> str:
        """A direct message: Slack opens the one with a person when it is given their id."""
        return to.channel or self._channels.get(to.user) or to.user

    async def _call(self, method: str, **arguments: Any) -> Any:
        return await self._web().api_call(method, json=arguments)

    def _web(self) -> AsyncWebClient:
        """Made within the running loop; the outbox does the repeating."""
        if self._client is None:
            self._client = AsyncWebClient(
                self._settings.slack_bot_token,
                base_url=self._settings.slack_api_url,
                session=aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=CALL_S), trust_env=True
                ),
                retry_handlers=[],
            )
            self._client.proxy = None  # the session reads the environment, NO_PROXY included
        return self._client
