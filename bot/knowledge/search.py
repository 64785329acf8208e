"""Which entry of a topic answers a question best (pure, but for the vectors kept between runs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from bot.knowledge.base import Catalogue, Entry
from bot.nlu.encoder import SIZE, Vector, shared_encoder
from bot.nlu.vectors import vectors_of

# What counts beside the cosine to an entry's nearest example question.
ANSWER_WEIGHT, SENTENCE_WEIGHT = 0.5, 0.5
SAME_AUDIENCE, NAMED, OVERVIEW = 0.1, 0.25, 0.03
MIN_CLOSENESS = 0.25
# From here on a question is an example question but for spelling: its entry answers, whatever else.
EXACT, AS_NEAR = 0.985, 0.01
# The entry of a topic that says in general what holds for an audience, by its name.
GENERAL = {"child": "children", "adult": "adults", "caregiver": "parents"}


@dataclass(frozen=True)
class Near:
    """How close a question is to an entry, from -1 to 1: to its nearest example question (or its
    title), to what it says first, and to its nearest sentence."""

    question: float
    answer: float
    sentence: float

    @property
    def all(self) -> float:
        """The three as one figure, at most 1."""
        weighed = ANSWER_WEIGHT * self.answer + SENTENCE_WEIGHT * self.sentence
        return (self.question + weighed) / (1 + ANSWER_WEIGHT + SENTENCE_WEIGHT)


class EntrySearch:
    """The meaning of all entries of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        entries = list(catalogue.entries.values())
        self.ids = list(catalogue.entries)
        self.places = {entry: place for place, entry in enumerate(self.ids)}
        asked = [[text.lower() for text in (e.title, *e.questions)] for e in entries]
        said = [[s.text for s in e.sentences] for e in entries]
        self.asked_starts = _starts(asked)
        texts = ([t for block in asked for t in block], [_says_first(e) for e in entries],
                 [t for block in said for t in block])  # fmt: skip
        vectors = vectors_of([t for part in texts for t in part], shared_encoder())
        ends = (len(texts[0]), len(texts[0]) + len(texts[1]))
        self.questions, self.answers, sentences = np.split(vectors, ends)
        self.sentences = np.split(sentences, _starts(said)[1:])

    def near(self, question: str) -> Closeness:
        """How close the question is to each entry; an empty one is close to none."""
        text = question.strip()
        vector = shared_encoder().encode(question.lower()) if text else np.zeros(SIZE, np.float32)
        return Closeness(self, vector)


class Closeness(Mapping[str, Near]):
    """How close one question is to each entry, by its id. What the entries say is compared only
    where it is looked at: of 300 entries a turn looks at those of one topic."""

    def __init__(self, search: EntrySearch, vector: Vector) -> None:
        """`vector`: of the question."""
        self._search, self._vector = search, vector
        cosines = search.questions @ vector
        starts = search.asked_starts if search.places else []
        self._questions: Any = np.maximum.reduceat(cosines, starts) if starts else np.zeros(0)

    def __getitem__(self, entry: str) -> Near:
        place = self._search.places[entry]
        answer = self._search.answers[place] @ self._vector
        sentence = (self._search.sentences[place] @ self._vector).max()
        return Near(float(self._questions[place]), float(answer), float(sentence))

    def __iter__(self) -> Iterator[str]:
        return iter(self._search.places)

    def __len__(self) -> int:
        return len(self._search.places)

    def asked_alike(self, at_least: float, within: float) -> list[str]:
        """The entries with the nearest example question, and those that are as near (`within`);
        none where no example is as near as `at_least`."""
        best = self._questions.max(initial=-1.0)
        if best < at_least:
            return []
        return [
            self._search.ids[place] for place in np.flatnonzero(self._questions > best - within)
        ]


def _starts(blocks: list[list[str]]) -> list[int]:
    """Where each block begins when all stand in one row."""
    return [0, *accumulate(len(block) for block in blocks[:-1])]


def _says_first(entry: Entry) -> str:
    return " ".join([entry.title, *(s.text for s in entry.sentences if s.part == "short")])


@lru_cache(maxsize=2)
def _search_of(key: _ByVersion) -> EntrySearch:
    return EntrySearch(key.catalogue)


class _ByVersion:
    """Lets the cache tell catalogues apart by their version only."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __hash__(self) -> int:
        return hash(self.catalogue.version)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _ByVersion) and other.catalogue.version == self.catalogue.version


def entry_search(catalogue: Catalogue) -> EntrySearch:
    """The search in this catalogue, made once for each version."""
    return _search_of(_ByVersion(catalogue))


def entry_asked(catalogue: Catalogue, question: str, *, audience: str | None) -> Entry | None:
    """The entry that has this very question among its examples; None when none has.

    An editor's new example question works at once, without training. Where two entries are as
    near, the one for this audience, else the one for everybody.
    """
    return _asked(catalogue, entry_search(catalogue).near(question), audience)


def find_entry(
    catalogue: Catalogue, topic: str, question: str, *, audience: str | None
) -> Entry | None:
    """The entry of this topic that answers best; its overview when none is close.

    `audience` is whom the question is about, None when not known. Entries for another audience are
    taken only when there is nothing else. The overview gives way to the general entry for this
    audience.
    """
    near = entry_search(catalogue).near(question)
    return _best(catalogue, topic, question, near, audience, frozenset())


def answering_entry(
    catalogue: Catalogue,
    topic: str,
    question: str,
    *,
    audience: str | None,
    named: Set[str] = frozenset(),
) -> Entry | None:
    """The entry that is asked for word by word, of whatever topic; else the best of this topic.

    `named`: the ids of the things that the message names (content/names.yml).
    """
    near = entry_search(catalogue).near(question)
    asked = _asked(catalogue, near, audience)
    return asked or _best(catalogue, topic, question, near, audience, named)


def _asked(catalogue: Catalogue, near: Closeness, audience: str | None) -> Entry | None:
    same = [catalogue.entries[entry] for entry in near.asked_alike(EXACT, within=AS_NEAR)]
    if not same:
        return None
    fitting = [e for e in same if e.audience in (audience, "any")]
    return min(fitting or same, key=lambda e: (e.audience != audience, e.id))


def _best(
    catalogue: Catalogue,
    topic: str,
    question: str,
    near: Closeness,
    audience: str | None,
    named: Set[str],
) -> Entry | None:
    entries = catalogue.of_topic(topic)
    if not entries:
        return None
    words = question.lower()

    def score(entry: Entry) -> tuple[float, str]:
        figures = near[entry.id]
        close = figures.all if figures.question >= MIN_CLOSENESS else 0.0
        value = close + _audience_score(entry, audience, close)
        if any(name in named or name.replace("_", " ") in words for name in entry.about):
            value += NAMED
        if entry.id.endswith(".overview"):
            value += OVERVIEW
        return (-value, entry.id)

    best = min(entries, key=score)
    general = GENERAL.get(audience or "", "")
    return catalogue.entries.get(f"{topic}.{general}", best) if _is_overview(best) else best


def _is_overview(entry: Entry) -> bool:
    return entry.id.endswith(".overview") and entry.audience == "any"


def _audience_score(entry: Entry, audience: str | None, near: float) -> float:
    """An entry for this audience is preferred, but only as far as the question is near to it: a
    remembered audience must not answer something else."""
    if entry.audience == "any":
        return 0.0
    if audience is None:
        return -0.1
    if entry.audience == audience:
        return SAME_AUDIENCE * near
    return 0.0 if (entry.audience, audience) == ("caregiver", "child") else -1.0
