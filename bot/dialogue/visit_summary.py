"""The visit summary of a conversation: its answers, for whom, and the warning cards shown."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable, Sequence

from bot.content.all_content import Content
from bot.interview.answers import UNSETTLED, Answer
from bot.interview.naming import patient_of
from bot.interview.play_back import long_date
from bot.interview.summary import Summary, summary
from bot.records.store import RaisedFlag, utc_now


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
    held = {(a.link_id, a.repeat): a for a in answers if a.status not in UNSETTLED}
    patient = patient_of(content.interview, held, audiences.get(audience or "", "any"))
    reported_by = "patient" if patient is None else "caregiver"
    return summary(
        content.interview, answers, reported_by=reported_by, today=today, red_flags=red_flags
    )


def red_flag_lines(
    raised: Iterable[RaisedFlag], content: Content, *, timezone: str | None = None
) -> list[str]:
    """When each card was shown (where the person is), for which sign, and what it advised."""
    layout = content.interview.output.layout
    lines = []
    for flag in raised:
        at, zone = local_time(flag.at, timezone)
        rule = content.red_flags.rule(flag.rule)
        known = [
            content.red_flags.flags[s].name for s in flag.signs if s in content.red_flags.flags
        ]
        signs = ", ".join(dict.fromkeys(known)) or rule.name
        advice = layout.advice.format(title=rule.card.title)
        lines.append(f"{long_date(at.date())}, {at:%H:%M}{zone}: {signs}. {advice}")
    return lines


def local_time(at: datetime.datetime, timezone: str | None) -> tuple[datetime.datetime, str]:
    """A time in UTC as the person's clock shows it, and " (UTC)" where the zone is not known."""
    known = at.replace(tzinfo=datetime.timezone.utc)
    try:
        return (
            (known.astimezone(zoneinfo.ZoneInfo(timezone)), "") if timezone else (known, " (UTC)")
        )
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return known, " (UTC)"


def is_for_other(audience: str | None) -> bool:
    """Does somebody answer for the patient (a child, or someone cared for)?"""
    return audience in ("child", "caregiver")


def local_date(timezone: str | None) -> datetime.date:
    """Today where the person is."""
    return local_time(utc_now(), timezone)[0].date()
