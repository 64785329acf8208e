"""Rasa's tracker, kept beside the other records of the conversation (memory or database).

Only the last turns are kept as events; what was before them is carried over as the slots and the
form that it led to, so a message costs the same at turn 500 as at turn 10. The full conversation
is in records.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.metrics import intents
from bot.rasa_parts.patches import install_patches
from bot.records.store import TrackerRow
from bot.runtime import runtime

WINDOW_TURNS = 2  # no rule or story of data/ is longer
T = TypeVar("T")


class ConversationTrackerStore(TrackerStore):
    """Tracker store over bot.records (named in endpoints.yml)."""

    def __init__(self, domain: Domain | None, event_broker: Any = None, **kwargs: Any) -> None:
        # Also reached by plain `rasa shell`, which starts without bot.server.
        install_patches(without_tensorflow=False)
        super().__init__(domain, event_broker)
        self._records = runtime().records

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as it was saved, or None. Raises RecordsUnavailable."""
        row = await self._aside(sender_id, self._records.tracker, sender_id)
        if row is None:
            return None
        events = deserialise_events(json.loads(row.body))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the window of this tracker. Raises RecordsUnavailable, also for a late turn."""
        self._count(tracker)
        events = list(windowed(tracker, WINDOW_TURNS))
        row = TrackerRow(
            body=json.dumps(list(_compact(events))),
            audience=tracker.get_slot("audience"),
            interview=tracker.get_slot("interview_id"),
            interview_active=tracker.active_loop_name is not None,
        )
        await self._aside(
            tracker.sender_id,
            self._records.save_tracker,
            tracker.sender_id,
            row,
            channel=tracker.get_latest_input_channel(),
        )

    def _count(self, tracker: DialogueStateTracker) -> None:
        intent = (
            (tracker.latest_message.intent or {}).get("name") if tracker.latest_message else None
        )
        intents.labels(intent if intent in self.domain.intent_properties else "other").inc()

    async def _aside(self, sender_id: str, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call in a thread, unless the conversation is in memory: then there is nothing to wait
        for."""
        if self._records.is_in_turn(sender_id):
            return call(*args, **kwargs)
        return await asyncio.to_thread(call, *args, **kwargs)

    async def keys(self) -> Iterable[str]:
        """Conversations are not listed to Rasa."""
        return []


def _compact(events: list[Event]) -> Iterable[dict[str, Any]]:
    """Events as they are kept: without what the bot said (that is in records, and no policy reads
    it), and of earlier messages only what the policies see."""
    last = max((n for n, e in enumerate(events) if isinstance(e, UserUttered)), default=-1)
    for number, event in enumerate(events):
        if isinstance(event, BotUttered):
            continue
        body: dict[str, Any] = event.as_dict()
        if isinstance(event, UserUttered) and number < last:
            parsed = {key: body["parse_data"].get(key) for key in ("intent", "entities", "text")}
            body = {**body, "parse_data": parsed, "metadata": {}}
        yield body


def windowed(tracker: DialogueStateTracker, turns: int) -> Iterable[Event]:
    """The events of the last `turns` messages, after the state that the earlier ones led to."""
    events = list(tracker.events)
    starts = [n for n, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= turns:
        return events
    cut = starts[-turns]
    before = DialogueStateTracker.from_events(
        tracker.sender_id, events[:cut], tracker.slots.values()
    )
    state: list[Event] = [
        SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None
    ]
    if before.active_loop_name:
        state.append(ActiveLoop(before.active_loop_name))
        state.append(SlotSet("requested_slot", before.get_slot("requested_slot")))
    return [*state, ActionExecuted(ACTION_LISTEN_NAME), *events[cut:]]
