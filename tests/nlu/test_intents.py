"""The intent model, trained on a few intents with the real encoder."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest
import yaml

from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel, plain

FILE = Path(__file__).parents[2] / "data" / "nlu.yml"
INTENTS = ("ask_car_t", "ask_fertility", "ask_symptoms", "greet", "medication_advice")
NONSENSE = ("flurb snizzle quonk", "the tram to the harbour leaves at noon", "9 9 9 9")


def _examples() -> tuple[list[str], list[str]]:
    items = yaml.safe_load(FILE.read_text(encoding="utf-8"))["nlu"]
    pairs = [
        (line[2:], item["intent"])
        for item in items
        if item["intent"] in INTENTS
        for line in item["examples"].strip().splitlines()
    ]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.train(*_examples(), shared_encoder())


@pytest.mark.parametrize(
    ("says", "intent"),
    [
        ("What happens during CAR T therapy?", "ask_car_t"),
        ("CAN MY DAUGHTER HAVE CHILDREN LATER ON", "ask_fertility"),
        ("which signs point to a relapse", "ask_symptoms"),
        ("hello, good morning", "greet"),
        ("may I take aspirin tonight", "medication_advice"),
    ],
)
def test_unseen_questions(model: IntentModel, says: str, intent: str) -> None:
    ranked = model.rank(says, shared_encoder())
    assert ranked[0].intent == intent
    assert ranked[0].score > 0.25
    assert {r.intent for r in ranked} == set(INTENTS)
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


@pytest.mark.parametrize("says", NONSENSE)
def test_nonsense_scores_low(model: IntentModel, says: str) -> None:
    assert model.rank(says, shared_encoder())[0].score < 0.10


def test_same_examples_same_model(model: IntentModel) -> None:
    again = IntentModel.train(*_examples(), shared_encoder())
    unpickled = pickle.loads(pickle.dumps(model))
    for says in ("is CAR T safe", "fertility", *NONSENSE):
        expected = model.rank(says, shared_encoder())
        assert again.rank(says, shared_encoder()) == expected
        assert unpickled.rank(says, shared_encoder()) == expected


def test_long_text_is_cut(model: IntentModel) -> None:
    begun = time.perf_counter()
    assert model.rank("relapse " * 100_000, shared_encoder())
    assert time.perf_counter() - begun < 2.0


def test_plain() -> None:
    assert plain("  What\u2019s  \n CAR-T? ") == "what's car-t?"
