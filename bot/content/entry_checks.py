"""What can be wrong between entries, or between an entry's picture and its fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.files import Problems
from bot.content.knowledge import Entry, Fact, Knowledge, words_of
from bot.content.numbers import numbers_in

Fault = tuple[Entry, str, str]


def check_entries(knowledge: Knowledge, problems: Problems) -> None:
    """Note every fault that one entry alone, without its neighbours and facts, does not show."""
    for entry, field, message in _faults(knowledge):
        problems.add(entry.file, entry.id, field, message)


def plain_words(text: str) -> str:
    """A text without case and punctuation, to tell whether two are the same."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _faults(knowledge: Knowledge) -> Iterator[Fault]:
    asked: dict[str, str] = {}
    for entry in knowledge.entries.values():
        for number, question in enumerate(entry.questions, start=1):
            other = asked.setdefault(plain_words(question), entry.id)
            where = "this entry" if other == entry.id else other
            if other != entry.id or _again(question, entry, number):
                message = f"{question!r} also stands in {where}; keep it in one place"
                yield entry, f"questions[{number}]", message
        if entry.figure is not None and entry.figure.fact in knowledge.facts:
            for field, message in _figure_faults(entry, knowledge.facts[entry.figure.fact]):
                yield entry, field, message


def _again(question: str, entry: Entry, number: int) -> bool:
    earlier = entry.questions[: number - 1]
    return plain_words(question) in {plain_words(other) for other in earlier}


def _figure_faults(entry: Entry, fact: Fact) -> Iterator[tuple[str, str]]:
    figure = entry.figure
    if figure is None:
        return
    if figure.marked > figure.of:
        yield "figure.marked", f"is more than all {figure.of}; correct it"
    if fact.id not in {f for sentence in entry.sentences for f in sentence.facts}:
        yield "figure.fact", f"no sentence rests on {fact.id}; say the figure in a sentence, too"
    allowed = {*numbers_in(words_of(fact)), str(figure.of), str(figure.marked)}
    for number in numbers_in(figure.label):
        if number not in allowed:
            yield "figure.label", f"the number {number} does not stand in {fact.id}; correct it"
