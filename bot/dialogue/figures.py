"""Hard answers: figures on the outlook are shown to those who want them, who are asked once.

Slots: `figures_wanted` (asked, yes or no), and `held_entry`, the answer that waits for a yes; it
waits for one turn (actions/base.py).
"""

from __future__ import annotations

from bot.content.numbers import has_rate
from bot.dialogue.turn import Turn
from bot.knowledge.base import Catalogue, Entry
from bot.runtime import Runtime


def figures_wanted(turn: Turn, parts: Runtime) -> str | None:
    """yes, no, asked, or None when it was never spoken of: this message decides, then the slot."""
    said = None
    if turn.choice is None:
        said = parts.content.figure_words.wanted(turn.text)
    if said is None:
        return turn.slots.get("figures_wanted")
    return "yes" if said else "no"


def must_ask(entry: Entry, wanted: str | None, parts: Runtime) -> bool:
    """Does the entry hold rates of a hard topic, and is it not known whether they are wanted?"""
    topic = parts.content.knowledge.topics.get(entry.topic)
    return wanted is None and topic is not None and topic.gentle and _has_rates(entry)


def spared(entry: Entry, wanted: str | None, catalogue: Catalogue, parts: Runtime) -> Entry:
    """The entry itself, or the one without figures for people who do not want them."""
    topic = parts.content.knowledge.topics.get(entry.topic)
    if wanted != "no" or topic is None or not topic.without_figures or not _has_rates(entry):
        return entry
    return catalogue.entries.get(topic.without_figures, entry)


def _has_rates(entry: Entry) -> bool:
    return any(has_rate(sentence.text) for sentence in entry.sentences)
