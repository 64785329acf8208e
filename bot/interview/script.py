"""Which question comes next: a pure function of the script and the answers so far."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.interview import NAME, Condition, Group, Question, Script
from bot.interview.answers import Answer
from bot.interview.words import fold

Key = tuple[str, int]
Answers = Mapping[Key, Answer]
# Who is spoken to about somebody else; everyone else is asked about themselves.
PROXY_AUDIENCES = frozenset({"caregiver", "parent", "carer"})
_LEAD_IN = re.compile(
    r"^(?:(?:well|yes|yeah|also|and|hi|hello|so|i think|there is|there's|there are|it is|it's|a|"
    r"an|some|the)\s+|"
    r"(?:i|he|she|they|we)(?:'ve|'s|'m|\s+(?:have|has|had|am|is|are))?\s+(?:got|had|having|"
    r"been having|noticed|get)\s+|"
    r"(?:i|he|she|they)\s+(?:have|has|get|gets|noticed)\s+|i've\s+)+"
)


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
        if key not in held or latest[key].status == "reopened":
            return key
    return None


def previous_question(script: Script, answers: Sequence[Answer]) -> Key | None:
    """The question that "go back" leads to: the last one the person answered before this one."""
    held, now = _held(answers), pending(script, answers)
    before: Key | None = None
    for key in _path(script, held):
        if key == now:
            break
        if key in held and held[key].message_id and (held[key].text or held[key].status != "given"):
            before = key
    return before


def questions_left(script: Script, answers: Sequence[Answer]) -> int:
    """How many questions are still to be asked if no further symptom is named."""
    held, latest = _held(answers), latest_answers(answers)
    path = _path(script, held, is_hopeful=True)
    return sum(1 for key in path if key not in held or latest[key].status == "reopened")


def choice_value(link_id: str, repeat: int, value: str) -> str:
    """The value of a button: "sx.severity:0=moderate"."""
    return f"{link_id}:{repeat}={value}"


def symptom_phrase(script: Script, answer: Answer | None) -> str:
    """The symptom within a sentence: "the fever", or the person's own words in quotes."""
    if answer is None or answer.status != "given" or not isinstance(answer.value, str):
        return "this"
    symptom = script.symptom(answer.value)
    return f"the {symptom.name}" if symptom else f"“{own_words(answer.text)}”"


def symptom_name(script: Script, answer: Answer) -> str:
    """The symptom as a heading: its plain name, or the person's own words."""
    symptom = script.symptom(answer.value) if isinstance(answer.value, str) else None
    return symptom.name if symptom else own_words(answer.text)


def own_words(text: str) -> str:
    """A person's words for a symptom without "I have", shortened to fit a question."""
    words = text.strip().strip(' .,!"')
    lead = _LEAD_IN.match(fold(words))
    words = words[lead.end() :] if lead and lead.end() < len(words) else words
    return words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " …"


def _held(answers: Sequence[Answer]) -> dict[Key, Answer]:
    return {(a.link_id, a.repeat): a for a in answers if a.status != "reopened"}


def _path(script: Script, held: Answers, *, is_hopeful: bool = False) -> Iterator[Key]:
    """The questions in order, as far as the answers decide them. `is_hopeful`: an answer that is
    still missing is taken to be the usual one (a symptom was named, the doctor is known)."""
    done: set[str] = set()
    for question in script.questions:
        group = script.group(question.group)
        if group is None:
            if _applies(script, question, 0, held, is_hopeful):
                yield question.id, 0
        elif group.id not in done:
            done.add(group.id)
            yield from _group_path(script, group, held, is_hopeful)


def _group_path(script: Script, group: Group, held: Answers, is_hopeful: bool) -> Iterator[Key]:
    """One round after the other, as long as the round before ended with "yes, one more"."""
    members = [q for q in script.questions if q.group == group.id]
    for repeat in itertools.count():
        for member in members:
            key = (member.id, repeat)
            is_last = member.id == group.again and repeat + 1 >= group.most
            if is_last and key not in held:
                continue
            if _applies(script, member, repeat, held, is_hopeful):
                yield key
        again = held.get((group.again, repeat))
        if again is None or again.status != "given" or again.value != "yes":
            return


def _applies(
    script: Script, question: Question, repeat: int, held: Answers, is_hopeful: bool
) -> bool:
    for condition in question.ask_when:
        other = script.question(condition.question)
        is_same_round = other is not None and other.group is not None
        answer = held.get((condition.question, repeat if is_same_round else 0))
        if not _holds(condition, answer, is_hopeful):
            return False
    return True


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
    is_proxy = audience in PROXY_AUDIENCES
    again = attempt > 1
    text = {
        (False, False): question.ask,
        (False, True): question.ask_proxy,
        (True, False): question.rephrase,
        (True, True): question.rephrase_proxy,
    }[again, is_proxy]
    phrase = symptom_phrase(script, held.get((NAME, repeat)))
    return Asked(
        question=question,
        repeat=repeat,
        text=text.replace("{symptom}", phrase),
        choices=tuple(
            AskedChoice(choice_value(question.id, repeat, c.value), c.label)
            for c in question.choices
        ),
        progress=_progress(script, answers, (question.id, repeat)),
        can_skip=question.can_skip,
        can_go_back=previous_question(script, answers) is not None,
    )


def _progress(script: Script, answers: Sequence[Answer], now: Key) -> Progress:
    held = _held(answers)
    path = list(_path(script, held))
    decides = {c.question for q in script.questions for c in q.ask_when}
    decides |= {group.again for group in script.groups}
    is_open = any(key not in held or key == now for key in path if key[0] in decides)
    return Progress(path.index(now) + 1, None if is_open else len(path))
