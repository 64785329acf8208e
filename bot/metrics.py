"""What operators can count, for Prometheus (docs/operations.md says what each metric means).

Labels are names of the program: channels, outcomes, intents, ids of content. Never words of
people, never an id of a conversation. Whoever counts makes sure of it; a test reads all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.records.held import TrackerRow

registry = CollectorRegistry()
ProcessCollector(registry=registry)

# From the second bar of design (30 ms) to the longest turn there is.
SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)
# A turn has one outcome: the first of these types of message among its replies.
OUTCOMES = {
    "care_card": "card",
    "error": "error",
    "confirm_red_flag": "red_flag_question",
    "summary": "summary",
    "declined": "declined",
    "clarify": "clarified",
    "answer": "answered",
    "question": "interview",
}
OTHER, REPEATED = "said", "repeated"

turns = Counter(
    "afterall_turns", "Messages of people, by what they got", ["channel", "outcome"],
    registry=registry,
)  # fmt: skip
turn_seconds = Histogram(
    "afterall_turn_seconds", "From a message to its answer, waiting included", ["channel"],
    buckets=SECONDS, registry=registry,
)  # fmt: skip
intents = Counter(
    "afterall_intents", "What messages were understood as", ["intent"], registry=registry
)
declined = Counter(
    "afterall_declined", "Messages that were not answered, by reason", ["reason"],
    registry=registry,
)  # fmt: skip
red_flags = Counter(
    "afterall_red_flags", "Care cards and questions about an emergency sign",
    ["rule", "level", "step"], registry=registry,
)  # fmt: skip
interviews = Counter(
    "afterall_interviews", "Interviews, by what became of them", ["step"], registry=registry
)
sessions = Counter(
    "afterall_conversations", "Conversations that were begun", ["channel"], registry=registry
)
faults = Counter(
    "afterall_faults", "Events of the log from WARNING on", ["event", "reason"],
    registry=registry,
)  # fmt: skip


def exposed() -> bytes:
    """All of it as Prometheus reads it."""
    return generate_latest(registry)


def count_turn(
    channel: str, replies: Sequence[dict[str, Any]], seconds: float, *, is_repeat: bool = False
) -> None:
    """One message and its answer."""
    turns.labels(channel, REPEATED if is_repeat else outcome_of(replies)).inc()
    if is_repeat:
        return
    turn_seconds.labels(channel).observe(seconds)
    for reply in replies:
        if reply["type"] == "declined":
            declined.labels(reply["reason"]).inc()


def outcome_of(replies: Sequence[dict[str, Any]]) -> str:
    """What a person got, in one word."""
    types = {reply["type"] for reply in replies}
    return next((outcome for kind, outcome in OUTCOMES.items() if kind in types), OTHER)


def count_interview(
    before: TrackerRow | None, after: TrackerRow | None, replies: Sequence[dict[str, Any]]
) -> None:
    """What a turn did to the interview: the tracker before and after it."""
    if after is None:
        return
    if after.interview is not None and (before is None or before.interview != after.interview):
        interviews.labels("started").inc()
    if before is not None and before.interview_active and not after.interview_active:
        types = {reply["type"] for reply in replies}
        ended = "finished" if "summary" in types else "stopped"
        interviews.labels("interrupted" if "care_card" in types else ended).inc()
