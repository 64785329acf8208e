"""The rules found are those that Rasa's own search finds, in every state that rules can be in."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

from bot.content.kept import kept_content
from bot.rasa_parts.quick_rules import longest_rule, possible_keys
from bot.settings import ROOT
from bot.training import model_path, write_questions


class Policy(RulePolicy):
    """Rules without training."""

    def __init__(self, lookup: dict[str, Any]) -> None:
        self.lookup = lookup


def as_rasa(policy: Policy, lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
    """Every rule against every state."""
    keys = set(lookup)
    for turn, state in enumerate(reversed(states)):
        keys = {key for key in keys if policy._is_rule_applicable(key, turn, state)}
    return keys


@pytest.fixture(scope="module")
def policy(bot: httpx.Client) -> Policy:
    """The rules of the trained model (`bot`: it is trained)."""
    archive = model_path(write_questions(kept_content(ROOT / "content").knowledge))
    with tarfile.open(archive) as files:
        for member in files:
            if Path(member.name).name == "rule_policy.json":
                content = files.extractfile(member)
                assert content is not None
                return Policy(json.loads(content.read())["lookup"])
    raise AssertionError("no rules in the model")


@pytest.mark.parametrize("kind", [RULES, RULES_FOR_LOOP_UNHAPPY_PATH])
def test_the_same_rules_apply(policy: Policy, kind: str) -> None:
    lookup = policy.lookup[kind]
    talks: list[list[dict[str, Any]]] = [json.loads(key) for key in policy.lookup[RULES]]
    listen = {"prev_action": {"action_name": "action_listen"}}
    further = [[{}], [listen], [listen, {**listen, "user": {"intent": "no_such"}}]]
    found = 0
    for talk in [*talks, *further, *(talks[0] + talk for talk in talks)]:
        keys = possible_keys(policy, lookup, talk)
        assert keys == as_rasa(policy, lookup, talk)
        assert possible_keys(policy, lookup, talk[-longest_rule(policy) :]) == keys
        found += len(keys)
    assert found or not lookup
