"""Every place where Rasa 3.6.21 is changed, with the reason. Rasa 3.6 gets no more releases.

`install_patches` is called once, before a model is loaded; each patch is checked against the
version it was written for.
"""

from __future__ import annotations

import asyncio
import functools
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.errors import BotError
from bot.rasa_parts.stand_ins import NOT_SERVED, TENSORFLOW, stand_in_for

WRITTEN_FOR = "3.6.21"


def install_patches(*, without_tensorflow: bool = True, to_serve: bool = False) -> None:
    """Change Rasa as described below; safe to call again. `to_serve`: packages that only training
    and Rasa's other commands use are left out as well."""
    if without_tensorflow:
        stand_in_for(TENSORFLOW)
    if to_serve:
        stand_in_for(NOT_SERVED)
    import rasa

    if rasa.__version__ != WRITTEN_FOR:
        raise BotError(f"the patches are for Rasa {WRITTEN_FOR}, found {rasa.__version__}")
    _validate_action_results_once()
    _call_actions_through_our_endpoint()
    _take_store_out_of_fail_safe()
    _leave_origins_and_root_to_us()
    _send_actions_this_turn_only()
    _find_event_classes_once()
    _run_steps_in_order()
    _parse_aside()
    _look_up_rules_by_action()
    _go_through_a_conversation_once()
    _copy_nothing_for_logs()
    _make_the_empty_domain_once()
    _fill_slots_in_forms_only()
    _unpack_models_once()


def _validate_action_results_once() -> None:
    """Rasa builds the validator of action results anew for every call: 71 % of a turn. Results of
    actions in this process come from rasa-sdk itself and are taken as they are: 4 %."""
    from jsonschema import Draft202012Validator
    from rasa.core.actions.action import RemoteAction

    from bot.rasa_parts.action_endpoint import IN_PROCESS

    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(self: Any, result: dict[str, Any]) -> bool:
        if self.action_endpoint.url != IN_PROCESS:
            validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def _call_actions_through_our_endpoint() -> None:
    """Actions run in this process unless ACTION_ENDPOINT_URL is set, and never longer than a few
    seconds. Rasa has no setting for either, and waits 300 s."""
    from rasa.core.actions.action import RemoteAction

    from bot.rasa_parts.action_endpoint import action_endpoint

    def begin(self: Any, name: str, endpoint: Any) -> None:
        self._name = name
        self.action_endpoint = action_endpoint()

    RemoteAction.__init__ = begin


def _take_store_out_of_fail_safe() -> None:
    """With the database gone, FailSafeTrackerStore answers from a blank tracker: the interview
    begins anew, nothing is written, and nobody is told. A failed read must fail the turn."""
    from rasa.core.agent import Agent

    def keep(tracker_store: Any, domain: Any) -> Any:
        if tracker_store is None:
            from rasa.core.tracker_store import InMemoryTrackerStore

            return InMemoryTrackerStore(domain)
        tracker_store.domain = domain
        return tracker_store

    Agent._create_tracker_store = staticmethod(keep)


def _leave_origins_and_root_to_us() -> None:
    """Rasa's CORS answers every OPTIONS itself, so that no other website could ever use the chat;
    its page at / tells the version to everybody."""
    from rasa import server

    server.configure_cors = lambda *_, **__: None
    server.add_root_route = lambda *_, **__: None


def _send_actions_this_turn_only() -> None:
    """Rasa writes all events of the conversation and the whole domain into each call of an action.
    Ours read the message and the slots."""
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.trackers import EventVerbosity

    def call(self: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        state = {**tracker.current_state(EventVerbosity.NONE), "events": []}
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": WRITTEN_FOR,
        }

    RemoteAction._action_call_format = call


def _find_event_classes_once() -> None:
    """Rasa walks all subclasses of Event for every event that it reads: 8 % of a turn."""
    from rasa.shared.core.events import Event

    search = Event.resolve_by_type
    found: dict[str, Any] = {}

    def resolve(type_name: str, default: Any = None) -> Any:
        if type_name not in found:
            event = search(type_name, default)
            if event is default:  # not known yet; a class may be defined later
                return event
            found[type_name] = event
        return found[type_name]

    if not getattr(search, "is_ours", False):
        resolve.is_ours = True  # type: ignore[attr-defined]
        Event.resolve_by_type = staticmethod(resolve)


def _run_steps_in_order() -> None:
    """Rasa plans each run of the model with dask, though the steps follow each other anyway."""
    from rasa.core import processor

    from bot.rasa_parts.runner import StepByStep

    processor.DaskGraphRunner = StepByStep


def _parse_aside() -> None:
    """Rasa reads a message on the event loop, where everybody waits for it. Most of that time is
    spent in numpy and onnxruntime, which let other threads run."""
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

    readers = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="nlu")

    async def parse(
        self: Any, message: Any, tracker: Any = None, only_output_properties: bool = True
    ) -> Any:
        tracker = tracker or DialogueStateTracker.from_events(message.sender_id, [])
        read = self._parse_message_with_graph
        loop = asyncio.get_running_loop()
        parsed = await loop.run_in_executor(readers, read, message, tracker, only_output_properties)
        self._check_for_unseen_features(parsed)
        return parsed

    MessageProcessor.parse_message = parse


def _look_up_rules_by_action() -> None:
    """Rasa tries every rule against the conversation, for each prediction twice: once for rules on
    texts, which we have none of. 13 % of a turn. Then it goes through the stories, also where a
    rule has decided, which comes before them: 5 %."""
    from rasa.core.policies.memoization import MemoizationPolicy
    from rasa.core.policies.rule_policy import RulePolicy

    from bot.rasa_parts.quick_rules import (
        as_many_as_rules_have,
        find_from_intents_only,
        noting_a_decision,
        possible_keys,
        where_no_rule_decides,
    )

    RulePolicy._get_possible_keys = possible_keys
    if hasattr(RulePolicy.predict_action_probabilities, "__wrapped__"):
        return  # patched once, however often it is asked for
    RulePolicy._find_action_from_rules = find_from_intents_only(RulePolicy._find_action_from_rules)
    RulePolicy._prediction_states = as_many_as_rules_have(RulePolicy._prediction_states)
    for policy, change in (
        (RulePolicy, noting_a_decision),
        (MemoizationPolicy, where_no_rule_decides),
    ):
        policy.predict_action_probabilities = change(policy.predict_action_probabilities)


def _go_through_a_conversation_once() -> None:
    """Each policy repeats all events on a copy of the tracker, for each prediction; so does each
    copy of a tracker. 13 % of a turn."""
    from rasa.shared.core import trackers
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.rasa_parts.quick_states import active_state, applied, copied, like, prior_steps

    every, find = DialogueStateTracker.generate_all_prior_trackers, Domain.get_active_state
    if not hasattr(every, "__wrapped__"):
        DialogueStateTracker.generate_all_prior_trackers = prior_steps(every)
        Domain.get_active_state = active_state(find)
        DialogueStateTracker.applied_events = applied(DialogueStateTracker.applied_events)
    DialogueStateTracker.copy = copied
    trackers.copy = SimpleNamespace(copy=like)  # slots, the only thing that is copied there


def _copy_nothing_for_logs() -> None:
    """Rasa copies events and states deeply for lines of its debug log, and words them, whether it
    writes them or not; in these modules nothing else is copied. 3 % of a turn."""
    from rasa.core import processor
    from rasa.core.policies import memoization, rule_policy

    as_it_is = SimpleNamespace(deepcopy=lambda thing: thing)
    for module in (processor, memoization, rule_policy):
        module.copy = as_it_is
    rule_policy.RulePolicy.format_tracker_states = staticmethod(lambda states: states)


def _make_the_empty_domain_once() -> None:
    """For each message Rasa makes a domain without anything, to see whether ours is like it."""
    from rasa.shared.core.domain import Domain

    empty = Domain.empty().as_dict()
    Domain.is_empty = lambda self: self.as_dict() == empty


def _fill_slots_in_forms_only() -> None:
    """For each message Rasa tries all mappings of all slots. Where each is for a form, or is left
    to actions, there is nothing to try outside a form. 2 % of a turn."""
    from rasa.core.actions.action import ActionExtractSlots

    try_all = ActionExtractSlots.run
    if hasattr(try_all, "__wrapped__"):
        return

    @functools.wraps(try_all)
    async def run(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> Any:
        if tracker.active_loop_name is None and _fills_in_forms_only(domain):
            return []
        return await try_all(self, output_channel, nlg, tracker, domain)

    ActionExtractSlots.run = run


def _fills_in_forms_only(domain: Any) -> bool:
    """Kept with the domain: as a key of a cache it would be hashed with all that it holds."""
    if "_fills_in_forms_only" not in domain.__dict__:
        domain._fills_in_forms_only = _is_for_forms_only(domain)
    return bool(domain._fills_in_forms_only)


def _is_for_forms_only(domain: Any) -> bool:
    from rasa.shared.core.constants import DEFAULT_SLOT_NAMES

    mappings = [m for s in domain.slots if s.name not in DEFAULT_SLOT_NAMES for m in s.mappings]
    return "action_validate_slot_mappings" not in domain.user_actions and all(
        all(where.get("active_loop") for where in mapping.get("conditions", [{}]))
        or (mapping["type"] == "custom" and "action" not in mapping)
        for mapping in mappings
    )


def _unpack_models_once() -> None:
    """Rasa reads the whole archive once to look at its names and then again to unpack it. Python's
    own filter refuses the same names while it unpacks."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    def unpack(archive: str | Path, folder: Path) -> None:
        with tarfile.open(archive, mode="r|gz") as files:
            files.extractall(folder, filter="data")

    LocalModelStorage._extract_archive_to_directory = staticmethod(unpack)
