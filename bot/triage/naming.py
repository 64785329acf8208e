"""Where a message names the signs of content/: by phrase, by words near each other, by number.

Finding only; how a mention is meant is judged in assertion.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.content.red_flags import Clue, RedFlag, RedFlagContent
from bot.content.sign_words import Together, parse_together
from bot.triage.assertion import Mention
from bot.triage.phrases import PhraseBook
from bot.triage.slips import Spelling
from bot.triage.temperature import Temperature, find_temperatures
from bot.triage.together import Nearby
from bot.triage.tokens import Span, Token


@dataclass(frozen=True)
class Named:
    """A sign named somewhere; `is_weak` words only could mean it."""

    flag: str
    mention: Mention
    is_weak: bool = False


class SignFinder:
    """Finds signs and clues; `real_words` are never read as a slip of another word."""

    def __init__(self, content: RedFlagContent, real_words: Collection[str]) -> None:
        self._content = content
        flags = content.flags.values()
        named: list[RedFlag | Clue] = [*flags, *content.clues.values()]
        self._named_ids = {one.id: one for one in named}
        rules = list(_rules(named))
        self._rules: dict[str, list[tuple[str, str, Together]]] = {}
        for rule in rules:
            self._rules.setdefault(rule[2].groups[0], []).append(rule)
        used = {name for rule in rules for name in (*rule[2].groups, *rule[2].without)}
        groups = [(("group", name), p) for name in sorted(used) for p in content.groups[name]]
        self._signs = PhraseBook([*_sign_phrases(named), *groups], content.groups)
        self._spelling = Spelling(self._signs.words, real_words)
        self._measured = [flag for flag in flags if flag.temperature]
        self.fever = next((f.id for f in self._measured if f.level == "emergency"), None)

    def find(self, tokens: Sequence[Token], *, asked: bool) -> list[Named]:
        """Every mention; `asked`: the temperature was the question."""
        readings = [self._spelling.readings(token.word) for token in tokens]
        hits = list(self._signs.find(tokens, readings))
        idioms: dict[str, set[int]] = {}
        places: dict[str, list[Span]] = {}
        contexts = {flag for (kind, flag), _, _ in hits if kind == "context"}
        for (kind, flag), start, end in hits:
            if kind == "group":
                places.setdefault(flag, []).append((start, end))
            elif kind == "not_meant":
                idioms.setdefault(flag, set()).update(range(start, end))
        found = list(
            self._of_temperatures(find_temperatures(tokens, self._content.temperature, asked=asked))
        )
        for (kind, flag), start, end in hits:
            if kind not in ("says", "may_say") or not self._fits(flag, contexts):
                continue
            if idioms.get(flag, set()).issuperset(range(start, end)):
                continue
            found.append(Named(flag, self._mention(flag, start, end), kind == "may_say"))
        nearby = Nearby(tokens, places, self._content.sign_words.apart)
        for kind, flag, rule in (r for group in places for r in self._rules.get(group, ())):
            for parts in nearby.find(rule, idioms.get(flag, frozenset())):
                if self._fits(flag, contexts):
                    mention = self._mention(flag, parts[0][0], max(b for _, b in parts), parts)
                    found.append(Named(flag, mention, kind == "may_together"))
        return self._weakened(found)

    def _fits(self, flag: str, contexts: Collection[str]) -> bool:
        return not getattr(self._named_ids[flag], "context", ()) or flag in contexts

    def _mention(self, flag: str, start: int, end: int, parts: tuple[Span, ...] = ()) -> Mention:
        one = self._named_ids[flag]
        event, of_others = getattr(one, "event", False), getattr(one, "of_others", False)
        return Mention(start, end, event=event, of_others=of_others, parts=parts)

    def _weakened(self, found: list[Named]) -> list[Named]:
        """A fever that is named with a temperature below its threshold only could be one."""
        measured = [n for n in found if n.mention.measured]
        if not measured or any(n.flag == self.fever for n in measured):
            return found
        return [replace(n, is_weak=n.is_weak or n.flag == self.fever) for n in found]

    def _of_temperatures(self, temperatures: Iterable[Temperature]) -> Iterator[Named]:
        for one in temperatures:
            mention = Mention(one.start, one.end, measured=True)
            if one.unit is None and self.fever is not None:
                yield Named(self.fever, mention, True)
            for flag in self._measured:
                if any(one.reaches(threshold) for threshold in flag.temperature):
                    yield Named(flag.id, mention, not one.is_sure)


def _sign_phrases(flags: Iterable[RedFlag | Clue]) -> Iterator[tuple[tuple[str, str], str]]:
    for flag in flags:
        for kind in ("says", "may_say", "not_meant", "context"):
            for phrase in getattr(flag, kind, ()):
                yield (kind, flag.id), phrase


def _rules(flags: Iterable[RedFlag | Clue]) -> Iterator[tuple[str, str, Together]]:
    for flag in flags:
        for kind in ("together", "may_together"):
            for rule in getattr(flag, kind, ()):
                yield kind, flag.id, parse_together(rule)
