"""When each symptom began, as a small picture: one bar for each, from its onset until today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from bot.interview.summary import SymptomLine

# How long after its first day (before and after it, for a week) a stored onset may have been.
_WIDE = {"day": (0, 0), "week": (3, 3), "month": (0, 30), "season": (0, 91), "year": (0, 365)}
_STEPS = (1, 2, 7, 14, 30.44, 61, 91.3, 182.6, 365.25, 730.5, 1826)
_TICKS = 6
LEFT, WIDTH, ROW, TOP = 150, 640, 17, 4
FONTS = "DejaVu Sans, Noto Sans CJK TC, Arial, sans-serif"


@dataclass(frozen=True)
class Bar:
    """One symptom. All places are parts of the axis: 0 is its first day, 1 is today.

    Between `earliest` and `latest` it began; from `latest` on it was there.
    """

    name: str
    earliest: float
    latest: float
    said: str


@dataclass(frozen=True)
class Timeline:
    """The bars, oldest first, and dates below the axis."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]

    @property
    def words(self) -> str:
        """The picture in words, for those who do not see it."""
        return "; ".join(f"{bar.name}: {bar.said}" for bar in self.bars)


def timeline(symptoms: Iterable[SymptomLine], today: datetime.date) -> Timeline | None:
    """The picture; None when no symptom has a date."""
    dated = []
    for symptom in symptoms:
        if symptom.onset.value:
            day = datetime.date.fromisoformat(symptom.onset.value)
            before, after = _WIDE.get(symptom.onset.precision or "day", (0, 0))
            earliest = day - datetime.timedelta(before)
            latest = min(day + datetime.timedelta(after), today)
            dated.append((earliest, latest, symptom))
    if not dated:
        return None
    dated.sort(key=lambda item: item[:2])
    first = min(earliest for earliest, _, _ in dated)
    days = max((today - first).days, 6)
    first = today - datetime.timedelta(days)

    def place(day: datetime.date) -> float:
        return round((day - first).days / days, 4)

    bars = tuple(Bar(s.name, place(a), place(b), s.onset.label) for a, b, s in dated)
    return Timeline(bars, _ticks(today, days))


def _ticks(today: datetime.date, days: int) -> tuple[tuple[float, str], ...]:
    step = next((s for s in _STEPS if days / s <= _TICKS), days / _TICKS)
    found = []
    for back in range(int(days / step), -1, -1):
        day = today - datetime.timedelta(round(back * step))
        label = f"{day.day} {day:%b}" if step < 60 else f"{day:%b} {day.year}"
        found.append((round(1 - back * step / days, 4), label if back else "today"))
    if len(found) > 1 and found[-1][0] - found[-2][0] < 0.12:
        found.pop(-2)
    return tuple(found)


def to_svg(value: Timeline) -> str:
    """The picture as SVG, all words escaped; black on white, so that it can be printed."""
    bottom = TOP + ROW * len(value.bars)
    axis = WIDTH - LEFT - 30
    parts = [
        f'<line x1="{LEFT}" y1="{bottom}" x2="{LEFT + axis}" y2="{bottom}" stroke="#111"/>',
    ]
    for place, label in value.ticks:
        x = round(LEFT + place * axis, 1)
        parts.append(
            f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom + 4}" stroke="#ccc"/>'
            f'<text x="{x}" y="{bottom + 15}" text-anchor="middle">{escape(label)}</text>'
        )
    for number, bar in enumerate(value.bars):
        y = TOP + ROW * number
        start, sure = (round(LEFT + p * axis, 1) for p in (bar.earliest, bar.latest))
        is_sharp = sure - start < 6
        name = bar.name if len(bar.name) <= 24 else bar.name[:23] + "…"
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{start}" y="{y + 4}" width="{round(sure - start, 1)}" height="9" '
            'fill="#9db8b6"/>'
            f'<rect x="{sure}" y="{y + 4}" width="{round(LEFT + axis - sure, 1)}" height="9" '
            'fill="#17605b"/>'
            + (f'<circle cx="{sure}" cy="{y + 8.5}" r="4.5" fill="#17605b"/>' if is_sharp else "")
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 22}" '
        f'width="{WIDTH}" height="{bottom + 22}" font-family="{FONTS}" font-size="11" '
        f'fill="#111" role="img" aria-label="{escape(value.words)}">{"".join(parts)}</svg>'
    )
