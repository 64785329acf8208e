"""RulePolicy's search for the rules that apply, with the same result and less work.

A rule is a list of states. Its last one names the action that was done last, so only the rules for
that action are tried, and only on as many states as the longest of them has.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

State = Mapping[str, Any]
PREVIOUS_ACTION, ACTION_NAME, TEXT = "prev_action", "action_name", "text"
_ByAction = dict[Any, tuple[list[str], int]]


def possible_keys(self: Any, lookup: dict[str, str], states: Sequence[State]) -> set[str]:
    """The keys of the rules that apply after these states (as RulePolicy._get_possible_keys)."""
    if not states:
        return set(lookup)
    keys, longest = _by_action(self, lookup).get(_last_action(states[-1]), ([], 0))
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


def _by_action(policy: Any, lookup: dict[str, str]) -> _ByAction:
    """The rules by the last action before them, with the length of the longest. Kept with the
    policy; a lookup that has grown since (in training) is sorted anew."""
    kept: dict[int, tuple[int, _ByAction]] = policy.__dict__.setdefault("_rules_by_action", {})
    size, sorted_rules = kept.get(id(lookup), (-1, {}))
    if size != len(lookup):
        found: dict[Any, list[tuple[str, int]]] = defaultdict(list)
        for key in lookup:
            rule = json.loads(key)
            found[_last_action(rule[-1])].append((key, len(rule)))
        sorted_rules = {a: ([k for k, _ in r], max(n for _, n in r)) for a, r in found.items()}
        kept[id(lookup)] = (len(lookup), sorted_rules)
    return sorted_rules


def _last_action(state: State) -> Any:
    return (state.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)


def _has_texts(policy: Any) -> bool:
    if "_rules_have_texts" not in policy.__dict__:
        keys = [key for rules in policy.lookup.values() if isinstance(rules, dict) for key in rules]
        states = [state for key in keys for state in json.loads(key)]
        policy._rules_have_texts = any(TEXT in (state.get("user") or {}) for state in states)
    return bool(policy._rules_have_texts)
