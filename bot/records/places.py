"""Where conversations are kept: a place holds their rows, whatever the rows mean."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.records.held import Changes, Conversation, Row, Rows, Stored


@dataclass(frozen=True)
class Found:
    """The conversation that a token opens, and when it was used last (UTC)."""

    conversation: Conversation
    last_used_at: datetime.datetime


class Place(Protocol):
    """The database, this process's memory, or Redis. Every method raises RecordsUnavailable."""

    def check(self) -> None:
        """Nothing when it answers."""

    def by_token(self, token_hash: str) -> Found | None:
        """The conversation of this token."""

    def load(
        self, conversation: str, *, message_id: str | None = None, choice: str | None = None
    ) -> Stored | None:
        """What a turn needs; None when the conversation is not here."""

    def answers(self, conversation: str, interview: str) -> list[Row] | None:
        """Rows of an interview in the order they were written; None when it is not here."""

    def messages(self, conversation: str) -> list[str]:
        """All messages of both sides as JSON, in order."""

    def write(self, conversation: str, changes: Changes) -> None:
        """Write all of it, or nothing."""

    def read_all(self, conversation: str) -> Rows:
        """Every row of the conversation, by table name."""

    def put(self, rows: Rows) -> None:
        """Hold what another place's `read_all` gave, in place of what is here."""

    def set_consent(self, conversation: str, row: Row) -> None:
        """Note the answer to the question of consent (a row of consents)."""

    def delete(self, conversation: str) -> None:
        """Leave nothing of the conversation here."""

    def add_keys(
        self,
        conversation: str,
        keys: Mapping[str, str],
        *,
        now: datetime.datetime,
        life: datetime.timedelta,
    ) -> None:
        """Store keys by what each opens once."""

    def take_key(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """The id of the conversation that this key opens; the key is used up."""

    def key_opens(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """The id of the conversation that this key opens; the key stays."""

    def redeem(
        self,
        conversation: str,
        code: str,
        *,
        token_hash: str,
        link: tuple[str, datetime.datetime] | None,
        now: datetime.datetime,
    ) -> bool:
        """Use up a resume code, let a further session speak in this conversation, and link it with
        a person (from when on): all of it, or, when the code is not good any more, nothing."""

    def link(self, conversation: str, person: str, *, now: datetime.datetime) -> None:
        """From now on this conversation is the person's; earlier ones stay theirs to delete."""

    def linked(self, person: str) -> list[tuple[datetime.datetime, str]]:
        """When each of the person's conversations here was linked, and its id."""

    def drop_old(self, before: datetime.datetime) -> None:
        """Forget conversations that were used last before this time (UTC)."""
