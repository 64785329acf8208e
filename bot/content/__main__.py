"""`python -m bot.content [topic ...]`: check content/ and say how it stands (`make content`)."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from statistics import median

from bot.content.files import Problems
from bot.content.knowledge import Entry, Knowledge, read_knowledge
from bot.content.readability import reading_grade, word_count

GRADE_LIMIT = 8.0
WORDS_LIMIT = 20
# Names that the reader is told the meaning of; a formula that counts syllables cannot know that.
EXPLAINED = re.compile(
    r"\b(acute lymphoblastic leukemia|leukemia|relapse[ds]?|remission|chemotherapy|"
    r"blinatumomab|inotuzumab|ozogamicin|tisagenlecleucel|brexucabtagene|obecabtagene|autoleucel|"
    r"imatinib|dasatinib|ponatinib|nelarabine|revumenib|immunotherapy|transplants?|radiation|"
    r"Philadelphia|chromosome|vincristine|asparaginase|methotrexate|testicles?|lymphoblastic|"
    r"cytokine|infections?|clinical|antibod(?:y|ies)|platelets?)\b",
    re.IGNORECASE,
)


def main(topics: list[str]) -> int:
    """Print problems and figures; 1 when something must be mended."""
    problems = Problems()
    knowledge = read_knowledge(Path("content"), problems)
    lines = [p for p in problems.lines if not topics or any(f"entries/{t}/" in p for t in topics)]
    entries = {k: e for k, e in knowledge.entries.items() if not topics or e.topic in topics}
    hints = _reading_hints(knowledge, entries)
    for line in lines + hints:
        sys.stdout.write(f"{line}\n")
    used = {f for e in knowledge.entries.values() for s in e.sentences for f in s.facts}
    scope = [f for f in knowledge.facts.values() if not topics or f.topic in topics]
    unused = [f.id for f in scope if f.id not in used and f.sign is None]
    grades = [reading_grade(_texts(knowledge, k), without=EXPLAINED) for k in entries] or [0.0]
    sys.stdout.write(
        f"{len(entries)} entries, {len(lines)} problems, {len(hints)} reading hints; "
        f"{len(scope)} facts, {len(unused)} unused: {' '.join(unused) or '-'}\n"
        f"reading grade: median {median(grades):.1f}, worst {max(grades):.1f}\n"
    )
    return 1 if lines else 0


def _texts(knowledge: Knowledge, entry_id: str) -> list[str]:
    entry = knowledge.entries[entry_id]
    return [s.text for s in entry.sentences] + ([entry.next] if entry.next else [])


def _reading_hints(knowledge: Knowledge, entries: dict[str, Entry]) -> list[str]:
    hints = []
    for entry_id in entries:
        texts = _texts(knowledge, entry_id)
        grade = reading_grade(texts, without=EXPLAINED)
        if grade > GRADE_LIMIT:
            hints.append(f"{entry_id}: reading grade {grade:.1f}, above {GRADE_LIMIT:.0f}")
        for text in texts:
            if word_count(text) > WORDS_LIMIT:
                hints.append(f"{entry_id}: {word_count(text)} words (limit {WORDS_LIMIT}): {text}")
    return hints


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
