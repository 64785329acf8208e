"""What an action knows of a turn, read once from the tracker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# A second topic with this share of the first one's score is the right one for about half of the
# questions whose first topic is wrong (measured on tests/cases/questions_2026_11.yml).
NEARLY = 0.5


@dataclass(frozen=True)
class Turn:
    """One message with what Rasa made of it.

    `text` is what the person wrote (for a tapped choice: its label), `choice` the value of a
    tapped choice (`choices`: of several picked together), `ranking` the intents by score, best
    first. `question` is the text as it was understood ("how is it given (blinatumomab)"), `second`
    intent and text of a second question, `named` the ids of the things the message names,
    `nearly` the topic that is second, when it is nearly as likely. `follows_card`: a care card was
    the last thing said before it.
    """

    text: str
    question: str
    intent: str
    confidence: float
    ranking: tuple[str, ...]
    choice: str | None
    message_id: str
    channel: str
    country: str | None
    today: str | None
    slots: dict[str, Any]
    red_flags: tuple[str, ...]
    second: tuple[str, str] | None = None
    choices: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()
    nearly: str | None = None
    follows_card: bool = False

    @classmethod
    def from_tracker(cls, tracker: Any) -> Turn:
        """Read a rasa_sdk Tracker."""
        message = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        ranking = [i for i in message.get("intent_ranking") or [] if i.get("name")]
        text = metadata.get("text") or message.get("text") or ""
        second = message.get("second_question")
        return cls(
            text=text,
            question=message.get("read_as") or text,
            intent=(message.get("intent") or {}).get("name") or "",
            confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
            ranking=tuple(i["name"] for i in ranking),
            choice=metadata.get("choice"),
            message_id=metadata.get("message_id") or message.get("message_id") or "",
            channel=metadata.get("channel") or "cmdline",
            country=metadata.get("country"),
            today=metadata.get("today"),
            slots=dict(tracker.slots),
            red_flags=tuple(metadata.get("red_flags") or ()),
            second=(second[0], second[1]) if second else None,
            choices=tuple(metadata.get("choices") or ()),
            named=frozenset(str(e["value"]) for e in message.get("entities") or ()),
            nearly=_nearly(ranking),
            follows_card=bool(metadata.get("follows_card")),
        )

    @property
    def audience(self) -> str | None:
        """child, adult or caregiver, as far as the conversation told."""
        return self.slots.get("audience")

    @property
    def in_interview(self) -> bool:
        """Is a question of the interview waiting for its answer?"""
        return self.slots.get("requested_slot") is not None

    @property
    def topic(self) -> str | None:
        """The topic that was asked for."""
        return _topic(self.intent)


def _topic(intent: str) -> str | None:
    if intent.startswith("ask_") and intent != "ask_is_it_relapse":
        return intent.removeprefix("ask_")
    return None


def _nearly(ranking: list[dict[str, Any]]) -> str | None:
    if len(ranking) < 2 or ranking[1]["confidence"] < NEARLY * ranking[0]["confidence"]:
        return None
    return _topic(ranking[1]["name"])
