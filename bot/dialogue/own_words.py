"""The bot's own words (content/texts.yml) as replies."""

from __future__ import annotations

from typing import Any

from bot.rendering.reply import Reply, ReplyType, choices_of
from bot.runtime import Runtime


def own_reply(
    text_id: str, parts: Runtime, kind: ReplyType | None = None, *, channel: str = "", **fields: Any
) -> Reply:
    """The text with its buttons, the channel's own one where it has one; {team} becomes the care
    team's name and number."""
    own = parts.content.texts.of_channel(text_id, channel)
    choices = choices_of(own.choices, parts.content.texts.labels)
    return Reply(
        kind or ("choices" if choices else "text"),
        own.text.replace("{team}", team(parts)),
        choices,
        {**({"multiple": False} if kind in (None, "choices") and choices else {}), **fields},
    )


def team(parts: Runtime) -> str:
    """The care team, with its number where the settings have one."""
    name, phone = parts.settings.care_team_name, parts.settings.care_team_phone
    return f"{name} ({phone})" if phone else name
