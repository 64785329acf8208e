"""One message of the person within the interview: what is noted, what is said, what comes next."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.interview import ANOTHER, NAME, PATH, WHO, Question, Script
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
from bot.interview.edits import find_edit
from bot.interview.naming import patient_of, patient_spoken_of
from bot.interview.play_back import play_back
from bot.interview.prompts import prompt_text
from bot.interview.script import (
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
from bot.interview.words import Parts, fold, split_parts

Outcome = Literal[
    "answered", "not_understood", "question", "stop", "back", "skip", "unsure", "summary",
    "start_over", "told",
]  # fmt: skip
_OUTCOME_OF_EDIT: dict[str, Outcome] = {
    "changed": "answered",
    "asked_again": "back",
    "told": "told",
}


# "Do you mean the first time? That was in August."
_ASKS_BACK = re.compile(r"^(?:do )?you mean\b|^was it\b[^?]{0,20}\?$")


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
    message = Message(text, message_id, today, attempt, audience)
    turn = _Turn(script, history, message, audience, now)
    if any(answer.message_id == message_id for answer in history):
        return turn.finish("answered", "")
    tied = tied_question(choice) if choice is not None else None
    if tied is not None and ((tied[0], tied[1]) != now or tied[2] == "change"):
        return _take_earlier_choice(turn, tied)
    command = find_command(script, text, choice=choice)
    if command is not None and not _answers_pending(turn, command, choice):
        return _take_command(turn, command)
    if choice is not None:
        return _take_choice(turn, tied[2] if tied else choice, now)
    mended, written = mend(script, text)
    step = _take_words(replace(turn, message=replace(message, text=mended)))
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
    key = previous_question(turn.script, turn.history)
    return _reopen(turn, key, turn.script.lines.back)


def _reopen(turn: _Turn, key: Key | None, say: str) -> Step:
    lines = turn.script.lines
    row = reopen(turn.history, *key, turn.message.message_id) if key else None
    if row is None:
        return turn.finish("back", lines.no_back)
    earlier = f" {lines.earlier.format(words=row.text)}" if row.text else ""
    return turn.finish("back", say + earlier, (row,))


def _keep(turn: _Turn, now: Key) -> Step:
    """Leave a reopened answer as it was; elsewhere "keep" is read as any other text."""
    latest = latest_answers(turn.history).get(now)
    held = current_answers(turn.script, turn.history).get(now)
    if latest is None or latest.status not in ("reopened", "more") or held is None:
        return _take_text(turn)
    row = replace(held, message_id=turn.message.message_id)
    return turn.finish("answered", turn.script.lines.kept, (row,))


def _take_earlier_choice(turn: _Turn, tied: tuple[str, int, str]) -> Step:
    """A button of another question: it changes that answer, if the question was asked before."""
    key, value = (tied[0], tied[1]), tied[2]
    question = turn.script.question(key[0])
    if question is not None and question.beside and question.choice(value) is not None:
        if question.group is None:
            text = next(c.label for c in question.choices if c.value == value)
            return _take_beside(turn, question, value, text)
        row = Answer(*key, turn.message.message_id, "given", "", value)
        return turn.finish("answered", turn.script.lines.add, (row,))
    if key in current_answers(turn.script, turn.history):
        if value == "change":
            return _reopen(turn, key, turn.script.lines.change_to)
        return _take_choice(turn, value, key)
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
    if question.offers_prompts:
        step = _take_prompt(turn, question, value)
        if step is not None:
            return step
    read = parse_answer(
        turn.script, question, "", choice=value, today=message.today, attempt=message.attempt
    )
    if isinstance(read, NotUnderstood):
        return turn.finish("not_understood", lines.stale)
    row = Answer(key[0], key[1], message.message_id, "given", read.text, read.value)
    return turn.finish("answered", _say(turn, (row,)), (row,))


def _take_prompt(turn: _Turn, question: Question, value: str) -> Step | None:
    """A tapped question for the doctor is noted, and the list stays open for more."""
    key = (question.id, 0)
    old = latest_answers(turn.history).get(key)
    noted = old.text.splitlines() if old is not None and old.status == "more" else []
    if value == "none" and noted:
        row = Answer(*key, turn.message.message_id, "given", "\n".join(noted), "\n".join(noted))
        return turn.finish("answered", _say(turn, (row,)), (row,))
    prompt = next((p for p in turn.script.prompts if p.id == value), None)
    if prompt is None:
        return None
    held = {(a.link_id, a.repeat): a for a in turn.history}
    words = prompt_text(prompt, patient_of(turn.script, held, turn.audience))
    text = "\n".join(dict.fromkeys([*noted, words]))
    row = Answer(*key, turn.message.message_id, "more", text, text)
    said = turn.script.lines.prompt_added.format(question=words)
    return turn.finish("answered", said, (row,))


def _take_words(turn: _Turn) -> Step:
    """What steers the interview, then a change of an earlier answer, then the answer itself."""
    script, message = turn.script, turn.message
    question = script.question(turn.now[0]) if turn.now else None
    heard = _heard_beside(turn, question)
    if heard is not None:
        return heard
    is_clear = (
        question is not None
        and not question.takes_questions
        and is_clear_answer(script, question, message.text, today=message.today)
    )
    edit = None if is_clear else find_edit(script, turn.history, turn.now, message)
    if edit is not None:
        lines = script.lines
        said = _say(turn, edit.rows) if edit.kind == "changed" and not edit.say else edit.say
        if edit.kind == "changed" and not edit.say:
            said = said if said == lines.kept else lines.changed.format(noted=said)
        return turn.finish(_OUTCOME_OF_EDIT[edit.kind], said, edit.rows)
    if _is_nothing_more(turn, question):
        return turn.finish("told", script.lines.nothing_more)
    step = _take_text(turn)
    return _told_about(turn, step)


def _heard_beside(turn: _Turn, question: Question | None) -> Step | None:
    """A choice of a question that is only offered ("ask me all questions", "it is about me")."""
    for other in turn.script.questions:
        if not other.beside or other.group is not None or (question and question.id == other.id):
            continue
        choice = exact_choice(other, turn.message.text)
        if choice is None or (question is not None and exact_choice(question, turn.message.text)):
            continue
        if len(turn.message.text.split()) == 1 and choice.value not in ("full", "short"):
            continue
        return _take_beside(turn, other, choice.value, turn.message.text.strip())
    return None


def _take_beside(turn: _Turn, question: Question, value: str, text: str) -> Step:
    row = Answer(question.id, 0, turn.message.message_id, "given", text, value)
    return turn.finish("answered", _say_beside(turn, row), (row,))


def _say_beside(turn: _Turn, row: Answer) -> str:
    lines = turn.script.lines
    if row.link_id == PATH:
        return lines.full if row.value == "full" else lines.short
    patient = patient_of(turn.script, {(WHO, 0): row}, turn.audience)
    return lines.about.format(person=patient.person) if patient else lines.about_self


def _is_nothing_more(turn: _Turn, question: Question | None) -> bool:
    """ "No, that is all", said after the symptoms to a question that does not offer it."""
    another = turn.script.question(ANOTHER)
    text = turn.message.text
    if another is None or question is None or question.group is not None:
        return False
    choice = exact_choice(another, text.replace(",", ""))
    is_said = choice is not None and choice.value == "no" and len(text.split()) > 1
    return is_said and exact_choice(question, text) is None and "not" not in text.lower().split()


def _told_about(turn: _Turn, step: Step) -> Step:
    """Notes once that the message speaks of somebody else ("my son has a fever")."""
    script = turn.script
    rows = [a for a in (*turn.history, *step.answers) if a.link_id == WHO]
    question = script.question(turn.now[0]) if turn.now else None
    if len(rows) > 1 or script.question(WHO) is None or step.outcome not in ("answered", "unsure"):
        return step
    if question is not None and question.answer_type == "text":
        return step
    spoken = patient_spoken_of(script, turn.message.text)
    if spoken is None:
        return step
    patient, words = spoken
    if rows and rows[0].value != "self":
        return step
    row = Answer(WHO, 0, turn.message.message_id, "given", words, patient.who)
    said = _say_beside(turn, row)
    new = (row, *step.answers)
    return turn.finish(step.outcome, f"{said} {step.say}".strip(), new, step.question)


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
        asked = "" if _ASKS_BACK.match(fold(parts.question)) else parts.question
        return turn.finish("answered", _say(turn, read), read, question=asked)
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
    held = {(a.link_id, a.repeat): a for a in (*turn.history, *new)}
    is_proxy = patient_of(turn.script, held, turn.audience) is not None
    said = play_back(turn.script, turn.history, new, is_proxy=is_proxy)
    dropped = any(a.link_id == ANOTHER and a.value == "no" and a.text == "" for a in new)
    return turn.script.lines.dropped if dropped and not said else said


__all__ = ["NAME", "Outcome", "Step", "reopen", "take_message"]
