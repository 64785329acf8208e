"""What Slack sends, read into one form. Pure; whatever is not for the bot is None."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs

from bot.channels.web_input import cleaned
from bot.records.keys import CODE_LENGTH, CODE_LETTERS, plain_code
from bot.rendering.slack import CONTINUE

Kind = Literal["message", "edit", "press", "command", "mention", "home"]
Payload = Mapping[str, Any]
# Subtypes of a message that a person wrote; all others are about messages, or from bots.
_WRITTEN = (None, "me_message", "file_share", "thread_broadcast")
_CONTROL = re.compile(r"<(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_FORMAT = re.compile(r"(?<![\w*_~`])([*_~`]{1,3})(?=\S)([^\n]{1,400}?)(?<=\S)\1(?![\w*_~`])")
_CODE = re.compile(
    rf"^\W*(?:(?:my\s+)?(?:resume|continue|code)(?:\s+is)?\W+)?"
    rf"(?P<code>(?:[{CODE_LETTERS}][ -]?){{{CODE_LENGTH}}})\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Incoming:
    """One thing that a person did in Slack.

    `keys` are all names of the event, for telling repeats. `channel` is where the answer goes: the
    direct message; None where it is not known (the answer then goes to `user`). `at` is that other
    place where a command or mention was written. `choice` is the value that was pressed (`choices`:
    all that were ticked), `label` what stood on it; `message` (its timestamp), `said` and `blocks`
    are the message it stood in.
    """

    kind: Kind
    team: str
    user: str
    keys: tuple[str, ...]
    channel: str | None = None
    at: str | None = None
    text: str = ""
    choice: str | None = None
    choices: tuple[str, ...] = ()
    label: str = ""
    message: str | None = None
    said: str = ""
    blocks: tuple[dict[str, Any], ...] = ()
    thread: str | None = None
    has_files: bool = False


def read_body(media_type: str, body: bytes) -> Payload:
    """The payload of a request: JSON, or a form with JSON in it, or a form (a slash command).
    Empty when it is none of these."""
    try:
        text = body.decode("utf-8")
        if media_type == "application/json":
            read = json.loads(text)
        elif media_type == "application/x-www-form-urlencoded":
            form = {name: values[0] for name, values in parse_qs(text).items()}
            read = json.loads(form["payload"]) if "payload" in form else form
        else:
            return {}
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def incoming_of(payload: Payload) -> Incoming | None:
    """What a person did, if it is something that the bot takes. Raises nothing."""
    try:
        if payload.get("type") == "event_callback":
            return _event(payload, payload["event"])
        if payload.get("type") == "block_actions":
            return _press(payload)
        if "command" in payload:
            return _command(payload)
    except (KeyError, TypeError, AttributeError, IndexError):
        return None
    return None


def written(raw: str) -> str:
    """A text of Slack as the person sees it: links and mentions as words, no marks of bold and
    the like, no entities."""
    text = _CONTROL.sub(_words_of, cleaned(raw))
    while (plain := _FORMAT.sub(r"\2", text)) != text:
        text = plain
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def code_in(text: str) -> str | None:
    """The resume code that a whole message is, with or without "resume" before it."""
    match = _CODE.match(text)
    return plain_code(match["code"]) if match else None


def is_surely_code(text: str) -> bool:
    """Eight letters may be a word ("headache"); no word has digits."""
    return any(letter.isdigit() for letter in text)


def _words_of(match: re.Match[str]) -> str:
    target, label = match["target"], match["label"]
    if target.startswith("@"):
        return f"@{label}" if label else ""
    if label:
        return f"#{label}" if target.startswith("#") else label
    return re.sub(r"^(?:mailto:|tel:|!|#)", "", target)


# -- events --------------------------------------------------------------------------------------


def _event(payload: Payload, event: Payload) -> Incoming | None:
    team = str(payload.get("team_id") or "")
    keys: tuple[str, ...] = (f"event:{payload['event_id']}",)
    if event["type"] == "app_home_opened":
        is_home = event.get("tab") == "home"
        return Incoming("home", team, event["user"], keys) if is_home else None
    is_edit = event.get("subtype") == "message_changed"
    if event.get("bot_id") or (event.get("hidden") and not is_edit):
        return None
    channel = str(event["channel"])
    is_private = channel.startswith("D") or event.get("channel_type") == "im"
    if event["type"] == "app_mention" and not is_private:
        keys += (f"message:{channel}:{event['ts']}",)
        thread = event.get("thread_ts")
        return Incoming("mention", team, event["user"], keys, at=channel, thread=thread)
    if event["type"] != "message" or not is_private:
        return None
    if is_edit:
        return _edit(event, team, keys)
    return _message(event, team, keys)


def _message(event: Payload, team: str, keys: tuple[str, ...]) -> Incoming | None:
    text, has_files = written(event.get("text") or ""), bool(event.get("files"))
    if event.get("subtype") not in _WRITTEN or not (text or has_files):
        return None
    return Incoming(
        "message",
        team,
        event["user"],
        (*keys, f"message:{event['channel']}:{event['ts']}"),
        channel=event["channel"],
        text=text,
        thread=event.get("thread_ts"),
        has_files=has_files,
    )


def _edit(event: Payload, team: str, keys: tuple[str, ...]) -> Incoming | None:
    """Slack also sends this when it unfolds a link, or when the bot changes one of its own."""
    now, before = event["message"], event.get("previous_message") or {}
    text = written(now.get("text") or "")
    if now.get("bot_id") or not now.get("edited") or text == written(before.get("text") or ""):
        return None
    key = f"edit:{event['channel']}:{now['ts']}:{now['edited']['ts']}"
    return Incoming(
        "edit", team, now["user"], (*keys, key), channel=event["channel"], text=text,
        thread=now.get("thread_ts"),
    )  # fmt: skip


# -- presses -------------------------------------------------------------------------------------


def _press(payload: Payload) -> Incoming | None:
    action = payload["actions"][0]
    chosen = list(_chosen(payload, action))
    is_sent = action.get("action_id") == CONTINUE.value
    if not chosen and not is_sent:
        return None
    message = payload.get("message") or {}
    channel = (payload.get("channel") or {}).get("id")
    is_private = str(channel or "").startswith("D")
    where = f"{channel}:{message['ts']}" if message else str(payload.get("trigger_id"))
    labels = ", ".join(label for _, label in chosen)
    value = chosen[0][0] if chosen else None
    ticked = tuple(picked for picked, _ in chosen if picked) if is_sent else ()
    return Incoming(
        "press",
        str((payload.get("team") or {}).get("id") or payload["user"].get("team_id") or ""),
        payload["user"]["id"],
        # The first drops repeats; the last is this press alone, and the id of its turn.
        (
            f"press:{where}:{','.join(ticked) or value or labels}",
            f"press:{where}:{action.get('action_ts')}",
        ),
        channel=channel if is_private else None,
        text=labels,
        choice=value,
        choices=ticked,
        label=labels,
        message=message.get("ts") if is_private else None,
        said=str(message.get("text") or ""),
        blocks=tuple(message.get("blocks") or ()),
        thread=message.get("thread_ts"),
    )


def _chosen(payload: Payload, action: Payload) -> Iterator[tuple[str | None, str]]:
    """Value and label of what was chosen: at once, or by Continue for boxes that were ticked. A
    value of None stands for words of their own (a date)."""
    kind = str(action.get("type"))
    if action.get("action_id") == CONTINUE.value:
        ticked = (payload.get("state") or {}).get("values", {}).values()
        elements = (element for block in ticked for element in block.values())
        yield from (_option(o) for e in elements for o in e.get("selected_options") or ())
    elif kind == "button":
        yield from [(action["value"], written(action["text"]["text"]))] if "value" in action else ()
    elif kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        if not _has_continue(payload):
            yield from map(_option, action.get("selected_options") or ())
    elif action.get("selected_option"):
        yield _option(action["selected_option"])
    else:
        words = (action.get(name) for name in ("selected_date", "selected_time", "value"))
        yield from ((None, written(str(said))) for said in words if said)


def _option(option: Payload) -> tuple[str | None, str]:
    return option["value"], written(option["text"]["text"])


def _has_continue(payload: Payload) -> bool:
    blocks = (payload.get("message") or payload.get("view") or {}).get("blocks") or ()
    return any(
        element.get("action_id") == CONTINUE.value
        for block in blocks
        for element in block.get("elements") or ()
    )


# -- slash commands ------------------------------------------------------------------------------

_COMMANDS = {
    "": "help",
    "help": "help",
    "prepare": "prepare_visit",
    "summary": "show_summary",
    "data": "show_my_data",
    "delete": "delete_my_data",
}
CODE_COMMAND = "code"


def _command(payload: Payload) -> Incoming:
    text = written(str(payload.get("text") or ""))
    return Incoming(
        "command",
        str(payload.get("team_id") or ""),
        payload["user_id"],
        (f"command:{payload['trigger_id']}",),
        at=payload.get("channel_id"),
        text=text,
        choice=_COMMANDS.get(text.lower()),
    )
