"""A tapped button: an answer, a change of an earlier one, or a question for the doctor."""

from __future__ import annotations

from bot.content.interview_items import Question
from bot.interview.answers import Answer, NotUnderstood, parse_answer
from bot.interview.naming import patient_of
from bot.interview.prompts import prompt_text
from bot.interview.script import Key, current_answers, latest_answers
from bot.interview.turn import InterviewTurn, Step, played_back, reopened, say_beside


def take_earlier_choice(turn: InterviewTurn, tied: tuple[str, int, str]) -> Step:
    """A button of another question: it changes that answer, if the question was asked before."""
    key, value = (tied[0], tied[1]), tied[2]
    question = turn.script.question(key[0])
    if question is not None and question.beside and question.choice(value) is not None:
        if question.group is None:
            text = next(c.label for c in question.choices if c.value == value)
            return take_beside(turn, question, value, text)
        row = Answer(*key, turn.message.message_id, "given", "", value)
        return turn.finish("answered", turn.script.lines.add, (row,))
    if key in current_answers(turn.script, turn.history):
        if value == "change":
            return reopened(turn, key, turn.script.lines.change_to)
        return take_choice(turn, value, key)
    return turn.finish("not_understood", turn.script.lines.stale)


def take_choice(turn: InterviewTurn, value: str, key: Key | None) -> Step:
    """Take the tapped value as the answer to this question."""
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
    return turn.finish("answered", played_back(turn, (row,)), (row,))


def _take_prompt(turn: InterviewTurn, question: Question, value: str) -> Step | None:
    """A tapped question for the doctor is noted, and the list stays open for more."""
    key = (question.id, 0)
    old = latest_answers(turn.history).get(key)
    noted = old.text.splitlines() if old is not None and old.status == "more" else []
    if value == "none" and noted:
        row = Answer(*key, turn.message.message_id, "given", "\n".join(noted), "\n".join(noted))
        return turn.finish("answered", played_back(turn, (row,)), (row,))
    prompt = next((p for p in turn.script.prompts if p.id == value), None)
    if prompt is None:
        return None
    held = {(a.link_id, a.repeat): a for a in turn.history}
    words = prompt_text(prompt, patient_of(turn.script, held, turn.audience))
    text = "\n".join(dict.fromkeys([*noted, words]))
    row = Answer(*key, turn.message.message_id, "more", text, text)
    said = turn.script.lines.prompt_added.format(question=words)
    return turn.finish("answered", said, (row,))


def take_beside(turn: InterviewTurn, question: Question, value: str, text: str) -> Step:
    """Note a choice of a question that is only offered beside others."""
    row = Answer(question.id, 0, turn.message.message_id, "given", text, value)
    return turn.finish("answered", say_beside(turn, row), (row,))
