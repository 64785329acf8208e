"""A message as words: lower case, one spelling for each short form, with the marks between."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Span = tuple[int, int]
Spellings = Mapping[tuple[str, ...], tuple[str, ...]]

_MARKUP = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_OUT_OF_TEN = re.compile(r"\b(\d+)/10\b(?!/)")
_ELLIPSIS = re.compile(r"\.{2,}")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+(?:'[a-z]+)*|\n|[^\w\s]")
_QUOTES = str.maketrans("\u2018\u2019\u201b\u02bc\u00b4`\u2032\u00ba\u02da", "'''''''\u00b0\u00b0")
_SUFFIXES = {"ll": "will", "re": "are", "ve": "have", "m": "am", "d": "d", "s": "s"}
_SENTENCE_MARKS = frozenset(".?!\n;{}[]|<>")
_CLAUSE_MARKS = frozenset(",:()/&+~\u2013\u2014") | _SENTENCE_MARKS


@dataclass(frozen=True)
class Token:
    """One word or number in plain form; `after` holds the marks between it and the next one."""

    word: str
    after: str = ""

    @property
    def ends_sentence(self) -> bool:
        """Does a sentence end here?"""
        return bool(self.after) and not _SENTENCE_MARKS.isdisjoint(self.after)

    @property
    def ends_clause(self) -> bool:
        """Does at least a comma stand here? (a hyphen does not count)"""
        return bool(self.after) and not _CLAUSE_MARKS.isdisjoint(self.after)


def spelling_table(spellings: Mapping[str, Sequence[str]]) -> Spellings:
    """What people write ("can not", "unable to") to its plain form ("cant"), as words."""
    return {
        tuple(written.replace("'", "").split()): tuple(plain.split())
        for plain, ways in spellings.items()
        for written in ways
    }


def tokens_of(text: str, spellings: Spellings) -> list[Token]:
    """Words and numbers of a message: lower case, no markup, one spelling for each short form."""
    words: list[str] = []
    marks: list[str] = []
    for part in _TOKEN.findall(_plain(text)):
        if part[0].isalnum():
            pieces = _split(part)
            words += pieces
            marks += [""] * len(pieces)
        elif marks:
            marks[-1] += part
    return _respell(words, marks, spellings)


def _plain(text: str) -> str:
    text = _MARKUP.sub(" ", html.unescape(text).translate(_QUOTES))
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn"))
    text = _OUT_OF_TEN.sub(r"\1 out of 10", text)
    return _LONG_RUN.sub(r"\1", _ELLIPSIS.sub("~", text.lower()))


def _split(part: str) -> tuple[str, ...]:
    head, _, tail = part.partition("'")
    if tail in _SUFFIXES:
        return (head, _SUFFIXES[tail])
    return (part.replace("'", ""),)


def _respell(words: list[str], marks: list[str], spellings: Spellings) -> list[Token]:
    tokens: list[Token] = []
    firsts = {key[0] for key in spellings}
    longest = max(map(len, spellings), default=1)
    place = 0
    while place < len(words):
        size = 1
        plain: tuple[str, ...] = (words[place],)
        for length in range(longest if words[place] in firsts else 0, 0, -1):
            if place + length > len(words):
                continue
            found = spellings.get(tuple(words[place : place + length]))
            if found and not any(marks[place : place + length - 1]):
                size, plain = length, found
                break
        tokens += [Token(word) for word in plain[:-1]]
        tokens.append(Token(plain[-1], marks[place + size - 1]))
        place += size
    return tokens
