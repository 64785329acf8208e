"""Properties: typing errors, capitals, a story around it and another speaker lower no level."""

from __future__ import annotations

import statistics
import time
import timeit
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.content.kept import kept_content
from bot.triage.red_flags import RedFlagDetector

ROOT = Path(__file__).resolve().parents[2]
CONTENT = kept_content(ROOT / "content").red_flags
DETECTOR = RedFlagDetector(CONTENT)
REAL = CONTENT.common_words | set(CONTENT.negation.real_words)
SIGNS = {flag.id for flag in CONTENT.flags.values() if flag.level in ("emergency", "crisis")}
SAID = [
    case["says"]
    for case in yaml.safe_load((ROOT / "tests/cases/red_flags.yml").read_text("utf-8"))["cases"]
    if isinstance(case["expect"], str) and case["expect"] in SIGNS
]
BEFORE = ("We had a long day and the bus was late.", "Thank you for the leaflet you gave us.")
AFTER = ("The cat sat by the window.", "We live near the hospital.")
SHORTEST = 4
bounded = settings(max_examples=150, deadline=None, derandomize=True)


def has_level(text: str) -> bool:
    found = DETECTOR.find(text)
    return found.level in ("emergency", "crisis") or found.confirm is not None


@bounded
@given(st.sampled_from(SAID), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_a_story_around_it(said: str, before: str, after: str) -> None:
    level = DETECTOR.find(said).level
    assert DETECTOR.find(f"{before} {said}. {after}").level == level


@bounded
@given(st.sampled_from(SAID), st.sampled_from([str.upper, str.lower, str.title]))
def test_capitals(said: str, way: object) -> None:
    assert callable(way)
    assert has_level(way(said))


@bounded
@given(st.sampled_from(SAID), st.data())
def test_one_typing_error(said: str, data: st.DataObject) -> None:
    """In a word of the sign's vocabulary with 5 letters or more; not one that is a word itself."""
    words = said.split(" ")
    long = [n for n, word in enumerate(words) if len(word) > SHORTEST and word.isalpha()]
    assume(long)
    place = data.draw(st.sampled_from(long))
    word = words[place]
    spot = data.draw(st.integers(1, len(word) - 2))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:spot] + word[spot + 1 :],
                word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :],
                word[:spot] + word[spot] + word[spot:],
            ]
        )
    )
    assume(wrong.lower() not in REAL)
    assert has_level(" ".join([*words[:place], wrong, *words[place + 1 :]]))


@pytest.mark.parametrize(
    ("said", "of_other"),
    [
        ("I have a fever", "my son has a fever"),
        ("I can't breathe", "my son can't breathe"),
        ("I have chest pain", "my son has chest pain"),
        ("I had a seizure today", "my son had a seizure today"),
        ("I am confused and slurring my words", "my son is confused and slurring his words"),
        ("I want to kill myself", "my son wants to kill himself"),
    ],
)
def test_another_speaker(said: str, of_other: str) -> None:
    assert DETECTOR.find(of_other).level == DETECTOR.find(said).level is not None


@pytest.mark.alone
def test_speed_of_60_words() -> None:
    """Aim: 3 ms, the median of the time on the processor."""
    text = " ".join(" ".join((*BEFORE, *AFTER, SAID[0], *AFTER, *BEFORE, *AFTER)).split()[:60])
    DETECTOR.find(text)
    times = []
    for _ in range(50):
        begun = time.process_time()
        DETECTOR.find(text)
        times.append(time.process_time() - begun)
    assert statistics.median(times) < 0.003


def test_time_grows_with_the_length() -> None:
    text = " ".join(SAID * 20)

    def seconds(length: int) -> float:
        timer = timeit.Timer(lambda: DETECTOR.find(text[:length]), timer=time.process_time)
        return min(timer.repeat(5, number=1))

    # timeit: without garbage collection, whose cost grows with the tests that ran before.
    assert seconds(20_000) < 8 * seconds(5_000)
