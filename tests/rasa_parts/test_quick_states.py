"""The states that policies see, and copies of trackers, are those that Rasa itself makes, in every
story and rule of ours, after each event."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryStep

from bot.rasa_parts.quick_rules import LastSteps
from bot.rasa_parts.quick_states import active_state, applied, copied, prior_steps
from bot.settings import ROOT

DOMAIN = Domain.load(ROOT / "domain.yml")
FORM = "previsit_interview_form"


class Quick(DialogueStateTracker):
    """A tracker with our parts; the stock class stays as it is."""

    applied_events = applied(DialogueStateTracker.applied_events)
    generate_all_prior_trackers = prior_steps(DialogueStateTracker.generate_all_prior_trackers)
    copy = copied


class QuickDomain(Domain):
    """A domain with our part."""

    get_active_state = active_state(Domain.get_active_state)


def told() -> Iterator[list[Event]]:
    """The events of our stories and rules, and some that these do not have."""
    for name in ("stories.yml", "rules.yml"):
        reader = YAMLStoryReader(DOMAIN)
        steps: list[StoryStep] = reader.read_from_file(ROOT / "data" / name)
        yield from ([e for e in step.events if isinstance(e, Event)] for step in steps)
    asked = UserUttered("what is MRD?", {"name": "ask_mrd"}, [{"entity": "test", "value": "mrd"}])
    listen, answer = ActionExecuted("action_listen"), ActionExecuted("action_answer_question")
    form = ActionExecuted(FORM)
    yield [listen, asked, SlotSet("audience", "child"), answer, BotUttered("MRD is ..."), listen]
    yield [listen, asked, form, ActiveLoop(FORM), listen, asked, form, listen, asked, form,
           ActiveLoop(None), listen]  # fmt: skip
    yield [listen, asked, form, ActiveLoop(FORM), LoopInterrupted(True), answer, form, listen]
    yield [listen, asked, answer, UserUtteranceReverted(), listen, asked, answer, listen]


@pytest.mark.parametrize("ignore_rules", [True, False])
def test_states_are_those_of_rasa(ignore_rules: bool) -> None:
    seen = 0
    quick_domain = QuickDomain.load(ROOT / "domain.yml")
    only = {"rules_only_slots": [], "rules_only_loops": []}
    for events in told():
        stock = DialogueStateTracker("one", DOMAIN.slots)
        quick = Quick("one", DOMAIN.slots)
        for event in events:
            stock.update(event)
            quick.update(copy.copy(event))
            for _ in range(2):  # what is kept is the same the second time
                expected = stock.past_states(
                    DOMAIN, ignore_rule_only_turns=ignore_rules, rule_only_data=only
                )
                found = quick.past_states(
                    quick_domain, ignore_rule_only_turns=ignore_rules, rule_only_data=only
                )
                assert found == expected
                last = LastSteps(quick, 3).past_states(
                    quick_domain, ignore_rule_only_turns=False, rule_only_data=only
                )
                assert ignore_rules or last == expected[-3:]
                for state in found:
                    state.pop("user", None)  # policies change the states that they get
            seen += len(found)
    assert seen > 500


def test_a_copy_is_what_all_events_lead_to() -> None:
    for events in told():
        quick = Quick("one", DOMAIN.slots)
        for event in events:
            quick.update(event)
        ours, stock = quick.copy(), DialogueStateTracker.copy(quick)
        for name in ("events", "latest_message", "latest_action", "active_loop", "sender_id"):
            assert getattr(ours, name) == getattr(stock, name)
        assert {n: s.value for n, s in ours.slots.items()} == {
            n: s.value for n, s in stock.slots.items()
        }
        before = {name: slot.value for name, slot in quick.slots.items()}
        ours.update(SlotSet("audience", "adult"))
        ours.update(ActiveLoop(FORM))
        assert {name: slot.value for name, slot in quick.slots.items()} == before
        assert len(quick.events) == len(events)
