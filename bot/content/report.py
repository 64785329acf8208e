"""How content/ stands: problems, hints, and a table of figures (pure; `make content` prints it)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.content.all_content import Content
from bot.content.knowledge import Entry, Fact
from bot.content.review import UNUSED_FILE
from bot.content.wording import Wording, repeated_sentences, wording


@dataclass(frozen=True)
class Row:
    """One line of the table; `limit` is empty where there is none."""

    name: str
    figure: str
    limit: str = ""


@dataclass(frozen=True)
class Report:
    """`problems` must be mended, `hints` are to be thought about."""

    problems: tuple[str, ...]
    hints: tuple[str, ...]
    rows: tuple[Row, ...]


def report(content: Content, *, topics: Collection[str], today: datetime.date) -> Report:
    """The report on these topics; on all of them when none is named."""
    knowledge, review = content.knowledge, content.review
    entries = [e for e in knowledge.entries.values() if not topics or e.topic in topics]
    facts = [f for f in knowledge.facts.values() if not topics or f.topic in topics]
    words = wording(entries, review.rules)
    used = used_facts(content)
    overdue = [e for e in entries if review.rules.due_on(e) <= today]
    repeats = tuple(repeated_sentences(entries))
    problems = (*words.faults, *_unused_faults(facts, used, review.unused_facts))
    hints = (
        *(
            f"{e.file}: {e.id}: {'reviewed_on' if e.reviewed_on else 'checked_on'}: was due for "
            f"another reading on {review.rules.due_on(e)}; read its sources again and sign"
            for e in overdue
        ),
        *repeats,
    )
    rows = (*_rows_of_entries(entries), *_rows_of_wording(words, content))
    rows += (
        Row("nearly the same sentence twice", str(len(repeats))),
        Row("due for another reading", str(len(overdue))),
        *_rows_of_facts(content, facts, used),
    )
    return Report(problems, hints, rows)


def used_facts(content: Content) -> set[str]:
    """Facts that an entry, a red flag or a symptom rests on."""
    flags = (*content.red_flags.flags.values(), content.red_flags.two_ambers)
    used = {f for e in content.knowledge.entries.values() for s in e.sentences for f in s.facts}
    used |= {fact for flag in flags for fact in flag.facts}
    return used | {fact for symptom in content.interview.symptoms for fact in symptom.facts}


def _unused_faults(facts: list[Fact], used: set[str], reasons: dict[str, str]) -> Iterator[str]:
    for fact in facts:
        if fact.id not in used and fact.id not in reasons:
            yield (
                f"facts: {fact.id}: id: nothing rests on this fact; use it in an entry, or say "
                f"why not in {UNUSED_FILE}"
            )
        elif fact.id in used and fact.id in reasons:
            yield f"{UNUSED_FILE}: {fact.id}: facts: is used by now; delete it here"


def _rows_of_entries(entries: list[Entry]) -> Iterator[Row]:
    signed = sum(entry.reviewed_by is not None for entry in entries)
    sentences = [sentence for entry in entries for sentence in entry.sentences]
    yield Row("entries", str(len(entries)))
    yield Row("topics", str(len({entry.topic for entry in entries})))
    yield Row("reviewed", f"{signed} of {len(entries)}")
    yield Row("sentences", str(len(sentences)))
    yield Row("sentences without a fact", str(sum(not s.facts for s in sentences)), "support only")
    yield Row("example questions", str(sum(len(entry.questions) for entry in entries)))


def _rows_of_wording(words: Wording, content: Content) -> Iterator[Row]:
    limits = content.review.rules.limits
    grade, length = "reading grade", "words in a sentence"
    yield Row(f"{grade}, median", f"{words.grade_median:.1f}", f"{limits.grade_median:g}")
    yield Row(f"{grade}, worst", f"{words.grade_worst:.1f}", f"{limits.grade_worst:g}")
    yield Row(f"{length}, median", f"{words.words_median:g}", f"{limits.words_median:g}")
    yield Row(f"{length}, worst", str(words.words_worst), str(limits.words_worst))


def _rows_of_facts(content: Content, facts: list[Fact], used: set[str]) -> Iterator[Row]:
    unused = sum(fact.id not in used for fact in facts)
    sources = {source for fact in facts for source in fact.sources}
    shown = {source for fact in facts if fact.id in used for source in fact.sources}
    yield Row("facts used", f"{len(facts) - unused} of {len(facts)}")
    yield Row(
        "facts unused, reason given",
        str(sum(f.id not in used for f in facts if f.id in content.review.unused_facts)),
    )
    yield Row("sources shown", f"{len(shown)} of {len(sources)}")


def review_line(entries: Collection[Entry]) -> str:
    """Who has read the texts, in one plain sentence."""
    signed = sum(entry.reviewed_by is not None for entry in entries)
    drafts = len(entries) - signed
    state = f"Of {len(entries)} entries, {drafts} are drafts"
    if not signed:
        return f"{state}; no clinician has reviewed them."
    return f"{state} and {signed} are signed by a reviewer."
