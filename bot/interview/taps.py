"""A tapped button: an answer, a change of an earlier one, or a question for the doctor."""

from __future__ import annotations

from dataclasses import replace

from bot.content.interview_items import QUESTIONS, TREATMENTS, Question
from bot.interview.answers import Answer, NotUnderstood, parse_answer
from bot.interview.collect import collect_answers
from bot.interview.commands import tied_question
from bot.interview.naming import patient_of
from bot.interview.prompts import joined_questions, prompt_text
from bot.interview.question_order import in_front, noted_questions, order_line, place_of
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
    if question is not None and question.offers_prompts and (step := _put_first(turn, value)):
        return step
    if key in current_answers(turn.script, turn.history):
        if value == "change":
            return reopened(turn, key, turn.script.lines.change_to)
        return take_choice(turn, value, key)
    return turn.finish("not_understood", turn.script.lines.old_button)


def _put_first(turn: InterviewTurn, value: str) -> Step | None:
    """A question for the doctor is moved to the top of the page."""
    questions = noted_questions(current_answers(turn.script, turn.history))
    place = place_of(value)
    if place is None or not 0 <= place < len(questions):
        return None
    ordered = in_front(questions, (place,))
    said = turn.script.lines.first.format(question=ordered[0])
    text = "\n".join(ordered)
    row = Answer(QUESTIONS, 0, turn.message.message_id, "given", text, text)
    return turn.finish("answered", f"{said} {order_line(turn.script, ordered)}".strip(), (row,))


def take_choice(turn: InterviewTurn, value: str, key: Key | None) -> Step:
    """Take the tapped value as the answer to this question."""
    lines = turn.script.lines
    question = turn.script.question(key[0]) if key else None
    if key is None or question is None:
        return turn.finish("not_understood" if turn.now else "summary", lines.old_button)
    if value in ("skip", "not_sure"):
        row = turn.row(key, "skipped" if value == "skip" else "unknown", "")
        return turn.finish("skip" if value == "skip" else "unsure", lines.skipped, (row,))
    message = turn.message
    if question.offers_prompts:
        step = _take_prompt(turn, question, value)
        if step is not None:
            return step
    elif question.id == TREATMENTS and key == turn.now and question.choice(value) is not None:
        return _take_labels(turn, question, (value,))
    read = parse_answer(
        turn.script, question, "", choice=value, today=message.today, attempt=message.attempt
    )
    if isinstance(read, NotUnderstood):
        return turn.finish("not_understood", lines.old_button)
    row = Answer(key[0], key[1], message.message_id, "given", read.text, read.value)
    return turn.finish("answered", played_back(turn, (row,)), (row,))


def take_several(turn: InterviewTurn, choices: tuple[str, ...]) -> Step:
    """Choices that were picked together: answers to the pending question, or beside it."""
    tied = [one for one in map(tied_question, choices) if one is not None]
    question = turn.script.question(turn.now[0]) if turn.now else None
    values = tuple(value for link, repeat, value in tied if (link, repeat) == turn.now)
    if question is None or not question.multiple or len(values) > 1:
        values = tuple(value for value in values if value != "none")
    beside: list[Answer] = []
    said: list[str] = []
    for link_id, repeat, value in tied:
        other = turn.script.question(link_id)
        if (link_id, repeat) == turn.now or other is None or other.group or not other.beside:
            continue
        if label := label_of(other, value):
            step = take_beside(turn, other, value, label)
            beside += step.answers
            said.append(step.say)
    if question is not None and question.multiple and values:
        step = (_take_prompts if question.offers_prompts else _take_labels)(turn, question, values)
    elif beside:
        step = turn.finish("answered", "")
    else:
        return turn.finish("not_understood", turn.script.lines.old_button)
    say = " ".join(part for part in (*said, step.say) if part)
    return turn.finish(step.outcome, say, (*beside, *step.answers))


def _take_labels(turn: InterviewTurn, question: Question, values: tuple[str, ...]) -> Step:
    """What was picked is read like the same words typed."""
    labels = [label for value in values if (label := label_of(question, value))]
    text = ", ".join(labels)
    read = collect_answers(turn.script, turn.history, turn.now, replace(turn.message, text=text))
    if isinstance(read, NotUnderstood):
        return turn.finish("not_understood", turn.script.lines.old_button)
    return turn.finish("answered", played_back(turn, read), read)


def _take_prompts(turn: InterviewTurn, question: Question, values: tuple[str, ...]) -> Step:
    """Offered questions that were picked together, after those that were noted before."""
    key = (question.id, 0)
    old = latest_answers(turn.history).get(key)
    noted = old.text if old is not None and old.status == "more" else ""
    held = {(a.link_id, a.repeat): a for a in turn.history}
    patient = patient_of(turn.script, held, turn.audience)
    picked = [prompt_text(p, patient) for p in turn.script.prompts if p.id in values]
    text = joined_questions(noted, *picked)
    row = Answer(*key, turn.message.message_id, "given", text or label_of(question, "none"), text)
    if not text:
        row = replace(row, value="none")
    return turn.finish("answered", played_back(turn, (row,)), (row,))


def label_of(question: Question, value: str) -> str:
    """The label of a choice, or ""."""
    choice = question.choice(value)
    return choice.label if choice else ""


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
