"""Sixty simulated people reach a right summary, in a bearable number of messages."""

from __future__ import annotations

import statistics
from functools import cache

import pytest
from interview_person import TODAY, Person, shipped_script
from simulated_people import PEOPLE, STYLES, SimulatedPerson

from bot.interview.summary import Line, summary

MOST_MESSAGES = 40


@cache
def converse(number: int) -> tuple[SimulatedPerson, Person, int]:
    """The whole conversation, and how many messages the person needed."""
    someone = SimulatedPerson(number)
    bot = Person(shipped_script())
    for count in range(MOST_MESSAGES):
        if bot.asked is None:
            return someone, bot, count
        bot.says(someone.answer(bot.asked.link_id, bot.asked.text))
    raise AssertionError(f"not done after {MOST_MESSAGES} messages: {bot.asked}")


def coded(line: Line) -> str | None:
    """The code of an answer; None when it was skipped."""
    return line.value if line.state == "given" else None


@pytest.mark.parametrize("number", range(PEOPLE))
def test_right_summary(number: int) -> None:
    someone, bot, _ = converse(number)
    made = summary(bot.script, bot.history, reported_by="patient", today=TODAY)
    got = {
        s.symptom: (coded(s.onset), s.onset.precision, coded(s.severity), coded(s.similar))
        for s in made.symptoms
    }
    assert got == someone.truth, someone.style
    assert coded(made.doctor_knows) == someone.doctor_knows


def test_few_messages() -> None:
    counts = [converse(n)[2] for n in range(PEOPLE)]
    assert statistics.median(counts) <= 12, sorted(counts)
    quiet = [n for n in range(PEOPLE) if STYLES[n % len(STYLES)] in ("terse", "chatty")]
    assert max(counts[n] for n in quiet) <= 12
