"""What the screening for emergencies may know of the interview: messages that tell no new sign."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from bot.content.interview import Script
from bot.content.interview_items import ONSET
from bot.interview.answers import Answer, is_clear_answer
from bot.interview.commands import find_command
from bot.interview.corrections import INSTEAD_OF
from bot.interview.edits import find_edit
from bot.interview.mentions import find_mentions
from bot.interview.onset import says_only_when
from bot.interview.rows import Message
from bot.interview.script import pending
from bot.interview.slips import mend
from bot.interview.words import fold

_CORRECTING = re.compile(
    r"\b(?:change|correct(?:ion)?|edit|fix|update|redo|modify|please|can|could|you|want|need|like|"
    r"let|actually|sorry|wait|oops|instead|meant|mean|wrong|mistake|right|should|be|no|into|as)\b"
)


def is_plain_answer(script: Script, link_id: str, text: str, *, today: datetime.date) -> bool:
    """Is a message nothing but one of the answers offered to this question, a date, or a word that
    steers the interview? There is nothing in it to suspect a sign in."""
    question = script.question(link_id)
    if question is None or question.answer_type not in ("choice", "boolean", "date"):
        return False
    mended, _ = mend(script, text)
    if find_command(script, mended, choice=None) is not None:
        return True
    return is_clear_answer(script, question, mended, today=today)


def is_measurement(script: Script, link_id: str, text: str, *, today: datetime.date) -> bool:
    """Is a message nothing but a temperature that this question asks for? The rules judge it."""
    question = script.question(link_id)
    if question is None or question.answer_type != "quantity":
        return False
    return is_clear_answer(script, question, text, today=today)


def is_date_correction(
    script: Script, answers: Sequence[Answer], text: str, *, today: datetime.date
) -> bool:
    """Does a message change when a symptom began, and say nothing else?"""
    history = tuple(answers)
    mended, _ = mend(script, text)
    message = Message(mended, "", today, 1)
    edit = find_edit(script, history, pending(script, history), message)
    if edit is None or not edit.rows or any(row.link_id != ONSET for row in edit.rows):
        return False
    plain = fold(mended)
    rest = INSTEAD_OF.sub(" ", plain)
    for mention in reversed(find_mentions(script, rest)):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    question = script.question(ONSET)
    for name in question.names if question else ():
        rest = re.sub(rf"\b{re.escape(name)}\b", " ", rest)
    return says_only_when(_CORRECTING.sub(" ", rest), today=today)
