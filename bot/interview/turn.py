"""One turn of the interview: what is known when a message comes, and what it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.interview import Script
from bot.content.interview_items import ANOTHER, PATH, QUESTIONS, WHO
from bot.interview.answers import Answer, Status
from bot.interview.naming import patient_of
from bot.interview.play_back import play_back
from bot.interview.question_order import noted_questions, order_line
from bot.interview.rows import Message
from bot.interview.script import Asked, Key, latest_answers, next_question

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
class InterviewTurn:
    """One message before it is read; `now` is the question that waits for an answer."""

    script: Script
    history: tuple[Answer, ...]
    message: Message
    audience: str
    now: Key | None

    def finish(
        self, outcome: Outcome, say: str, new: tuple[Answer, ...] = (), question: str = ""
    ) -> Step:
        """End the turn with these new rows; the next question follows from them."""
        attempt = self.message.attempt if outcome == "not_understood" else 1
        asked = next_question(
            self.script, (*self.history, *new), audience=self.audience, attempt=attempt
        )
        return Step(new, outcome, say, asked, question)

    def row(self, key: Key, status: Status, text: str) -> Answer:
        """A row without a value (skipped, not sure)."""
        return Answer(key[0], key[1], self.message.message_id, status, text, None)


def reopen(answers: Sequence[Answer], link_id: str, repeat: int, message_id: str) -> Answer | None:
    """The row that makes an answered question be asked again; None when it has no answer."""
    old = latest_answers(answers).get((link_id, repeat))
    return replace(old, message_id=message_id, status="reopened") if old else None


def reopened(turn: InterviewTurn, key: Key | None, say: str) -> Step:
    """Ask an answered question again, and say what the answer was."""
    lines = turn.script.lines
    row = reopen(turn.history, *key, turn.message.message_id) if key else None
    if row is None:
        return turn.finish("back", lines.no_back)
    earlier = f" {lines.earlier.format(words=row.text)}" if row.text else ""
    return turn.finish("back", say + earlier, (row,))


def played_back(turn: InterviewTurn, new: tuple[Answer, ...]) -> str:
    """What was noted, in words."""
    held = {(a.link_id, a.repeat): a for a in (*turn.history, *new)}
    is_proxy = patient_of(turn.script, held, turn.audience) is not None
    said = play_back(turn.script, turn.history, new, is_proxy=is_proxy)
    asked = next((a for a in new if a.link_id == QUESTIONS and a.status == "given"), None)
    if asked is not None:
        line = order_line(turn.script, noted_questions({(QUESTIONS, 0): asked}))
        said = f"{said} {line}".strip()
    dropped = any(a.link_id == ANOTHER and a.value == "no" and a.text == "" for a in new)
    return turn.script.lines.dropped if dropped and not said else said


def say_beside(turn: InterviewTurn, row: Answer) -> str:
    """What follows from a choice of path, or of whom the questions are about."""
    lines = turn.script.lines
    if row.link_id == PATH:
        return lines.full if row.value == "full" else lines.short
    patient = patient_of(turn.script, {(WHO, 0): row}, turn.audience)
    return lines.about.format(person=patient.person) if patient else lines.about_self
