"""The errors of this project.

BotError
+-- ContentError                content/ is wrong: the start is refused, file and item named
+-- SettingsError               the environment or .env is wrong
+-- KnowledgeBaseUnavailable    the database could not be read while answering
+-- RecordsUnavailable          a conversation could not be read or written
|   +-- RecordsSealed           ... because the key that sealed it is not here
|   +-- LockUnavailable         ... because its turn to be answered could not be had
+-- BackupFailed                a backup could not be made or restored
+-- SummaryNotMade              a file of the summary could not be made
+-- UnknownConversation         the token opens no conversation (never existed, deleted, or too old)
"""

from __future__ import annotations

import traceback
from pathlib import Path


class BotError(Exception):
    """Something this project can explain; the message says what to do."""


class SettingsError(BotError):
    """A setting cannot be used; the message names it and the allowed values."""


class ContentError(BotError):
    """content/ holds something wrong.

    `problems` are lines of the form "file: item: field: what is wrong and what to do".
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class KnowledgeBaseUnavailable(BotError):
    """The knowledge base could not be read."""


class RecordsUnavailable(BotError):
    """A conversation could not be read or written, so nothing may be said to be saved."""


class UnknownConversation(BotError):
    """No conversation belongs to this token."""


class RecordsSealed(RecordsUnavailable):
    """No key of this process opens what is stored, or there is no key at all."""


class LockUnavailable(RecordsUnavailable):
    """Redis is gone, or the turn before did not end: this one cannot be answered in its order."""


class BackupFailed(BotError):
    """A backup could not be made or restored; nothing was changed."""


class SummaryNotMade(BotError):
    """A file of the visit summary could not be made."""


def place_of(error: BaseException) -> str:
    """Where an error arose, without its message: that may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))
