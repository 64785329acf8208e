"""From the signs a message raises to its finding: combinations, levels, two urgent signs."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.content.red_flags import Level, RedFlagContent
from bot.triage.tokens import Span

LEVELS: tuple[Level, ...] = ("crisis", "emergency", "urgent", "routine")  # highest first
_TUPLES = ("signs", "dismissed", "denied")
CONFIRMABLE: tuple[Level, ...] = ("crisis", "emergency")


@dataclass(frozen=True)
class Finding:
    """What one message raises.

    `signs` are all raised, highest first; `rule` is the one whose card is due. `confirm`: ask once
    whether this sign is there now; it may come with the card of an urgent sign. `repeated`: its
    card was shown before.

    For the second reading: `is_open`: the message has words of the past, of "if" or of someone
    else, which did not decide. `is_confirmed`: it confirms the sign that we asked about, whose card
    is due. `is_unsure`: it has words of being unsure. `sounds_well`: it is short and has words of
    being well. `dismissed`: signs named, and judged as not there now. `denied`: those of them that
    a negation governs directly, without contrast. `is_answer`: the message is no more than a "yes",
    "no" or "not sure".
    """

    level: Level | None = None
    rule: str | None = None
    signs: tuple[str, ...] = ()
    confirm: str | None = None
    repeated: bool = False
    is_open: bool = field(default=False, compare=False)
    is_confirmed: bool = field(default=False, compare=False)
    is_unsure: bool = field(default=False, compare=False)
    sounds_well: bool = field(default=False, compare=False)
    dismissed: tuple[str, ...] = field(default=(), compare=False)
    denied: tuple[str, ...] = field(default=(), compare=False)
    is_answer: bool = field(default=False, compare=False)


def mark_of(finding: Finding) -> dict[str, Any]:
    """The finding as it travels with a message through Rasa."""
    mark = vars(finding)
    return {**mark, **{name: list(mark[name]) for name in _TUPLES}}


def finding_of(mark: Mapping[str, Any]) -> Finding:
    """The finding that a mark holds; what is not there is not found."""
    values = {field.name: mark[field.name] for field in fields(Finding) if field.name in mark}
    for name in _TUPLES:
        values[name] = tuple(values.get(name) or ())
    return Finding(**values)


class Raising:
    """What the content says about signs that come together."""

    def __init__(self, content: RedFlagContent) -> None:
        self._content = content

    def combined(self, raised: list[str]) -> list[str]:
        """With the signs that these make together."""
        for combination in self._content.combinations:
            some = sum(flag in raised for flag in combination.some_of)
            enough = not combination.some_of or some >= combination.how_many
            if enough and all(flag in raised for flag in combination.all_of):
                raised = [*raised, combination.becomes]
        return list(dict.fromkeys(raised))

    def by_level(self, flags: Iterable[str]) -> list[str]:
        """The flags among these, the most urgent first."""
        order = list(self._content.flags)
        levels = self._content.flags
        flags = [flag for flag in flags if flag in levels]
        return sorted(flags, key=lambda f: (LEVELS.index(levels[f].level), order.index(f)))

    def card(
        self, raised: list[str], already: Collection[str], places: Mapping[str, list[Span]]
    ) -> Finding:
        """The highest sign; two different urgent ones, now or before, count as an emergency."""
        signs = tuple(self.by_level(raised))
        if not signs:
            return Finding()
        flags = self._content.flags
        rule, level = signs[0], flags[signs[0]].level
        urgent = [f for f in (*signs, *already) if f in flags and flags[f].level == "urgent"]
        pairs = itertools.combinations(dict.fromkeys(urgent), 2)
        if level == "urgent" and any(self._are_two(a, b, places) for a, b in pairs):
            two = self._content.two_ambers
            return Finding("emergency", two.id, signs, None, set(signs) <= set(already))
        return Finding(level, rule, signs, None, rule in already)

    def _are_two(self, one: str, other: str, places: Mapping[str, list[Span]]) -> bool:
        """Are these two signs, not one sign or the same words read twice?"""
        flags = self._content.flags
        if (flags[one].counts_as or one) == (flags[other].counts_as or other):
            return False
        spans = itertools.product(places.get(one, [_NOWHERE]), places.get(other, [_NOWHERE]))
        return any(a[1] <= b[0] or b[1] <= a[0] for a, b in spans)


_NOWHERE: Span = (-1, -1)
