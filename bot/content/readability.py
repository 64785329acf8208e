"""How hard a text is to read: Flesch-Kincaid grade and words a sentence."""

from __future__ import annotations

import re
from statistics import mean

from textstat import textstat


def reading_grade(sentences: list[str], *, without: re.Pattern[str] | None = None) -> float:
    """Flesch-Kincaid grade (US school years) of an answer.

    `without` matches names that are explained to the reader (drug names, ALL) and are left out
    of the count: each is replaced by a short word.
    """
    words = syllables = 0
    for sentence in sentences:
        plain = without.sub("name", sentence) if without else sentence
        for word in re.findall(r"[A-Za-z']+", plain):
            words += 1
            syllables += max(1, textstat.syllable_count(word))
    if not words:
        return 0.0
    count = mean(len(re.findall(r"[A-Za-z0-9']+", s)) for s in sentences)
    return 0.39 * count + 11.8 * syllables / words - 15.59


def word_count(sentence: str) -> int:
    """Words of a sentence, figures included."""
    return len(re.findall(r"[A-Za-z0-9][A-Za-z0-9'.,-]*", sentence))
