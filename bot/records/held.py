"""One conversation as a turn sees it: read once at the beginning, written once at the end (pure).

So a turn costs a fixed number of statements, and all it writes stands or falls together: after a
crash there is never half a turn.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

# A row of raised_flags that was a question, no card.
ASKED = "asked"
# Cards and confirm lines that a turn reads, and a summary shows: the last ones. Who goes on for
# weeks may have hundreds, and each is decrypted at every message. History and export have all.
FLAGS_READ = 40


@dataclass(frozen=True)
class Conversation:
    """One conversation. `consent` is None until the person has answered."""

    id: str
    channel: str
    country: str | None
    timezone: str | None
    consent: bool | None


@dataclass(frozen=True)
class StoredTurn:
    """One message of a person and what was answered; `is_repeat`: it was answered before."""

    turn: int
    messages: list[dict[str, Any]]
    state: dict[str, Any]
    is_repeat: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class TrackerRow:
    """Rasa's tracker as it was saved, and the slots that others ask for."""

    body: str
    audience: str | None
    interview: str | None
    interview_active: bool


@dataclass(frozen=True)
class RaisedFlag:
    """A care card that was shown."""

    rule: str
    signs: tuple[str, ...]
    level: str
    at: datetime.datetime


@dataclass(frozen=True)
class Stored:
    """What a place reads of a conversation before a turn; the same amount whatever its length.

    `seen` and `label` belong to the message id and the choice that were asked for. `last_message`
    is of either side. `flags`: the last FLAGS_READ, oldest first. `interview` is the one begun
    last, `answers` are its rows.
    """

    conversation: Conversation
    last_turn: int
    last_seq: int
    last_message: dict[str, Any] | None
    seen: StoredTurn | None
    label: str | None
    tracker: TrackerRow | None
    flags: list[Row]
    interview: str | None
    answers: list[Row]


@dataclass
class Changes:
    """What a turn adds: new rows by table, and the tracker when it was saved; and the messages
    whose feedback takes the place of what was said before."""

    at: datetime.datetime
    rows: Rows = field(default_factory=dict)
    tracker: TrackerRow | None = None
    replaced_feedback: list[str] = field(default_factory=list)

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows to a table."""
        self.rows.setdefault(table, []).extend(rows)


def conversation_of(row: Mapping[str, Any]) -> Conversation:
    """The conversation of a row of its table."""
    return Conversation(row["id"], row["channel"], row["country"], row["timezone"], row["consent"])


class Held:
    """One conversation during a turn. `more_answers` reads those of an older interview; None when
    there is no such interview. `seen` and `label` belong to `message_id` and `choice`."""

    def __init__(
        self,
        stored: Stored,
        now: datetime.datetime,
        more_answers: Callable[[str], list[Row] | None],
        message_id: str | None = None,
        choice: str | None = None,
    ) -> None:
        self.conversation = stored.conversation
        self.message_id, self.seen = message_id, stored.seen
        self.choice, self.label = choice, stored.label
        self.last_turn = stored.last_turn
        self.tracker = stored.tracker
        self.interview = stored.interview
        self.changes = Changes(now)
        self._now = now
        self._last_seq = stored.last_seq
        self._last_message = stored.last_message
        self._flags = list(stored.flags)
        self._answers: dict[str, list[Row] | None] = (
            {stored.interview: list(stored.answers)} if stored.interview else {}
        )
        self._more_answers = more_answers

    # -- reading ---------------------------------------------------------------------------

    def last_reply(self) -> dict[str, Any] | None:
        """The last message, if it was the bot's."""
        last = self._last_message
        return None if last is None or last["type"] == "user" else last

    def red_flags(self) -> list[RaisedFlag]:
        """The cards shown, of the last FLAGS_READ cards and confirm lines; oldest first."""
        return [
            RaisedFlag(f["rule"], tuple(json.loads(f["signs"])), f["level"], f["at"])
            for f in self._flags
            if f["level"] != ASKED
        ]

    def signs_asked(self) -> set[str]:
        """The signs whose confirm line was asked, as far back as FLAGS_READ."""
        return {str(f["rule"]) for f in self._flags if f["level"] == ASKED}

    def answers(self, interview: str) -> list[dict[str, Any]]:
        """The answers of an interview, in the order they were given; `on`: the day (UTC)."""
        return [
            {
                "link_id": row["link_id"],
                "repeat": row["repeat"],
                "message_id": row["message_id"],
                "status": row["status"],
                "text": row["text"],
                "value": json.loads(row["value"]),
                "on": row["at"].date().isoformat(),
            }
            for row in self._answers_of(interview) or []
        ]

    def _answers_of(self, interview: str) -> list[Row] | None:
        if interview not in self._answers:
            self._answers[interview] = self._more_answers(interview)
        return self._answers[interview]

    # -- writing ---------------------------------------------------------------------------

    def save_tracker(self, row: TrackerRow) -> None:
        """Rasa's tracker after this turn."""
        self.tracker = self.changes.tracker = row

    def add_flag(self, *, rule: str, signs: Sequence[str], level: str) -> None:
        """A card that is shown, or (level ASKED) a confirm line."""
        last = max((int(f["seq"]) for f in self._flags), default=0)
        flag = {
            "conversation": self.conversation.id,
            "seq": last + 1,
            "rule": rule,
            "signs": json.dumps(list(signs)),
            "level": level,
            "at": self._now,
        }
        self._flags.append(flag)
        self.changes.add("raised_flags", [flag])

    def add_answers(self, interview: str, answers: Sequence[dict[str, Any]]) -> None:
        """Answers of an interview; those of a message that was written before change nothing."""
        rows = self._answers_of(interview)
        if rows is None:
            begun = {
                "id": interview,
                "conversation": self.conversation.id,
                "started_at": self._now,
            }
            self.changes.add("interviews", [begun])
            self.interview = interview
            rows = self._answers[interview] = []
        seen = {(r["link_id"], r["repeat"], r["message_id"]) for r in rows}
        new = [
            {**_columns(a), "interview": interview, "at": self._now}
            for a in answers
            if (a["link_id"], a["repeat"], a["message_id"]) not in seen
        ]
        rows.extend(new)
        self.changes.add("interview_answers", new)

    def add_turn(
        self,
        *,
        message_id: str,
        said: dict[str, Any] | None,
        replies: Sequence[dict[str, Any]],
        state: dict[str, Any],
        choices: Mapping[str, str],
    ) -> StoredTurn:
        """What was said, what was answered (given `id` and `seq` here), and the choices offered
        with it (value -> label)."""
        name = self.conversation.id
        turn = self.last_turn + 1
        bodies = ([said] if said else []) + list(replies)
        numbered = [
            {**body, "id": f"m{number}", "seq": number}
            for number, body in enumerate(bodies, start=self._last_seq + 1)
        ]
        self.changes.add(
            "turns",
            [
                {
                    "conversation": name,
                    "turn": turn,
                    "message_id": message_id,
                    "state": json.dumps(state),
                }
            ],
        )
        self.changes.add(
            "messages",
            [
                {
                    "conversation": name,
                    "seq": body["seq"],
                    "turn": turn,
                    "body": json.dumps(body),
                    "at": self._now,
                }
                for body in numbered
            ],
        )
        self.changes.add(
            "offered_choices",
            [{"conversation": name, "value": v, "label": label} for v, label in choices.items()],
        )
        self.last_turn = turn
        self._last_seq += len(numbered)
        self._last_message = numbered[-1] if numbered else self._last_message
        return StoredTurn(turn, [body for body in numbered if body["type"] != "user"], state)

    def take_changes(self) -> Changes:
        """What is to be written now; from here on changes are counted anew."""
        taken, self.changes = self.changes, Changes(self._now)
        return taken


def _columns(answer: Mapping[str, Any]) -> Row:
    """An answer as its row; the day it is written (`on`) is the table's own."""
    kept = {name: value for name, value in answer.items() if name != "on"}
    return {**kept, "value": json.dumps(answer["value"])}
