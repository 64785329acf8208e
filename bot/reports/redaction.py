"""Takes out of a question what may say who asked: names, numbers, dates, addresses (pure).

What stays is what can be asked by many. It is careful, not perfect: a rare name in small letters,
which no word such as "son" or "Dr" announces, stays. Reports are for those who may read records.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from importlib.resources import files

NAME, NUMBER, DATE = "[name]", "[number]", "[date]"
# After these a word that the bot does not know is a name.
BEFORE_A_NAME = frozenset(
    "son daughter child kid baby boy girl wife husband partner mother mom mum father dad sister "  # noqa: SIM905
    "brother grandson granddaughter niece nephew friend cousin aunt uncle named called dr doctor "
    "mr mrs ms miss nurse professor prof st saint name name's i'm".split()
)
_ADDRESS = re.compile(r"\S{1,200}@\S{1,200}|\b(?:https?://|www\.)\S{1,500}", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d ()/-]{5,20}\d")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = (
    re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"),
    re.compile(rf"\b(?:{_DAY} (?:of )?{_MONTH}|{_MONTH} {_DAY})(?:,? \d{{4}})?\b", re.IGNORECASE),
    re.compile(rf"\b(?:(?:in|on|since|until|last|next|this|of|from) )?{_MONTH} \d{{4}}\b", re.I),
    re.compile(rf"(?:(?<=\bin )|(?<=\bsince )|(?<=\buntil )|(?<=\blast )){_MONTH}", re.IGNORECASE),
    re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE),
    re.compile(r"\b(?:19|20)\d\d\b"),
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_CHUNK = re.compile(r"\S+")
_FIGURE = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_EDGES = ".,;:!?()\"'"


class Redactor:
    """Knows which words are ordinary.

    `plain`: the bot's own texts, where no person is named. `heard`: example questions, of which
    the words in small letters count: a capital may begin a name.
    """

    def __init__(self, plain: Iterable[str], heard: Iterable[str]) -> None:
        self._plain = words_of(plain)
        self._heard = self._plain | words_of(heard, only_small=True)
        self._terms = {term for text in plain for term in _with_digits(text)}

    def redacted(self, text: str) -> str:
        """The text in one line, with [name], [number], [date], [phone] and [address]."""
        text = _ADDRESS.sub("[address]", " ".join(text.split()))
        kept: list[str] = []
        text = _CHUNK.sub(lambda chunk: self._set_aside(chunk.group(), kept), text)
        for date in _DATES:
            text = date.sub(DATE, text)
        text = _PHONE.sub("[phone]", text)
        text = _FIGURE.sub(NUMBER, text)
        text = self._without_names(text)
        for number, term in enumerate(kept):
            text = text.replace(_aside(number), term)
        return text

    def _set_aside(self, chunk: str, kept: list[str]) -> str:
        """A term with digits that the bot knows (CD19, t(9;22)) is no number."""
        bare = chunk.strip(_EDGES) if chunk.lower() not in self._terms else chunk
        if bare.lower() not in self._terms or bare.isdecimal():
            return chunk
        kept.append(bare)
        return chunk.replace(bare, _aside(len(kept) - 1))

    def _without_names(self, text: str) -> str:
        is_loud = text.isupper() or text.istitle()
        done: list[str] = []
        end, before = 0, ""
        for found in _WORD.finditer(text):
            word = found.group()
            in_mark = text[found.start() - 1 : found.start()] == "["
            gap = text[end : found.start()]
            begins = not done or any(mark in gap for mark in ".!?")
            is_name = not in_mark and self._is_name(word, before, begins=begins or is_loud)
            done.append(gap + (NAME if is_name else word))
            end, before = found.end(), word.lower()
        return "".join(done) + text[end:]

    def _is_name(self, word: str, before: str, *, begins: bool) -> bool:
        plain = word.lower().replace("’", "'").removesuffix("'s")
        is_capital = word[0].isupper() and not begins
        if plain in BEFORE_A_NAME:
            return False
        if plain in first_names():
            return is_capital or plain not in self._plain
        if plain in self._heard or len(plain) == 1:
            return False
        return before in BEFORE_A_NAME or word[0].isupper()


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """First names of the US census of 1990, in small letters."""
    folder = files("names")
    texts = (folder.joinpath(f"dist.{kind}.first").read_text("ascii") for kind in _KINDS)
    return frozenset(line.split()[0].lower() for text in texts for line in text.splitlines())


_KINDS = ("female", "male")


def words_of(texts: Iterable[str], *, only_small: bool = False) -> frozenset[str]:
    """The words of texts, in small letters, without 's; `only_small`: those written so."""
    words = {word for text in texts for word in _WORD.findall(text)}
    found = {word.lower() for word in words if word.islower() or not only_small}
    return frozenset(word.replace("’", "'").removesuffix("'s") for word in found)


def is_redacted(text: str, *, besides: Collection[str] = ()) -> bool:
    """Was something taken out of it, besides these marks?"""
    marks = {"[name]", "[number]", "[date]", "[phone]", "[address]"}
    return any(mark in text for mark in marks.difference(besides))


def _with_digits(text: str) -> Iterable[str]:
    for chunk in _CHUNK.findall(text):
        bare = chunk.strip(_EDGES.replace("(", "").replace(")", "")).lower()
        for term in (bare, bare.strip("()")):
            is_mixed = any(c.isdigit() for c in term) and any(c.isalpha() for c in term)
            if is_mixed and not _ORDINAL.fullmatch(term):
                yield term


def _aside(number: int) -> str:
    """What stands for a term meanwhile: no letter, no digit, nothing that people type."""
    return "\ue000" + chr(0xE001 + number)
