"""What the bot says of its own accord, and what it cannot do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.base import TurnAction
from bot.dialogue import interviewing
from bot.dialogue.limits import clarify_or_explain, contact_lines, decline_or_explain, fallback
from bot.dialogue.own_words import own_reply
from bot.dialogue.second_question import with_second
from bot.dialogue.turn import Turn
from bot.rendering.reply import Reply
from bot.runtime import runtime

Response = tuple[Iterable[Reply], dict[str, Any]]


class Say(TurnAction):
    """The text that has the intent's name."""

    def name(self) -> str:
        return "action_say"

    def respond(self, turn: Turn) -> Response:
        return [own_reply(turn.intent, runtime(), channel=turn.channel)], {}


class Decline(TurnAction):
    """What the bot cannot do, and what to do instead."""

    def name(self) -> str:
        return "action_decline"

    def respond(self, turn: Turn) -> Response:
        return with_second(decline_or_explain(turn, runtime()), turn, runtime())


class Clarify(TurnAction):
    """Not sure enough what is asked: offer the nearest topics."""

    def name(self) -> str:
        return "action_clarify"

    def respond(self, turn: Turn) -> Response:
        return clarify_or_explain(turn, runtime())


class Fallback(TurnAction):
    """No rule and no story applies."""

    def name(self) -> str:
        return "action_fallback"

    def respond(self, turn: Turn) -> Response:
        return fallback(turn, runtime())


class ContactHuman(TurnAction):
    """Lines to talk to a person, of the person's own country."""

    def name(self) -> str:
        return "action_contact_human"

    def respond(self, turn: Turn) -> Response:
        return [contact_lines(turn, runtime())], {}


class OfferInterview(TurnAction):
    """Symptoms were reported: offer to write them down for the doctor."""

    def name(self) -> str:
        return "action_offer_interview"

    def respond(self, turn: Turn) -> Response:
        return interviewing.offer(turn, runtime())
