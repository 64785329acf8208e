"""What the bot does when it cannot or may not answer."""

from __future__ import annotations

import re

from bot.dialogue.answering import (
    Response,
    answer_by_words,
    answer_example,
    show_figures,
    spare_figures,
)
from bot.dialogue.own_words import own_reply
from bot.dialogue.turn import Turn
from bot.interview.answers import Answer
from bot.interview.script import next_question
from bot.knowledge.replies import topic_choices
from bot.rendering.reply import Choice, Reply
from bot.runtime import Runtime

# Intent -> reason of the contract; the text is declined_<intent> of content/texts.yml.
REASONS = {
    "out_of_scope": ("out_of_scope", "declined_out_of_scope"),
    "other_cancer": ("other_cancer", "declined_other_cancer"),
    "medication_advice": ("medication_advice", "declined_medication_advice"),
    "lab_results": ("diagnosis", "declined_lab_results"),
    "ask_is_it_relapse": ("diagnosis", "declined_diagnosis"),
}
SUPPORT_LINES = ("leukemia_support", "cancer_support")
TOPICS_OFFERED = 3
_HAS_LETTERS = re.compile(r"[^\W_]", re.UNICODE)
# Intents that are no topics but can be offered as one, with the label of their button.
OFFERED_INTENTS = ("prepare_visit", "contact_human")


def decline_or_explain(turn: Turn, parts: Runtime) -> Response:
    """A word of the glossary is explained, and the example question of an entry answered, whatever
    else the message was taken for."""
    # "Tell me more" after this is not about the answer before it.
    said = _after_card(turn, parts) if turn.intent == "out_of_scope" else None
    return (
        answer_by_words(turn, parts)
        or answer_example(turn, parts)
        or ([said or decline(turn, parts)], {"last_entry": None})
    )


def clarify_or_explain(turn: Turn, parts: Runtime) -> Response:
    """The same for a message that was not understood well enough; while the interview is paused
    (after a care card) it may be an answer to it, so the way back is shown."""
    return (
        answer_by_words(turn, parts)
        or answer_example(turn, parts)
        or ([_way_back(turn, parts) or _after_card(turn, parts) or clarify(turn, parts)], {})
    )


def _after_card(turn: Turn, parts: Runtime) -> Reply | None:
    """ "No, we called them already" to a care card is no question about what the bot knows."""
    if not turn.follows_card or turn.choice or parts.question_words.is_question(turn.text):
        return None
    return own_reply("card_holds", parts)


def _way_back(turn: Turn, parts: Runtime) -> Reply | None:
    rows = turn.slots.get("interview_answers")
    if turn.in_interview or not rows:
        return None
    is_over = next_question(parts.content.interview, tuple(Answer(**r) for r in rows)) is None
    return None if is_over else own_reply("interview_paused", parts, "choices")


def decline(turn: Turn, parts: Runtime) -> Reply:
    """Say kindly what is not possible, and what is."""
    reason, text = REASONS.get(turn.intent, REASONS["out_of_scope"])
    return own_reply(text, parts, "declined", reason=reason)


def clarify(turn: Turn, parts: Runtime) -> Reply:
    """Offer the nearest topics; none when the message is like nothing the bot knows."""
    if not _HAS_LETTERS.search(turn.text):
        return own_reply("empty", parts, "declined", reason="unknown")
    catalogue = parts.knowledge.catalogue()
    near = [i for i in turn.ranking if i != "nlu_fallback"][:TOPICS_OFFERED]
    if near and near[0] in REASONS:
        reason, text = REASONS[near[0]]
        return own_reply(text, parts, "declined", reason=reason)
    topics = [i.removeprefix("ask_") for i in near if i.removeprefix("ask_") in catalogue.topics]
    labels = parts.content.texts.labels
    others = tuple(Choice(labels[i], i) for i in near if i in OFFERED_INTENTS)
    if not topics and not others:
        return own_reply("unknown", parts, "declined", reason="unknown")
    return Reply(
        "clarify",
        parts.content.texts["clarify"].text,
        topic_choices(topics, catalogue) + others,
        {"topics": topics},
    )


def fallback(turn: Turn, parts: Runtime) -> Response:
    """A "yes" or "no" without a story: to figures that wait, or to nothing; or no idea."""
    if turn.intent in ("affirm", "deny"):
        said = _after_card(turn, parts)
        decided = show_figures if turn.intent == "affirm" else spare_figures
        return ([said], {}) if said else decided(turn, parts)
    return clarify_or_explain(turn, parts)


def contact_lines(turn: Turn, parts: Runtime) -> Reply:
    """The care team first, then the support lines of the person's country (all when unknown)."""
    reply = own_reply("contact_human", parts)
    country = turn.country or parts.settings.default_country
    lines = [reply.text]
    for contact in parts.content.red_flags.contacts.values():
        is_near = country is None or contact.country == country
        if is_near and contact.kind in SUPPORT_LINES and contact.call:
            hours = f" ({contact.hours})" if contact.hours else ""
            place = f" [{contact.country}]" if country is None else ""
            lines.append(f"- {contact.name}{place}: {contact.call}{hours}")
    return Reply("text", "\n".join(lines))
