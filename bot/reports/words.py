"""The words that are ordinary here, for redaction."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.all_content import Content
from bot.reports.redaction import Redactor
from bot.settings import ROOT


def redactor_of(content: Content) -> Redactor:
    """What the bot says names nobody; what it was taught to understand may."""
    return Redactor(list(_said(content)), list(_heard(content)))


def _said(content: Content) -> Iterator[str]:
    for entry in content.knowledge.entries.values():
        yield entry.title
        yield from (sentence.text for sentence in (*entry.short, *entry.more))
    yield from (fact.statement for fact in content.knowledge.facts.values())
    yield from (name for thing in content.names.things for name in thing.names)
    yield from content.texts.labels.values()
    yield from (text.text for text in content.texts.texts.values())
    for question in content.interview.questions:
        yield from (question.ask, *(choice.label for choice in question.choices))


def _heard(content: Content) -> Iterator[str]:
    for entry in content.knowledge.entries.values():
        yield from entry.questions
    yield (ROOT / "data" / "nlu.yml").read_text(encoding="utf-8")
