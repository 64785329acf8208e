"""Answer or question? Messages by someone who saw no rules and no other case (frozen by
tests/cases/held_out/SHA256SUMS). Only totals are printed, so that nobody tunes on the sentences:
`python -m pytest -s tests/interview/test_held_out_answers.py`.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import yaml
from test_answer_or_question import read_as

PATH = Path(__file__).parents[1] / "cases" / "held_out" / "answer_or_question.yml"
QUESTIONS = {"treatments": "tx.previous", "questions": "q"}  # as the writer named them


def totals() -> Counter[tuple[str, str, str]]:
    """How many messages of each kind, at which question, were read as what."""
    table = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return Counter(
        (QUESTIONS.get(at, at), kind, read_as(QUESTIONS.get(at, at), says))
        for at, kinds in table.items()
        for kind, messages in kinds.items()
        for says in messages
    )


def share(found: Counter[tuple[str, str, str]], kind: str, taken_for: set[str]) -> float:
    """How many messages of a kind are taken for something else."""
    of_kind = {key: count for key, count in found.items() if key[1] == kind}
    return sum(n for key, n in of_kind.items() if key[2] in taken_for) / sum(of_kind.values())


def test_most_are_read_as_they_were_meant() -> None:
    """Every question typed at "what do you want to ask the doctor?" is one for the doctor, so that
    place is counted apart."""
    found = totals()
    elsewhere = Counter({key: n for key, n in found.items() if key[0] != "q"})
    lines = [f"{sum(found.values())} messages"]
    for kind in ("answer", "question", "both", "command"):
        read: Counter[str] = Counter()
        for (_, its, got), count in found.items():
            read[got] += count if its == kind else 0
        lines.append(f"{kind}: read as {dict(+read)}")
    for name, some in (("everywhere", found), ("without the questions for the doctor", elsewhere)):
        taken = share(some, "answer", {"question", "both"})
        lines.append(f"{name}: answers taken for questions {taken:.1%}")
        taken = share(some, "question", {"answer", "both"})
        lines.append(f"{name}: questions taken for answers {taken:.1%}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert share(elsewhere, "answer", {"question", "both"}) <= 0.05
    assert share(elsewhere, "question", {"answer", "both"}) <= 0.1
