"""A person who answers the interview, as the caller would run it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.content.files import Problems
from bot.content.interview import Script, read_interview
from bot.interview.answers import Answer
from bot.interview.script import Asked, next_question
from bot.interview.step import Step, take_message

CONTENT = Path(__file__).parents[2] / "content"
TODAY = datetime.date(2026, 11, 24)


@cache
def shipped_script() -> Script:
    """The interview as shipped, which has no faults."""
    problems = Problems()
    found = read_interview(CONTENT, problems)
    assert problems.lines == []
    return found


@dataclass
class Person:
    """Keeps the history as a caller would."""

    script: Script
    audience: str = "any"
    history: list[Answer] = field(default_factory=list)
    count: int = 0
    attempt: int = 1

    def says(self, text: str) -> Step:
        return self._take(text=text)

    def taps(self, *choices: str) -> Step:
        """One button, or several boxes and "Continue"."""
        return self._take(choice=choices if len(choices) > 1 else choices[0])

    @property
    def asked(self) -> Asked | None:
        return next_question(self.script, self.history, audience=self.audience)

    def _take(self, **said: str | tuple[str, ...]) -> Step:
        self.count += 1
        step = take_message(
            self.script,
            self.history,
            message_id=f"m{self.count}",
            today=TODAY,
            attempt=self.attempt,
            audience=self.audience,
            **said,
        )
        self.history += step.answers
        self.attempt = self.attempt + 1 if step.outcome == "not_understood" else 1
        return step


# What leads to each question in one symptom's interview.
WAY = {
    "sx.name": [],
    "sx.onset": ["fever"],
    "sx.severity": ["fever", "skip"],
    "sx.similar": ["fever", "skip", "skip"],
    "visit.doctor-knows": ["skip"],
    "tx.previous": ["skip", "no"],
    "q": ["skip", "yes"],
    "confirm": ["fever since Monday", "mild", "no", "yes", "none"],
}
# And on the full path.
FULL = ["ask me all questions", *["skip"] * 7]
WAY |= {
    "who": FULL[:1],
    "dx.state": FULL[:5],
    "reason": FULL[:7],
    "sx.start-kind": [*FULL, "fever", "skip"],
    "sx.where": [*FULL, "headache", "skip", "skip"],
    "sx.frequency": [*FULL, "fever", "skip", "skip"],
    "sx.trend": [*FULL, "fever", "skip", "skip", "skip"],
    "sx.interference": [*FULL, "fever", "skip", "skip", "skip", "skip", "skip"],
    "temp": [*FULL, "fever", *["skip"] * 6],
}
