"""Answers about the last days, given too long ago to hold today: they are asked again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from bot.content.interview import Script
from bot.interview.answers import Answer
from bot.interview.script import current_answers, latest_answers


def stale_answers(
    script: Script, answers: Sequence[Answer], *, today: datetime.date, message_id: str
) -> tuple[Answer, ...]:
    """A new row for each answer that is older than its question can look back (`recall_days`).

    Until it is answered anew the old answer holds. Skipped ones are left alone.
    """
    latest = latest_answers(answers)
    rows = []
    for key, answer in current_answers(script, answers).items():
        question = script.question(key[0])
        days = question.recall_days if question else None
        if days is None or answer.on is None or answer.status != "given" or latest[key] != answer:
            continue
        if today - datetime.date.fromisoformat(answer.on) > datetime.timedelta(days=days):
            rows.append(replace(answer, message_id=message_id, status="stale", on=None))
    return tuple(rows)
