"""Sees to it that a due care card or confirm line is said, whatever Rasa made of the turn."""

from __future__ import annotations

from typing import Any

from bot.dialogue.own_words import own_reply
from bot.metrics import red_flags
from bot.records.store import Conversation
from bot.runtime import Runtime
from bot.triage.raising import Finding
from bot.triage.replies import card_reply, confirm_reply


class CareCards:
    """The care cards and confirm lines of one channel."""

    def __init__(self, channel: str, parts: Runtime) -> None:
        self._channel = channel
        self._parts = parts
        self._records = parts.records

    def completed(
        self,
        conversation: Conversation,
        finding: Finding,
        replies: list[dict[str, Any]],
        *,
        is_done: bool,
    ) -> list[dict[str, Any]]:
        """See to it that a due card or confirm line is there, once and first; the rest as it is.

        `is_done`: the turn came to its end; a confirm line that it did not say the second reading
        took for needless.
        """
        cards = [r for r in replies if r["type"] == "care_card"]
        if finding.level is not None and (cards or not _asks_instead(finding, replies)):
            card = cards[0] if cards else self.card(conversation, finding)
            replies = [card, *(r for r in replies if r["type"] != "care_card")]
            if finding.level in ("emergency", "crisis"):
                replies = [card, *self._interrupted(conversation)]
            self._count(conversation, card, finding)
            self._records.add_red_flag(
                conversation.id,
                rule=card["rule"],
                signs=finding.signs,
                level=card["level"],
                channel=self._channel,
            )
        asked = next((r for r in replies if r["type"] == "confirm_red_flag"), None)
        is_needless = is_done and bool(replies) and finding.level is None
        if asked is None and finding.confirm is not None and not is_needless:
            asked = confirm_reply(finding.confirm, self._parts.content).as_json()
            cards = [r for r in replies if r["type"] == "care_card"]
            replies = [*cards, asked, *(r for r in replies if r not in cards)]
        if asked is not None:
            self._records.add_question(conversation.id, rule=asked["rule"])
            level = self._parts.content.red_flags.rule(asked["rule"]).level
            red_flags.labels(asked["rule"], level, "asked").inc()
        return replies

    def card(self, conversation: Conversation, finding: Finding) -> dict[str, Any]:
        """The card that a finding calls for, with whom to call where the person is."""
        return card_reply(
            finding,
            self._parts.content,
            country=conversation.country,
            care_team_phone=self._parts.settings.care_team_phone,
        ).as_json()

    def counted_card(self, conversation: Conversation, finding: Finding) -> dict[str, Any]:
        """The same in a turn of which nothing else is known."""
        card = self.card(conversation, finding)
        red_flags.labels(card["rule"], card["level"], "card").inc()
        return card

    def _count(self, conversation: Conversation, card: dict[str, Any], finding: Finding) -> None:
        was_asked = self._records.signs_asked(conversation.id).intersection(finding.signs)
        step = "confirmed" if was_asked else "card"
        red_flags.labels(card["rule"], card["level"], step).inc()

    def _interrupted(self, conversation: Conversation) -> list[dict[str, Any]]:
        """Offer to go on later with an interview that was begun."""
        if self._records.interview_of(conversation.id) is None:
            return []
        labels = self._parts.content.texts.labels
        reply = own_reply("interrupted", self._parts, "notice").as_json()
        reply["choices"] = [{"label": labels["done_that"], "value": "resume_interview"}]
        return [reply]


def _asks_instead(finding: Finding, replies: list[dict[str, Any]]) -> bool:
    """Did the second reading ask about the sign, in place of its card?"""
    return finding.rule in {r["rule"] for r in replies if r["type"] == "confirm_red_flag"}


def with_open_question(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last reply says which confirm line above it waits for an answer."""
    asked = next((r["rule"] for r in replies if r["type"] == "confirm_red_flag"), None)
    if asked is None or replies[-1]["type"] == "confirm_red_flag":
        return replies
    return [*replies[:-1], {**replies[-1], "confirming": asked}]
