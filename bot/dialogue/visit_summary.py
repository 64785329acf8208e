"""The visit summary of a conversation: its answers, for whom, and the warning cards shown."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from bot.content.all_content import Content
from bot.interview.answers import Answer
from bot.interview.naming import patient_of
from bot.interview.summary import Summary, summary
from bot.records.store import RaisedFlag


def visit_summary(
    content: Content,
    answers: Sequence[Answer],
    *,
    audience: str | None,
    today: datetime.date,
    red_flags: Sequence[str],
) -> Summary:
    """All that holds now. `red_flags`: one line for each card (`red_flag_lines`)."""
    audiences = {"child": "parent", "caregiver": "caregiver"}
    held = {(a.link_id, a.repeat): a for a in answers if a.status != "reopened"}
    patient = patient_of(content.interview, held, audiences.get(audience or "", "any"))
    reported_by = "patient" if patient is None else "caregiver"
    return summary(
        content.interview, answers, reported_by=reported_by, today=today, red_flags=red_flags
    )


def red_flag_lines(raised: Iterable[RaisedFlag], content: Content) -> list[str]:
    """When each card was shown, and for which sign."""
    rule = content.red_flags.rule
    return [f"{flag.at:%Y-%m-%d %H:%M} UTC: {rule(flag.rule).name}" for flag in raised]


def is_for_other(audience: str | None) -> bool:
    """Does somebody answer for the patient (a child, or someone cared for)?"""
    return audience in ("child", "caregiver")
