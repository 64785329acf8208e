"""Precision and recall of the entities in messages: `python -m benchmarks.entities`.

On tests/cases/entities.yml, which the names of content/names.yml were grown on: no held-out set.
An entity counts as right when kind, id and denial are; tests/nlu/test_entities.py looks at places.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import yaml

from benchmarks.figures import share
from bot.nlu.entities import Entity
from bot.runtime import runtime
from bot.settings import ROOT

CASES = ROOT / "tests" / "cases" / "entities.yml"
IN_ALL = "all"


def report() -> Iterator[str]:
    """A Markdown table, one row for each kind."""
    right: Counter[str] = Counter()
    found_of: Counter[str] = Counter()
    wanted_of: Counter[str] = Counter()
    for case in yaml.safe_load(CASES.read_text(encoding="utf-8"))["cases"]:
        found = Counter(_written(entity) for entity in runtime().named_things.find(case["say"]))
        wanted = Counter(case["has"])
        for counts, entities in ((right, found & wanted), (found_of, found), (wanted_of, wanted)):
            for name, times in entities.items():
                counts[name.lstrip("!").partition("=")[0]] += times
                counts[IN_ALL] += times
    yield "| entity | precision | recall |"
    yield "|---|---|---|"
    for kind in [IN_ALL, *sorted({*found_of, *wanted_of} - {IN_ALL})]:
        precision = share(right[kind], found_of[kind])
        yield f"| {kind} | {precision} | {share(right[kind], wanted_of[kind])} |"


def _written(entity: Entity) -> str:
    """As the cases write it."""
    return f"{'!' if entity.negated else ''}{entity.kind}={entity.id}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
