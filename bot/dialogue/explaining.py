"""The meaning of a word, when a message asks for nothing else."""

from __future__ import annotations

from typing import Any

from bot.dialogue.own_words import own_reply
from bot.dialogue.turn import Turn
from bot.knowledge.glossary import word_question
from bot.knowledge.replies import answer_reply
from bot.knowledge.search import entry_asked
from bot.rendering.reply import Reply
from bot.runtime import Runtime

Response = tuple[list[Reply], dict[str, Any]]


def explain_word(turn: Turn, parts: Runtime) -> Response | None:
    """What the asked word means, or the answer that is exactly about it; None when none is asked.

    A value beside the word is not read: that is declined first, and then the word is explained.
    """
    if turn.choice is not None:
        return None
    catalogue = parts.knowledge.catalogue()
    asked = word_question(turn.text, catalogue.glossary)
    if asked is None:
        return None
    is_topic = turn.topic is not None and not asked.with_value
    if is_topic and entry_asked(catalogue, turn.text, audience=turn.audience):
        return None  # an entry is written for this very question
    term = asked.term
    wanted = term.values if asked.with_value else term.entry
    entry = catalogue.answer(wanted or "") or catalogue.meanings[f"glossary.{term.id}"]
    replies = [answer_reply(entry, catalogue, more_label=parts.content.texts.labels["more_detail"])]
    if asked.with_value:
        replies.insert(0, own_reply("declined_lab_results", parts, "declined", reason="diagnosis"))
    return replies, {"last_entry": entry.id}
