"""The red-flag detector: which signs a message raises, and how urgent the highest one is.

Built once from content, then pure: same text, same finding. No model decides anything here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.red_flags import Outcome, RedFlagContent, Status
from bot.triage.assertion import Message
from bot.triage.naming import Named, SignFinder
from bot.triage.phrases import PhraseBook
from bot.triage.raising import CONFIRMABLE, Finding, Raising
from bot.triage.tokens import Span, Token, spelling_table, tokens_of

Answer = Literal["yes", "no", "unsure"]
_OVER: tuple[Status, ...] = ("unclear_time", "gone")
_NEAR_CLUE = 4
# In a longer message a word of being well ("fine") is too likely to be about something else.
_ALL_WELL_WORDS = 30


@dataclass(frozen=True)
class _Screened:
    """For every sign named: the strongest of what its mentions call for, and where. `negated`: by
    a mention; `denied`: those without a contrast in the message."""

    outcomes: dict[str, Outcome]
    places: dict[str, list[Span]]
    is_open: bool
    is_unsure: bool
    sounds_well: bool
    denied: frozenset[str]
    negated: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A message as it was read, before anything that was said earlier counts."""

    text: str
    tokens: list[Token]
    screened: _Screened
    asked: bool


class RedFlagDetector:
    """Screens messages; build it once, it keeps nothing of them."""

    def __init__(self, content: RedFlagContent) -> None:
        negation = content.negation
        self._content = content
        self._raising = Raising(content)
        self._spellings = spelling_table(negation.spellings)
        cues = [(name, p) for name, phrases in negation.cues.items() for p in phrases]
        self._cues = PhraseBook(cues, negation.groups)
        answers = [(name, p) for name, phrases in negation.answers.items() for p in phrases]
        self._answers = PhraseBook(answers, negation.groups)
        openers = [("opener", phrase) for phrase in negation.answer_openers]
        self._openers = PhraseBook(openers, negation.groups)
        real = {*negation.real_words, *self._cues.words, *content.common_words}
        self._signs = SignFinder(content, real)

    def raises(self, text: str) -> bool:
        """Is a card or a confirm line due for this message by itself?"""
        found = self.find(text)
        return found.level is not None or found.confirm is not None

    def read(self, text: str, *, asked: bool = False) -> Reading:
        """The part of `find` that does not depend on the conversation; `asked`: the temperature was
        the question."""
        tokens = tokens_of(text, self._spellings)
        return Reading(text, tokens, self._screened(tokens, asked=asked), asked)

    def find(
        self,
        text: str | Reading,
        *,
        already: Collection[str] = (),
        confirming: str | None = None,
        aside: bool = False,
    ) -> Finding:
        """What this message raises.

        `already`: signs raised before in this conversation. `confirming`: the sign whose confirm
        line was just asked: "yes" and "not sure" raise it, a clear "no" is silent. `aside`: an
        answer to something else followed the line, so that a question goes on from that answer.
        """
        asked = confirming is not None and confirming == self._signs.fever
        reading = text if isinstance(text, Reading) else self.read(text, asked=asked)
        if reading.asked != asked:
            reading = self.read(reading.text, asked=asked)
        tokens, screened = reading.tokens, reading.screened
        outcomes = dict(screened.outcomes)
        is_confirmed = False
        answer = self._answer(tokens, aside=aside) if confirming is not None else None
        if answer == "unsure" and confirming in screened.negated and self._begins_with_no(tokens):
            answer = "no"  # "no, I don't want to hurt myself, I am just exhausted"
        if confirming in self._content.flags and answer in ("yes", "unsure"):
            outcomes[confirming], is_confirmed = "card", True
        elif confirming is not None and outcomes.get(confirming) == "confirm":
            outcomes[confirming] = "none" if answer == "no" else "card"
            is_confirmed = outcomes[confirming] == "card"
        raised = [flag for flag, outcome in outcomes.items() if outcome == "card"]
        finding = self._raising.card(self._raising.combined(raised), already, screened.places)
        if finding.level in CONFIRMABLE:
            return replace(finding, is_open=screened.is_open, is_confirmed=is_confirmed)
        unclear = [f for f, o in outcomes.items() if o == "confirm" and f not in already]
        silent = [flag for flag, outcome in outcomes.items() if outcome == "none"]
        return replace(
            finding,
            confirm=self._raising.by_level(unclear)[0] if unclear else None,
            is_open=screened.is_open,
            is_confirmed=is_confirmed,
            is_unsure=screened.is_unsure,
            sounds_well=screened.sounds_well,
            dismissed=tuple(self._raising.by_level(silent)),
            denied=tuple(self._raising.by_level(screened.denied.intersection(silent))),
            is_answer=self._is_bare_answer(tokens),
        )

    def _screened(self, tokens: list[Token], *, asked: bool) -> _Screened:
        found = self._signs.find(tokens, asked=asked)
        spans = sorted({(n.mention.start, n.mention.end) for n in found})
        cues = self._cue_places(tokens)
        is_open = any(cues.get(name) for name in self._content.negation.open_cues)
        self._take_own_words(cues, found)
        message = Message(tokens, cues, spans)
        outcomes: dict[str, Outcome] = {}
        places: dict[str, list[Span]] = {}
        denied: set[str] = set()
        for named in found:
            status = message.status(named.mention)
            if status == "denied":
                denied.add(named.flag)
            outcome = self._outcome(named.flag, status)
            if named.is_weak and outcome == "card":
                outcome = "confirm"
            known = outcomes.get(named.flag, "none")
            outcomes[named.flag] = max(known, outcome, key=("none", "confirm", "card").index)
            if outcome == "card":
                places.setdefault(named.flag, []).append((named.mention.start, named.mention.end))
        is_plain = not cues.get("contrast")
        is_unsure = bool(cues.get("unsure"))
        sounds_well = bool(cues.get("well")) and len(tokens) <= _ALL_WELL_WORDS
        plainly_denied = frozenset(denied if is_plain else ())
        return _Screened(
            outcomes, places, is_open, is_unsure, sounds_well, plainly_denied, frozenset(denied)
        )

    def _outcome(self, name: str, status: Status) -> Outcome:
        clue = self._content.clues.get(name)
        if clue is None:
            return self._content.outcomes[self._content.flags[name].level][status]
        counts = ("said", *(_OVER if clue.also_past else ()))
        return "card" if status in counts else "none"

    def _cue_places(self, tokens: Sequence[Token]) -> dict[str, list[Span]]:
        """Where each cue stands; a denial inside a longer cue ("not sure if") is none."""
        places: dict[str, list[Span]] = {}
        for name, start, end in self._cues.find(tokens, [(t.word,) for t in tokens]):
            places.setdefault(name, []).append((start, end))
        covered: dict[int, int] = {}
        for name in ("not_a_denial", "unsure", "gone_before", "past"):
            for start, end in places.get(name, ()):
                for place in range(start, end):
                    covered[place] = max(covered.get(place, 0), end - start)
        for name in ("deny", "deny_next", "suppose", "maybe_other", "contrast", "well"):
            kept = [s for s in places.get(name, ()) if covered.get(s[0], 0) <= s[1] - s[0]]
            places[name] = kept
        over = {place for start, end in places.get("gone_after", ()) for place in range(start, end)}
        places["recent"] = [s for s in places.get("recent", ()) if s[0] not in over]
        return {name: sorted(spans) for name, spans in places.items()}

    def _take_own_words(self, cues: dict[str, list[Span]], found: Iterable[Named]) -> None:
        """A word that belongs to a sign denies, or dates, no other one: "no appetite, sweats"."""
        parts = [(n, span) for n in found if not n.is_weak for span in n.mention.spans()]
        own = {span[0] for n, span in parts if n.flag not in self._content.clues}
        own |= {place for _, (a, b) in parts if b - a > 1 for place in range(a, b)}
        past = {name for name, clue in self._content.clues.items() if clue.also_past}
        clues = [span for n, span in parts if n.flag in past]
        dated = {place for a, b in clues for place in range(a - _NEAR_CLUE, b + _NEAR_CLUE)}
        for name in ("deny", "deny_next"):
            cues[name] = [c for c in cues.get(name, ()) if not own.issuperset(range(*c))]
        undated = [c for c in cues.get("unclear_time", ()) if dated.isdisjoint(range(*c))]
        cues["unclear_time"] = undated

    def _answer(self, tokens: Sequence[Token], *, aside: bool) -> Answer | None:
        """How a confirm line was answered; None when the message is about something else."""
        hits = list(self._answers.find(tokens, [(t.word,) for t in tokens]))
        if aside and not (self._begins_answer(tokens) or self._is_bare_answer(tokens)):
            return None
        if aside and self._is_question(tokens):
            hits = [hit for hit in hits if hit[1] == 0]
        longest = [h for h in hits if not any(_inside(h, other) for other in hits)]
        kinds = {name for name, _, _ in longest}
        if "unsure" in kinds or {"yes", "no"} <= kinds:
            return "unsure"
        if "yes" in kinds:
            return "yes"
        return "no" if "no" in kinds else None

    def _begins_answer(self, tokens: Sequence[Token]) -> bool:
        found = self._openers.find(tokens, [(t.word,) for t in tokens])
        return any(start == 0 for _, start, _ in found)

    def _begins_with_no(self, tokens: Sequence[Token]) -> bool:
        found = self._answers.find(tokens, [(t.word,) for t in tokens])
        return any(name == "no" and start == 0 for name, start, _ in found)

    def _is_bare_answer(self, tokens: Sequence[Token]) -> bool:
        hits = self._answers.find(tokens, [(t.word,) for t in tokens])
        covered = {place for _, start, end in hits for place in range(start, end)}
        return len(covered) == len(tokens)

    def _is_question(self, tokens: Sequence[Token]) -> bool:
        cues = self._cue_places(tokens)
        begins = any(start == 0 for start, _ in cues.get("question_start", ()))
        return begins or bool(cues.get("question")) or any("?" in t.after for t in tokens)


def _inside(hit: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    length, others = hit[2] - hit[1], other[2] - other[1]
    return length < others and other[1] <= hit[1] and hit[2] <= other[2]
