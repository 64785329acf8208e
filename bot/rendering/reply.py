"""One reply of the bot, for no channel in particular, and how it leaves a Rasa turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

ReplyType = Literal[
    "text", "answer", "choices", "clarify", "declined", "care_card", "confirm_red_flag",
    "question", "summary", "notice", "error",
]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A button: what it says and what it means."""

    label: str
    value: str


@dataclass(frozen=True)
class Reply:
    """`text` is always all of it in plain words; `fields` are the further fields of the type."""

    type: ReplyType
    text: str
    choices: tuple[Choice, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The message of the web contract, without `id` and `seq`."""
        body: dict[str, Any] = {"type": self.type, "text": self.text, **self.fields}
        if self.choices or self.type in ("choices", "clarify", "confirm_red_flag"):
            body["choices"] = [{"label": c.label, "value": c.value} for c in self.choices]
        return body

    def as_plain(self) -> str:
        """The text with its choices below, for `rasa shell`."""
        if not self.choices:
            return self.text
        return self.text + "\n" + "\n".join(f"  - {c.label}" for c in self.choices)


JSON_CHANNELS = ("web", "slack")


def rendered(reply: Reply, *, channel: str) -> dict[str, Any]:
    """What Rasa's output channels are given: JSON for ours, text for a terminal."""
    if channel in JSON_CHANNELS:
        return {"custom": {"reply": reply.as_json()}}
    return {"text": reply.as_plain()}


def choices_of(values: Iterable[str], labels: dict[str, str]) -> tuple[Choice, ...]:
    """Buttons for these values."""
    return tuple(Choice(labels[value], value) for value in values)
