"""The red-flag detector: which signs a message raises, and how urgent the highest one is.

Built once from content, then pure: same text, same finding. No model decides anything here.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.content.red_flags import (
    GAP_WORDS,
    Clue,
    Level,
    Outcome,
    RedFlag,
    RedFlagContent,
    Status,
    phrase_variants,
)
from bot.content.sign_words import Together, parse_together
from bot.triage.assertion import Mention, Message, Span, Token, spelling_table, tokens_of
from bot.triage.temperature import Temperature, find_temperatures
from bot.triage.together import Nearby

LEVELS: tuple[Level, ...] = ("crisis", "emergency", "urgent", "routine")  # highest first
Answer = Literal["yes", "no", "unsure"]


@dataclass(frozen=True)
class Finding:
    """What one message raises.

    `signs` are all raised, highest first; `rule` is the one whose card is due. `confirm`: no card
    is due, but ask once whether this sign is there now. `repeated`: its card was shown before.
    """

    level: Level | None = None
    rule: str | None = None
    signs: tuple[str, ...] = ()
    confirm: str | None = None
    repeated: bool = False


Steps = tuple[tuple[frozenset[str], int], ...]
_Phrase = tuple[tuple[str, ...], Steps]


class PhraseBook:
    """Finds phrases in tokens; each phrase belongs to one or more names (a sign, a cue).

    Phrases are kept by their first word and, where no other word may stand between, the second.
    """

    def __init__(
        self, phrases: Iterable[tuple[str, str]], groups: Mapping[str, tuple[str, ...]]
    ) -> None:
        names: dict[Steps, dict[str, None]] = {}
        for name, phrase in phrases:
            for variant in phrase_variants(phrase, groups):
                names.setdefault(tuple(_steps(variant)), {})[name] = None
        self.words = {word for steps in names for words, _ in steps for word in words}
        self._single: dict[str, dict[str, None]] = {}
        self._pairs: dict[str, dict[str, list[_Phrase]]] = {}
        self._gapped: dict[str, list[_Phrase]] = {}
        for steps, owners in names.items():
            self._add(steps, tuple(owners))

    def _add(self, steps: Steps, owners: tuple[str, ...]) -> None:
        for word in steps[0][0]:
            if len(steps) == 1:
                self._single.setdefault(word, {}).update(dict.fromkeys(owners))
            elif steps[1][1]:
                self._gapped.setdefault(word, []).append((owners, steps))
            else:
                seconds = self._pairs.setdefault(word, {})
                for second in steps[1][0]:
                    seconds.setdefault(second, []).append((owners, steps))

    def find(
        self, tokens: Sequence[Token], readings: Sequence[tuple[str, ...]]
    ) -> Iterator[tuple[str, int, int]]:
        """Name, start and end of every phrase, in order of start."""
        last = len(tokens) - 1
        for start, words in enumerate(readings):
            following = () if start == last or tokens[start].ends_clause else readings[start + 1]
            for word in words:
                for name in self._single.get(word, ()):
                    yield name, start, start + 1
                phrases = self._gapped.get(word, ()) if following else ()
                for owners, steps in (*phrases, *self._paired(word, following)):
                    end = _match(steps, start + 1, tokens, readings)
                    if end is not None:
                        for name in owners:
                            yield name, start, end

    def _paired(self, word: str, following: tuple[str, ...]) -> Iterator[_Phrase]:
        seconds = self._pairs.get(word)
        for second in following if seconds else ():
            yield from seconds.get(second, ()) if seconds else ()


def _steps(variant: tuple[frozenset[str] | None, ...]) -> Iterator[tuple[frozenset[str], int]]:
    gap = 0
    for words in variant:
        if words is None:
            gap = GAP_WORDS
        else:
            yield words, gap
            gap = 0


_NOT_IN_GAP = frozenset(("no", "not", "but", "or", "nor", "and", "without", "if"))


def _match(
    steps: Steps, place: int, tokens: Sequence[Token], readings: Sequence[tuple[str, ...]]
) -> int | None:
    """The end of the phrase whose first word stands before `place`; no phrase crosses a comma."""
    if len(steps) == 1:
        return place
    words, gap = steps[1]
    for here in range(place, min(place + gap + 1, len(tokens))):
        if tokens[here - 1].ends_clause:
            return None
        if not words.isdisjoint(readings[here]):
            end = _match(steps[1:], here + 1, tokens, readings)
            if end is not None:
                return end
        if tokens[here].word in _NOT_IN_GAP:
            return None
    return None


class Spelling:
    """Reads a word that is one edit away from a word that matters as that word."""

    SHORTEST = 4

    def __init__(self, words: Collection[str], real_words: Collection[str]) -> None:
        self._words = frozenset(words)
        self._real = frozenset(real_words)
        self._by_deletion: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= self.SHORTEST:
                for shorter in {word, *_deletions(word)}:
                    self._by_deletion.setdefault(shorter, []).append(word)
        self.readings = lru_cache(maxsize=8192)(self._readings)

    def _readings(self, word: str) -> tuple[str, ...]:
        if word in self._words:
            return (word,)
        if len(word) >= self.SHORTEST and word[:-1] in self._words and word.endswith("s"):
            return (word, word[:-1])
        if word in self._real or len(word) < self.SHORTEST or not word.isalpha():
            return (word,)
        near = {w for part in (word, *_deletions(word)) for w in self._by_deletion.get(part, ())}
        return (word, *sorted(w for w in near if self._is_slip(word, w)))

    def _is_slip(self, word: str, meant: str) -> bool:
        """One edit; a short word keeps its first letter."""
        starts = len(meant) > self.SHORTEST + 1 or word[0] == meant[0]
        return starts and _is_one_edit(word, meant)


def _deletions(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_one_edit(one: str, other: str) -> bool:
    """A letter more, less, changed, or two neighbours swapped."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(one) - len(other)) == 1
    rest, its = one[start:], other[start:]
    swapped = rest[:2] == its[1::-1] and rest[2:] == its[2:]
    return rest[1:] == its[1:] or rest[1:] == its or rest == its[1:] or swapped


_OVER: tuple[Status, ...] = ("unclear_time", "gone")


@dataclass(frozen=True)
class _Named:
    """A sign named somewhere; `is_weak` words only could mean it."""

    flag: str
    mention: Mention
    is_weak: bool = False


class RedFlagDetector:
    """Screens messages; build it once, it keeps nothing of them."""

    def __init__(self, content: RedFlagContent) -> None:
        negation = content.negation
        self._content = content
        self._spellings = spelling_table(negation.spellings)
        flags = content.flags.values()
        named: list[RedFlag | Clue] = [*flags, *content.clues.values()]
        self._named_ids = {one.id: one for one in named}
        rules = list(_rules(named))
        self._rules: dict[str, list[tuple[str, str, Together]]] = {}
        for rule in rules:
            self._rules.setdefault(rule[2].groups[0], []).append(rule)
        used = {name for rule in rules for name in (*rule[2].groups, *rule[2].without)}
        groups = [(f"group {name}", p) for name in sorted(used) for p in content.groups[name]]
        self._signs = PhraseBook([*_sign_phrases(named), *groups], content.groups)
        cues = [(name, p) for name, phrases in negation.cues.items() for p in phrases]
        self._cues = PhraseBook(cues, negation.groups)
        answers = [(name, p) for name, phrases in negation.answers.items() for p in phrases]
        self._answers = PhraseBook(answers, negation.groups)
        real = {*negation.real_words, *self._cues.words, *content.common_words}
        self._spelling = Spelling(self._signs.words, real)
        self._measured = [flag for flag in flags if flag.temperature]
        self._fever = next((f.id for f in self._measured if f.level == "emergency"), None)

    def find(
        self, text: str, *, already: Collection[str] = (), confirming: str | None = None
    ) -> Finding:
        """What this message raises.

        `already`: signs raised before in this conversation. `confirming`: the sign whose confirm
        line was just asked: "yes" and "not sure" raise it, a clear "no" is silent.
        """
        tokens = tokens_of(text, self._spellings)
        outcomes, places = self._outcomes(
            tokens, asked=confirming is not None and confirming == self._fever
        )
        if confirming in self._content.flags and self._answer(tokens) in ("yes", "unsure"):
            outcomes[confirming] = "card"
        elif confirming is not None and outcomes.get(confirming) == "confirm":
            outcomes[confirming] = "none" if self._answer(tokens) == "no" else "card"
        raised = [flag for flag, outcome in outcomes.items() if outcome == "card"]
        finding = self._card(self._combined(raised), already, places)
        if finding.level is not None:
            return finding
        unclear = [f for f, o in outcomes.items() if o == "confirm" and f not in already]
        return replace(finding, confirm=self._by_level(unclear)[0] if unclear else None)

    def _outcomes(
        self, tokens: list[Token], *, asked: bool
    ) -> tuple[dict[str, Outcome], dict[str, list[Span]]]:
        """For every sign named, the strongest of what its mentions call for, and where."""
        found = self._named(tokens, asked=asked)
        spans = sorted({(n.mention.start, n.mention.end) for n in found})
        cues = self._cue_places(tokens)
        self._take_own_words(cues, found)
        message = Message(tokens, cues, spans)
        outcomes: dict[str, Outcome] = {}
        places: dict[str, list[Span]] = {}
        for named in found:
            outcome = self._outcome(named.flag, message.status(named.mention))
            if named.is_weak and outcome == "card":
                outcome = "confirm"
            known = outcomes.get(named.flag, "none")
            outcomes[named.flag] = max(known, outcome, key=("none", "confirm", "card").index)
            if outcome == "card":
                places.setdefault(named.flag, []).append((named.mention.start, named.mention.end))
        return outcomes, places

    def _outcome(self, name: str, status: Status) -> Outcome:
        clue = self._content.clues.get(name)
        if clue is None:
            return self._content.outcomes[self._content.flags[name].level][status]
        counts = ("said", *(_OVER if clue.also_past else ()))
        return "card" if status in counts else "none"

    def _cue_places(self, tokens: list[Token]) -> dict[str, list[Span]]:
        """Where each cue stands; a denial inside a longer cue ("not sure if") is none."""
        places: dict[str, list[Span]] = {}
        for name, start, end in self._cues.find(tokens, [(t.word,) for t in tokens]):
            places.setdefault(name, []).append((start, end))
        covered: dict[int, int] = {}
        for name in ("not_a_denial", "unsure", "gone_before", "past"):
            for start, end in places.get(name, ()):
                for place in range(start, end):
                    covered[place] = max(covered.get(place, 0), end - start)
        for name in ("deny", "deny_next", "suppose", "maybe_other", "contrast"):
            kept = [s for s in places.get(name, ()) if covered.get(s[0], 0) <= s[1] - s[0]]
            places[name] = kept
        return {name: sorted(spans) for name, spans in places.items()}

    def _take_own_words(self, cues: dict[str, list[Span]], found: Iterable[_Named]) -> None:
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

    def _named(self, tokens: list[Token], *, asked: bool) -> list[_Named]:
        readings = [self._spelling.readings(token.word) for token in tokens]
        hits = list(self._signs.find(tokens, readings))
        idioms: dict[str, set[int]] = {}
        places: dict[str, list[Span]] = {}
        contexts = {name[1] for name, _, _ in map(_parts, hits) if name[0] == "context"}
        for (kind, flag), start, end in map(_parts, hits):
            if kind == "group":
                places.setdefault(flag, []).append((start, end))
            elif kind == "not_meant":
                idioms.setdefault(flag, set()).update(range(start, end))
        found = list(
            self._of_temperatures(find_temperatures(tokens, self._content.temperature, asked=asked))
        )
        for (kind, flag), start, end in map(_parts, hits):
            if kind not in ("says", "may_say") or not self._fits(flag, contexts):
                continue
            if idioms.get(flag, set()).issuperset(range(start, end)):
                continue
            mention = Mention(start, end, event=self._is_event(flag))
            found.append(_Named(flag, mention, kind == "may_say"))
        nearby = Nearby(tokens, places, self._content.sign_words.apart)
        for kind, flag, rule in (r for group in places for r in self._rules.get(group, ())):
            for parts in nearby.find(rule, idioms.get(flag, frozenset())):
                if self._fits(flag, contexts):
                    end = max(b for _, b in parts)
                    mention = Mention(parts[0][0], end, self._is_event(flag), parts=parts)
                    found.append(_Named(flag, mention, kind == "may_together"))
        return self._weakened(found)

    def _fits(self, flag: str, contexts: Collection[str]) -> bool:
        return not getattr(self._named_ids[flag], "context", ()) or flag in contexts

    def _is_event(self, flag: str) -> bool:
        return bool(getattr(self._named_ids[flag], "event", False))

    def _weakened(self, found: list[_Named]) -> list[_Named]:
        """A fever that is named with a temperature below its threshold only could be one."""
        measured = [n for n in found if n.mention.measured]
        if not measured or any(n.flag == self._fever for n in measured):
            return found
        return [replace(n, is_weak=n.is_weak or n.flag == self._fever) for n in found]

    def _of_temperatures(self, temperatures: Iterable[Temperature]) -> Iterator[_Named]:
        for one in temperatures:
            mention = Mention(one.start, one.end, measured=True)
            if one.unit is None and self._fever is not None:
                yield _Named(self._fever, mention, True)
            for flag in self._measured:
                if any(one.reaches(threshold) for threshold in flag.temperature):
                    yield _Named(flag.id, mention, not one.is_sure)

    def _answer(self, tokens: list[Token]) -> Answer | None:
        """How a confirm line was answered; None when the message is about something else."""
        hits = list(self._answers.find(tokens, [(t.word,) for t in tokens]))
        longest = [h for h in hits if not any(_inside(h, other) for other in hits)]
        kinds = {name for name, _, _ in longest}
        if "unsure" in kinds or {"yes", "no"} <= kinds:
            return "unsure"
        if "yes" in kinds:
            return "yes"
        return "no" if "no" in kinds else None

    def _combined(self, raised: list[str]) -> list[str]:
        for combination in self._content.combinations:
            some = sum(flag in raised for flag in combination.some_of)
            enough = not combination.some_of or some >= combination.how_many
            if enough and all(flag in raised for flag in combination.all_of):
                raised = [*raised, combination.becomes]
        return list(dict.fromkeys(raised))

    def _by_level(self, flags: Iterable[str]) -> list[str]:
        order = list(self._content.flags)
        levels = self._content.flags
        flags = [flag for flag in flags if flag in levels]
        return sorted(flags, key=lambda f: (LEVELS.index(levels[f].level), order.index(f)))

    def _card(
        self, raised: list[str], already: Collection[str], places: Mapping[str, list[Span]]
    ) -> Finding:
        """The highest sign; two different urgent ones, now or before, count as an emergency."""
        signs = tuple(self._by_level(raised))
        if not signs:
            return Finding()
        flags = self._content.flags
        rule, level = signs[0], flags[signs[0]].level
        urgent = [f for f in (*signs, *already) if f in flags and flags[f].level == "urgent"]
        pairs = itertools.combinations(dict.fromkeys(urgent), 2)
        if level == "urgent" and any(self._are_two(a, b, places) for a, b in pairs):
            two = self._content.two_ambers
            return Finding("emergency", two.id, signs, None, set(signs) <= set(already))
        return Finding(level, rule, signs, None, rule in already)

    def _are_two(self, one: str, other: str, places: Mapping[str, list[Span]]) -> bool:
        """Are these two signs, not one sign or the same words read twice?"""
        flags = self._content.flags
        if (flags[one].counts_as or one) == (flags[other].counts_as or other):
            return False
        spans = itertools.product(places.get(one, [_NOWHERE]), places.get(other, [_NOWHERE]))
        return any(a[1] <= b[0] or b[1] <= a[0] for a, b in spans)


_NOWHERE: Span = (-1, -1)
_NEAR_CLUE = 4


def _sign_phrases(flags: Iterable[RedFlag | Clue]) -> Iterator[tuple[str, str]]:
    for flag in flags:
        for kind in ("says", "may_say", "not_meant", "context"):
            for phrase in getattr(flag, kind, ()):
                yield f"{kind} {flag.id}", phrase


def _rules(flags: Iterable[RedFlag | Clue]) -> Iterator[tuple[str, str, Together]]:
    for flag in flags:
        for kind in ("together", "may_together"):
            for rule in getattr(flag, kind, ()):
                yield kind, flag.id, parse_together(rule)


@lru_cache(maxsize=4096)
def _kind_and_flag(name: str) -> tuple[str, str]:
    kind, _, flag = name.partition(" ")
    return kind, flag


def _parts(hit: tuple[str, int, int]) -> tuple[tuple[str, str], int, int]:
    return _kind_and_flag(hit[0]), hit[1], hit[2]


def _inside(hit: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    length, others = hit[2] - hit[1], other[2] - other[1]
    return length < others and other[1] <= hit[1] and hit[2] <= other[2]
