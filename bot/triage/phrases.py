"""Finds many phrases in a message at once; linear in its length."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from bot.content.phrases import GAP_WORDS, phrase_variants
from bot.triage.tokens import Token

Steps = tuple[tuple[frozenset[str], int], ...]
Name = TypeVar("Name", bound=Hashable)
_Phrase = tuple[tuple[Name, ...], Steps]


class PhraseBook(Generic[Name]):
    """Finds phrases in tokens; each phrase belongs to one or more names (a sign, a cue).

    Phrases are kept by their first word and, where no other word may stand between, the second.
    """

    def __init__(
        self, phrases: Iterable[tuple[Name, str]], groups: Mapping[str, tuple[str, ...]]
    ) -> None:
        names: dict[Steps, dict[Name, None]] = {}
        for name, phrase in phrases:
            for variant in phrase_variants(phrase, groups):
                names.setdefault(tuple(_steps(variant)), {})[name] = None
        self.words = {word for steps in names for words, _ in steps for word in words}
        self._single: dict[str, dict[Name, None]] = {}
        self._pairs: dict[str, dict[str, list[_Phrase[Name]]]] = {}
        self._gapped: dict[str, list[_Phrase[Name]]] = {}
        for steps, owners in names.items():
            self._add(steps, tuple(owners))

    def _add(self, steps: Steps, owners: tuple[Name, ...]) -> None:
        for word in steps[0][0]:
            if len(steps) == 1:
                self._single.setdefault(word, {}).update(dict.fromkeys(owners))
            elif steps[1][1]:
                self._gapped.setdefault(word, []).append((owners, steps))
            else:
                seconds = self._pairs.setdefault(word, {})
                for second in steps[1][0]:
                    seconds.setdefault(second, []).append((owners, steps))

    def find(
        self, tokens: Sequence[Token], readings: Sequence[tuple[str, ...]]
    ) -> Iterator[tuple[Name, int, int]]:
        """Name, start and end of every phrase, in order of start."""
        last = len(tokens) - 1
        for start, words in enumerate(readings):
            following = () if start == last or tokens[start].ends_clause else readings[start + 1]
            for word in words:
                for name in self._single.get(word, ()):
                    yield name, start, start + 1
                for owners, steps in self._beginning(word, following) if following else ():
                    end = _match(steps, 1, start + 1, tokens, readings)
                    if end is not None:
                        for name in owners:
                            yield name, start, end

    def _beginning(self, word: str, following: tuple[str, ...]) -> list[_Phrase[Name]]:
        """The phrases that begin with this word and may go on with one of those."""
        phrases = self._gapped.get(word, [])
        seconds = self._pairs.get(word, {})
        for second in following if seconds else ():
            if second in seconds:
                phrases = [*phrases, *seconds[second]]
        return phrases


def _steps(variant: tuple[frozenset[str] | None, ...]) -> Iterator[tuple[frozenset[str], int]]:
    gap = 0
    for words in variant:
        if words is None:
            gap = GAP_WORDS
        else:
            yield words, gap
            gap = 0


_NOT_IN_GAP = frozenset(("no", "not", "but", "or", "nor", "and", "without", "if"))


def _match(
    steps: Steps,
    number: int,
    place: int,
    tokens: Sequence[Token],
    readings: Sequence[tuple[str, ...]],
) -> int | None:
    """The end of the phrase whose words before `number` stand before `place`; no phrase crosses a
    comma."""
    if number == len(steps):
        return place
    words, gap = steps[number]
    for here in range(place, min(place + gap + 1, len(tokens))):
        if tokens[here - 1].ends_clause:
            return None
        if not words.isdisjoint(readings[here]):
            end = _match(steps, number + 1, here + 1, tokens, readings)
            if end is not None:
                return end
        if tokens[here].word in _NOT_IN_GAP:
            return None
    return None
