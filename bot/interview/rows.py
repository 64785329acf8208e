"""One message, and the answers that are read from it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from bot.content.interview_items import ANOTHER, NAME
from bot.interview.answers import UNSETTLED, Answer, Value

Key = tuple[str, int]


@dataclass(frozen=True)
class Message:
    """What a person typed, and what is needed to read it. `attempt` counts from 1."""

    text: str
    message_id: str
    today: datetime.date
    attempt: int
    audience: str = "any"


@dataclass
class Rows:
    """Answers of one message, at most one for each question and repeat, beside those held."""

    message: Message
    held: dict[Key, Answer]
    new: dict[Key, Answer]

    def put(self, link_id: str, repeat: int, value: Value, text: str) -> None:
        """Note one answer."""
        self.new[link_id, repeat] = Answer(
            link_id, repeat, self.message.message_id, "given", text, value
        )

    def has(self, link_id: str, repeat: int) -> bool:
        """Is there an answer that need not be asked for any more?"""
        old = self.held.get((link_id, repeat))
        return (link_id, repeat) in self.new or (old is not None and old.status not in UNSETTLED)

    def next_repeat(self) -> int:
        """The first round that holds no symptom yet."""
        rounds = [r for link, r in (*self.held, *self.new) if link in (NAME, ANOTHER)]
        return max(rounds, default=-1) + 1
