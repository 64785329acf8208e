"""The report as tables: for the terminal, for CSV files, and for the page."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.reports.figures import Figures, Rated
from bot.reports.nearness import Group

# With fewer votes an entry is not judged.
LEAST_VOTES = 5
OWNER_ONLY = 0o600
WHY = {
    "not_understood": "not understood",
    "unknown": "nothing like it is known",
    "out_of_scope": "declined: not about this illness",
}


@dataclass(frozen=True)
class Sheet:
    """One table; `name` is the name of its CSV file."""

    name: str
    title: str
    says: str
    columns: tuple[str, ...]
    rows: list[tuple[str | int, ...]]


def sheets_of(
    found: Figures, groups: Sequence[Group], *, least_votes: int = LEAST_VOTES
) -> list[Sheet]:
    """All tables, the most useful first."""
    return [
        _unanswered(groups),
        _helpful(judged(found.rated, least_votes), least_votes),
        _interview(found),
        _red_flags(found),
        _by_day("intents_by_day", "What was asked, by day", "intent", found.intents),
        _by_day("outcomes_by_day", "What people got, by day", "outcome", found.outcomes),
    ]


def judged(rated: Sequence[Rated], least_votes: int) -> list[Rated]:
    """Entries with enough votes, the least helpful first."""
    return [r for r in rated if r.helpful + r.not_helpful >= least_votes]


def write_csv(sheets: Sequence[Sheet], folder: Path) -> list[Path]:
    """One file for each table, for spreadsheets."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for sheet in sheets:
        path = folder / f"{sheet.name}.csv"
        path.touch(mode=OWNER_ONLY)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(sheet.columns)
            writer.writerows([[_cell(value) for value in row] for row in sheet.rows])
        written.append(path)
    return written


def _cell(value: str | int) -> str | int:
    """A spreadsheet must not take what a person wrote for a formula."""
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if is_formula else value


def _unanswered(groups: Sequence[Group]) -> Sheet:
    return Sheet(
        "unanswered",
        "Questions without an answer",
        "Near ones together, most often asked first; names, numbers and dates are taken out. "
        "`python -m bot report draft ID` makes an example or an entry of one.",
        ("id", "times", "question", "why", "offered", "last"),
        [
            (
                group.first.id,
                len(group.members),
                group.first.question,
                WHY.get(group.first.why, group.first.why),
                " ".join(group.first.offered),
                group.first.on.isoformat(),
            )
            for group in groups
        ],
    )


def _helpful(rated: Sequence[Rated], least_votes: int) -> Sheet:
    return Sheet(
        "least_helpful",
        "Least helpful answers",
        f"Entries with at least {least_votes} answers to “Did this help?”.",
        ("entry", "helpful", "not_helpful", "percent_helpful"),
        [(r.entry, r.helpful, r.not_helpful, round(100 * r.share)) for r in rated],
    )


def _interview(found: Figures) -> Sheet:
    return Sheet(
        "interview",
        "Where people leave the interview",
        f"{found.finished} of {found.interviews} interviews were finished. Left: it is the "
        "question that still waits for an answer.",
        ("question", "about", "reached", "answered", "skipped", "left"),
        [(s.question, s.label, s.reached, s.answered, s.skipped, s.left) for s in found.steps],
    )


def _red_flags(found: Figures) -> Sheet:
    channels = sorted({channel for raised in found.raised for channel in raised.by_channel})
    return Sheet(
        "red_flags",
        "Red flags",
        "Care cards by rule, also of conversations that are not stored.",
        ("rule", "level", *channels, "total"),
        [
            (r.rule, r.level, *(r.by_channel.get(channel, 0) for channel in channels), r.total)
            for r in found.raised
        ],
    )


def _by_day(
    name: str, title: str, what: str, counts: Mapping[datetime.date, Counter[str]]
) -> Sheet:
    rows: list[tuple[str | int, ...]] = [
        (day.isoformat(), key, counts[day][key]) for day in sorted(counts) for key in counts[day]
    ]
    return Sheet(name, title, "", ("day", what, "count"), rows)
