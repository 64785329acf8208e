"""One message of the person within the interview: what is noted, what is said, what comes next."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.content.interview import Script
from bot.content.interview_items import ANOTHER, NAME, WHO, Question
from bot.interview.answers import (
    UNSETTLED,
    Answer,
    NotUnderstood,
    Status,
    is_clear_answer,
)
from bot.interview.choices import exact_choice
from bot.interview.collect import collect_answers
from bot.interview.commands import Command, find_command, sounds_unsure, tied_question
from bot.interview.edits import find_edit
from bot.interview.naming import patient_spoken_of
from bot.interview.rows import Message
from bot.interview.script import (
    Key,
    current_answers,
    latest_answers,
    pending,
    previous_question,
    questions_left,
)
from bot.interview.slips import as_written, mend
from bot.interview.taps import take_beside, take_choice, take_earlier_choice, take_several
from bot.interview.turn import (
    InterviewTurn,
    Outcome,
    Step,
    played_back,
    reopen,
    reopened,
    say_beside,
)
from bot.interview.words import Parts, fold, split_parts

_OUTCOME_OF_EDIT: dict[str, Outcome] = {
    "changed": "answered",
    "asked_again": "back",
    "told": "told",
}


# "Do you mean the first time? That was in August."
_ASKS_BACK = re.compile(r"^(?:do )?you mean\b|^was it\b[^?]{0,20}\?$")


def take_message(
    script: Script,
    answers: Sequence[Answer],
    *,
    text: str = "",
    choice: str | tuple[str, ...] | None = None,
    message_id: str,
    today: datetime.date,
    attempt: int = 1,
    audience: str = "any",
) -> Step:
    """Read one message (typed `text`, or a tapped `choice`, or several that were picked together)
    at the question that is pending.

    `attempt` is 1 plus the number of times that the pending question was just not understood.
    A message id that is already in the history changes nothing.
    """
    history = tuple(answers)
    now = pending(script, history)
    message = Message(text, message_id, today, attempt, audience)
    turn = InterviewTurn(script, history, message, audience, now)
    if any(answer.message_id == message_id for answer in history):
        return turn.finish("answered", "")
    if isinstance(choice, tuple):
        return take_several(turn, choice)
    tied = tied_question(choice) if choice is not None else None
    if tied is not None and ((tied[0], tied[1]) != now or tied[2] == "change"):
        return take_earlier_choice(turn, tied)
    command = find_command(script, text, choice=choice)
    if command is not None and not _answers_pending(turn, command, choice):
        return _take_command(turn, command)
    if choice is not None:
        return take_choice(turn, tied[2] if tied else choice, now)
    mended, written = mend(script, text)
    step = _take_words(replace(turn, message=replace(message, text=mended)))
    return replace(step, answers=as_written(script, step.answers, written)) if written else step


def _answers_pending(turn: InterviewTurn, command: Command, choice: str | None) -> bool:
    """Does the pending question offer this very answer ("I don't remember", "same as before")?"""
    question = turn.script.question(turn.now[0]) if turn.now else None
    if question is None:
        return False
    if choice is not None:
        return question.choice(choice.rsplit("=", 1)[-1]) is not None
    return command in ("not_sure", "keep") and exact_choice(question, turn.message.text) is not None


def _take_command(turn: InterviewTurn, command: Command) -> Step:
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
    if command == "go_on":
        return turn.finish("told", "")
    if command == "keep":
        return _keep(turn, turn.now)
    status: Status = "skipped" if command == "skip" else "unknown"
    row = turn.row(turn.now, status, turn.message.text)
    say = lines.skipped if command == "skip" else lines.unsure
    return turn.finish("skip" if command == "skip" else "unsure", say, (row,))


def _go_back(turn: InterviewTurn) -> Step:
    key = previous_question(turn.script, turn.history)
    return reopened(turn, key, turn.script.lines.back)


def _keep(turn: InterviewTurn, now: Key) -> Step:
    """Leave a reopened answer as it was; elsewhere "keep" is read as any other text."""
    latest = latest_answers(turn.history).get(now)
    held = current_answers(turn.script, turn.history).get(now)
    if latest is None or latest.status not in (*UNSETTLED, "more") or held is None:
        return _take_text(turn)
    row = replace(held, message_id=turn.message.message_id, on=None)
    return turn.finish("answered", turn.script.lines.kept, (row,))


def _take_words(turn: InterviewTurn) -> Step:
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
        said = played_back(turn, edit.rows) if edit.kind == "changed" and not edit.say else edit.say
        if edit.kind == "changed" and not edit.say:
            said = said if said == lines.kept else lines.changed.format(noted=said)
        return turn.finish(_OUTCOME_OF_EDIT[edit.kind], said, edit.rows)
    if _is_nothing_more(turn, question):
        return turn.finish("told", script.lines.nothing_more)
    step = _take_text(turn)
    return _told_about(turn, step)


def _heard_beside(turn: InterviewTurn, question: Question | None) -> Step | None:
    """A choice of a question that is only offered ("ask me all questions", "it is about me")."""
    for other in turn.script.questions:
        if not other.beside or other.group is not None or (question and question.id == other.id):
            continue
        choice = exact_choice(other, turn.message.text)
        if choice is None or (question is not None and exact_choice(question, turn.message.text)):
            continue
        if len(turn.message.text.split()) == 1 and choice.value not in ("full", "short"):
            continue
        return take_beside(turn, other, choice.value, turn.message.text.strip())
    return None


def _is_nothing_more(turn: InterviewTurn, question: Question | None) -> bool:
    """ "No, that is all", said after the symptoms to a question that does not offer it."""
    another = turn.script.question(ANOTHER)
    text = turn.message.text
    if another is None or question is None or question.group is not None:
        return False
    choice = exact_choice(another, text.replace(",", ""))
    is_said = choice is not None and choice.value == "no" and len(text.split()) > 1
    return is_said and exact_choice(question, text) is None and "not" not in text.lower().split()


def _told_about(turn: InterviewTurn, step: Step) -> Step:
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
    said = say_beside(turn, row)
    new = (row, *step.answers)
    return turn.finish(step.outcome, f"{said} {step.say}".strip(), new, step.question)


def _take_text(turn: InterviewTurn) -> Step:
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
        return turn.finish("answered", played_back(turn, read), read, question=asked)
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


__all__ = ["NAME", "Outcome", "Step", "reopen", "take_message"]
