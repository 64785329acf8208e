"""Charts as plain SVG: no script, no font, nothing from another host (pure)."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 28
LONGEST = 62  # days drawn one by one; more become weeks
DATES = 8


@dataclass(frozen=True)
class Kind:
    """One colour of a chart: what it counts, and what the legend says."""

    names: tuple[str, ...]
    label: str
    colour: str


Period = tuple[datetime.date, datetime.date]


def periods_of(days: Sequence[datetime.date]) -> list[Period]:
    """First and last day of each column."""
    step = 1 if len(days) <= LONGEST else 7
    return [(days[n], days[min(n + step, len(days)) - 1]) for n in range(0, len(days), step)]


def sums(
    counts: Mapping[datetime.date, Counter[str]], names: Sequence[str], periods: Sequence[Period]
) -> list[int]:
    """How often these names were counted in each period."""
    by_day = {day: sum(counts[day][name] for name in names) for day in counts}
    return [sum(n for day, n in by_day.items() if a <= day <= b) for a, b in periods]


def columns(
    counts: Mapping[datetime.date, Counter[str]],
    kinds: Sequence[Kind],
    days: Sequence[datetime.date],
    *,
    title: str,
) -> tuple[str, str]:
    """Stacked columns over time, and their legend."""
    periods = periods_of(days)
    stacks = [sums(counts, kind.names, periods) for kind in kinds]
    highest = nice_top(max((sum(column) for column in zip(*stacks, strict=True)), default=0))
    each = (WIDTH - LEFT - RIGHT) / len(periods)
    tall = HEIGHT - TOP - BOTTOM
    parts = [_grid(highest, tall), _dates(periods, each)]
    for number, (begin, end) in enumerate(periods):
        x, y = LEFT + number * each + each * 0.12, float(HEIGHT - BOTTOM)
        when = begin.isoformat() if begin == end else f"{begin.isoformat()} to {end.isoformat()}"
        for kind, stack in zip(kinds, stacks, strict=True):
            height = stack[number] / highest * tall
            y -= height
            if stack[number]:
                parts.append(
                    f'<rect class="{kind.colour}" x="{x:.1f}" y="{y:.1f}" width="{each * 0.76:.1f}"'
                    f' height="{height:.1f}"><title>{when}: {stack[number]} {escape(kind.label)}'
                    "</title></rect>"
                )
    legend = "".join(
        f'<li><i class="{kind.colour}"></i>{escape(kind.label)} <b>{sum(stack):,}</b></li>'
        for kind, stack in zip(kinds, stacks, strict=True)
        if sum(stack)
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">' + "".join(parts) + "</svg>",
        f'<ul class="legend">{legend}</ul>',
    )


def spark(values: Sequence[int]) -> str:
    """A small line for one row of a table."""
    most, width, height = max(values, default=0) or 1, 160, 24
    step = width / max(len(values) - 1, 1)
    points = [
        f"{n * step:.1f},{height - 2 - value / most * (height - 4):.1f}"
        for n, value in enumerate(values)
    ]
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<polyline points="{" ".join(points)}"/></svg>'
    )


def bar(parts: Sequence[tuple[str, int]], whole: int) -> str:
    """A bar made of parts (colour, count) of a whole."""
    pieces = "".join(
        f'<i class="{colour}" style="width:{100 * count / whole:.2f}%"></i>'
        for colour, count in parts
        if count
    )
    return f'<span class="bar" aria-hidden="true">{pieces}</span>'


def nice_top(highest: int) -> int:
    """The end of an axis: 4 equal steps of whole numbers, easy to read."""
    step = max(1.0, highest / 4)
    size = 10 ** math.floor(math.log10(step))
    steps = (n * size / 2 for n in (2, 3, 4, 5, 6, 8, 10, 12, 16, 20))
    return 4 * int(next(n for n in steps if n >= step and n == int(n)))


def _grid(highest: int, tall: float) -> str:
    lines = []
    for n in range(5):
        y = HEIGHT - BOTTOM - n * tall / 4
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{highest * n // 4:,}</text>'
        )
    return f'<g class="grid">{"".join(lines)}</g>'


def _dates(periods: Sequence[Period], each: float) -> str:
    step = math.ceil(len(periods) / DATES)
    shown = "".join(
        f'<text x="{LEFT + (n + 0.5) * each:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{begin.day} {begin:%b}</text>"
        for n, (begin, _) in enumerate(periods)
        if n % step == 0
    )
    return f'<g class="dates">{shown}</g>'
