"""Links to the files of a summary: each holds a random key that is good once, for 5 minutes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from bot.records.keys import LINK_LIFE
from bot.records.store import Records


def with_links(
    records: Records, conversation: str, replies: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The replies, each summary with links that need no token."""
    return [
        _linked(records, conversation, reply) if reply["type"] == "summary" else reply
        for reply in replies
    ]


def _linked(records: Records, conversation: str, reply: dict[str, Any]) -> dict[str, Any]:
    keys = {d["format"]: secrets.token_urlsafe(24) for d in reply["downloads"]}
    opens = {opened_by(kind): key for kind, key in keys.items()}
    records.add_keys(conversation, opens, life=LINK_LIFE)
    links = [{**d, "url": f"{d['url']}&key={keys[d['format']]}"} for d in reply["downloads"]]
    return {**reply, "downloads": links}


def opened_by(kind: str) -> str:
    """What the key of a link opens: one format, no other."""
    return f"summary.{kind}"
