"""Parts of Slack's Block Kit, each within Slack's limits. Pure.

Texts that are too long are divided at the ends of sentences; nothing is cut but labels of buttons.
Lengths are counted as Slack keeps a text: with "&amp;" for "&".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from bot.rendering.reply import Choice

Block = dict[str, Any]
Item = TypeVar("Item")

BLOCKS = 50
SECTION, HEADER, CONTEXT = 3000, 150, 2000
BUTTON, OPTION = 75, 75
OPTIONS, CONTEXT_ELEMENTS, ROW = 10, 10, 5
_ENDS = re.compile(r"(?<=[.!?:;])\s+|\n+")
_LONGEST_ENTITY = len("&amp;")


def escaped(text: str) -> str:
    """Text in which Slack finds no links, mentions or entities of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> Block:
    """A text object that is shown letter by letter."""
    return {"type": "plain_text", "text": text, "emoji": False}


def markdown(text: str) -> Block:
    """A text object with Slack's markup; whatever is not ours in it must be `escaped`."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def sections(text: str) -> list[Block]:
    """Plain words, in as many sections as they need."""
    return [{"type": "section", "text": plain(part)} for part in divided(text, SECTION)]


def marked_sections(lines: Iterable[str]) -> list[Block]:
    """Lines with Slack's markup, in as many sections as they need; a line stays whole."""
    return [{"type": "section", "text": markdown(part)} for part in _packed(lines, "\n", SECTION)]


def header(title: str) -> list[Block]:
    """A heading; what is too long for one becomes a section."""
    if len(title) > HEADER:
        return sections(title)
    return [{"type": "header", "text": plain(title)}]


def context(lines: Iterable[Block]) -> list[Block]:
    """Small print."""
    return [{"type": "context", "elements": part} for part in _batches(lines, CONTEXT_ELEMENTS)]


def button_rows(choices: Iterable[Choice]) -> list[Block]:
    """Buttons, five in a row. An id has to be unique within its row only; a value comes once."""
    return [
        {"type": "actions", "elements": [_button(choice) for choice in row]}
        for row in _batches(choices, ROW)
    ]


def radio_buttons(choices: Sequence[Choice]) -> list[Block]:
    """One of several long labels. Choosing sends."""
    return _option_lists("radio_buttons", "radio", choices)


def checkboxes(choices: Sequence[Choice], proceed: Choice) -> list[Block]:
    """Several of several; only the button below sends."""
    return [*_option_lists("checkboxes", "checks", choices), *button_rows([proceed])]


def date_picker(placeholder: str) -> list[Block]:
    """A calendar. Choosing sends."""
    picker = {"type": "datepicker", "action_id": "date", "placeholder": plain(placeholder)}
    return [{"type": "actions", "elements": [picker]}]


def shortened(text: str, most: int) -> str:
    """At most this long, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def divided(text: str, most: int) -> list[str]:
    """The text in parts of at most `most` characters, each ending with a sentence where it can."""
    return list(_packed(_pieces(text, most), "", most))


def _pieces(text: str, most: int) -> Iterator[str]:
    """Sentences with the space behind them; one that is too long in words, then in letters."""
    start = 0
    for end in [*(match.end() for match in _ENDS.finditer(text)), len(text)]:
        sentence, start = text[start:end], end
        if _size(sentence) <= most:
            yield sentence
            continue
        for word in re.findall(r"\S+\s*|\s+", sentence):
            step = most if _size(word) <= most else most // _LONGEST_ENTITY
            yield from (word[at : at + step] for at in range(0, len(word), step))


def _packed(pieces: Iterable[str], between: str, most: int) -> Iterator[str]:
    """Neighbours together, as many as fit. Space at the ends is dropped, Slack shows none."""
    held: str | None = None
    for piece in pieces:
        if held is not None and _size(held + between + piece.rstrip()) > most:
            yield from filter(None, [held.strip()])
            held = None
        held = piece if held is None else held + between + piece
    yield from filter(None, [(held or "").strip()])


def _size(text: str) -> int:
    return len(escaped(text))


def _button(choice: Choice) -> Block:
    return {
        "type": "button",
        "text": plain(shortened(choice.label, BUTTON)),
        "action_id": choice.value,
        "value": choice.value,
    }


def _option_lists(kind: str, action: str, choices: Sequence[Choice]) -> list[Block]:
    options = [
        {"text": plain(shortened(choice.label, OPTION)), "value": choice.value}
        for choice in choices
    ]
    return [
        {"type": "actions", "elements": [{"type": kind, "action_id": action, "options": part}]}
        for part in _batches(options, OPTIONS)
    ]


def _batches(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, most)):
        yield batch
