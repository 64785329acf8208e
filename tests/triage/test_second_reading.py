"""The second reading can only ask: it raises no card, and nothing raised becomes silent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.kept import kept_content
from bot.content.red_flag_examples import read_examples
from bot.content.red_flags import RedFlagContent
from bot.nlu.emergencies import EmergencyReader
from bot.nlu.encoder import shared_encoder
from bot.nlu.trained import red_flag_scores
from bot.settings import ROOT
from bot.triage.raising import CONFIRMABLE, Finding, finding_of, mark_of
from bot.triage.red_flags import RedFlagDetector
from bot.triage.second_reading import Scores, second_reading, signs_to_ask

SCORES = Scores(ask_from=0.3, ask_crisis_from=0.2, ask_beside_from=0.6, doubt_below=0.2)
CONTENT = kept_content(ROOT / "content").red_flags
BREATHING, CRISIS = 4, 15


@dataclass(frozen=True)
class Suspected:
    sign: int
    score: float


@pytest.fixture(scope="module")
def content() -> RedFlagContent:
    return CONTENT


FINDINGS = st.builds(
    lambda flag, confirm, is_open, dismissed: Finding(
        CONTENT.flags[flag].level if flag else None,
        flag,
        (flag,) if flag else (),
        None if flag and CONTENT.flags[flag].level in CONFIRMABLE else confirm,
        is_open=is_open,
        dismissed=dismissed,
        denied=dismissed,
    ),
    st.sampled_from([None, *CONTENT.flags]),
    st.sampled_from([None, "fever"]),
    st.booleans(),
    st.sampled_from([(), ("breathing",)]),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FINDINGS, st.sampled_from(range(1, 31)), st.floats(-1, 2))
def test_it_only_asks(found: Finding, sign: int, score: float) -> None:
    read = second_reading(found, Suspected(sign, score), SCORES, CONTENT)
    assert read.level in (found.level, None)
    if found.level in CONFIRMABLE and read.level is None:
        assert found.is_open and read.confirm == found.rule
    if found.confirm:
        assert read.confirm == found.confirm
    if found.level and found.level not in CONFIRMABLE:
        assert read.level == found.level


def test_it_asks_where_the_rules_are_silent(content: RedFlagContent) -> None:
    read = second_reading(Finding(), Suspected(BREATHING, 0.5), SCORES, content)
    assert (read.level, read.confirm) == (None, "breathing")
    assert second_reading(Finding(), Suspected(CRISIS, 0.25), SCORES, content).confirm == "crisis"
    assert second_reading(Finding(), Suspected(BREATHING, 0.25), SCORES, content) == Finding()


def test_a_sign_denied_is_not_asked_about(content: RedFlagContent) -> None:
    denied = Finding(dismissed=("breathing",), denied=("breathing",))
    assert second_reading(denied, Suspected(BREATHING, 0.9), SCORES, content) == denied
    other = Finding(dismissed=("fever",), denied=("fever",))
    assert second_reading(other, Suspected(BREATHING, 0.5), SCORES, content) == other
    assert second_reading(other, Suspected(BREATHING, 0.7), SCORES, content).confirm == "breathing"


@pytest.mark.parametrize("says", ["yes", "Yes please", "yes I do", "no", "no thanks", "not sure"])
def test_a_bare_answer_tells_of_no_sign(content: RedFlagContent, says: str) -> None:
    found = RedFlagDetector(CONTENT).find(says)
    assert second_reading(found, Suspected(BREATHING, 0.9), SCORES, content) == Finding()


@pytest.mark.parametrize(
    ("says", "denied"),
    [
        ("no fever", ("fever",)),
        ("I'm not short of breath", ("breathing",)),
        ("no fever, chest pain or bleeding", ("chest_pain", "bleeding", "fever")),
        ("no fever, but his chest is in a vice", ()),
        ("the fever is gone", ()),
        ("no, I have a fever", ()),
    ],
)
def test_what_counts_as_denied(says: str, denied: tuple[str, ...]) -> None:
    assert set(RedFlagDetector(CONTENT).find(says).denied) == set(denied)


def test_never_about_a_sign_asked_or_raised_before(content: RedFlagContent) -> None:
    suspected = Suspected(BREATHING, 0.9)
    read = second_reading(Finding(), suspected, SCORES, content, known={"breathing"})
    assert read == Finding()


def test_a_card_stays_where_nothing_leaves_it_open(content: RedFlagContent) -> None:
    card = Finding("emergency", "breathing", ("breathing",))
    assert second_reading(card, Suspected(BREATHING, -1), SCORES, content) == card
    left_open = Finding("emergency", "breathing", ("breathing",), is_open=True)
    asked = second_reading(left_open, Suspected(BREATHING, 0.1), SCORES, content)
    assert (asked.level, asked.confirm) == (None, "breathing")
    again = second_reading(
        left_open, Suspected(BREATHING, 0.1), SCORES, content, known={"breathing"}
    )
    assert again == left_open


def test_a_mark_holds_the_finding() -> None:
    found = Finding(
        "urgent",
        "lumps",
        ("lumps",),
        "fever",
        is_open=True,
        dismissed=("chills",),
        denied=("chills",),
    )
    assert mark_of(finding_of(mark_of(found))) == mark_of(found)


def test_the_scores_stand_in_the_configuration() -> None:
    assert 0 < red_flag_scores().ask_from < 1


def test_the_reader_tells_signs_apart() -> None:
    """Trained on a part, so that it takes a second; twice the same."""
    examples = [e for e in read_examples(ROOT / "content") if e.sign in (4, 15, None)][::3]
    assert {e.sign for e in examples} <= signs_to_ask(CONTENT) | {None}
    says, signs = [e.says for e in examples], [e.sign for e in examples]
    everyday = ["what is blinatumomab", "how long does maintenance take", "hello"]
    one, other = (EmergencyReader.train(says, signs, everyday, shared_encoder()) for _ in "12")
    read = one.read("I just cannot get any air in, it is getting worse", shared_encoder())
    assert read == other.read("I just cannot get any air in, it is getting worse", shared_encoder())
    assert read.sign == BREATHING
    assert read.score > one.read("what is blinatumomab used for", shared_encoder()).score


def test_a_short_answer_to_a_question_of_ours_takes_more_to_be_asked_about() -> None:
    for score, asked in ((0.5, None), (0.7, "breathing")):
        suspected = Suspected(BREATHING, score)
        read = second_reading(Finding(), suspected, SCORES, CONTENT, is_short_answer=True)
        assert read.confirm == asked
