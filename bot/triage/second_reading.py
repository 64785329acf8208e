"""What a learned suspicion may change in a finding of the rules: it can only ask.

It never raises a card and never makes a sign silent that the rules raised. Where the rules are
silent it asks the confirm line, but not about a sign that a negation governs directly. Where they
raised an emergency although words of the past, of "if" or of someone else stand in the message,
and the reader is sure that nothing is told of as there now, the confirm line stands in for the
card. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from bot.content.red_flags import RedFlag, RedFlagContent
from bot.triage.raising import CONFIRMABLE, Finding


class Suspicion(Protocol):
    """Which sign (row of the table) a message may be about, and how strongly."""

    @property
    def sign(self) -> int:
        """The row of the table of signs."""

    @property
    def score(self) -> float:
        """Near 1: told of as there now; near 0: not."""


@dataclass(frozen=True)
class Scores:
    """From which score on the reader asks, and below which it doubts a card (config.yml).

    `ask_beside_from`: when an urgent card is due, or the rules saw the sign and judged it as not
    there now, or saw any sign denied, or a few words answer a question of ours. `ask_crisis_from`:
    the gentle check on thoughts of suicide.
    """

    ask_from: float
    ask_crisis_from: float
    ask_beside_from: float
    doubt_below: float


def second_reading(
    finding: Finding,
    suspicion: Suspicion,
    scores: Scores,
    content: RedFlagContent,
    *,
    known: Collection[str] = (),
    is_short_answer: bool = False,
) -> Finding:
    """The finding, with a confirm line where one is due.

    `known`: signs that were raised or asked about in this conversation: they are not asked about.
    `is_short_answer`: a few words said to a question of ours; it takes more to ask about them.
    """
    if finding.level in CONFIRMABLE:
        rule = finding.rule
        may_ask = finding.is_open and rule in content.flags and rule not in known
        if may_ask and suspicion.score < scores.doubt_below:
            return Finding(confirm=rule, is_open=True)
        return finding
    if finding.confirm is not None or finding.is_answer:
        return finding
    flag = _flag_of(suspicion.sign, content)
    if flag is None or flag.id in known or flag.id in finding.denied:
        return finding
    is_beside = finding.level is not None or flag.id in finding.dismissed or bool(finding.denied)
    is_beside = is_beside or is_short_answer
    alone = scores.ask_crisis_from if flag.level == "crisis" else scores.ask_from
    least = scores.ask_beside_from if is_beside else alone
    return replace(finding, confirm=flag.id) if suspicion.score >= least else finding


def signs_to_ask(content: RedFlagContent) -> frozenset[int]:
    """The signs that a confirm line can ask about."""
    return frozenset(f.sign for f in content.flags.values() if f.level in CONFIRMABLE)


def _flag_of(sign: int, content: RedFlagContent) -> RedFlag | None:
    flags = content.flags.values()
    return next((f for f in flags if f.sign == sign and f.level in CONFIRMABLE), None)
