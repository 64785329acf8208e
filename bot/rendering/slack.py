"""An answer as Slack Block Kit: header, sections, sources as context, choices as buttons.

Slack's limits (150 characters in a header, 3000 in a section, 75 on a button, 25 buttons) are kept
by content/: a test holds every entry against them.
"""

from __future__ import annotations

from typing import Any

from bot.rendering.reply import Reply

CONTEXT_ELEMENTS = 10
Block = dict[str, Any]


def answer_blocks(reply: Reply) -> list[Block]:
    """The blocks of a reply of type `answer`; its plain `text` goes beside them as a fallback."""
    fields = reply.fields
    said = " ".join(sentence["text"] for sentence in fields["sentences"])
    blocks = [{"type": "header", "text": _plain(fields["title"])}, _section(said)]
    if fields.get("next"):
        blocks.append(_section(fields["next"]))
    dated = "Reviewed on" if fields["reviewed"] else "Facts collected on"
    provenance = [
        *(_source(source) for source in fields["sources"]),
        f"{dated} {fields['checked_on']}",
    ]
    lines = [_markdown(line) for line in dict.fromkeys(provenance)]
    for start in range(0, len(lines), CONTEXT_ELEMENTS):
        blocks.append({"type": "context", "elements": lines[start : start + CONTEXT_ELEMENTS]})
    buttons = [
        {"type": "button", "text": _plain(c.label), "action_id": c.value, "value": c.value}
        for c in reply.choices
    ]
    return [*blocks, {"type": "actions", "elements": buttons}] if buttons else blocks


def escaped(text: str) -> str:
    """Text in which Slack finds no links, mentions or entities of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> Block:
    return {"type": "section", "text": _markdown(escaped(text))}


def _source(source: dict[str, str]) -> str:
    name = escaped(source["publisher"])
    return f"<{source['url']}|{name}>" if source.get("url") else name


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _markdown(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
