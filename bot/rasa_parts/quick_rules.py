"""What RulePolicy and the policy of stories predict, with the same result and less work.

A rule is a list of states. Its last one names the action that was done last, and mostly the intent
of the message, so only the rules for these are tried, and only on as many states as the longest of
them has.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rasa.shared.core.constants import SHOULD_NOT_BE_SET

State = Mapping[str, Any]
PREVIOUS_ACTION, ACTION_NAME, USER, INTENT, TEXT = (
    "prev_action", "action_name", "user", "intent", "text"
)  # fmt: skip
_DECIDED = "_decided_at"
_AfterThis = tuple[Any, Any]  # the last action, and the intent of the message (None: any)
_Sorted = dict[_AfterThis, tuple[list[str], int]]


def possible_keys(self: Any, lookup: dict[str, str], states: Sequence[State]) -> set[str]:
    """The keys of the rules that apply after these states (as RulePolicy._get_possible_keys)."""
    if not states:
        return set(lookup)
    rules, (action, intent) = _sorted(self, lookup), _after(states[-1])
    any_intent, longest = rules.get((action, None), ([], 0))
    of_intent, also = rules.get((action, intent), ([], 0)) if intent is not None else ([], 0)
    keys, longest = any_intent + of_intent, max(longest, also)
    for turn, state in enumerate(reversed(states[-longest:] if longest else ())):
        keys = [key for key in keys if self._is_rule_applicable(key, turn, state)]
    return set(keys)


def find_from_intents_only(find: Callable[..., Any]) -> Callable[..., Any]:
    """RulePolicy._find_action_from_rules; where no rule is on texts, none is looked for."""

    @functools.wraps(find)
    def found(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input and not _has_texts(self):
            return None, None, False
        return find(self, tracker, domain, use_text_for_last_user_input)

    return found


class LastSteps:
    """A conversation of which only the last steps are looked at."""

    def __init__(self, tracker: Any, count: int) -> None:
        self._steps = list(tracker.generate_all_prior_trackers())[-count:]

    def generate_all_prior_trackers(self) -> Any:
        """As a tracker has it."""
        return iter(self._steps)

    def past_states(self, domain: Any, **how: Any) -> Any:
        """As a tracker has it."""
        return domain.states_for_tracker_history(self, **how)


def as_many_as_rules_have(make: Callable[..., Any]) -> Callable[..., Any]:
    """RulePolicy._prediction_states: the last states, of as many steps as the longest rule has."""

    @functools.wraps(make)
    def states(self: Any, tracker: Any, *args: Any, **kwargs: Any) -> Any:
        return make(self, LastSteps(tracker, longest_rule(self)), *args, **kwargs)

    return states


def longest_rule(policy: Any) -> int:
    """How many states the longest rule of a RulePolicy has; at least 1."""
    rules = (rules for rules in policy.lookup.values() if isinstance(rules, dict))
    counts = [count for lookup in rules for _, count in _sorted(policy, lookup).values()]
    return max(counts, default=1)


def noting_a_decision(predict: Callable[..., Any]) -> Callable[..., Any]:
    """RulePolicy.predict_action_probabilities; that a rule has decided is noted on the tracker."""

    @functools.wraps(predict)
    def predicted(self: Any, tracker: Any, domain: Any, *args: Any, **kwargs: Any) -> Any:
        prediction = predict(self, tracker, domain, *args, **kwargs)
        is_sure = prediction.max_confidence == 1.0
        tracker.__dict__[_DECIDED] = len(tracker.events) if is_sure else None
        return prediction

    return predicted


def where_no_rule_decides(predict: Callable[..., Any]) -> Callable[..., Any]:
    """MemoizationPolicy.predict_action_probabilities: no opinion where a rule, which has the higher
    priority, is sure already."""

    @functools.wraps(predict)
    def predicted(self: Any, tracker: Any, domain: Any, *args: Any, **kwargs: Any) -> Any:
        if tracker.__dict__.get(_DECIDED) == len(tracker.events):
            return self._prediction(self._default_predictions(domain))
        return predict(self, tracker, domain, *args, **kwargs)

    return predicted


def _sorted(policy: Any, lookup: dict[str, str]) -> _Sorted:
    """The rules by what they come after, with the length of the longest. Kept with the policy; a
    lookup that has grown since (in training) is sorted anew."""
    kept: dict[int, tuple[int, _Sorted]] = policy.__dict__.setdefault("_sorted_rules", {})
    size, rules = kept.get(id(lookup), (-1, {}))
    if size != len(lookup):
        found: dict[_AfterThis, list[tuple[str, int]]] = defaultdict(list)
        for key in lookup:
            rule = json.loads(key)
            found[_after(rule[-1])].append((key, len(rule)))
        rules = {a: ([k for k, _ in r], max(n for _, n in r)) for a, r in found.items()}
        kept[id(lookup)] = (len(lookup), rules)
    return rules


def _after(state: State) -> _AfterThis:
    action = (state.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)
    intent = (state.get(USER) or {}).get(INTENT)
    # A rule may also say that there was no such message: it is tried after every one.
    return action, None if intent == SHOULD_NOT_BE_SET else intent


def _has_texts(policy: Any) -> bool:
    if "_rules_have_texts" not in policy.__dict__:
        keys = [key for rules in policy.lookup.values() if isinstance(rules, dict) for key in rules]
        states = [state for key in keys for state in json.loads(key)]
        policy._rules_have_texts = any(TEXT in (state.get(USER) or {}) for state in states)
    return bool(policy._rules_have_texts)
