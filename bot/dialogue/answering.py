"""From a turn to an answer of the knowledge base: topic, audience, entry."""

from __future__ import annotations

from typing import Any

from bot.dialogue.own_words import own_reply
from bot.dialogue.turn import Turn
from bot.knowledge.base import Entry
from bot.knowledge.replies import answer_reply
from bot.knowledge.search import find_entry
from bot.rendering.reply import Reply
from bot.runtime import Runtime

Response = tuple[list[Reply], dict[str, Any]]
# A story leads here after "yes, show me the figures".
TOPIC_AFTER_YES = "survival_outlook"


def answer_topic(turn: Turn, parts: Runtime, *, topic: str | None = None) -> Response:
    """The entry that answers this turn."""
    topic = topic or turn.topic or TOPIC_AFTER_YES
    said = parts.audience_words.find(turn.text) if turn.choice is None else None
    audience = said or turn.audience
    catalogue = parts.knowledge.catalogue()
    question = "" if turn.choice or turn.topic is None else turn.text
    entry = find_entry(catalogue, topic, question, audience=audience)
    if entry is None:
        return [own_reply("unknown", parts, "declined", reason="unknown")], {}
    return [_answer(entry, parts)], _slots(entry, said)


def answer_for_audience(turn: Turn, parts: Runtime) -> Response:
    """Keep for whom the person asks; after an answer, give the one for this audience."""
    said = _chosen_audience(turn.choice) or parts.audience_words.find(turn.text)
    if said is None:
        return [own_reply("audience_unknown", parts, "choices")], {}
    last = _last(turn, parts)
    if last is None:
        return [own_reply(f"audience_{said}", parts, "choices")], {"audience": said}
    catalogue = parts.knowledge.catalogue()
    entry = find_entry(catalogue, last.topic, last.title, audience=said) or last
    return [_answer(entry, parts)], _slots(entry, said)


def answer_again(turn: Turn, parts: Runtime, *, part: str, intro: str | None = None) -> Response:
    """The last answer once more: its short part, the rest of it, or all."""
    last = _last(turn, parts)
    if last is None:
        return [own_reply("nothing_before", parts, "choices")], {}
    if part == "more" and not any(s.part == "more" for s in last.sentences):
        return [own_reply("no_more", parts, "text")], {}
    return [_answer(last, parts, part=part, intro=intro)], {}


def _last(turn: Turn, parts: Runtime) -> Entry | None:
    last = turn.slots.get("last_entry")
    return parts.knowledge.catalogue().entries.get(last) if last else None


def _answer(
    entry: Entry, parts: Runtime, *, part: str = "short", intro: str | None = None
) -> Reply:
    texts = parts.content.texts
    return answer_reply(
        entry,
        parts.knowledge.catalogue(),
        part=part,
        more_label=texts.labels["more_detail"],
        intro=texts[intro].text if intro else "",
    )


def _slots(entry: Entry, audience: str | None) -> dict[str, Any]:
    slots: dict[str, Any] = {"last_entry": entry.id}
    if audience is not None:
        slots["audience"] = audience
    return slots


def _chosen_audience(choice: str | None) -> str | None:
    if choice and choice.startswith("audience_"):
        return choice.removeprefix("audience_")
    return None
