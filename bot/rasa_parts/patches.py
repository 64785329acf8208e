"""Every place where Rasa 3.6.21 is changed, with the reason. Rasa 3.6 gets no more releases.

`install_patches` is called once, before a model is loaded; each patch is checked against the
version it was written for.
"""

from __future__ import annotations

from typing import Any

from bot.errors import BotError
from bot.rasa_parts.tensorflow_stand_in import stand_in_for_tensorflow

WRITTEN_FOR = "3.6.21"


def install_patches(*, without_tensorflow: bool = True) -> None:
    """Change Rasa as described below; safe to call again."""
    if without_tensorflow:
        stand_in_for_tensorflow()
    import rasa

    if rasa.__version__ != WRITTEN_FOR:
        raise BotError(f"the patches are for Rasa {WRITTEN_FOR}, found {rasa.__version__}")
    _validate_action_results_once()
    _call_actions_through_our_endpoint()
    _take_store_out_of_fail_safe()
    _leave_origins_and_root_to_us()


def _validate_action_results_once() -> None:
    """Rasa builds the validator of action results anew for every call: 71 % of a turn."""
    from jsonschema import Draft202012Validator
    from rasa.core.actions.action import RemoteAction

    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(self: Any, result: dict[str, Any]) -> bool:
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
