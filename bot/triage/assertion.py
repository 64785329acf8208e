"""Is a sign that a message names said, denied, past, supposed, asked about, gone, or someone else's?

Everything here is pure: words in, judgement out. The phrases themselves stand in negation.yml.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.content.red_flags import GAP_WORDS, NegationWords, Status, phrase_variants

_MARKUP = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+(?:'[a-z]+)*|\n|[^\w\s]")
_QUOTES = str.maketrans("\u2018\u2019\u201b\u02bc\u00b4`\u2032\u00ba\u02da", "'''''''\u00b0\u00b0")
_SUFFIXES = {"ll": "will", "re": "are", "ve": "have", "m": "am", "d": "d", "s": "s"}
HARD = frozenset(".?!\n;{}[]|<>")
SOFT = frozenset(",:-()\"/\u2013\u2014&+*")
LONGEST_SPELLING = 4


@dataclass(frozen=True)
class Token:
    """One word or number in plain form; `after` holds the marks between it and the next one."""

    word: str
    after: str = ""

    @property
    def ends_sentence(self) -> bool:
        """Does a sentence end here?"""
        return not HARD.isdisjoint(self.after)


@dataclass(frozen=True)
class Mention:
    """Where a sign is named: tokens from `start` up to, not including, `end`."""

    start: int
    end: int
    event: bool = False
    measured: bool = False


def tokens_of(text: str, spellings: dict[str, tuple[str, ...]] | None = None) -> list[Token]:
    """Words and numbers of a message, lower case, one spelling for each short form.

    `spellings` maps a plain form ("cant") to what people write instead ("can not", "unable to").
    """
    words: list[str] = []
    marks: list[str] = []
    for part in _TOKEN.findall(_plain(text)):
        if part[0].isalnum():
            for word in _split(part):
                words.append(word)
                marks.append("")
        elif marks:
            marks[-1] += part
    return _respell(words, marks, _spelling_table(spellings or {}))


def _plain(text: str) -> str:
    text = html.unescape(text).translate(_QUOTES)
    text = _MARKUP.sub(" ", text) if "<" in text else text
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Cf", "Mn"))
    return _LONG_RUN.sub(r"\1", text.lower())


def _split(part: str) -> Iterable[str]:
    if "'" not in part:
        return (part,)
    head, _, tail = part.partition("'")
    if tail in _SUFFIXES:
        return (head, _SUFFIXES[tail])
    return (part.replace("'", ""),)


def _spelling_table(
    spellings: dict[str, tuple[str, ...]],
) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        tuple(written.replace("'", "").split()): tuple(plain.split())
        for plain, ways in spellings.items()
        for written in ways
    }


def _respell(
    words: list[str], marks: list[str], table: dict[tuple[str, ...], tuple[str, ...]]
) -> list[Token]:
    tokens: list[Token] = []
    firsts = {key[0] for key in table}
    place = 0
    while place < len(words):
        size, plain = 1, (words[place],)
        if words[place] in firsts:
            for length in range(min(LONGEST_SPELLING, len(words) - place), 0, -1):
                found = table.get(tuple(words[place : place + length]))
                if found and not any(marks[place : place + length - 1]):
                    size, plain = length, found
                    break
        tokens += [Token(word) for word in plain[:-1]]
        tokens.append(Token(plain[-1], marks[place + size - 1]))
        place += size
    return tokens


class PhraseBook:
    """Finds phrases in tokens; each phrase belongs to a name (a sign, a cue)."""

    def __init__(
        self, phrases: Iterable[tuple[str, str]], groups: dict[str, tuple[str, ...]]
    ) -> None:
        self.words: set[str] = set()
        self._by_first: dict[str, list[tuple[str, tuple[tuple[frozenset[str], int], ...]]]] = {}
        seen: set[tuple[str, tuple[tuple[frozenset[str], int], ...]]] = set()
        for name, phrase in phrases:
            for variant in phrase_variants(phrase, groups):
                steps = tuple(_steps(variant))
                if (name, steps) in seen:
                    continue
                seen.add((name, steps))
                for words, _ in steps:
                    self.words |= words
                for word in steps[0][0]:
                    self._by_first.setdefault(word, []).append((name, steps))

    def find(
        self, tokens: list[Token], readings: list[tuple[str, ...]] | None = None
    ) -> Iterator[tuple[str, int, int]]:
        """Name, start and end of every phrase found, in order of start."""
        said = readings or [(token.word,) for token in tokens]
        for start, words in enumerate(said):
            for word in words:
                for name, steps in self._by_first.get(word, ()):
                    end = _match(steps, 1, start + 1, tokens, said)
                    if end is not None:
                        yield name, start, end


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
    steps: tuple[tuple[frozenset[str], int], ...],
    step: int,
    place: int,
    tokens: list[Token],
    said: list[tuple[str, ...]],
) -> int | None:
    """The end of the match of steps[step:] from `place` on, or None; nothing crosses a mark."""
    if step == len(steps):
        return place
    words, gap = steps[step]
    for skipped in range(gap + 1):
        here = place + skipped
        if here >= len(tokens) or _breaks(tokens[here - 1]):
            return None
        if not words.isdisjoint(said[here]):
            end = _match(steps, step + 1, here + 1, tokens, said)
            if end is not None:
                return end
        if tokens[here].word in _NOT_IN_GAP:
            return None
    return None


def _breaks(token: Token) -> bool:
    return bool(token.after) and not set(token.after) <= {"-", "*", "'", '"', "\u2019", "\u2026"}
