"""Choices: which ones a reply offers, and what a tapped one means to Rasa."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

CONSENT_CHOICES = ("consent_yes", "consent_no")
DELETE_CHOICES = ("delete_conversation", "keep_conversation")
EXPORT_CHOICE = "export_my_data"
STEERING = ("skip", "back", "not_sure", "stop")
_INTENTS = {
    "audience_child": "set_audience",
    "audience_adult": "set_audience",
    "start_over": "prepare_visit",
    "change_answers": "resume_interview",
    "confirm_yes": "affirm",
    "confirm_no": "deny",
    "confirm_unsure": "not_sure",
}


def payload_of(choice: str) -> str:
    """Rasa's payload for a choice; only choices that the server offered come here."""
    if "=" in choice or choice in STEERING:
        return "/answer_question"
    return f"/{_INTENTS.get(choice, choice)}"


def says_nothing_new(choice: str | None) -> bool:
    """A button that names what was said before, to change or move it."""
    value = (choice or "").rpartition("=")[2]
    return "=" in (choice or "") and (value in ("change", "keep") or value.startswith("first_"))


def choices_in(replies: Iterable[dict[str, Any]], labels: dict[str, str]) -> dict[str, str]:
    """Value and label of everything that these replies let the person tap."""
    offered: dict[str, str] = {}
    for reply in replies:
        offered.update({c["value"]: c["label"] for c in reply.get("choices", [])})
        if reply["type"] == "question":
            offered.update({value: labels[value] for value in STEERING})
    return offered
