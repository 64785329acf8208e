"""Is the text plain enough, and is anything said twice in two ways? (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from bot.content.entry_checks import plain_words
from bot.content.knowledge import Entry
from bot.content.numbers import numbers_in
from bot.content.readability import reading_grade, word_count
from bot.content.review import ReviewRules

# Share of words in common from which two sentences are "nearly the same".
NEARLY_THE_SAME = 0.8
FEWEST_SHARED_WORDS = 5


@dataclass(frozen=True)
class Wording:
    """Figures of all sentences; `faults` are lines like those of a wrong field."""

    grade_median: float
    grade_worst: float
    words_median: float
    words_worst: int
    faults: tuple[str, ...]


def said(entry: Entry) -> tuple[str, ...]:
    """Every sentence that readers see."""
    return (*(s.text for s in entry.sentences), *((entry.next,) if entry.next else ()))


def wording(entries: Iterable[Entry], rules: ReviewRules) -> Wording:
    """Reading grades and sentence lengths, held to the limits of content/review.yml."""
    entries, limits, explained = tuple(entries), rules.limits, rules.explained
    faults: list[str] = []
    grades, lengths = [0.0], [0]
    for entry in entries:
        grade = reading_grade(list(said(entry)), without=explained)
        grades.append(grade)
        if round(grade, 1) > limits.grade_worst:
            faults.append(
                f"{entry.file}: {entry.id}: reading grade: is {grade:.1f}, the limit is "
                f"{limits.grade_worst:g}; shorten sentences, choose shorter words"
            )
        for text in said(entry):
            lengths.append(word_count(text))
            if lengths[-1] > limits.words_worst:
                faults.append(
                    f"{entry.file}: {entry.id}: sentence: has {lengths[-1]} words, the limit is "
                    f"{limits.words_worst}; make two of it: {text!r}"
                )
    figures = median(grades[1:] or grades), max(grades), median(lengths[1:] or lengths)
    for name, value, limit in (
        ("reading grade", figures[0], limits.grade_median),
        ("words in a sentence", figures[2], limits.words_median),
    ):
        if round(value, 1) > limit:
            faults.append(f"entries: all: {name}: median {value:.1f}, the limit is {limit:g}")
    return Wording(*figures, max(lengths), tuple(faults))


def repeated_sentences(entries: Iterable[Entry]) -> Iterator[str]:
    """Sentences that stand nearly the same in two entries; other facts are pointed out.

    The same words from the same facts are one wording, as wished: nothing to mend.
    """
    sentences = [
        (entry, s, frozenset(plain_words(s.text).split()))
        for entry in entries
        for s in entry.sentences
        if s.facts
    ]
    for place, (entry, sentence, words) in enumerate(sentences):
        for other, earlier, other_words in sentences[:place]:
            shared = len(words & other_words)
            if shared < FEWEST_SHARED_WORDS or other.id == entry.id:
                continue
            if shared < NEARLY_THE_SAME * len(words | other_words):
                continue
            if numbers_in(sentence.text) != numbers_in(earlier.text):
                continue
            same_facts = set(sentence.facts) == set(earlier.facts)
            if same_facts and sentence.text == earlier.text:
                continue
            facts = "" if same_facts else ", from other facts"
            yield (
                f"{entry.file}: {entry.id}: sentence: nearly the same as in {other.id}{facts}; "
                f"say it in one way: {sentence.text!r} / {earlier.text!r}"
            )
