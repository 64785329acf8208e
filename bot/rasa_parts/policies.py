"""Dialogue policies of our own (named in config.yml)."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

CARD, CONFIRM, CLEARED = "utter_care_card", "utter_confirm_red_flag", "utter_red_flag_cleared"
KEEP, CLOSE = "action_keep_interview_answer", "action_deactivate_loop"
TAKE = "action_take_interview_answer"
ANSWER, DECLINE = "action_answer_question", "action_decline"
# What is answered beside a confirm line, apart from questions on a topic, as in data/rules.yml.
# The rest waits: an offer or "I did not understand" would take the eye off the line.
BESIDE_CONFIRM = {
    "personal_prognosis": ANSWER,
    "ask_is_it_relapse": DECLINE,
    "medication_advice": DECLINE,
    "lab_results": DECLINE,
    "emotional_distress": "action_say",
    "contact_human": "action_contact_human",
}
FALLBACK = "action_fallback"
ASK_AGAIN = "action_ask_previsit_interview_form_interview_answer"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False
)
class RedFlagPolicy(Policy):
    """Ranked above every other policy, so that inside a form, too, the card comes first.

    A rule that begins with an utterance is not enough: inside an active form the form wins, and
    with the actions gone the bot would be silent. The card itself needs no action (bot.nlg).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above RulePolicy (6)."""
        return {"priority": 10}

    def train(self, *args: Any, **kwargs: Any) -> Resource:
        """Nothing to learn."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RedFlagPolicy:
        """Nothing to read."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any
    ) -> PolicyPrediction:
        """The next step of a turn that carries a red flag; otherwise no opinion."""
        name = next_step(tracker)
        if name is None:
            return self._prediction(self._default_predictions(domain))
        probabilities = [0.0] * domain.num_actions
        probabilities[domain.index_for_action(name)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=True)


def next_step(tracker: DialogueStateTracker) -> str | None:
    """Which action a red flag asks for now; None when it asks for nothing (more)."""
    message = tracker.latest_message
    mark = red_flag_of(message)
    done = _done_in_turn(tracker)
    in_form = tracker.active_loop_name is not None
    is_new = tracker.get_slot("interview_id") is None
    intent = (message.intent.get("name") if message else None) or ""
    if mark.get("level") and CARD not in done:
        return CARD
    if mark.get("confirm"):
        if CONFIRM not in done:
            return CONFIRM
        step = TAKE if in_form else _beside_confirm(intent, is_new=is_new)
        return step if step not in done else ACTION_LISTEN_NAME
    if mark.get("level"):
        if mark["level"] in ("emergency", "crisis"):
            return _close_form(done, in_form=in_form, is_new=is_new)
        if mark.get("is_confirmed") and in_form:
            return _ask_again(done)
        return _go_on(done, intent=intent, in_form=in_form)
    if mark.get("answered"):
        return CLEARED if CLEARED not in done else _ask_again(done, in_form=in_form)
    # Rasa would call its fallback action again and again: ours takes no message back.
    return ACTION_LISTEN_NAME if done[-1:] == [FALLBACK] else None


def red_flag_of(message: UserUttered | None) -> dict[str, Any]:
    """The detector's mark: from the pipeline, which may have added a question to the channel's, or
    from the channel, where a tapped choice passed the pipeline by."""
    if message is None:
        return {}
    mark: dict[str, Any] = (
        message.parse_data.get("red_flag") or (message.metadata or {}).get("red_flag") or {}
    )
    return mark


def _beside_confirm(intent: str, *, is_new: bool) -> str:
    """The step after the confirm line: what was asked is answered, what was told is kept."""
    if intent in BESIDE_CONFIRM:
        return BESIDE_CONFIRM[intent]
    if intent.startswith("ask_"):
        return ANSWER
    return KEEP if is_new else ACTION_LISTEN_NAME


def _close_form(done: list[str], *, in_form: bool, is_new: bool) -> str:
    """The form is closed before its answer is kept: closing needs no action. Before an interview
    was begun, what is told is kept for it."""
    if in_form:
        return CLOSE
    return KEEP if (CLOSE in done or is_new) and KEEP not in done else ACTION_LISTEN_NAME


def _ask_again(done: list[str], *, in_form: bool = True) -> str:
    """An answer to the confirm line is none to the question of the interview that waits."""
    return ASK_AGAIN if in_form and ASK_AGAIN not in done else ACTION_LISTEN_NAME


def _go_on(done: list[str], *, intent: str, in_form: bool) -> str | None:
    """After an urgent card the message is still answered: in the form by the form."""
    if in_form:
        return None
    if done[-1] != CARD:
        return ACTION_LISTEN_NAME
    return ANSWER if intent.startswith("ask_") else "action_offer_interview"


def _done_in_turn(tracker: DialogueStateTracker) -> list[str]:
    """Actions since the last message of the person, oldest first."""
    done: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.append(event.action_name)
    return done[::-1]
