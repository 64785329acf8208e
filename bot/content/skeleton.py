"""The first text of a new entry, with the facts to write it from (pure)."""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bot.content.knowledge import Audience, Fact, Knowledge

WIDTH = 116
_SKELETON = """\
# A new answer. Fill in each field, then run `make content`: it says what is still to do.
# Help: docs/content-guide.md. Delete these comments when you are done.
id: {topic}.{name}
topic: {topic}
# any, child, adult or caregiver
audience: {audience}
# What the answer is about, at most 90 characters
title:
# Said first: the answer itself, in 1 to 5 sentences of at most 20 words.
# Each names the facts it rests on; a number in it must stand in one of them.
short:
- text:
  facts: []
# Said on "tell me more"; may stay empty
more: []
# One thing to do next, without a number; or delete this line
next:
# 2 to 4 other topics, such as [symptoms, treatment_overview]
related: []
# At least 3 ways in which people ask for this, in their own words
questions:{questions}
checked_on: {checked_on}
# Only whoever has read every sentence against its sources signs: a name, and a date
reviewed_by: null
reviewed_on: null
"""


def skeleton(
    topic: str,
    name: str,
    *,
    audience: Audience,
    knowledge: Knowledge,
    checked_on: datetime.date,
    questions: Sequence[str] = (),
) -> str:
    """An entry that is refused until it is filled in; facts nobody used yet stand first.
    `questions`: what people asked."""
    used = {f for e in knowledge.entries.values() for s in e.sentences for f in s.facts}
    facts = [fact for fact in knowledge.facts.values() if fact.topic == topic]
    lines = _SKELETON.format(
        topic=topic,
        name=name,
        audience=audience,
        checked_on=checked_on,
        # JSON's quotes are YAML's as well.
        questions="".join(f"\n- {json.dumps(q, ensure_ascii=False)}" for q in questions) or " []",
    )
    unused = [fact for fact in facts if fact.id not in used]
    lines += _listed(f"Facts of {topic} that no entry uses yet", unused)
    lines += _listed(f"Facts of {topic} that other entries use", [f for f in facts if f.id in used])
    return lines


def _listed(title: str, facts: Iterable[Fact]) -> str:
    lines = [line for fact in facts for line in _fact(fact)]
    return "\n".join(["#", f"# {title}:", *(lines or ["# none"]), ""])


def _fact(fact: Fact) -> Iterator[str]:
    yield f"# - {fact.id} ({fact.audience})"
    yield from _wrapped(fact.statement)
    for number in fact.numbers:
        figure = f"{number.value} {number.unit}: {number.what}; {number.population}"
        yield from _wrapped(f"number: {figure}")
    if fact.caution:
        yield from _wrapped(f"CAUTION: {fact.caution}")


def _wrapped(text: str) -> list[str]:
    indent = "#     "
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
