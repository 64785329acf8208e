"""What Slack's documentation allows in calls and blocks, written apart from the bot's renderer.

`faults_of(method, arguments)` gives one line for each thing that Slack would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# method -> (needed, also allowed)
ARGUMENTS = {
    "chat.postMessage": (
        {"channel", "text"},
        {"blocks", "thread_ts", "unfurl_links", "unfurl_media", "mrkdwn"},
    ),
    "chat.update": ({"channel", "ts", "text"}, {"blocks"}),
    "chat.postEphemeral": ({"channel", "user", "text"}, {"blocks", "thread_ts"}),
    "views.publish": ({"user_id", "view"}, {"hash"}),
    "files.getUploadURLExternal": ({"filename", "length"}, {"alt_txt", "snippet_type"}),
    "files.completeUploadExternal": ({"files"}, {"channel_id", "initial_comment", "thread_ts"}),
    "auth.test": (set(), set()),
}
CHANNEL = r"[CDGU][A-Z0-9]{2,}"
TEXT_MOST, TEXT_ADVISED = 40_000, 4_000


def faults_of(method: str, arguments: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a call."""
    if method not in ARGUMENTS:
        return [f"unknown method {method}"]
    needed, allowed = ARGUMENTS[method]
    faults = [f"{name} is missing" for name in needed - set(arguments)]
    faults += [f"unknown argument {name}" for name in set(arguments) - needed - allowed]
    for name in ("channel", "channel_id", "user", "user_id"):
        if name in arguments and not re.fullmatch(CHANNEL, str(arguments[name])):
            faults.append(f"{name} is no id")
    if method == "files.completeUploadExternal" and str(arguments.get("channel_id"))[:1] == "U":
        faults.append("channel_id must be a conversation")
    text = arguments.get("text", "-")
    if not isinstance(text, str) or not text.strip():
        faults.append("no_text")
    elif len(text) > TEXT_ADVISED:
        faults.append("msg_too_long")
    faults += _stray_markup(str(text))
    if "blocks" in arguments:
        faults += block_faults(arguments["blocks"], most=50)
    if method == "views.publish":
        view = arguments.get("view") or {}
        faults += [] if view.get("type") == "home" else ["view.type must be home"]
        faults += block_faults(view.get("blocks"), most=100)
    return faults


def block_faults(blocks: Any, *, most: int = 50) -> list[str]:
    """Everything that is wrong with the blocks of a message or view."""
    if not isinstance(blocks, list) or not blocks:
        return ["blocks must be a list with something in it"]
    faults = [f"{len(blocks)} blocks"] if len(blocks) > most else []
    for number, block in enumerate(blocks):
        faults += [f"block {number} ({block.get('type')}): {f}" for f in _block(block)]
    return faults


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type")
    if kind == "header":
        yield from _text(block.get("text"), 150, ("plain_text",))
        yield from _only(block, "type", "text", "block_id", "level")
    elif kind == "section":
        yield from _text(block.get("text"), 3000)
        yield from _only(block, "type", "text", "block_id", "fields", "accessory", "expand")
    elif kind in ("context", "actions"):
        yield from _elements(block, 10 if kind == "context" else 25)
    elif kind != "divider":
        yield "unknown type"


def _elements(block: dict[str, Any], most: int) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= most:
        yield f"{len(elements)} elements"
    ids = [element["action_id"] for element in elements if "action_id" in element]
    if len(set(ids)) != len(ids):
        yield "an action_id twice"
    for element in elements:
        yield from _text(element, 3000) if block["type"] == "context" else _element(element)


def _element(element: dict[str, Any]) -> Iterator[str]:
    kind = element.get("type")
    if not 1 <= len(element.get("action_id") or "-") <= 255:
        yield "action_id"
    if kind == "button":
        yield from _button(element)
    elif kind in ("radio_buttons", "checkboxes"):
        yield from _options(element.get("options") or [])
    elif kind == "datepicker":
        yield from _text(element.get("placeholder"), 150, ("plain_text",))
    else:
        yield f"unknown element {kind}"


def _button(element: dict[str, Any]) -> Iterator[str]:
    yield from _text(element.get("text"), 75, ("plain_text",))
    if len(element.get("value") or "-") > 2000:
        yield "value"
    yield from _only(element, "type", "text", "action_id", "value", "url", "style", "confirm",
                     "accessibility_label")  # fmt: skip


def _options(options: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(options) <= 10:
        yield f"{len(options)} options"
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        yield "a value twice"
    for option in options:
        yield from _text(option.get("text"), 75)
        if not 1 <= len(option.get("value") or "") <= 150:
            yield "option value"


def _text(
    value: Any, most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"text must be {kinds}"
        return
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text is empty"
    elif len(_counted(text)) > most:
        yield f"text of {len(text)} characters, {most} allowed"
    if value["type"] == "mrkdwn":
        if "emoji" in value:
            yield "emoji is for plain_text"
        yield from _stray_markup(text or "")
    elif "verbatim" in value:
        yield "verbatim is for mrkdwn"


def _counted(text: str) -> str:
    """With the entities that Slack keeps, those that stand there already counted once."""
    bare = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return bare.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stray_markup(text: str) -> Iterator[str]:
    """Every < > & must be an entity or one of our links."""
    without = re.sub(r"<(?:https?|tel|sms|mailto):[^<>|\s]+\|[^<>|]+>", "", text)
    without = re.sub(r"&(?:amp|lt|gt);", "", without)
    if re.search(r"[<>&]", without):
        yield f"markup of the text itself: {without[:60]!r}"


def _only(value: dict[str, Any], *known: str) -> Iterator[str]:
    yield from (f"unknown field {name}" for name in value if name not in known)
