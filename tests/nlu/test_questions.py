"""Follow-ups and messages that ask two things, word by word."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.kept import kept_content
from bot.nlu.intents import Ranked
from bot.nlu.questions import QuestionWords
from bot.nlu.understanding import Rank, understand

ROOT = Path(__file__).resolve().parents[2]
WORDS = QuestionWords(kept_content(ROOT / "content").follow_ups)


@pytest.mark.parametrize(
    ("says", "back", "completed"),
    [
        ("how is it given?", True, "how is it given (blinatumomab)"),
        ("And the side effects?", True, "the side effects (blinatumomab)"),
        ("what about kids", True, "kids (blinatumomab)"),
        ("Why?", True, "why (blinatumomab)"),
        ("my son had his last treatment in May and we would like to travel", False, None),
        ("", False, None),
    ],
)
def test_refers_back(says: str, back: bool, completed: str | None) -> None:
    assert WORDS.refers_back(says) is back
    if completed is not None:
        assert WORDS.completed(says, "blinatumomab") == completed


@pytest.mark.parametrize(
    ("says", "parts"),
    [
        ("what is MRD? will I lose my hair?", ("what is MRD?", "will I lose my hair?")),
        ("how long is it and how much is it", ("how long is it", "how much is it")),
        ("He is home. Can he swim? Can he fly?", ("He is home. Can he swim?", "Can he fly?")),
        ("what are the risks and benefits", ()),
        ("I am scared. And tired.", ()),
        ("what is it? " * 200, ()),
    ],
)  # fmt: skip
def test_parts(says: str, parts: tuple[str, ...]) -> None:
    assert WORDS.parts(says) == parts


@pytest.mark.parametrize(
    ("says", "is_one"),
    [
        ("should he stop the ponatinib", True),
        ("Can I skip tonight's 6-MP?", True),
        ("is it ok if we halve the dexamethasone", True),
        ("his counts dropped, should I stop the methotrexate", True),
        ("what if i miss a dose", True),
        ("do we give another dose after he is sick", True),
        ("how does ponatinib work", False),
        ("why did they stop the vincristine", False),
        ("the doctor says he can skip vincristine", False),
        ("can it stop working after a while", False),
        ("can we stop worrying now", False),
        ("when does the dose go up", False),
        ("can they lower my risk of relapse", False),
        ("should i stop at the pharmacy. they have ponatinib", False),
    ],
)
def test_asks_for_a_change_of_medicine(says: str, is_one: bool) -> None:
    assert WORDS.changes_medicine(says) is is_one


@pytest.mark.parametrize(
    ("says", "end"),
    [
        ("he is 44, it came back, how long has he got", ("how long has he got",)),
        ("It is back. Will he make it?", ("Will he make it?",)),
        ("how long has he got", ()),
        ("it came back, he is 44", ()),
        ("it came back, is it?", ()),
        ("it is back, " * 200 + "how long has he got", ("how long has he got",)),
    ],
)
def test_question_at_the_end(says: str, end: tuple[str, ...]) -> None:
    assert WORDS.question_at_the_end(says) == end


@pytest.mark.parametrize(
    ("end", "next_to_it", "intent"),
    [
        (("personal_prognosis", 0.5), 0.1, "personal_prognosis"),
        (("personal_prognosis", 0.2), 0.0, "ask_second_relapse"),
        (("personal_prognosis", 0.4), 0.2, "ask_second_relapse"),
        (("ask_causes", 0.9), 0.1, "ask_second_relapse"),
    ],
)
def test_declined_at_the_end(end: tuple[str, float], next_to_it: float, intent: str) -> None:
    text = "it is back, how long has he got"
    ranks = {text: [("ask_second_relapse", 0.6)], "how long has he got": [end, ("x", next_to_it)]}
    understood = understand(
        text,
        rank=_rank(ranks),
        words=WORDS,
        things={},
        follows=None,
        other_illness=lambda text: False,
    )
    assert understood.ranked[0].intent == intent


def _rank(scores: dict[str, list[tuple[str, float]]]) -> Rank:
    unknown = [("out_of_scope", 0.1)]
    return lambda texts: [[Ranked(i, s) for i, s in scores.get(t, unknown)] for t in texts]


@pytest.mark.parametrize(
    ("follows", "alone", "completed", "intent"),
    [
        ("mrd", ("ask_causes", 0.3), ("ask_mrd", 0.5), "ask_mrd"),
        ("mrd", ("ask_causes", 0.6), ("ask_mrd", 0.4), "ask_causes"),
        ("mrd", ("ask_causes", 0.5), ("ask_mrd", 0.4), "ask_mrd"),  # the same topic: a little less
        ("mrd", ("ask_mrd", 0.2), ("ask_mrd", 0.9), "ask_mrd"),
        ("mrd", ("nlu_fallback", 0.05), ("ask_mrd", 0.2), "ask_mrd"),
        ("mrd", ("thanks", 0.2), ("greet", 0.9), "thanks"),  # only questions go on
        (None, ("ask_causes", 0.3), ("ask_mrd", 0.9), "ask_causes"),
    ],
)
def test_going_on(
    follows: str | None, alone: tuple[str, float], completed: tuple[str, float], intent: str
) -> None:
    understood = understand(
        "why is it so",
        rank=_rank({"why is it so": [alone], "is it so (MRD)": [completed]}),
        words=WORDS,
        things={"mrd": "MRD"},
        follows=follows,
        other_illness=lambda text: False,
    )
    assert understood.ranked[0].intent == intent
