"""From a turn to an answer of the knowledge base: topic, audience, entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.dialogue.explaining import explain_word
from bot.dialogue.figures import figures_wanted, must_ask, spared
from bot.dialogue.own_words import own_reply
from bot.dialogue.turn import Turn
from bot.knowledge.base import Entry
from bot.knowledge.replies import answer_reply
from bot.knowledge.search import answering_entry, entry_asked, find_entry
from bot.rendering.reply import Choice, Reply
from bot.runtime import Runtime

Response = tuple[list[Reply], dict[str, Any]]
# What "how long do I have?" asks about.
PROGNOSIS, PROGNOSIS_TOPIC = "personal_prognosis", "survival_outlook"


def answer_topic(turn: Turn, parts: Runtime) -> Response:
    """The entry that answers this turn, or the meaning of the one word it asks for."""
    return answer_by_words(turn, parts) or _answer_question(turn, parts)


def answer_by_words(turn: Turn, parts: Runtime) -> Response | None:
    """What the words of a message decide, whatever it was taken for: the meaning of one word is
    asked, or figures that wait are wanted or refused ("show me the numbers for adults")."""
    catalogue = parts.knowledge.catalogue()
    held = catalogue.entries.get(turn.slots.get("held_entry") or "")
    if held is None or turn.choice or parts.content.figure_words.wanted(turn.text) is None:
        return explain_word(turn, parts)
    said = parts.audience_words.find(turn.text)
    entry = find_entry(catalogue, held.topic, held.title, audience=said or turn.audience)
    return _humanely(entry or held, turn, parts, audience=said)


def answer_example(turn: Turn, parts: Runtime) -> Response | None:
    """The entry that has this very question among its examples, whatever it was taken for."""
    if turn.choice is not None:
        return None
    said = parts.audience_words.find(turn.text)
    audience = said or turn.audience
    entry = entry_asked(parts.knowledge.catalogue(), turn.text, audience=audience)
    return None if entry is None else _humanely(entry, turn, parts, audience=said)


def _answer_question(turn: Turn, parts: Runtime) -> Response:
    topic = _with_its_figures(turn.topic or PROGNOSIS_TOPIC, turn, parts)
    said = parts.audience_words.find(turn.text) if turn.choice is None else None
    question = "" if turn.choice or turn.topic is None else turn.question
    catalogue = parts.knowledge.catalogue()
    audience = said or turn.audience
    entry = answering_entry(catalogue, topic, question, audience=audience, named=turn.named)
    if entry is None:
        return [own_reply("unknown", parts, "declined", reason="unknown")], {}
    replies, slots = _humanely(entry, turn, parts, audience=said)
    return [_offering_other(reply, turn, parts) for reply in replies], slots


def _with_its_figures(topic: str, turn: Turn, parts: Runtime) -> str:
    """The topic, or the one that holds its figures, where this message asks for them."""
    about = parts.content.knowledge.topics.get(topic)
    if turn.choice or about is None or about.figures_in is None:
        return topic
    return about.figures_in if parts.content.figure_words.wanted(turn.text) else topic


def _offering_other(reply: Reply, turn: Turn, parts: Runtime) -> Reply:
    """An answer with a button for the topic that was nearly as likely, before all others."""
    topic = turn.nearly
    if reply.type != "answer" or topic is None or topic == reply.fields["topic"] or turn.choice:
        return reply
    labels, value = parts.content.texts.labels, f"ask_{topic}"
    other = Choice(labels["did_you_mean"].format(topic=labels[value]), value)
    return replace(reply, choices=(other, *(c for c in reply.choices if c.value != value)))


def answer_for_audience(turn: Turn, parts: Runtime) -> Response:
    """Keep for whom the person asks; after an answer, give the one for this audience."""
    said = _chosen_audience(turn.choice) or parts.audience_words.find(turn.text)
    if said is None:
        return [own_reply("audience_unknown", parts, "choices")], {}
    held = turn.slots.get("held_entry")
    last = parts.knowledge.catalogue().answer(held or "") or _last(turn, parts)
    if last is None:
        return [own_reply(f"audience_{said}", parts, "choices")], {"audience": said}
    catalogue = parts.knowledge.catalogue()
    entry = find_entry(catalogue, last.topic, last.title, audience=said) or last
    if held:  # the question whether figures are wanted still waits for its answer
        turn = replace(turn, slots={**turn.slots, "figures_wanted": None})
    return _humanely(entry, turn, parts, audience=said)


def answer_again(turn: Turn, parts: Runtime, *, part: str, intro: str | None = None) -> Response:
    """The last answer once more: its short part, the rest of it, or all."""
    asked = answer_by_words(turn, parts)
    if asked is not None:
        return asked
    last = _last(turn, parts)
    if last is None:
        return [own_reply("nothing_before", parts, "choices")], {}
    if part == "more" and not any(s.part == "more" for s in last.sentences):
        return [own_reply("no_more", parts, "text")], {}
    return [_answer(last, parts, part=part, intro=intro)], {}


def show_figures(turn: Turn, parts: Runtime) -> Response:
    """ "Yes": the answer that waited; for a button tapped later, the outlook."""
    return _decided(turn, parts, "yes") or ([own_reply("affirm", parts)], {})


def spare_figures(turn: Turn, parts: Runtime) -> Response:
    """ "No": the same topic without figures."""
    return _decided(turn, parts, "no") or ([own_reply("deny", parts)], {})


def _decided(turn: Turn, parts: Runtime, wanted: str) -> Response | None:
    catalogue = parts.knowledge.catalogue()
    entry = catalogue.entries.get(turn.slots.get("held_entry") or "")
    if entry is None and turn.choice is not None:
        entry = find_entry(catalogue, PROGNOSIS_TOPIC, "", audience=turn.audience)
    if entry is None:
        return None
    shown = spared(entry, wanted, catalogue, parts)
    return [_answer(shown, parts)], {"last_entry": shown.id, "figures_wanted": wanted}


def _humanely(entry: Entry, turn: Turn, parts: Runtime, *, audience: str | None) -> Response:
    """The entry; but rates of a hard topic only to somebody who wants them."""
    slots: dict[str, Any] = {"audience": audience} if audience is not None else {}
    personal = turn.intent == PROGNOSIS
    wanted = figures_wanted(turn, parts)
    if must_ask(entry, wanted, parts):
        if turn.in_interview:  # a "yes" would be taken as an answer to the interview's question
            wanted = "no"
        else:
            slots.update(figures_wanted="asked", held_entry=entry.id)
            return [own_reply(PROGNOSIS if personal else "figures_first", parts)], slots
    elif wanted is not None:
        slots["figures_wanted"] = wanted
    shown = spared(entry, wanted, parts.knowledge.catalogue(), parts)
    slots["last_entry"] = shown.id
    part = "more" if _is_asked_on(shown, turn) else "short"
    return [_answer(shown, parts, part=part, intro="not_one_person" if personal else None)], slots


def _is_asked_on(entry: Entry, turn: Turn) -> bool:
    """Has it been answered just before, and is more of it asked about ("and does it hurt?")? What
    it says beyond its first sentences helps more than the same ones again."""
    goes_on = turn.choice is None and turn.question != turn.text
    has_more = any(sentence.part == "more" for sentence in entry.sentences)
    return goes_on and has_more and turn.slots.get("last_entry") == entry.id


def _last(turn: Turn, parts: Runtime) -> Entry | None:
    return parts.knowledge.catalogue().answer(turn.slots.get("last_entry") or "")


def _answer(
    entry: Entry, parts: Runtime, *, part: str = "short", intro: str | None = None
) -> Reply:
    texts = parts.content.texts
    reply = answer_reply(
        entry,
        parts.knowledge.catalogue(),
        part=part,
        more_label=texts.labels["more_detail"],
        intro=texts[intro].text if intro else "",
    )
    topic = parts.content.knowledge.topics.get(entry.topic)
    if topic is None or not topic.gentle or topic.without_figures != entry.id:
        return reply
    change_of_mind = Choice(texts.labels["figures_yes"], "figures_yes")
    return replace(reply, choices=(*reply.choices, change_of_mind))


def _chosen_audience(choice: str | None) -> str | None:
    if choice and choice.startswith("audience_"):
        return choice.removeprefix("audience_")
    return None
