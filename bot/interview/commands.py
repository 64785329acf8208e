"""Messages that steer the interview: skip, back, stop, "I'm not sure", "how many are left?"."""

from __future__ import annotations

import re
from typing import Literal, get_args

from bot.content.interview import Script
from bot.content.interview_items import Question
from bot.interview.words import bare, bare_phrase, contains, fold

Command = Literal[
    "skip", "stop", "back", "not_sure", "start_over", "summary", "left", "why", "keep", "go_on"
]
COMMANDS: tuple[Command, ...] = get_args(Command)


def find_command(script: Script, text: str, *, choice: str | None) -> Command | None:
    """The command that a whole message, or a tapped button, is."""
    tapped = choice.rsplit("=", 1)[-1] if choice is not None else None
    plain = bare(text) if choice is None else ""
    for command in COMMANDS:
        if tapped is not None:
            if tapped == command:
                return command
        elif plain and any(
            plain == bare_phrase(words) for words in getattr(script.commands, command)
        ):
            return command
    return None


def sounds_unsure(script: Script, question: Question, text: str) -> bool:
    """Is "not sure" said within a longer message ("I really don't know when it was")?"""
    phrases = [p for p in script.commands.not_sure if len(p.split()) > 1]
    return question.answer_type != "text" and any(contains(p).search(fold(text)) for p in phrases)


def tied_question(choice: str) -> tuple[str, int, str] | None:
    """The question, repeat and value of a button's value ("sx.severity:0=moderate")."""
    match = re.fullmatch(r"(?P<id>[a-z0-9.-]+):(?P<repeat>\d{1,3})=(?P<value>[a-z0-9_]+)", choice)
    return (match["id"], int(match["repeat"]), match["value"]) if match else None
