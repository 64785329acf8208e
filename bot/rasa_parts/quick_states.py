"""What Rasa's policies look at, with the same result and less work.

Each policy goes through the whole conversation again for each prediction, on a copy of the tracker
that repeats every event. Here the steps of a conversation are kept with its tracker: the policies
share them, and a later prediction adds only what has happened since.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import is_
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import AnySlotDict, DialogueStateTracker

State = dict[str, dict[str, Any]]
_KEPT = "_steps"
# Of the moment, not of the conversation: a copy begins without them, as Rasa's does.
_NOT_COPIED: dict[str, None] = dict.fromkeys(("model_id", "assistant_id", "sender_source"))

_TAKING_BACK: frozenset[type[Event]] = frozenset(
    (ActionReverted, ActiveLoop, Restarted, SessionStarted, UserUtteranceReverted)
)


@dataclass
class Step:
    """The conversation as it was before an action: what a tracker says of it."""

    latest_message: Any
    latest_action: Any
    latest_action_name: str | None
    active_loop: Any
    active_loop_name: str | None
    followup_action: str | None
    slots: dict[str, Any] = field(default_factory=dict)
    state: State | None = None


@dataclass
class Steps:
    """The steps up to the last of `events`; `walker`: the tracker that has seen these events."""

    walker: DialogueStateTracker
    events: list[Event] = field(default_factory=list)
    before_actions: list[tuple[Step, bool]] = field(default_factory=list)
    now: Step | None = None

    def go_on(self, events: list[Event]) -> None:
        """Take in the events after those seen."""
        for event in events[len(self.events) :]:
            if isinstance(event, ActionExecuted):
                self.before_actions.append((self.now or _step(self.walker), event.hide_rule_turn))
            event.apply_to(self.walker)
            self.now = None
        self.events = events
        self.now = self.now or _step(self.walker)


def prior_steps(every: Callable[..., Any]) -> Callable[..., Any]:
    """DialogueStateTracker.generate_all_prior_trackers; where slots count for the policies it is
    left to Rasa (`every`)."""

    @functools.wraps(every)
    def steps(self: DialogueStateTracker) -> Iterator[tuple[Any, bool]]:
        if any(slot.has_features() for slot in self.slots.values()):
            return iter(every(self))
        events = self.applied_events()
        kept: Steps | None = self.__dict__.get(_KEPT)
        if kept is None or not _begins_with(events, kept.events):
            kept = Steps(DialogueStateTracker(self.sender_id, None))
        kept.go_on(events)
        self.__dict__[_KEPT] = kept
        return iter([*kept.before_actions, (kept.now, False)])

    return steps


def applied(every: Callable[..., list[Event]]) -> Callable[..., list[Event]]:
    """DialogueStateTracker.applied_events; without an event that takes others back, or a form,
    these are all events."""

    @functools.wraps(every)
    def events(self: DialogueStateTracker) -> list[Event]:
        plain = _TAKING_BACK.isdisjoint(map(type, self.events))
        return list(self.events) if plain else every(self)

    return events


def active_state(find: Callable[..., State]) -> Callable[..., State]:
    """Domain.get_active_state, found once for each step."""

    @functools.wraps(find)
    def found(self: Domain, tracker: Any, omit_unset_slots: bool = False) -> State:
        if not isinstance(tracker, Step):
            return find(self, tracker, omit_unset_slots)
        if tracker.state is None:
            tracker.state = find(self, tracker, omit_unset_slots)
        return {kind: dict(part) for kind, part in tracker.state.items()}  # policies change theirs

    return found


def copied(self: DialogueStateTracker) -> DialogueStateTracker:
    """DialogueStateTracker.copy, from what it holds instead of from all its events."""
    made = like(self)
    made.__dict__.update(_NOT_COPIED)
    made.__dict__.pop(_KEPT, None)
    made.events = self.events.copy()
    slots = {name: like(slot) for name, slot in self.slots.items()}
    made.slots = AnySlotDict(slots) if isinstance(self.slots, AnySlotDict) else slots
    made.active_loop = copy.copy(self.active_loop)
    return made


def like(thing: Any) -> Any:
    """A shallow copy of a plain object, as copy.copy makes it."""
    made = object.__new__(type(thing))
    made.__dict__.update(thing.__dict__)
    return made


def _begins_with(events: list[Event], first: list[Event]) -> bool:
    return len(first) <= len(events) and all(map(is_, first, events))


def _step(tracker: DialogueStateTracker) -> Step:
    return Step(
        latest_message=tracker.latest_message,
        latest_action=tracker.latest_action,
        latest_action_name=tracker.latest_action_name,
        active_loop=copy.copy(tracker.active_loop),
        active_loop_name=tracker.active_loop_name,
        followup_action=tracker.followup_action,
    )
