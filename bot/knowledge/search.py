"""Which entry of a topic answers a question best (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from bot.knowledge.base import Catalogue, Entry

SAME_AUDIENCE, NAMED, OVERVIEW = 0.4, 0.35, 0.12
MIN_CLOSENESS = 0.15
# The entry of a topic that says in general what holds for an audience, by its name.
GENERAL = {"child": "children", "adult": "adults", "caregiver": "parents"}


class EntrySearch:
    """Closeness of a question to the entries' example questions, by words and letters."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._rows: dict[str, list[int]] = {}
        texts: list[str] = []
        for entry in entries:
            for text in (entry.title, *entry.questions):
                self._rows.setdefault(entry.id, []).append(len(texts))
                texts.append(text.lower())
        self._features = FeatureUnion(
            [
                ("words", TfidfVectorizer(sublinear_tf=True, stop_words=None)),
                (
                    "letters",
                    TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
                ),
            ]
        )
        self._matrix = self._features.fit_transform(texts)

    def closeness(self, question: str) -> dict[str, float]:
        """For each entry id, how close its nearest example is, from 0 to 1."""
        vector = self._features.transform([question.lower()])
        scores = (self._matrix @ vector.T).toarray().ravel() / 2.0
        return {
            entry: float(max(scores[row] for row in rows)) for entry, rows in self._rows.items()
        }


@lru_cache(maxsize=2)
def _search_of(version: str, catalogue: _ByVersion) -> EntrySearch:
    return EntrySearch(tuple(catalogue.catalogue.entries.values()))


class _ByVersion:
    """Lets the cache tell catalogues apart by their version only."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __hash__(self) -> int:
        return hash(self.catalogue.version)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _ByVersion) and other.catalogue.version == self.catalogue.version


def find_entry(
    catalogue: Catalogue, topic: str, question: str, *, audience: str | None
) -> Entry | None:
    """The entry of this topic that answers best; its overview when none is close.

    `audience` is whom the question is about, None when not known. Entries for another audience
    are taken only when there is nothing else. The overview gives way to the general entry for
    this audience.
    """
    entries = catalogue.of_topic(topic)
    if not entries:
        return None
    closeness = _search_of(catalogue.version, _ByVersion(catalogue)).closeness(question)
    words = question.lower()

    def score(entry: Entry) -> tuple[float, str]:
        near = closeness[entry.id] if closeness[entry.id] >= MIN_CLOSENESS else 0.0
        value = near + _audience_score(entry, audience, near)
        if any(name.replace("_", " ") in words for name in entry.about):
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
