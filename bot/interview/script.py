"""Which question comes next: a pure function of the script and the answers so far."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.content.interview import Script
from bot.content.interview_items import PATH, QUESTIONS, Condition, Group, Question
from bot.interview.answers import UNSETTLED, Answer
from bot.interview.check import CheckLine, check_lines, listed, shown
from bot.interview.naming import (
    PROXY_AUDIENCES,
    filled,
    own_words,
    patient_of,
    round_phrase,
    symptom_name,
    symptom_phrase,
)
from bot.interview.prompts import offered_prompts, prompt_text
from bot.interview.question_order import later_questions, noted_questions
from bot.interview.say_dates import long_date

Key = tuple[str, int]
Answers = Mapping[Key, Answer]
# Rows after which a question is asked although it has been answered.
_OPEN = (*UNSETTLED, "more")


@dataclass(frozen=True)
class AskedChoice:
    """An answer to tap; `value` names its question, so that an old button cannot answer another."""

    value: str
    label: str


@dataclass(frozen=True)
class Progress:
    """`total` only once it can no longer grow."""

    step: int
    total: int | None


@dataclass(frozen=True)
class Asked:
    """A question as it is put to the person. `repeat` counts symptoms from 0."""

    question: Question
    repeat: int
    text: str
    choices: tuple[AskedChoice, ...]
    progress: Progress
    can_skip: bool
    can_go_back: bool

    @property
    def link_id(self) -> str:
        """The id of the question."""
        return self.question.id


def latest_answers(answers: Sequence[Answer]) -> dict[Key, Answer]:
    """The last row of each question and repeat, as it stands (also "reopened")."""
    return {(answer.link_id, answer.repeat): answer for answer in answers}


def current_answers(script: Script, answers: Sequence[Answer]) -> dict[Key, Answer]:
    """What holds now, in the order of the questions: the latest answer to each question asked.

    Never "reopened": until a question is answered anew, the answer before it holds. Answers to
    questions that are no longer asked are left out; so are rows never answered.
    """
    held = _held(answers)
    return {key: held[key] for key in _path(script, held) if key in held}


def next_question(
    script: Script, answers: Sequence[Answer], *, audience: str = "any", attempt: int = 1
) -> Asked | None:
    """The question to ask now, or None when all are answered.

    From the second `attempt` on it is put in other words. `audience` "caregiver" is asked about
    the person cared for.
    """
    key = pending(script, answers)
    if key is None:
        return None
    question = script.question(key[0])
    return _ask(script, answers, question, key[1], audience, attempt) if question else None


def pending(script: Script, answers: Sequence[Answer]) -> Key | None:
    """The question (id, repeat) that waits for an answer."""
    held, latest = _held(answers), latest_answers(answers)
    for key in _path(script, held):
        if key not in held or latest[key].status in _OPEN:
            return key
    return None


def previous_question(script: Script, answers: Sequence[Answer]) -> Key | None:
    """The question that "go back" leads to: the last one the person answered before this one."""
    held, now = _held(answers), pending(script, answers)
    before: Key | None = None
    for key in _path(script, held):
        if key == now:
            break
        row = held.get(key)
        if row is None or not row.message_id or not (row.text or row.status != "given"):
            continue
        question = script.question(key[0])
        others = {other: answer for other, answer in held.items() if other != key}
        if question is not None and _is_asked(script, question, key[1], others, False):
            before = key
    return before


def questions_left(script: Script, answers: Sequence[Answer]) -> int:
    """How many questions are still to be asked if no further symptom is named."""
    held, latest = _held(answers), latest_answers(answers)
    path = _path(script, held, is_hopeful=True)
    return sum(1 for key in path if key not in held or latest[key].status in _OPEN)


def choice_value(link_id: str, repeat: int, value: str) -> str:
    """The value of a button: "sx.severity:0=moderate"."""
    return f"{link_id}:{repeat}={value}"


def numbered_lines(script: Script, answers: Sequence[Answer]) -> tuple[CheckLine, ...]:
    """What "check your answers" shows."""
    return check_lines(script, current_answers(script, answers))


def _held(answers: Sequence[Answer]) -> dict[Key, Answer]:
    return {
        (a.link_id, a.repeat): replace(a, status="given") if a.status == "more" else a
        for a in answers
        if a.status not in UNSETTLED
    }


def _path(script: Script, held: Answers, *, is_hopeful: bool = False) -> Iterator[Key]:
    """The questions in order, as far as the answers decide them. `is_hopeful`: an answer that is
    still missing is taken to be the usual one (a symptom was named, the doctor is known)."""
    done: set[str] = set()
    for question in script.questions:
        group = script.group(question.group)
        if group is None:
            if _is_asked(script, question, 0, held, is_hopeful):
                yield question.id, 0
        elif group.id not in done:
            done.add(group.id)
            yield from _group_path(script, group, held, is_hopeful)


def _group_path(script: Script, group: Group, held: Answers, is_hopeful: bool) -> Iterator[Key]:
    """One round after the other, as long as the round before ended with "yes, one more"."""
    members = [q for q in script.questions if q.group == group.id]
    for repeat in itertools.count():
        name = held.get((members[0].id, repeat))
        is_removed = name is not None and name.status == "removed"
        for member in () if is_removed else members:
            key = (member.id, repeat)
            is_last = member.id == group.again and repeat + 1 >= group.most
            if is_last and key not in held:
                continue
            if _is_asked(script, member, repeat, held, is_hopeful):
                yield key
        again = held.get((group.again, repeat))
        if again is None or again.status != "given" or again.value != "yes":
            return


def _is_asked(
    script: Script, question: Question, repeat: int, held: Answers, is_hopeful: bool
) -> bool:
    """Is this question on the way, or answered without having been asked?"""
    is_told = (question.id, repeat) in held
    if question.beside and is_told:
        return True
    for condition in question.ask_when:
        if condition.question == PATH and is_told:
            continue
        other = script.question(condition.question)
        is_same_round = other is not None and other.group is not None
        answer = held.get((condition.question, repeat if is_same_round else 0))
        if not _holds(condition, answer, is_hopeful):
            return False
    return question.asked or is_told


def _holds(condition: Condition, answer: Answer | None, is_hopeful: bool) -> bool:
    """A skipped or unsure answer meets no condition."""
    if answer is None:
        return is_hopeful and condition.operator == "!="
    if answer.status != "given" or not isinstance(answer.value, str):
        return False
    return (answer.value in condition.answer) == (condition.operator == "=")


def _ask(
    script: Script,
    answers: Sequence[Answer],
    question: Question,
    repeat: int,
    audience: str,
    attempt: int,
) -> Asked:
    held = _held(answers)
    patient = patient_of(script, held, audience)
    again = attempt > 1
    text = {
        (False, False): question.ask,
        (False, True): question.ask_proxy,
        (True, False): question.rephrase,
        (True, True): question.rephrase_proxy,
    }[again, patient is not None]
    text = filled(text, round_phrase(script, held, (question.id, repeat), patient), patient)
    choices = [
        AskedChoice(choice_value(question.id, repeat, c.value), c.label) for c in question.choices
    ]
    before = held.get((question.id, repeat))
    if before is not None and latest_answers(answers)[question.id, repeat].status == "stale":
        text = f"{_said_before(script, question, before)} {text}"
        choices.append(AskedChoice(choice_value(question.id, repeat, "keep"), script.lines.still))
    if question.offers_prompts:
        prompts = offered_prompts(script, held, patient)
        said = [prompt_text(prompt, patient) for prompt in prompts]
        text += "".join(f"\n{n}. {words}" for n, words in enumerate(said, start=1))
        choices[:0] = [
            AskedChoice(choice_value(question.id, repeat, prompt.id), words)
            for prompt, words in zip(prompts, said, strict=True)
        ]
    if question.lists_answers:
        lines = numbered_lines(script, answers)
        text += f"\n{listed(lines)}"
        later = later_questions(noted_questions(current_answers(script, answers)))
        choices += [
            AskedChoice(
                choice_value(QUESTIONS, 0, value),
                script.lines.put_first.format(number=number, question=words),
            )
            for value, number, words in later
        ]
        choices += [
            AskedChoice(choice_value(*line.key, "change"), f"Change {n}: {line.label}")
            for n, line in enumerate(lines, start=1)
        ]
    return Asked(
        question=question,
        repeat=repeat,
        text=text,
        choices=(*choices, *_beside(script, question, repeat, held)),
        progress=_progress(script, answers, (question.id, repeat)),
        can_skip=question.can_skip,
        can_go_back=previous_question(script, answers) is not None,
    )


def _said_before(script: Script, question: Question, answer: Answer) -> str:
    day = long_date(datetime.date.fromisoformat(answer.on)) if answer.on else ""
    return script.lines.stale_answer.format(date=day, words=shown(script, question, answer))


def _beside(
    script: Script, question: Question, repeat: int, held: Answers
) -> Iterator[AskedChoice]:
    """Choices of questions that are never or not yet asked by themselves."""
    if question.group is not None and repeat > 0:
        return
    for other in script.questions:
        chosen = held.get((other.id, 0))
        for value in other.beside.get(question.id, ()):
            choice = other.choice(value)
            group = script.group(other.group)
            begins = script.first_of(group.id) if group else ""
            last = max((r for link, r in held if link == begins), default=0)
            is_chosen = group is None and chosen is not None and chosen.value == value
            if choice is None or is_chosen or (group is not None and last + 1 >= group.most):
                continue
            yield AskedChoice(choice_value(other.id, last, value), choice.label)


def _progress(script: Script, answers: Sequence[Answer], now: Key) -> Progress:
    held = _held(answers)
    path = list(_path(script, held))
    decides = {c.question for q in script.questions for c in q.ask_when}
    decides |= {group.again for group in script.groups}
    decides |= {q.id for q in script.questions if q.group is not None}
    is_open = any(key not in held or key == now for key in path if key[0] in decides)
    return Progress(path.index(now) + 1, None if is_open else len(path))


__all__ = [
    "PROXY_AUDIENCES",
    "Answers",
    "Asked",
    "AskedChoice",
    "Key",
    "Progress",
    "choice_value",
    "current_answers",
    "latest_answers",
    "next_question",
    "numbered_lines",
    "own_words",
    "pending",
    "previous_question",
    "questions_left",
    "symptom_name",
    "symptom_phrase",
]
