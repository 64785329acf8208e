"""What every action shares: read the turn, say replies. The work is done in bot/."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.dialogue.turn import Turn
from bot.rendering.reply import Reply, rendered
from bot.runtime import runtime

Events = list[dict[str, Any]]


def set_slot(name: str, value: Any) -> dict[str, Any]:
    """Rasa's event for a slot."""
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


class TurnAction(Action, ABC):
    """An action that answers one turn with replies and slots."""

    @abstractmethod
    def respond(self, turn: Turn) -> tuple[Iterable[Reply], dict[str, Any]]:
        """The replies, and the slots that change."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        """Called by Rasa."""
        turn = Turn.from_tracker(tracker)
        with runtime().knowledge.one_version():
            replies, slots = self.respond(turn)
            for reply in replies:
                message = rendered(reply, channel=turn.channel)
                dispatcher.utter_message(
                    text=message.get("text"), json_message=message.get("custom") or {}
                )
        if turn.slots.get("held_entry"):  # it waits for one turn
            slots = {"held_entry": None, **slots}
        return [set_slot(name, value) for name, value in slots.items()]
