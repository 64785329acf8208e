"""Rates as people understand them, and only for those who want them: one denominator in an answer,
a small picture of a rate, words that ask for figures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.numbers import denominators_in, has_rate, says_rate

if TYPE_CHECKING:
    from bot.content.knowledge import Entry, Fact, Topic

Faults = Iterable[tuple[str, str]]


class IconArray(ContentModel):
    """A small picture of a rate: `marked` of `of` people. `label` says the same in words."""

    kind: Literal["icon_array"] = "icon_array"
    of: int = Field(ge=10, le=100)
    marked: int = Field(ge=0, le=100)
    label: str
    fact: str


class FigureWords(ContentModel):
    """Words by which people ask for figures, or refuse them."""

    asks_for: tuple[str, ...]
    refuses: tuple[str, ...]

    def wanted(self, text: str) -> bool | None:
        """True: figures are asked for. False: they are refused. None: neither is said."""
        plain = re.sub(r"['’]", "", text.lower())
        for answer, phrases in ((False, self.refuses), (True, self.asks_for)):
            if _any_of(phrases).search(plain):
                return answer
        return None


@lru_cache(maxsize=8)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(phrase) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def figure_faults(entry: Entry, facts: dict[str, Fact]) -> Faults:
    """Does the picture show what its fact gives and what a sentence says?"""
    figure = entry.figure
    if figure is None:
        return
    fact = facts.get(figure.fact)
    if fact is None:
        yield "figure.fact", f"unknown fact {figure.fact!r}; fact ids stand in content/facts/"
    elif not any(abs(rate * figure.of / 100 - figure.marked) <= 0.5 for rate in _percents(fact)):
        yield (
            "figure.marked",
            f"{figure.marked} of {figure.of} does not follow from a percentage of {figure.fact}; "
            "correct it, or name the fact that holds it",
        )
    if f"{figure.marked} of {figure.of}" not in figure.label:
        yield (
            "figure.label",
            f'must say "{figure.marked} of {figure.of}"; it stands for the picture in plain text',
        )
    if not any(says_rate(s.text, figure.marked, figure.of) for s in entry.sentences):
        yield (
            "figure.marked",
            f'no sentence says "{figure.marked} in {figure.of}"; '
            "the picture is shown with the sentence that says it",
        )


def rate_faults(entry: Entry) -> Faults:
    """Rates that are said in different ways cannot be compared by a reader."""
    used = {way for sentence in entry.sentences for way in denominators_in(sentence.text)}
    if len(used) > 1:
        ways = ", ".join(w if w == "percent" else f'"in {w}"' for w in sorted(used))
        yield "short", f'says rates in different ways ({ways}); say all of them as "in 100"'


def spared_faults(topics: dict[str, Topic], entries: dict[str, Entry]) -> Faults:
    """Is there an answer without rates for people who do not want them?"""
    for topic in topics.values():
        spared = entries.get(topic.without_figures or "")
        if topic.without_figures and spared is None:
            yield topic.id, f"unknown entry {topic.without_figures!r}; they stand in entries/"
        elif spared and any(has_rate(sentence.text) for sentence in spared.sentences):
            yield topic.id, f"{spared.id!r} holds a rate; name an entry without"


def read_figure_words(root: Path, problems: Problems) -> FigureWords | None:
    """Read content/figures.yml."""
    file = "figures.yml"
    return build(
        FigureWords, read_yaml(root / file, problems, root=root), problems, file=file, item="words"
    )


def _percents(fact: Fact) -> Iterable[float]:
    for number in fact.numbers:
        if "percent" in number.unit and isinstance(number.value, int | float):
            yield float(number.value)
