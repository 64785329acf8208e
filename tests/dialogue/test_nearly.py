"""A topic that was nearly as likely as the one that is answered."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.dialogue.turn import Turn


def _turn(*ranking: tuple[str, float]) -> Turn:
    names: list[dict[str, Any]] = [{"name": n, "confidence": c} for n, c in ranking]
    message = {"text": "why", "intent": names[0], "intent_ranking": names}
    return Turn.from_tracker(SimpleNamespace(latest_message=message, slots={}))


@pytest.mark.parametrize(
    ("ranking", "nearly"),
    [
        ((("ask_causes", 0.4), ("ask_symptoms", 0.2)), "symptoms"),
        ((("ask_causes", 0.4), ("ask_symptoms", 0.19)), None),
        ((("ask_causes", 0.4), ("goodbye", 0.39)), None),
        ((("ask_causes", 0.4), ("ask_is_it_relapse", 0.39)), None),
        ((("ask_causes", 0.4),), None),
    ],
)
def test_second_topic(ranking: tuple[tuple[str, float], ...], nearly: str | None) -> None:
    assert _turn(*ranking).nearly == nearly
