"""Every type of reply as messages for Slack (Block Kit). Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rendering.blocks import (
    BLOCKS,
    CONTEXT,
    Block,
    button_rows,
    checkboxes,
    context,
    date_picker,
    divided,
    escaped,
    header,
    markdown,
    marked_sections,
    plain,
    radio_buttons,
    sections,
    shortened,
)
from bot.rendering.reply import Choice

# Longer ones are cut by some of Slack's apps when they stand on a button. Those of a choice are
# short, but for "Change 2: ...", which says enough in its first words.
LONG_LABEL = 50
FALLBACK = 3900
# Slack does not say how much all blocks may hold together; others saw 15.5 kB taken, 17.7 refused.
POST = 12_000
CONTINUE = Choice("Continue", "send_chosen")
LEVELS = {
    "emergency": "Emergency care",
    "urgent": "Urgent care",
    "routine": "Talk to your care team",
    "crisis": "Help in a crisis",
}
HINTS = {
    "date": "Choose a date, or write it in your own words. Choosing sends.",
    "radio": "Choosing one sends it.",
    "checks": "Choose one or more, then press Continue.",
    "number": "Type the number.",
}
_ACTIVE = ("actions", "input")
Reply = Mapping[str, Any]
Labels = Mapping[str, str]


@dataclass(frozen=True)
class SlackMessage:
    """One post. `text` is what screen readers and notifications say."""

    text: str
    blocks: list[Block]


def slack_messages(reply: Reply, labels: Labels) -> list[SlackMessage]:
    """The posts for a message of the contract: one, or several where it has more than 50 blocks.

    `labels`: the words on the buttons that steer a question, by their values (content/texts.yml).
    """
    blocks = _RENDERERS.get(reply["type"], _with_buttons)(reply, labels)
    posts = list(_posts(blocks))
    texts = divided(reply["text"], FALLBACK)
    return [
        SlackMessage(escaped(texts[min(number, len(texts) - 1)]), part)
        for number, part in enumerate(posts)
    ]


def _posts(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    part: list[Block] = []
    size = 0
    for block in blocks:
        its_size = len(json.dumps(block, ensure_ascii=False))
        if part and (len(part) == BLOCKS or size + its_size > POST):
            yield part
            part, size = [], 0
        part.append(block)
        size += its_size
    if part:
        yield part


def chosen_blocks(blocks: Iterable[Block], label: str) -> list[Block]:
    """The blocks of a message after a press: "You chose: ..." in the place of its buttons."""
    kept = [block for block in blocks if block.get("type") not in _ACTIVE]
    return [*kept[: BLOCKS - 1], *context([plain(f"You chose: {shortened(label, 1000)}")])]


def home_view(title: str, texts: Iterable[str], choices: Iterable[Choice]) -> Block:
    """The App Home: the same for everybody, nothing private in it."""
    said = [block for text in texts for block in sections(text)]
    return {"type": "home", "blocks": [*header(title), *said, *button_rows(choices)]}


def _with_buttons(reply: Reply, labels: Labels) -> list[Block]:
    """Text with buttons: text, choices, clarify, declined, confirm_red_flag, notice, error."""
    if reply.get("multiple"):
        return [*sections(reply["text"]), *checkboxes(_choices(reply), CONTINUE)]
    return [*sections(reply["text"]), *button_rows(_choices(reply))]


def _answer(reply: Reply, labels: Labels) -> list[Block]:
    said = " ".join(sentence["text"] for sentence in reply["sentences"])
    blocks = [*sections(reply.get("intro", "")), *header(reply["title"]), *sections(said)]
    if "figure" in reply:
        blocks += sections(f"{reply['figure']['label']}.")
    blocks += sections(reply.get("next", ""))
    dated = "Reviewed on" if reply.get("reviewed") else "Facts collected on"
    sources = [_source(source) for source in reply["sources"]]
    small = dict.fromkeys([*sources, f"{dated} {reply['checked_on']}"])
    blocks += context(markdown(line) for line in small)
    explained = [term["means"] for term in reply.get("terms", ()) if term["means"] in reply["text"]]
    if explained:
        blocks += context(plain(part) for part in divided("Words: " + " ".join(explained), CONTEXT))
    return [*blocks, *button_rows(_choices(reply))]


def _care_card(reply: Reply, labels: Labels) -> list[Block]:
    """What to do and whom to call. In a crisis the first two lines to reach stand above all."""
    title = header(f"{LEVELS[reply['level']]}: {reply['title']}")
    contacts = [f"*{_contact(contact)}*" for contact in reply["contacts"]]
    bullets = sections("\n".join(f"• {bullet}" for bullet in reply["bullets"]))
    first = 2 if reply["level"] == "crisis" else len(contacts)
    called = marked_sections(contacts[:first])
    top = [*called, *title] if reply["level"] == "crisis" else [*title, *called]
    names = dict.fromkeys(_source(source) for source in reply["sources"])
    return [
        *top,
        *bullets,
        *marked_sections(contacts[first:]),
        *context(markdown(name) for name in names),
        {"type": "divider"},
        *button_rows(_choices(reply)),
    ]


def _question(reply: Reply, labels: Labels) -> list[Block]:
    step, total = reply["progress"]["step"], reply["progress"].get("total")
    progress = f"Question {step} of {total}" if total else f"Question {step}"
    steering = [
        *(["back"] if reply["can_go_back"] else []),
        "not_sure",
        *(["skip"] if reply["can_skip"] else []),
        "stop",
    ]
    own = [choice for choice in _choices(reply) if choice.value not in steering]
    return [
        *context([plain(progress)]),
        *sections(reply["text"]),
        *_input(reply, own),
        *button_rows(Choice(labels[value], value) for value in steering),
    ]


def _input(reply: Reply, choices: list[Choice]) -> list[Block]:
    """What the question is answered with, besides words."""
    kind = reply["input"]
    if kind == "multi_choice" and choices:
        # Choices of another question ("ask me all questions") are no boxes to tick.
        boxes = [c for c in choices if c.value.startswith(f"{reply['linkId']}:")]
        others = [c for c in choices if c not in boxes]
        return [*_hint("checks"), *checkboxes(boxes, CONTINUE), *button_rows(others)]
    is_long = kind != "choice" and any(len(choice.label) > LONG_LABEL for choice in choices)
    offered = [*_hint("radio"), *radio_buttons(choices)] if is_long else button_rows(choices)
    if kind == "date":
        return [*_hint("date"), *date_picker("Choose a date"), *offered]
    return [*(_hint(kind) if kind in HINTS else []), *offered]


def _summary(reply: Reply, labels: Labels) -> list[Block]:
    title, _, rest = reply["text"].partition("\n")
    return [*header(title), *sections(rest), *button_rows(_choices(reply))]


_RENDERERS: dict[str, Callable[[Reply, Labels], list[Block]]] = {
    "answer": _answer,
    "care_card": _care_card,
    "question": _question,
    "summary": _summary,
}


def _choices(reply: Reply) -> list[Choice]:
    """One button for each value: Slack refuses two elements of the same id."""
    labels = {choice["value"]: choice["label"] for choice in reply.get("choices", ())}
    return [Choice(label, value) for value, label in labels.items()]


def _hint(name: str) -> list[Block]:
    return context([plain(HINTS[name])])


def _contact(contact: Mapping[str, str]) -> str:
    label = escaped(contact["label"])
    return f"<{contact['href']}|{label}>" if contact.get("href") else label


def _source(source: Mapping[str, str]) -> str:
    name = escaped(source["publisher"])
    return f"<{source['url']}|{name}>" if source.get("url") else name
