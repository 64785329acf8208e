"""Finds signs whose words stand near each other in any order. Pure; linear in the length."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from bot.content.sign_words import Together
from bot.triage.tokens import Span, Token

Places = Mapping[str, Sequence[Span]]


class Nearby:
    """The places of word groups in one message, and what parts them: sentence ends and "but"."""

    def __init__(self, tokens: Sequence[Token], places: Places, apart: Collection[str]) -> None:
        self._places = {group: sorted(set(spans)) for group, spans in places.items()}
        self._part = [0]
        for token in tokens:
            self._part.append(self._part[-1] + (token.ends_sentence or token.word in apart))

    def find(self, rule: Together, idioms: Set[int]) -> Iterator[tuple[Span, ...]]:
        """Places of the rule's words in order, for every place of its first group."""
        if any(group not in self._places for group in rule.groups):
            return
        first, *others = rule.groups
        for span in self._places[first]:
            if not idioms or idioms.isdisjoint(range(*span)):
                found = self._around(span, others, rule, idioms)
                if found is not None and not self._excluded(found, rule):
                    yield found

    def _around(
        self, span: Span, others: Sequence[str], rule: Together, idioms: Set[int]
    ) -> tuple[Span, ...] | None:
        chosen = [span]
        for group in others:
            near = [
                other
                for other in self._window(group, span, rule.within)
                if all(other[1] <= a or b <= other[0] for a, b in chosen)
                and idioms.isdisjoint(range(*other))
                and self._is_near([*chosen, other], rule.within)
            ]
            if not near:
                return None
            chosen.append(min(near, key=lambda other: _distance(span, other)))
        return tuple(sorted(chosen))

    def _window(self, group: str, span: Span, within: int) -> Iterator[Span]:
        spans = self._places[group]
        reach = within + 8
        for other in spans[bisect_left(spans, (max(span[0] - reach, 0), 0)) :]:
            if other[0] > span[1] + reach:
                return
            yield other

    def _is_near(self, spans: Sequence[Span], within: int) -> bool:
        start, end = min(a for a, _ in spans), max(b for _, b in spans)
        if self._part[start] != self._part[end - 1]:
            return False
        return end - start - sum(b - a for a, b in spans) <= within

    def _excluded(self, found: tuple[Span, ...], rule: Together) -> bool:
        start, end = found[0][0], max(b for _, b in found)
        return any(
            start - rule.within <= a
            and b <= end + rule.within
            and self._part[a] == self._part[start]
            for group in rule.without
            for a, b in self._places.get(group, ())
        )


def _distance(one: Span, other: Span) -> int:
    return max(other[0] - one[1], one[0] - other[1])
