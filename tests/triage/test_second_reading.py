"""The second reading can only ask: it raises no card, and nothing raised becomes silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.kept import kept_content
from bot.content.red_flag_examples import FOLDER, Example, read_examples
from bot.content.red_flags import RedFlagContent
from bot.nlu.emergencies import SignReader
from bot.nlu.encoder import shared_encoder
from bot.nlu.trained import red_flag_scores
from bot.settings import ROOT
from bot.triage.raising import CONFIRMABLE, Finding, finding_of, mark_of
from bot.triage.red_flags import RedFlagDetector
from bot.triage.second_reading import Scores, second_reading

SCORES = Scores(
    ask_from=0.3,
    ask_crisis_from=0.2,
    ask_urgent_from=0.35,
    ask_beside_from=0.6,
    ask_beside_card_from=0.5,
    doubt_below=0.2,
    doubt_plain_below=0.1,
    quiet_below=0.15,
)
CONTENT = kept_content(ROOT / "content").red_flags


@dataclass(frozen=True)
class One:
    flag: str
    score: float


@dataclass(frozen=True)
class Suspected:
    emergency: One
    urgent: One = One("bruises", 0)
    crisis: One = One("crisis", 0)

    @property
    def total(self) -> float:
        return self.crisis.score + self.emergency.score + self.urgent.score


def breathing(score: float) -> Suspected:
    return Suspected(One("breathing", score))


def urgent(score: float, flag: str = "bruises") -> Suspected:
    return Suspected(One("breathing", 0), One(flag, score))


def crisis(score: float) -> Suspected:
    return Suspected(One("breathing", 0), crisis=One("crisis", score))


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


FLAGS = {
    level: [f.id for f in CONTENT.flags.values() if f.level == level]
    for level in ("emergency", "urgent")
}
READINGS = st.builds(
    lambda one, two, *scores: Suspected(
        One(one, scores[0]), One(two, scores[1]), One("crisis", scores[2])
    ),
    st.sampled_from(FLAGS["emergency"]),
    st.sampled_from(FLAGS["urgent"]),
    *[st.floats(-0.3, 1.2)] * 3,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FINDINGS, READINGS)
def test_it_only_asks(found: Finding, reading: Suspected) -> None:
    read = second_reading(found, reading, SCORES, CONTENT)
    score = reading.crisis.score + reading.emergency.score + reading.urgent.score
    assert read.level in (found.level, None)
    if found.level is not None and read.level is None:
        assert score < SCORES.doubt_below and read.confirm == found.rule
    if found.confirm and read.level == found.level and read.confirm != found.confirm:
        assert score < SCORES.quiet_below


def test_it_asks_where_the_rules_are_silent(content: RedFlagContent) -> None:
    read = second_reading(Finding(), breathing(0.5), SCORES, content)
    assert (read.level, read.confirm) == (None, "breathing")
    assert second_reading(Finding(), crisis(0.25), SCORES, content).confirm == "crisis"
    assert second_reading(Finding(), breathing(0.25), SCORES, content) == Finding()
    assert second_reading(Finding(), urgent(0.4), SCORES, content).confirm == "bruises"
    assert second_reading(Finding(), urgent(0.3), SCORES, content) == Finding()


def test_an_emergency_is_asked_about_before_an_urgent_sign(content: RedFlagContent) -> None:
    both = Suspected(One("breathing", 0.4), One("bruises", 0.9))
    assert second_reading(Finding(), both, SCORES, content).confirm == "breathing"


def test_beside_an_urgent_card_only_emergencies_are_asked_about(content: RedFlagContent) -> None:
    card = Finding("urgent", "lumps", ("lumps",))
    assert second_reading(card, urgent(0.9), SCORES, content) == card
    read = second_reading(card, breathing(0.55), SCORES, content)
    assert (read.level, read.confirm) == ("urgent", "breathing")
    assert second_reading(card, breathing(0.45), SCORES, content) == card


def test_a_needless_line_is_not_said(content: RedFlagContent) -> None:
    unclear = Finding(confirm="seizure")
    assert second_reading(unclear, breathing(0.1), SCORES, content) == Finding()
    assert second_reading(unclear, breathing(0.2), SCORES, content) == unclear
    answer = second_reading(unclear, breathing(0.1), SCORES, content, is_short_answer=True)
    assert answer == unclear
    unsure = RedFlagDetector(CONTENT).find("I don't know if this is a seizure")
    assert second_reading(unsure, breathing(-1), SCORES, content).confirm == "seizure"
    gentle = Finding(confirm="crisis")
    assert second_reading(gentle, breathing(-1), SCORES, content) == gentle


def test_words_of_being_well_take_more_to_be_asked_about(content: RedFlagContent) -> None:
    found = RedFlagDetector(CONTENT).find("she is climbing stairs, lungs are fine")
    assert found.sounds_well
    assert second_reading(found, breathing(0.5), SCORES, content).confirm is None
    assert second_reading(found, breathing(0.7), SCORES, content).confirm == "breathing"
    assert second_reading(found, crisis(0.25), SCORES, content).confirm == "crisis"
    assert not RedFlagDetector(CONTENT).find("she is not well").sounds_well


def test_a_sign_denied_is_not_asked_about(content: RedFlagContent) -> None:
    denied = Finding(dismissed=("breathing",), denied=("breathing",))
    assert second_reading(denied, breathing(0.9), SCORES, content) == denied
    other = Finding(dismissed=("fever",), denied=("fever",))
    assert second_reading(other, breathing(0.5), SCORES, content) == other
    assert second_reading(other, breathing(0.7), SCORES, content).confirm == "breathing"


@pytest.mark.parametrize("says", ["yes", "Yes please", "yes I do", "no", "no thanks", "not sure"])
def test_a_bare_answer_tells_of_no_sign(content: RedFlagContent, says: str) -> None:
    found = RedFlagDetector(CONTENT).find(says)
    assert second_reading(found, breathing(0.9), SCORES, content) == Finding()


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
    read = second_reading(Finding(), breathing(0.9), SCORES, content, known={"breathing"})
    assert read == Finding()


def test_a_card_stays_unless_the_reader_is_sure(content: RedFlagContent) -> None:
    card = Finding("emergency", "breathing", ("breathing",))
    assert second_reading(card, breathing(0.12), SCORES, content) == card
    left_open = replace(card, is_open=True)
    asked = second_reading(left_open, breathing(0.12), SCORES, content)
    assert (asked.level, asked.confirm) == (None, "breathing")
    asked = second_reading(card, breathing(0.05), SCORES, content)
    assert (asked.level, asked.confirm) == (None, "breathing")
    for said_yes in (replace(card, is_confirmed=True), replace(left_open, is_confirmed=True)):
        assert second_reading(said_yes, breathing(-1), SCORES, content) == said_yes
    again = second_reading(left_open, breathing(0.1), SCORES, content, known={"breathing"})
    assert again == left_open


def test_yes_to_an_urgent_line_brings_its_card() -> None:
    detector = RedFlagDetector(CONTENT)
    for words in ("yes", "not sure", "yes, since Monday"):
        found = detector.find(words, confirming="bruises")
        assert (found.level, found.rule, found.is_confirmed) == ("urgent", "bruises", True)
    assert detector.find("no", confirming="bruises") == Finding()


def test_two_urgent_signs_one_of_them_confirmed_make_an_emergency() -> None:
    found = RedFlagDetector(CONTENT).find("yes", already=("lumps",), confirming="bruises")
    assert (found.level, found.rule) == ("emergency", CONTENT.two_ambers.id)


def test_a_mark_holds_the_finding() -> None:
    found = Finding(
        "urgent",
        "lumps",
        ("lumps",),
        "fever",
        is_open=True,
        is_confirmed=True,
        is_unsure=True,
        sounds_well=True,
        dismissed=("chills",),
        denied=("chills",),
    )
    assert mark_of(finding_of(mark_of(found))) == mark_of(found)


def test_the_scores_stand_in_the_configuration() -> None:
    assert 0 < red_flag_scores().ask_from < 1


def test_the_reader_tells_signs_apart() -> None:
    """Trained on a part, so that it takes a second; twice the same."""
    learned = ("breathing", "crisis", "bruises", None)
    examples = [e for e in read_examples(ROOT / "content", CONTENT) if e.flag in learned][::4]
    everyday = ["what is blinatumomab", "how long does maintenance take", "hello"]
    encoder = shared_encoder()
    one, other = (SignReader.train(examples, everyday, CONTENT, encoder) for _ in "12")
    text = "I just cannot get any air in, it is getting worse"
    read = one.read(text, encoder)
    assert read == other.read(text, encoder)
    assert read.emergency.flag == "breathing"
    assert read.emergency.score > one.read("what is blinatumomab for", encoder).emergency.score
    beside = f"What are the side effects of steroids? {text}"
    whole = one.read(beside, encoder)
    in_parts = one.read(beside, encoder, in_parts=True)
    assert in_parts.total == pytest.approx(max(whole.total, read.total), abs=0.1)
    marks = one.read("tiny red dots all over his legs since this morning", encoder)
    assert (marks.urgent.flag, marks.crisis.flag) == ("bruises", "crisis")
    assert marks.urgent.score > max(marks.emergency.score, read.urgent.score)


def test_an_example_names_a_flag_of_its_row_and_level(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    case = "- {says: a, sign: 9, level: emergency, flag: head_injury}"
    (folder / "a.yml").write_text(f"cases:\n{case}\n", encoding="utf-8")
    assert read_examples(tmp_path, CONTENT) == [Example("a", "head_injury")]
    (folder / "a.yml").write_text(f"cases:\n{case.replace('9', '4')}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="flag must be one of"):
        read_examples(tmp_path, CONTENT)


def test_a_short_answer_to_a_question_of_ours_takes_more_to_be_asked_about() -> None:
    for score, asked in ((0.5, None), (0.7, "breathing")):
        read = second_reading(Finding(), breathing(score), SCORES, CONTENT, is_short_answer=True)
        assert read.confirm == asked
