"""An earlier symptom told anew: "the fever started on Monday, not Sunday", at a later question."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.content.interview import Script
from bot.content.interview_items import NAME
from bot.interview.answers import Answer
from bot.interview.collect import take_details
from bot.interview.mentions import find_mentions
from bot.interview.rows import Key, Message, Rows
from bot.interview.words import fold, is_question

_HINT = re.compile(
    r",\s*not\b|\bnot\s+(?:on\s+|in\s+|since\s+)?\w+\W*$|\b(?:actually|instead|sorry|wait|meant|"
    r"correction|rather than|was wrong|mistake)\b|^\W*no\b[,. ]"
)
_TELLS = re.compile(
    r"^\s*(?:pain\s+)?(?:has |have |had )?(?:really |actually |only |first )?(?:started|"
    r"start|began|"
    r"begun|came|come|was|were|is|are|been|since|for)\b"
)
INSTEAD_OF = re.compile(
    r"(?:[,.;]|(?<!\s))\s*\b(?:and\s+|but\s+)?(?:not|instead of|rather than)\s+(?:on\s+|in\s+|"
    r"since\s+|for\s+)?"
    r"(?!bad\b|too\b|so\b|that\b|severe\b|sure\b|the same\b|like\b|really\b)[^,.;!?]+"
)


def corrections(
    script: Script,
    held: Mapping[Key, Answer],
    latest: Mapping[Key, Answer],
    now: Key | None,
    message: Message,
) -> tuple[Answer, ...]:
    """Rows for the details that a message corrects; empty when it corrects none."""
    plain = fold(message.text).strip()
    mentions = find_mentions(script, plain)
    rounds = {
        answer.value: repeat
        for (link_id, repeat), answer in held.items()
        if link_id == NAME and answer.status == "given" and answer.value != "none"
    }
    known = [m for m in mentions if m.symptom.id in rounds]
    if not known or is_question(plain) or known[0].start > 40:
        return ()
    repeat = rounds[known[0].symptom.id]
    is_hinted = _HINT.search(plain) is not None
    question = script.question(now[0]) if now else None
    is_here = question is not None and now is not None and now[1] == repeat
    is_here = is_here and question is not None and script.is_of_symptom(question)
    takes_text = question is not None and question.answer_type in ("text", "open_choice")
    if not is_hinted and (is_here or takes_text):
        return ()
    if not is_hinted and _TELLS.match(plain[known[0].end :]) is None:
        return ()
    rows = Rows(message, dict(latest), {})
    text = INSTEAD_OF.sub(" ", message.text) if is_hinted else message.text
    take_details(script, rows, repeat, text, may_correct=True)
    return tuple(
        row for key, row in rows.new.items() if key not in held or held[key].value != row.value
    )
