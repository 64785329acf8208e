"""Red flags as replies: the card, the confirm line, and what follows a clear "no"."""

from __future__ import annotations

from bot.content.all_content import Content
from bot.rendering.reply import Choice, Reply, choices_of
from bot.triage.care_card import care_card, confirm_line
from bot.triage.raising import Finding

# Values of the buttons below a confirm line; the detector reads the words.
CONFIRM_WORDS = {"confirm_yes": "yes", "confirm_no": "no", "confirm_unsure": "not sure"}


def card_reply(
    finding: Finding, content: Content, *, country: str | None, care_team_phone: str | None
) -> Reply:
    """The care card of the contract. Emergency and crisis cards name sources without links."""
    card = care_card(finding, content.red_flags, country=country, care_team_phone=care_team_phone)
    linked = card.level not in ("emergency", "crisis")
    known = content.knowledge.sources
    sources = [
        {
            "id": source,
            "title": known[source].title,
            "publisher": known[source].publisher,
            **({"date": known[source].date} if known[source].date else {}),
            **({"url": known[source].url} if linked and known[source].url else {}),
        }
        for source in card.source_ids
    ]
    choices: tuple[Choice, ...] = ()
    return Reply(
        "care_card",
        card.text,
        choices,
        {
            "level": card.level,
            "rule": card.rule,
            "title": card.title,
            "bullets": list(card.bullets),
            "contacts": [
                {"label": c.label, **({"href": c.href} if c.href else {})} for c in card.contacts
            ],
            "sources": sources,
        },
    )


def confirm_reply(rule: str, content: Content) -> Reply:
    """One line: is this sign there now?"""
    labels = content.texts.labels
    choices = tuple(Choice(labels[value], value) for value in CONFIRM_WORDS)
    return Reply("confirm_red_flag", confirm_line(rule, content.red_flags), choices, {"rule": rule})


def cleared_reply(content: Content, *, in_interview: bool = False) -> Reply:
    """After a clear "no" to the confirm line; what can be done next, unless a question follows."""
    cleared = content.texts["red_flag_cleared"]
    next_steps = () if in_interview else choices_of(cleared.choices, content.texts.labels)
    return Reply("text", cleared.text, next_steps)
