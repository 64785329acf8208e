"""Reading and checking what web clients send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.channels.http import ClientError
from bot.channels.said import Said

COUNTRIES = ("US", "CA", "UK", "IE", "AU", "EU")
_GB = {"GB": "UK"}
_STARTS = ("prepare_visit",)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MAX_CHARACTERS = 50_000
MAX_PICKED = 50


@dataclass(frozen=True)
class SessionWanted:
    """What a new conversation begins with."""

    start: str | None
    timezone: str | None
    country: str | None
    resume: str | None


def read_session(body: dict[str, Any]) -> SessionWanted:
    """Check the body of POST /chat/session."""
    start = body.get("start")
    if start is not None and start not in _STARTS:
        raise ClientError(400, "unknown_start", f"`start` must be one of {', '.join(_STARTS)}.")
    country = _text(body, "country", 8)
    country = _GB.get(country.upper(), country.upper()) if country else None
    return SessionWanted(
        start,
        _text(body, "timezone", 64),
        country if country in COUNTRIES else None,
        _text(body, "resume", 40),
    )


def read_message(body: dict[str, Any]) -> Said:
    """Check the body of POST /chat/message."""
    message_id = _text(body, "id", 64)
    if not message_id:
        raise ClientError(400, "missing_id", "`id` must be a text of 1 to 64 characters.")
    text, choice = body.get("text"), body.get("choice")
    if (text is None) == (choice is None):
        raise ClientError(400, "text_or_choice", "Send either `text` or `choice`.")
    if choice is not None:
        picked = choice if isinstance(choice, list) else [choice]
        if not 0 < len(picked) <= MAX_PICKED or not all(map(_is_value, picked)):
            raise ClientError(400, "unknown_choice", "`choice` must be the value of a choice.")
        values = tuple(cleaned(value) for value in picked)
        return Said(message_id, choice=values[0], choices=values if picked is choice else ())
    if not isinstance(text, str):
        raise ClientError(400, "invalid_text", "`text` must be text.")
    if len(text) > MAX_CHARACTERS:
        raise ClientError(413, "too_large", "The message is too long. Please send a shorter one.")
    words = cleaned(text).strip()
    if not words:
        raise ClientError(
            400, "empty_text", "The message is empty. Type a question, or choose one."
        )
    return Said(message_id, text=words)


def read_feedback(body: dict[str, Any]) -> dict[str, Any]:
    """Check the body of POST /chat/feedback."""
    message = _text(body, "message", 64)
    helpful = body.get("helpful")
    if not message or not isinstance(helpful, bool):
        raise ClientError(
            400, "invalid_feedback", "Send `message` (its id) and `helpful` (true or false)."
        )
    return {"message": message, "helpful": helpful, "comment": _text(body, "comment", 2000)}


def _is_value(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 120


def _text(body: dict[str, Any], key: str, limit: int) -> str | None:
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise ClientError(
            400, f"invalid_{key}", f"`{key}` must be a text of at most {limit} characters."
        )
    return cleaned(value)


def cleaned(text: str) -> str:
    """Without control characters, and without halves of characters that cannot be stored."""
    return _CONTROL.sub("", text).encode("utf-8", "ignore").decode("utf-8")
