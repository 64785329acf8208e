"""`python -m bot.content.closeness [how many]`: the sentences farthest in meaning from their facts.

A sentence is compared together with the title of its entry (a reader sees both; "it" then has a
meaning) with the statement and the caution of each fact it names. Measured against other facts of
the same topic, this tells right from wrong facts best (area under the curve 0.93; 0.86 without
title and caution, 0.93 also with all facts joined to one text).

A low figure is no fault in itself: a short sentence says little of a long fact. It says which
sentences to read by eye. What was found stands in tests/content/closeness_read.yml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from bot.content.files import Problems
from bot.content.knowledge import Entry, Fact, Knowledge, Sentence, read_knowledge
from bot.nlu.encoder import Encoder, shared_encoder

READ_BY_EYE = 40
QUANTILES = (0, 1, 5, 25, 50, 75, 95, 100)


@dataclass(frozen=True)
class Closeness:
    """How close a sentence is to the nearest of its facts: the cosine of the two meanings."""

    entry: str
    sentence: Sentence
    fact: str
    cosine: float


def closeness(knowledge: Knowledge, encoder: Encoder) -> list[Closeness]:
    """All medical sentences, the farthest first (ties in the order of the entries)."""
    pairs = list(medical_sentences(knowledge))
    sentences = [f"{entry.title}. {sentence.text}" for entry, sentence in pairs]
    facts = {fact: _texts(knowledge.facts[fact]) for _, s in pairs for fact in s.facts}
    texts = list(dict.fromkeys([*sentences, *chain.from_iterable(facts.values())]))
    with ThreadPoolExecutor() as pool:
        meaning = dict(zip(texts, pool.map(encoder.encode, texts), strict=True))
    found = []
    for (entry, sentence), said in zip(pairs, sentences, strict=True):
        cosines = {
            fact: max(float(meaning[text] @ meaning[said]) for text in facts[fact])
            for fact in sentence.facts
        }
        nearest = max(cosines, key=lambda fact: cosines[fact])
        found.append(Closeness(entry.id, sentence, nearest, cosines[nearest]))
    return sorted(found, key=lambda one: one.cosine)


def _texts(fact: Fact) -> tuple[str, ...]:
    return (fact.statement, fact.caution) if fact.caution else (fact.statement,)


def medical_sentences(knowledge: Knowledge) -> Iterator[tuple[Entry, Sentence]]:
    """Entry and sentence, for each sentence that says something medical."""
    for entry in knowledge.entries.values():
        for sentence in entry.sentences:
            if sentence.kind == "medical":
                yield entry, sentence


def main(how_many: int) -> int:
    """Print the distribution and the farthest sentences."""
    problems = Problems()
    knowledge = read_knowledge(Path("content"), problems)
    problems.raise_if_any()
    found = closeness(knowledge, shared_encoder())
    cosines = [one.cosine for one in found]
    spread = " ".join(f"{q}%: {np.percentile(cosines, q):.2f}" for q in QUANTILES)
    sys.stdout.write(f"{len(found)} medical sentences; cosine to the nearest fact: {spread}\n")
    for one in found[:how_many]:
        sys.stdout.write(f"{one.cosine:.2f} {one.entry}: {one.sentence.text} [{one.fact}]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else READ_BY_EYE))
