"""What a learned suspicion may change in a finding of the rules: it can only ask, or not ask.

It never raises a card. Where the rules are silent it asks the confirm line, but not about a sign
that a negation governs directly; an emergency is asked about before an urgent sign. Where the
rules raised a card and the reader is sure that nothing is told of as there now, the confirm line
stands in for the card; it must be surer where no words of the past, of "if" or of someone else
stand in the message. Where the rules would only ask, and it is sure, nothing is asked, but never
about thoughts of suicide, nor where the person is unsure. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from bot.content.red_flags import RedFlagContent
from bot.triage.raising import CONFIRMABLE, Finding


class Suspicion(Protocol):
    """Which flag a message may be about, and how strongly."""

    @property
    def flag(self) -> str:
        """The flag that is most likely told of."""

    @property
    def score(self) -> float:
        """Near 1: told of as there now; near 0: not."""


class Suspicions(Protocol):
    """What a message may be about."""

    @property
    def crisis(self) -> Suspicion:
        """Thoughts of suicide or self-harm."""

    @property
    def emergency(self) -> Suspicion:
        """An emergency."""

    @property
    def urgent(self) -> Suspicion:
        """A sign that needs the care team today."""

    @property
    def total(self) -> float:
        """The score of all together, in the sentence that tells most."""


@dataclass(frozen=True)
class Scores:
    """From which score on the reader asks, and below which it doubts the rules (config.yml).

    Where the rules are silent it asks from `ask_from` (emergency), `ask_crisis_from`,
    `ask_urgent_from`; from `ask_beside_from` where they saw the sign and judged it as not there
    now, or saw any sign denied or words of being well, or where a few words answer a question of
    ours; about an emergency beside an urgent card from `ask_beside_card_from`.

    The scores below which it doubts are of all signs together: `doubt_below`: the confirm line
    stands in for an emergency card that words of the past, of "if" or of someone else leave open;
    `doubt_plain_below`: for any other card; `quiet_below`: a confirm line is not said.
    """

    ask_from: float
    ask_crisis_from: float
    ask_urgent_from: float
    ask_beside_from: float
    ask_beside_card_from: float
    doubt_below: float
    doubt_plain_below: float
    quiet_below: float


def second_reading(
    finding: Finding,
    read: Suspicions,
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
    score = read.total
    if finding.level is not None:
        rule = finding.rule
        may_ask = rule in content.flags and rule not in known and not finding.is_confirmed
        is_open = finding.is_open and finding.level in CONFIRMABLE
        if may_ask and score < (scores.doubt_below if is_open else scores.doubt_plain_below):
            return Finding(confirm=rule)
        if finding.level in CONFIRMABLE:
            return finding
    if finding.confirm is not None:
        is_needless = finding.level is None and score < scores.quiet_below
        is_crisis = content.flags[finding.confirm].level == "crisis"
        if not is_needless or is_crisis or finding.is_unsure or is_short_answer:
            return finding
        finding = replace(finding, confirm=None)
    if finding.is_answer:
        return finding
    dire = sorted((read.crisis, read.emergency), key=lambda one: -one.score)
    for suspicion in dire if finding.level is not None else (*dire, read.urgent):
        flag = suspicion.flag
        if flag not in content.flags or flag in known or flag in finding.denied:
            continue
        if suspicion.score >= _least(flag, finding, scores, content, is_short=is_short_answer):
            return replace(finding, confirm=flag)
    return finding


def _least(
    flag: str, finding: Finding, scores: Scores, content: RedFlagContent, *, is_short: bool
) -> float:
    """From which score on this flag is asked about."""
    level = content.flags[flag].level
    is_judged = flag in finding.dismissed or bool(finding.denied)
    if is_short or is_judged or (finding.sounds_well and level != "crisis"):
        return scores.ask_beside_from
    if finding.level is not None:
        return scores.ask_beside_card_from
    alone = {"crisis": scores.ask_crisis_from, "urgent": scores.ask_urgent_from}
    return alone.get(level, scores.ask_from)
