"""One message of the person within the interview: what is noted, what is said, what comes next."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.interview import ANOTHER, NAME, Script
from bot.interview.answers import (
    Answer,
    NotUnderstood,
    Status,
    exact_choice,
    is_clear_answer,
    parse_answer,
)
from bot.interview.collect import Message, collect_answers
from bot.interview.commands import Command, find_command, sounds_unsure, tied_question
from bot.interview.play_back import play_back
from bot.interview.script import (
    PROXY_AUDIENCES,
    Asked,
    Key,
    current_answers,
    latest_answers,
    next_question,
    pending,
    previous_question,
    questions_left,
)
from bot.interview.slips import as_written, mend
from bot.interview.words import Parts, split_parts

Outcome = Literal[
    "answered", "not_understood", "question", "stop", "back", "skip", "unsure", "summary",
    "start_over", "told",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What one message did.

    `answers`: new rows for the history, to be written before anything is said.
    `say`: one line to say first (may be empty). `asked`: the question to put then, None when all
    are answered. `question`: what the person asked, for the caller to answer before `asked`; with
    outcome "question" that is the whole message, with "answered" the part that was no answer.
    Outcome "told": something about the interview was asked, and `say` answers it.
    """

    answers: tuple[Answer, ...]
    outcome: Outcome
    say: str
    asked: Asked | None
    question: str = ""


@dataclass(frozen=True)
class _Turn:
    script: Script
    history: tuple[Answer, ...]
    message: Message
    audience: str
    now: Key | None

    def finish(
        self, outcome: Outcome, say: str, new: tuple[Answer, ...] = (), question: str = ""
    ) -> Step:
        attempt = self.message.attempt if outcome == "not_understood" else 1
        asked = next_question(
            self.script, (*self.history, *new), audience=self.audience, attempt=attempt
        )
        return Step(new, outcome, say, asked, question)

    def row(self, key: Key, status: Status, text: str) -> Answer:
        return Answer(key[0], key[1], self.message.message_id, status, text, None)


def take_message(
    script: Script,
    answers: Sequence[Answer],
    *,
    text: str = "",
    choice: str | None = None,
    message_id: str,
    today: datetime.date,
    attempt: int = 1,
    audience: str = "any",
) -> Step:
    """Read one message (typed `text`, or a tapped `choice`) at the question that is pending.

    `attempt` is 1 plus the number of times that the pending question was just not understood.
    A message id that is already in the history changes nothing.
    """
    history = tuple(answers)
    now = pending(script, history)
    turn = _Turn(script, history, Message(text, message_id, today, attempt), audience, now)
    if any(answer.message_id == message_id for answer in history):
        return turn.finish("answered", "")
    tied = tied_question(choice) if choice is not None else None
    if tied is not None and (tied[0], tied[1]) != now:
        return _take_earlier_choice(turn, tied)
    command = find_command(script, text, choice=choice)
    if command is not None and not _answers_pending(turn, command, choice):
        return _take_command(turn, command)
    if choice is not None:
        return _take_choice(turn, tied[2] if tied else choice, now)
    mended, written = mend(script, text)
    step = _take_text(replace(turn, message=replace(turn.message, text=mended)))
    return replace(step, answers=as_written(script, step.answers, written)) if written else step


def reopen(answers: Sequence[Answer], link_id: str, repeat: int, message_id: str) -> Answer | None:
    """The row that makes an answered question be asked again; None when it has no answer."""
    old = latest_answers(answers).get((link_id, repeat))
    return replace(old, message_id=message_id, status="reopened") if old else None


def _answers_pending(turn: _Turn, command: Command, choice: str | None) -> bool:
    """Does the pending question offer this very answer ("I don't remember", "same as before")?"""
    question = turn.script.question(turn.now[0]) if turn.now else None
    if question is None:
        return False
    if choice is not None:
        return question.choice(choice.rsplit("=", 1)[-1]) is not None
    return command in ("not_sure", "keep") and exact_choice(question, turn.message.text) is not None


def _take_command(turn: _Turn, command: Command) -> Step:
    lines = turn.script.lines
    if command == "back":
        return _go_back(turn)
    if command in ("stop", "start_over", "summary"):
        said = {"stop": lines.stopped, "start_over": lines.start_over, "summary": lines.summary}
        outcome: dict[str, Outcome] = {
            "stop": "stop", "start_over": "start_over", "summary": "summary",
        }  # fmt: skip
        return turn.finish(outcome[command], said[command])
    if turn.now is None:
        return turn.finish("summary", lines.summary)
    if command == "left":
        count = questions_left(turn.script, turn.history)
        return turn.finish("told", lines.left_one if count == 1 else lines.left.format(count=count))
    if command == "why":
        question = turn.script.question(turn.now[0])
        return turn.finish("told", lines.why.format(why=question.why if question else ""))
    if command == "keep":
        return _keep(turn, turn.now)
    status: Status = "skipped" if command == "skip" else "unknown"
    row = turn.row(turn.now, status, turn.message.text)
    say = lines.skipped if command == "skip" else lines.unsure
    return turn.finish("skip" if command == "skip" else "unsure", say, (row,))


def _go_back(turn: _Turn) -> Step:
    lines = turn.script.lines
    key = previous_question(turn.script, turn.history)
    row = reopen(turn.history, *key, turn.message.message_id) if key else None
    if row is None:
        return turn.finish("back", lines.no_back)
    earlier = f" {lines.earlier.format(words=row.text)}" if row.text else ""
    return turn.finish("back", lines.back + earlier, (row,))


def _keep(turn: _Turn, now: Key) -> Step:
    """Leave a reopened answer as it was; elsewhere "keep" is read as any other text."""
    latest = latest_answers(turn.history).get(now)
    held = current_answers(turn.script, turn.history).get(now)
    if latest is None or latest.status != "reopened" or held is None:
        return _take_text(turn)
    row = replace(held, message_id=turn.message.message_id)
    return turn.finish("answered", turn.script.lines.kept, (row,))


def _take_earlier_choice(turn: _Turn, tied: tuple[str, int, str]) -> Step:
    """A button of another question: it changes that answer, if the question was asked before."""
    key = (tied[0], tied[1])
    if key in current_answers(turn.script, turn.history):
        return _take_choice(turn, tied[2], key)
    return turn.finish("not_understood", turn.script.lines.stale)


def _take_choice(turn: _Turn, value: str, key: Key | None) -> Step:
    lines = turn.script.lines
    question = turn.script.question(key[0]) if key else None
    if key is None or question is None:
        return turn.finish("not_understood" if turn.now else "summary", lines.stale)
    if value in ("skip", "not_sure"):
        row = turn.row(key, "skipped" if value == "skip" else "unknown", "")
        return turn.finish("skip" if value == "skip" else "unsure", lines.skipped, (row,))
    message = turn.message
    read = parse_answer(
        turn.script, question, "", choice=value, today=message.today, attempt=message.attempt
    )
    if isinstance(read, NotUnderstood):
        return turn.finish("not_understood", lines.stale)
    row = Answer(key[0], key[1], message.message_id, "given", read.text, read.value)
    return turn.finish("answered", _say(turn, (row,)), (row,))


def _take_text(turn: _Turn) -> Step:
    """The pending question's own parser decides first; then what is left may be a question."""
    script, message = turn.script, turn.message
    question = script.question(turn.now[0]) if turn.now else None
    parts = split_parts(message.text)
    if question and is_clear_answer(script, question, message.text, today=message.today):
        parts = Parts(message.text, "")
    if not parts.statement and parts.question:
        return turn.finish("question", "", question=message.text)
    read = collect_answers(script, turn.history, turn.now, replace(message, text=parts.statement))
    is_unsure = question is not None and sounds_unsure(script, question, parts.statement)
    if not isinstance(read, NotUnderstood) and not (is_unsure and _is_dateless(read)):
        return turn.finish("answered", _say(turn, read), read, question=parts.question)
    if parts.question:
        return turn.finish("question", "", question=message.text)
    if turn.now is None:
        return turn.finish("summary", script.lines.summary)
    if is_unsure:
        row = turn.row(turn.now, "unknown", message.text)
        return turn.finish("unsure", script.lines.unsure, (row,))
    return turn.finish("not_understood", read.text if isinstance(read, NotUnderstood) else "")


def _is_dateless(new: tuple[Answer, ...]) -> bool:
    """ "I don't know when it was" is no event, though "when it was" alone could be one."""
    return all(isinstance(a.value, dict) and a.value.get("date") is None for a in new)


def _say(turn: _Turn, new: tuple[Answer, ...]) -> str:
    is_proxy = turn.audience in PROXY_AUDIENCES
    said = play_back(turn.script, turn.history, new, is_proxy=is_proxy)
    dropped = any(a.link_id == ANOTHER and a.value == "no" and a.text == "" for a in new)
    return turn.script.lines.dropped if dropped and not said else said


__all__ = ["NAME", "Outcome", "Step", "reopen", "take_message"]
