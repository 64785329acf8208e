"""What is answered beside a confirm line is answered as data/rules.yml says."""

from __future__ import annotations

import yaml

from bot.rasa_parts.policies import BESIDE_CONFIRM
from bot.settings import ROOT


def test_beside_a_confirm_line_as_in_the_rules() -> None:
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    firsts = {r["steps"][0].get("intent"): r["steps"][1].get("action") for r in rules}
    assert {intent: firsts[intent] for intent in BESIDE_CONFIRM} == BESIDE_CONFIRM
    questions = {i for i in firsts if i and i.startswith("ask_") and i not in BESIDE_CONFIRM}
    assert {firsts[intent] for intent in questions} == {"action_answer_question"}
