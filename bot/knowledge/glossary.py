"""Words of the glossary: which one a person asks about, and which ones an answer must explain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bot.content.glossary import name_key

# How people ask for a meaning, on text as `name_key` leaves it. X is the word.
_FRAMES = tuple(
    re.compile(rf"(?:{opening})?{frame}(?: please| exactly| again)?")
    for opening in (
        r"(?:so|ok|okay|and|but|sorry|hi|hello|please|um|can you|could you|tell me|i wonder) ",
    )
    for frame in (
        r"(?:what|wat|wht|waht) (?:does|do|did|dose|dos) (?P<x>.+?) (?:mean|means|stand for)",
        r"(?:what|wat|wht|waht) (?:is|are|s) (?:the )?(?:meaning|definition) of (?P<x>.+)",
        r"(?:what|wat|wht|waht) (?:is|are) meant by (?P<x>.+)",
        r"(?:what|wat|wht|waht) (?:is|are|s) (?P<x>.+)",
        r"(?:whats|wats|whts) (?P<x>.+)",
        r"(?:the )?(?:meaning|definition) of (?P<x>.+)",
        r"(?:define|explain)(?: what)?(?: to me)?(?: what)? (?P<x>.+?)(?: (?:is|are|means|mean))?",
        r"(?:i (?:dont|do not) know )?(?:what|wat) (?P<x>.+?) (?:is|are|means|mean)",
        r"(?P<x>.+?) (?:meaning|definition|means|mean|means what|defined|explained)",
    )
)
_LEAD = re.compile(r"(?:(?:an|a|the|this|these|those|word|words|term|by) )+")
_VALUE_WORDS = frozenset(("of", "is", "at", "about", "percent", "x", "k"))
MOST_WORDS_ALONE = 3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """One word of the glossary, as it stands in the database."""

    id: str
    title: str
    means: str
    topic: str
    entry: str | None
    values: str | None
    explain: bool
    bare: bool
    names: tuple[str, ...]

    @property
    def term(self) -> str:
        """The word itself."""
        return self.names[0]


@dataclass(frozen=True)
class Use:
    """Where a text uses a word."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True)
class WordQuestion:
    """A question for the meaning of one word; `with_value`: "what does ANC 500 mean"."""

    term: Term
    with_value: bool


@dataclass(frozen=True)
class Glossary:
    """The words by id."""

    terms: dict[str, Term]
    _explained: dict[tuple[str, tuple[str, ...]], tuple[Term, ...]] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Term]:
        """The words by each of their names (as `name_key` makes them)."""
        return {name_key(name): term for term in self.terms.values() for name in term.names}

    @cached_property
    def _by_first_word(self) -> dict[str, list[tuple[tuple[str, ...], Term]]]:
        """For the first word of a name: the words of all such names, longest first."""
        found: dict[str, list[tuple[tuple[str, ...], Term]]] = defaultdict(list)
        for term in self.terms.values():
            for name in term.names:
                words = tuple(_WORD.findall(name))
                found[words[0].lower()].append((words, term))
        for names in found.values():
            names.sort(key=lambda item: -len(item[0]))
        return found

    def uses_in(self, text: str) -> Iterator[Use]:
        """Each use of a word in a text, in order; of overlapping names the longest."""
        words = list(_WORD.finditer(text))
        place = 0
        while place < len(words):
            use, length = self._use_at(words, place, text)
            if use:
                yield use
            place += length

    def _use_at(self, words: list[re.Match[str]], place: int, text: str) -> tuple[Use | None, int]:
        begin = words[place].start()
        for name, term in self._by_first_word.get(words[place].group().lower(), ()):
            said = words[place : place + len(name)]
            end = said[-1].end()
            if _same(name, said) and text[begin - 1 : begin] != "-" and not _goes_on(text, end):
                return Use(term, begin, end), len(name)
        return None, 1

    def to_explain(self, entry_id: str, texts: tuple[str, ...]) -> tuple[Term, ...]:
        """The marked words that these texts use and leave unexplained, by first use.

        Explained is a word with its meaning in parentheses, a word in parentheses after plain
        words, a word that a sentence of the texts says the meaning of, and the entry's own theme.
        """
        key = (entry_id, texts)
        if key not in self._explained:
            self._explained[key] = self._unexplained(entry_id, "\n".join(texts))
        return self._explained[key]

    def _unexplained(self, entry_id: str, said: str) -> tuple[Term, ...]:
        first: dict[str, tuple[Term, bool]] = {}
        for use in self.uses_in(said):
            if use.term.explain and use.term.id not in first:
                first[use.term.id] = (use.term, self._explained_at(use, said))
        return tuple(
            term
            for term, explained in first.values()
            if not explained and term.entry != entry_id and not _is_defined(term, said)
        )

    def _explained_at(self, use: Use, said: str) -> bool:
        inside = re.match(r" \(([^)]*)\)", said[use.end :])
        if inside is not None:
            return self.by_name.get(name_key(inside.group(1))) is not use.term
        return said[use.start - 1] == "(" and said[use.end : use.end + 1] == ")"


def word_question(text: str, glossary: Glossary) -> WordQuestion | None:
    """The one word whose meaning is asked; None for every other message."""
    key = name_key(text)
    for frame in _FRAMES:
        match = frame.fullmatch(key)
        found = match and _one_word(match.group("x"), glossary)
        if found:
            return found
    term = glossary.by_name.get(_LEAD.sub("", key))
    if term is not None and term.bare and len(key.split()) <= MOST_WORDS_ALONE:
        return WordQuestion(term, with_value=False)
    return None


def asked_term(text: str, glossary: Glossary) -> Term | None:
    """The one word whose meaning is asked, whatever stands beside it."""
    asked = word_question(text, glossary)
    return asked.term if asked else None


def _one_word(asked: str, glossary: Glossary) -> WordQuestion | None:
    name = re.sub(rf"^{_LEAD.pattern}", "", asked)
    if name in glossary.by_name:
        return WordQuestion(glossary.by_name[name], with_value=False)
    words = name.split()
    kept = [w for w in words if not w[0].isdigit()]
    if len(kept) == len(words):
        return None
    kept = [w for w in kept if w not in _VALUE_WORDS]
    term = glossary.by_name.get(" ".join(kept))
    return WordQuestion(term, with_value=True) if term else None


def _same(name: tuple[str, ...], said: list[re.Match[str]]) -> bool:
    """Short forms in capitals are read as they are ("ALL", never "all"), words in any case."""
    return len(name) == len(said) and all(
        match.group() == word
        if any(c.isupper() for c in word[1:])
        else match.group().lower() == word.lower()
        for word, match in zip(name, said, strict=True)
    )


def _goes_on(text: str, end: int) -> bool:
    return re.match(r"-\w", text[end : end + 2]) is not None


def _is_defined(term: Term, said: str) -> bool:
    """Does a sentence begin with the word and say what it means?"""
    names = "|".join(re.escape(name) for name in term.names)
    return (
        re.search(
            rf"(?:^|\. |\n)(?:A |An |The )?(?:{names})(?: [(][^)]*[)])? (?:means|is|are|stands?)\b",
            said,
            re.IGNORECASE,
        )
        is not None
    )
