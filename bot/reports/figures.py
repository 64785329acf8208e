"""What the records tell those who keep the bot good: read once, as plain values.

Only conversations whose people agreed to storing are in the database, so only they are read; the
red flags come from the audit, which knows nobody. Questions leave this module redacted.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.content.interview import Script
from bot.interview.answers import Answer
from bot.interview.script import latest_answers, pending
from bot.metrics import outcome_of
from bot.records import tables as t

# Declined for lack of an answer, or perhaps by mistake; the other reasons are limits of the bot.
NO_ANSWER = ("unknown", "out_of_scope")
FALLBACK = "nlu_fallback"
ANSWERED, SKIPPED = ("given", "more"), ("skipped", "unknown")


@dataclass(frozen=True)
class Unanswered:
    """A question that got no answer, without what says who asked. `id` names it to `report draft`;
    `why`: not_understood, or the reason it was declined; `offered`: topics that were offered."""

    id: str
    question: str
    why: str
    offered: tuple[str, ...]
    on: datetime.date


@dataclass(frozen=True)
class Rated:
    """What people said of one entry."""

    entry: str
    helpful: int
    not_helpful: int

    @property
    def share(self) -> float:
        """How many of 1 found it helpful."""
        return self.helpful / (self.helpful + self.not_helpful)


@dataclass(frozen=True)
class Step:
    """One question of the interview: in how many interviews it was reached, and what then."""

    question: str
    label: str
    reached: int
    answered: int
    skipped: int
    left: int


@dataclass(frozen=True)
class Raised:
    """How often the card of a rule was shown, by channel."""

    rule: str
    level: str
    by_channel: dict[str, int]

    @property
    def total(self) -> int:
        """In all channels."""
        return sum(self.by_channel.values())


@dataclass
class Figures:
    """All of it, for the days from `since` on. `outcomes` and `intents`: day -> name -> count;
    an intent is the topic that was answered, the reason of a refusal, or nlu_fallback."""

    since: datetime.date
    until: datetime.date
    conversations: int = 0
    interviews: int = 0
    finished: int = 0
    outcomes: dict[datetime.date, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    intents: dict[datetime.date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unanswered: list[Unanswered] = field(default_factory=list)
    rated: list[Rated] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)

    @property
    def days(self) -> list[datetime.date]:
        """All days, also those on which nobody asked."""
        length = (self.until - self.since).days + 1
        return [self.since + datetime.timedelta(days=n) for n in range(length)]

    def total(self, outcome: str) -> int:
        """How many messages had this outcome."""
        return sum(day[outcome] for day in self.outcomes.values())

    @property
    def messages(self) -> int:
        """How many messages people sent."""
        return sum(sum(day.values()) for day in self.outcomes.values())


def read_figures(
    engine: Engine,
    script: Script,
    redact: Callable[[str], str],
    *,
    since: datetime.date,
    until: datetime.date,
) -> Figures:
    """Read the records from `since` on. Raises RecordsSealed when the key is not here."""
    found = Figures(since, until)
    begin = datetime.datetime.combine(since, datetime.time())
    agreed = select(func.count()).where(
        t.conversations.c.consent.is_(True), t.conversations.c.last_used_at >= begin
    )
    with engine.connect() as connection:
        found.conversations = connection.scalar(agreed) or 0
        for turn in _turns(connection, begin):
            _count(turn, found, redact)
        found.rated = _rated(connection, begin)
        found.raised = _raised(connection, begin)
        _read_interviews(connection, begin, script, found)
    return found


def question_of(engine: Engine, wanted: str) -> str | None:
    """The question with this id in the person's own words; None when it is gone."""
    with engine.connect() as connection:
        for turn in _turns(connection, datetime.datetime.min):
            if turn.id == wanted and turn.text:
                return turn.text
    return None


@dataclass(frozen=True)
class _Turn:
    id: str
    text: str | None
    replies: list[dict[str, Any]]
    on: datetime.date


def _turns(connection: Any, begin: datetime.datetime) -> Iterator[_Turn]:
    """Every message of a person with its replies; `text` is None for a tapped choice."""
    m, c = t.messages.c, t.conversations.c
    rows = connection.execution_options(yield_per=1000).execute(
        select(m.conversation, m.turn, m.body, m.at)
        .join(t.conversations, c.id == m.conversation)
        .where(c.consent.is_(True), m.at >= begin)
        .order_by(m.conversation, m.seq)
    )
    for (conversation, turn), group in groupby(rows, key=lambda row: (row.conversation, row.turn)):
        members = list(group)
        bodies = [json.loads(row.body) for row in members]
        said = next((body for body in bodies if body["type"] == "user"), None)
        if said is not None:
            yield _Turn(
                id=hashlib.sha256(f"{conversation}:{turn}".encode()).hexdigest()[:8],
                text=None if "choice" in said else str(said["text"]),
                replies=[body for body in bodies if body["type"] != "user"],
                on=members[0].at.date(),
            )


def _count(turn: _Turn, found: Figures, redact: Callable[[str], str]) -> None:
    outcome = outcome_of(turn.replies)
    found.outcomes[turn.on][outcome] += 1
    for intent in _intents(turn.replies):
        found.intents[turn.on][intent] += 1
    missed = [reply for reply in turn.replies if _is_no_answer(reply)]
    has_answer = any(reply["type"] in ("answer", "care_card") for reply in turn.replies)
    if turn.text and missed and not has_answer:
        why = missed[0].get("reason", "not_understood")
        offered = tuple(missed[0].get("topics", ()))
        found.unanswered.append(Unanswered(turn.id, redact(turn.text), why, offered, turn.on))


def _is_no_answer(reply: dict[str, Any]) -> bool:
    return reply["type"] == "clarify" or (
        reply["type"] == "declined" and reply.get("reason") in NO_ANSWER
    )


def _intents(replies: Sequence[dict[str, Any]]) -> Iterator[str]:
    for reply in replies:
        if reply["type"] == "answer":
            yield f"ask_{reply['topic']}"
        elif reply["type"] == "clarify" or reply.get("reason") == "unknown":
            yield FALLBACK
        elif reply["type"] == "declined":
            yield str(reply["reason"])


def _rated(connection: Any, begin: datetime.datetime) -> list[Rated]:
    f, m = t.feedback.c, t.messages.c
    given = connection.execute(
        select(f.conversation, f.message, f.helpful).where(f.at >= begin)
    ).all()
    asked = select(f.conversation).where(f.at >= begin)
    bodies = connection.execute(select(m.conversation, m.body).where(m.conversation.in_(asked)))
    entries: dict[tuple[str, str], str] = {}
    for row in bodies:
        body = json.loads(row.body)
        if body["type"] == "answer":
            entries[row.conversation, body["id"]] = body["entry"]
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in given:
        entry = entries.get((row.conversation, row.message))
        if entry is not None:
            votes[entry][row.helpful] += 1
    rated = [Rated(entry, count[True], count[False]) for entry, count in votes.items()]
    return sorted(rated, key=lambda r: (r.share, -r.not_helpful, r.entry))


def _raised(connection: Any, begin: datetime.datetime) -> list[Raised]:
    a = t.red_flag_audit.c
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in connection.execute(
        select(a.rule, a.level, a.channel, func.count().label("times"))
        .where(a.at >= begin)
        .group_by(a.rule, a.level, a.channel)
    ):
        counts[row.rule, row.level][row.channel] = row.times
    raised = [Raised(rule, level, by) for (rule, level), by in counts.items()]
    return sorted(raised, key=lambda r: (-r.total, r.rule, r.level))


def _read_interviews(
    connection: Any, begin: datetime.datetime, script: Script, found: Figures
) -> None:
    i, a = t.interviews.c, t.interview_answers.c
    rows = connection.execute(
        select(i.id.label("begun"), t.interview_answers)
        .outerjoin(t.interview_answers, a.interview == i.id)
        .where(i.started_at >= begin)
        .order_by(i.id, a.id)
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, group in groupby(rows, key=lambda row: row.begun):
        answers = [_answer(row) for row in group if row.link_id is not None]
        found.interviews += 1
        left = pending(script, answers)
        found.finished += left is None
        for question, became in _became(answers, left[0] if left else None).items():
            counts[question][became] += 1
            counts[question]["reached"] += 1
    known = [question.id for question in script.questions if question.id in counts]
    found.steps = [_step(name, script, counts[name]) for name in known]


def _became(answers: Sequence[Answer], left: str | None) -> dict[str, str]:
    """Question -> what became of it in one interview; of several rounds the last counts."""
    became = {}
    for (question, _), answer in latest_answers(answers).items():
        if answer.status in ANSWERED:
            became[question] = "answered"
        elif answer.status in SKIPPED:
            became[question] = "skipped"
    if left is not None:
        became[left] = "left"
    return became


def _step(name: str, script: Script, count: Counter[str]) -> Step:
    question = script.question(name)
    label = question.label if question else name
    return Step(name, label, count["reached"], count["answered"], count["skipped"], count["left"])


def _answer(row: Any) -> Answer:
    return Answer(
        link_id=row.link_id,
        repeat=row.repeat,
        message_id=row.message_id,
        status=row.status,
        text=row.text,
        value=json.loads(row.value),
    )
