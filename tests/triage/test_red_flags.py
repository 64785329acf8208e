"""The table of red-flag cases, and what holds for every card."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.all_content import Content
from bot.content.kept import kept_content
from bot.triage.care_card import care_card
from bot.triage.raising import Finding
from bot.triage.red_flags import RedFlagDetector
from bot.triage.replies import cleared_reply

ROOT = Path(__file__).resolve().parents[2]
FILES = ("tests/cases/red_flags.yml", "tests/cases/red_flags_meant.yml")
CASES = [c for f in FILES for c in yaml.safe_load((ROOT / f).read_text(encoding="utf-8"))["cases"]]


@pytest.fixture(scope="module")
def content() -> Content:
    return kept_content(ROOT / "content")


@pytest.fixture(scope="module")
def detector(content: Content) -> RedFlagDetector:
    return RedFlagDetector(content.red_flags)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_case(detector: RedFlagDetector, case: dict[str, Any]) -> None:
    finding = detector.find(case["says"])
    if isinstance(case["expect"], dict):
        assert (finding.level, finding.confirm) == (None, case["expect"]["confirm"])
    elif case["expect"] == "none":
        assert finding == Finding()
    else:
        assert finding.rule == case["expect"]


@pytest.mark.parametrize(
    "said", [case["says"] for case in CASES if case["expect"] in ("breathing", "chest_pain")]
)
def test_level_does_not_fall(detector: RedFlagDetector, said: str) -> None:
    """Capitals, a story around it, and a leading slash change nothing."""
    story = "We had a long day and the bus was late."
    for text in (said.upper(), f"{story} {said}", f"{said}. {story}", f"/stop {said}"):
        assert detector.find(text).level == "emergency", text


def test_confirm_line_is_answered(detector: RedFlagDetector) -> None:
    assert detector.find("yes", confirming="fever").rule == "fever"
    assert detector.find("not sure", confirming="fever").rule == "fever"
    assert detector.find("no", confirming="fever") == Finding()
    assert detector.find("39", confirming="fever").rule == "fever"


@pytest.mark.parametrize(
    ("said", "beside_an_answer", "alone"),
    [
        ("and what does it do now?", None, "fever"),
        ("do I still get it today?", None, "fever"),
        ("yes, what now?", "fever", "fever"),
        ("a bit, since this morning", "fever", "fever"),
        ("not sure", "fever", "fever"),
        ("no", None, None),
    ],
)
def test_a_question_goes_on_from_the_answer_beside_the_confirm_line(
    detector: RedFlagDetector, said: str, beside_an_answer: str | None, alone: str | None
) -> None:
    assert detector.find(said, confirming="fever", aside=True).rule == beside_an_answer
    assert detector.find(said, confirming="fever").rule == alone


@pytest.mark.parametrize(
    ("said", "asked", "rule"),
    [
        ("no i dont want to hurt myself im just exhausted", "crisis", None),
        ("no, i am not short of breath, im just tired", "breathing", None),
        ("no but i want to die", "crisis", "crisis"),
        ("no im not sure i want to live", "crisis", "crisis"),
        ("no, i do want to hurt myself", "crisis", "crisis"),
        ("not sure, i dont want to hurt myself", "crisis", "crisis"),
    ],
)
def test_a_no_that_says_the_sign_again(
    detector: RedFlagDetector, said: str, asked: str, rule: str | None
) -> None:
    for aside in (True, False):
        assert detector.find(said, confirming=asked, aside=aside).rule == rule


def test_the_same_sign_again(detector: RedFlagDetector) -> None:
    assert detector.find("I have a fever", already=("fever",)).repeated


@pytest.mark.parametrize("country", ["US", "CA", "UK", "IE", "AU", "EU", None])
def test_every_card_says_whom_to_call(content: Content, country: str | None) -> None:
    for flag in content.red_flags.flags.values():
        card = care_card(
            Finding(flag.level, flag.id, (flag.id,)), content.red_flags, country=country
        )
        assert card.contacts and card.contacts[0].label
        assert "{" not in card.text, card.text
        assert all(len(line.split()) <= 22 for line in card.bullets)
        if country is not None and flag.level in ("emergency", "crisis"):
            assert any(contact.href for contact in card.contacts)


def test_after_a_no_the_way_on_is_shown(content: Content) -> None:
    """In the interview its next question follows instead."""
    values = [choice.value for choice in cleared_reply(content).choices]
    assert values == ["prepare_visit", "help"]
    assert cleared_reply(content, in_interview=True).choices == ()


def test_the_own_number_comes_first(content: Content) -> None:
    finding = Finding("emergency", "fever", ("fever",))
    card = care_card(finding, content.red_flags, country="US", care_team_phone="555 010 0199")
    assert card.contacts[0].href == "tel:5550100199"


def test_speed(detector: RedFlagDetector) -> None:
    text = "my son is tired and his legs hurt since the last chemo, but he plays and eats well " * 4
    begun = time.perf_counter()
    for _ in range(20):
        detector.find(text)
    assert (time.perf_counter() - begun) / 20 < 0.05
    begun = time.perf_counter()
    detector.find((text * 80)[:20_000])
    assert time.perf_counter() - begun < 3
