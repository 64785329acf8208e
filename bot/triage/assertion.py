"""Is a named sign said, denied, past, supposed, asked about, gone, or someone else's?

Pure: words and the places of cue phrases in, judgement out. The phrases stand in negation.yml.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.content.red_flags import Status
from bot.triage.tokens import Span, Token

_ANSWER_MARKS = frozenset(",:-=?\u2013\u2014")


@dataclass(frozen=True)
class Mention:
    """Where a sign is named: tokens from `start` up to, not including, `end`.

    An `event` still counts when it is over; what was `measured` is no guess. `of_others`: someone
    else has it (a contact). `parts`: the places of its words, when other words stand between them.
    """

    start: int
    end: int
    event: bool = False
    measured: bool = False
    of_others: bool = False
    parts: tuple[Span, ...] = ()

    def spans(self) -> tuple[Span, ...]:
        """The places of its words."""
        return self.parts or ((self.start, self.end),)

    def touches(self, start: int, end: int) -> bool:
        """Do these places hold a word of the mention?"""
        return any(start < b and a < end for a, b in self.spans())


WINDOW = 40  # tokens on each side that can change how a mention is meant
_NEAR, _CLOSE, _BESIDE = 8, 5, 2


def _sentences(tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """For every token, where its sentence begins and ends."""
    begins: list[int] = []
    ends: list[int] = []
    begin = 0
    for place, token in enumerate(tokens, start=1):
        begins.append(begin)
        if token.ends_sentence or place == len(tokens):
            ends += [place] * (place - begin)
            begin = place
    return begins, ends


class Message:
    """One message with the cues found in it; says of each mention how it is meant."""

    def __init__(
        self, tokens: Sequence[Token], cues: Mapping[str, Sequence[Span]], named: Sequence[Span]
    ) -> None:
        """`cues` and `named` (all places where any sign is named) are sorted."""
        self._tokens = tokens
        self._cues = cues
        self._named = named
        self._begins, self._ends = _sentences(tokens)
        self._clauses: dict[Mention, Span] = {}
        self._checks: tuple[Callable[[Mention], Status | None], ...] = (
            self._answered, self._denied, self._gone, self._unsure,
            self._supposed, self._other, self._past, self._asked, self._denied_inside,
        )  # fmt: skip

    def status(self, mention: Mention) -> Status:
        """How this mention is meant; the first check that says something decides."""
        for check in self._checks:
            found = check(mention)
            if found is not None:
                return found
        return "said"

    def _sentence(self, mention: Mention) -> Span:
        start = max(self._begins[mention.start], mention.start - WINDOW)
        return start, min(self._ends[mention.end - 1], mention.end + WINDOW)

    def _hits(self, cue: str, start: int, end: int, skip: Mention | None = None) -> list[Span]:
        """Places of a cue within start..end that do not touch the mention `skip`."""
        hits = self._cues.get(cue, ())
        found = []
        for a, b in hits[bisect_left(hits, (max(start, 0), 0)) :]:
            if a >= end:
                break
            if b <= end and (skip is None or not skip.touches(a, b)):
                found.append((a, b))
        return found

    def _clause(self, mention: Mention) -> Span:
        """The sentence cut at words of contrast ("but", "only"); kept: most checks ask for it."""
        if mention not in self._clauses:
            self._clauses[mention] = self._clause_of(mention)
        return self._clauses[mention]

    def _clause_of(self, mention: Mention) -> Span:
        start, end = self._sentence(mention)
        before = [b for _, b in self._hits("contrast", start, mention.start, mention)]
        after = [a for a, _ in self._hits("contrast", mention.end, end, mention)]
        return max([start, *before]), min([end, *after])

    def _is_mine(self, mention: Mention) -> bool:
        """Does "my", "his", "this" stand right before it?"""
        return bool(self._hits("mine", mention.start - _BESIDE - 1, mention.start, mention))

    def _is_present(self, mention: Mention, start: int) -> bool:
        """Does "I have", "she is", ... stand before it, not turned into a question?"""
        start = max(start, mention.start - _NEAR)
        inverted = self._hits("inverted", start - 1, mention.start, mention)
        return any(
            all(not (a < end and begin < b) for begin, end in inverted)
            for a, b in self._hits("present", start, mention.start, mention)
        )

    def _is_now(self, mention: Mention) -> bool:
        return bool(self._hits("now", *self._clause(mention), mention))

    def _answered(self, mention: Mention) -> Status | None:
        """ "fever: no", "headaches? yes", "bruises - no"."""
        marks = set(self._tokens[mention.end - 1].after)
        for cue, status in (("yes_after", "said"), ("no_after", "denied")):
            for start, end in self._hits(cue, mention.end, mention.end + _CLOSE):
                closed = end >= len(self._tokens) or self._tokens[end - 1].ends_clause
                if start == mention.end and closed and (marks & _ANSWER_MARKS or not marks):
                    return "said" if status == "said" else "denied"
        return None

    def _denied(self, mention: Mention) -> Status | None:
        start = self._denial_start(mention)
        cues = [(a, b, "deny") for a, b in self._hits("deny", start, mention.start, mention)]
        cues += [(a, b, "next") for a, b in self._hits("deny_next", start, mention.start, mention)]
        if not cues:
            return None
        first, end, kind = max(cues)
        if end - first == 1 and self._tokens[first].ends_clause:
            return None
        found = self._reach(end, mention, only_next=kind == "next")
        if found is None:
            return None
        _, last = self._sentence(mention)
        is_first = self._hits("first_deny", first, end)
        if is_first and self._hits("first_time", mention.end, min(last, mention.end + _CLOSE)):
            return "said"
        return "doubtful" if self._hits("reversal", mention.end, last) else found

    def _denied_inside(self, mention: Mention) -> Status | None:
        """ "his lips are not blue": what stands between the words of the mention."""
        for before, (start, end) in zip(mention.parts, mention.parts[1:], strict=False):
            for cue in ("deny", "suppose"):
                hits = self._hits(cue, before[1], start, mention)
                if hits and cue == "suppose":
                    return "doubtful"
                if hits:
                    found = self._reach(hits[-1][1], Mention(start, end), only_next=False)
                    if found is not None:
                        return found
        return None

    def _unit(self, mention: Mention) -> Span:
        """The clause cut where a new subject begins: "6 days ago and now I shake"."""
        _, end = self._clause(mention)
        cuts = [a for a, _ in self._hits("new_clause", mention.end, end)]
        for a, _ in self._hits("subject", mention.end, end):
            if self._tokens[a - 1].ends_clause:
                cuts.append(a)
        return self._denial_start(mention), min([end, *cuts])

    def _denial_start(self, mention: Mention) -> int:
        """Where a denial must begin to reach the mention: a new clause cuts it off."""
        start, _ = self._clause(mention)
        cuts = [a for a, _ in self._hits("new_clause", start, mention.start, mention)]
        for a, _ in self._hits("subject", start, mention.start + 1, mention):
            if a > start and self._tokens[a - 1].ends_clause:
                cuts.append(a)
        return max([start, *cuts])

    def _reach(self, cue_end: int, mention: Mention, *, only_next: bool) -> Status | None:
        """What a denial that ends at `cue_end` does to the mention: "no fever, cough or pain"."""
        begin, end = cue_end, mention.start
        others = [s for s in self._named if begin <= s[0] and s[1] <= end]
        ors, ands = self._hits("list_or", begin, end), self._hits("list_and", begin, end)
        known = others + ors + ands + self._hits("list_filler", begin, end)
        covered = {place for a, b in known for place in range(a, b)}
        unknown = [place for place in range(begin, end) if place not in covered]
        comma = any(self._tokens[place].ends_clause for place in range(begin, end))
        if not (comma or ors or ands or others):
            return self._direct(unknown, only_next)
        if ors and self._only_filler(ors[-1][1], end):
            return "denied"
        if only_next and not others:
            return None
        if self._or_follows(mention):
            return "denied"
        return None if unknown and not others else "doubtful"

    @staticmethod
    def _direct(unknown: list[int], only_next: bool) -> Status | None:
        if not unknown:
            return "denied"
        return None if only_next or len(unknown) > _BESIDE else "doubtful"

    def _only_filler(self, start: int, end: int) -> bool:
        covered = {p for a, b in self._hits("list_filler", start, end) for p in range(a, b)}
        return all(place in covered for place in range(start, end))

    def _or_follows(self, mention: Mention) -> bool:
        """Does the list go on with "or"? ("no fever, chest pain or bleeding")"""
        _, end = self._clause(mention)
        end = min(
            [end, mention.end + _NEAR, *(a for a, _ in self._hits("new_clause", mention.end, end))]
        )
        return bool(self._hits("list_or", mention.end, end))

    def _gone(self, mention: Mention) -> Status | None:
        start, end = self._sentence(mention)
        near = min(end, mention.end + _NEAR)
        if self._hits("returned", mention.end, end):
            return None
        before = self._hits("gone_before", max(start, mention.start - _CLOSE), mention.start)
        if any(self._only_filler(b, mention.start) for _, b in before):
            return "gone"
        last = [
            h
            for h in self._hits("gone_last", mention.end, near, mention)
            if self._is_last(h[1], end)
        ]
        for a, _ in sorted([*self._hits("gone_after", mention.end, near, mention), *last]):
            if any(mention.end <= s < a for s, _ in self._named):
                return None
            if mention.event or self._hits("not_gone", a - _BESIDE - 1, a + 1):
                return None
            recent = self._hits("recent", start, a, mention)
            return "unclear_time" if recent else "gone"
        return None

    def _is_last(self, place: int, end: int) -> bool:
        """Does the clause end here, or go on with a time? ("gone now", not "gone grey")"""
        ends = place >= end or self._tokens[place - 1].ends_clause
        return ends or bool(self._hits("gone_ends", place, place + 1))

    def _unsure(self, mention: Mention) -> Status | None:
        start, _ = self._clause(mention)
        hits = self._hits("unsure", max(start, mention.start - _NEAR), mention.start, mention)
        if hits and self._hits("new_clause", hits[-1][1], mention.start):
            return None
        return "doubtful" if hits and not mention.measured else None

    def _supposed(self, mention: Mention) -> Status | None:
        """ "what if I get ...", "watch for ...", "39 or higher"."""
        start, end = self._clause(mention)
        after = self._hits("suppose_after", mention.end, min(end, mention.end + _CLOSE))
        hits = self._hits("suppose", start, mention.start, mention)
        if hits and self._hits("subject_after_comma", hits[-1][1], mention.start):
            hits = []
        if not hits and (not after or self._is_present(mention, start)):
            return None
        return "doubtful" if self._is_mine(mention) or self._is_now(mention) else "hypothetical"

    def _other(self, mention: Mention) -> Status | None:
        if mention.of_others:
            return None
        start, _ = self._clause(mention)
        start = max(start, mention.start - _NEAR)
        if self._hits("other", start, mention.start, mention):
            return "other"
        maybe = self._hits("maybe_other", start, mention.start, mention)
        if maybe and not self._hits("first_person", maybe[-1][1], mention.end - 1):
            return "doubtful"
        return "doubtful" if self._is_of_stranger(mention) else None

    def _is_of_stranger(self, mention: Mention) -> bool:
        """ "our dog hit his head": and no word for the patient from there on."""
        start, _ = self._sentence(mention)
        strangers = self._hits("stranger", start, mention.start, mention)
        if not strangers:
            return False
        _, end = strangers[-1]
        return not self._hits("patient", end, mention.end - 1)

    def _past(self, mention: Mention) -> Status | None:
        start, end = self._clause(mention)
        unit = self._unit(mention)
        near = max(unit[0], mention.start - WINDOW), min(unit[1], mention.end + _NEAR)
        if self._hits("recent", start, end, mention) or self._hits("now", *near, mention):
            return None
        if self._hits("not_there", *unit, mention):
            return None
        past = self._hits("past", *unit, mention)
        after_past = max((b for _, b in past if b <= mention.start), default=start)
        is_dated = any(mention.end <= a < mention.end + _BESIDE + 1 for a, _ in past)
        if not is_dated and self._is_present(mention, after_past):
            return None
        if past or self._is_dated_next(mention):
            return "past"
        if self._hits("unclear_time", *unit, mention):
            return "unclear_time"
        had = self._hits("had", max(start, mention.start - _CLOSE), mention.start, mention)
        return "unclear_time" if had and not (mention.event or mention.measured) else None

    def _is_dated_next(self, mention: Mention) -> bool:
        """ "... That was six years ago.": the next sentence says when."""
        _, start = self._sentence(mention)
        if start >= len(self._tokens):
            return False
        end = min(self._ends[start], start + _NEAR)
        begins = max((b for a, b in self._hits("that_was", start, end) if a == start), default=None)
        if begins is None or self._hits("resembling", begins, end):
            return False
        return any(a <= begins + _BESIDE for a, _ in self._hits("past", begins, end))

    def _asked(self, mention: Mention) -> Status | None:
        start, end = self._sentence(mention)
        openers = self._openers(start, mention.start, mention)
        openers += [(start, start)] if self._hits("compared", start, end, mention) else []
        is_question = "?" in self._tokens[end - 1].after
        if not openers and not is_question:
            return None
        begin = max(openers)[0] if openers else start
        if self._is_mine(mention) or self._is_present(mention, begin) or self._is_now(mention):
            return None
        if self._hits("recent", mention.end, min(end, mention.end + _CLOSE)):
            return None
        if openers:
            return "asked"
        if mention.measured or self._openers(mention.end, end, mention):
            return None
        return None if self._hits("recent", start, end, mention) else "doubtful"

    def _openers(self, start: int, end: int, mention: Mention) -> list[Span]:
        """Where a question begins: at the start, after a mark, or with a question's own words."""
        found = self._hits("question", start, end, mention)
        for a, b in self._hits("question_start", start, end, mention):
            if (
                a == start
                or self._tokens[a - 1].ends_clause
                or any(end == a for _, end in self._hits("greeting", a - _BESIDE - 1, a))
            ):
                found.append((a, b))
        return sorted(found)
