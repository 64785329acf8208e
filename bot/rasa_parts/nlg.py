"""Responses of the domain, rendered from content in this process: they need no action.

Only the care card, its confirm line and their follow-up are said this way, so that they come
also when the actions are dead or hanging.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_parts.policies import red_flag_of
from bot.rendering.reply import Reply, rendered
from bot.runtime import runtime
from bot.triage.raising import finding_of
from bot.triage.replies import card_reply, cleared_reply, confirm_reply


class ContentResponses(NaturalLanguageGenerator):
    """Natural language generator over content/ (named in endpoints.yml)."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        self.responses: dict[str, Any] = {}

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """The response for this channel, or None when there is nothing to say."""
        message = tracker.latest_message
        mark = red_flag_of(message)
        metadata = (message.metadata if message else None) or {}
        in_interview = tracker.active_loop_name is not None
        reply = self._reply(utter_action, mark, metadata, in_interview=in_interview)
        return rendered(reply, channel=output_channel) if reply else None

    def _reply(
        self, name: str, mark: dict[str, Any], metadata: dict[str, Any], *, in_interview: bool
    ) -> Reply | None:
        parts = runtime()
        if name == "utter_care_card":
            return card_reply(
                finding_of(mark),
                parts.content,
                country=metadata.get("country"),
                care_team_phone=parts.settings.care_team_phone,
            )
        if name == "utter_confirm_red_flag":
            return confirm_reply(mark["confirm"], parts.content)
        if name == "utter_red_flag_cleared":
            return cleared_reply(parts.content, in_interview=in_interview)
        return None
