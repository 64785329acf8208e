"""What a message names: things, temperatures, ages, which relapse, whom it is about (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.content.interview import Script
from bot.content.names import NamedThing, NamesContent, words_of
from bot.content.red_flags import RedFlagContent
from bot.interview.mentions import find_mentions, is_denied
from bot.interview.words import fold
from bot.nlu.audience import Age, AudienceWords, find_age
from bot.nlu.other_illnesses import find_all
from bot.nlu.spelling import Spelling
from bot.triage.temperature import Temperature, find_temperatures
from bot.triage.tokens import Token, spelling_table, tokens_of

# From these lengths on one and two slips of spelling are forgiven.
ONE_SLIP_FROM, TWO_SLIPS_FROM = 7, 11
ALL = "all"
_NOTHING = "-"


@dataclass(frozen=True)
class Entity:
    """One thing named in `text` from `start` up to `end`; a `value` with its `unit` if it has one.

    `id` is the id of a thing, and the value as text where there is none. `negated`: it is said
    not to be there, had or wanted; a question may be about it all the same.
    """

    kind: str
    id: str
    start: int
    end: int
    text: str
    negated: bool = False
    value: float | None = None
    unit: str | None = None


class NamedThings:
    """Finds the entities of a message. Built once; the same text gives the same entities."""

    def __init__(
        self,
        content: NamesContent,
        script: Script,
        red_flags: RedFlagContent,
        audience: AudienceWords,
    ) -> None:
        self._respelt = content.spellings
        self._things = {thing.id: thing for thing in content.things}
        self._script = script
        self._temperature_words = red_flags.temperature
        numbers = "|".join(map(re.escape, red_flags.temperature.number_words))
        self._number = re.compile(rf"\d\d|\b(?:{numbers})\b")
        self._spellings = spelling_table(red_flags.negation.spellings)
        self._audience = audience
        self._no_denial = re.compile(
            rf"\b(?:no|not|never|\w+n't|dont|doesnt|didnt|isnt|wasnt)\s+(?:[\w']+\s+){{0,2}}?"
            rf"(?:{'|'.join(map(re.escape, content.not_a_denial))})\b[^.;,!?]*$"
        )
        self._vocab = spacy.blank("en").vocab
        self._matcher = PhraseMatcher(self._vocab, attr="LOWER")
        for thing in content.things:
            self._matcher.add(thing.id, [self._doc(name) for name in _with_plurals(thing)])
        self._matcher.add(_NOTHING, [self._doc(phrase) for phrase in content.not_a_name])
        right = {word for s in script.symptoms for name in s.words for word in name.split()}
        words = {word for t in content.things for n in _with_plurals(t) for word in n.split()}
        self._spelling = Spelling(
            sorted(words),
            {*words, *right, *content.right},
            one_slip_from=ONE_SLIP_FROM,
            two_slips_from=TWO_SLIPS_FROM,
        )

    def find(self, text: str) -> tuple[Entity, ...]:
        """All entities in order; things do not overlap, the longest name wins, then names.yml."""
        plain = fold(text)
        things = [*self._longest(text, plain)]
        temperatures = list(self._temperatures(text, plain))
        found = [*things, *temperatures, *self._relapses(things)]
        found += self._person(text, plain, found)
        return tuple(sorted(found, key=lambda e: (e.start, e.end, e.kind)))

    def _longest(self, text: str, plain: str) -> Iterator[Entity]:
        taken: set[int] = set()
        named = sorted(self._named(text, plain), key=lambda n: n[2] - n[3])
        for kind, thing, start, end in named:
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                if kind == _NOTHING:
                    continue
                negated = self._negated(plain, start, end)
                yield Entity(kind, thing, start, end, text[start:end], negated)

    def _named(self, text: str, plain: str) -> Iterator[tuple[str, str, int, int]]:
        words = words_of(plain)
        doc = Doc(self._vocab, words=[self._mended(word) for word, *_ in words])
        for key, first, last in self._matcher(doc):
            thing = self._things.get(self._vocab.strings[key])
            kind, name = (thing.kind, thing.id) if thing else (_NOTHING, _NOTHING)
            yield kind, name, words[first][1], words[last - 1][2]
        for mention in find_mentions(self._script, plain):
            yield "symptom", mention.symptom.id, mention.start, mention.end
        for start, end in find_all(text):
            yield "condition", ALL, start, end

    def _doc(self, name: str) -> Doc:
        words = [word for word, *_ in words_of(name)]
        return Doc(self._vocab, words=[self._respelt.get(word, word) for word in words])

    def _mended(self, word: str) -> str:
        """The word as names write it: a long one that nobody knows as the nearest one in a name."""
        return self._spelling.word(self._respelt.get(word, word))

    def _negated(self, plain: str, start: int, end: int) -> bool:
        clause = plain[max(0, start - 120) : start]
        return is_denied(plain, start, end) and self._no_denial.search(clause) is None

    def _temperatures(self, text: str, plain: str) -> Iterator[Entity]:
        if self._number.search(plain) is None:
            return
        tokens = tokens_of(plain, self._spellings)
        for one in find_temperatures(tokens, self._temperature_words):
            place = self._place(plain, tokens, one)
            if one.unit is not None and one.is_sure and place is not None:
                start, end = place
                name = f"{one.value:g} {one.unit}"
                yield Entity(
                    "temperature", name, start, end, text[start:end], value=one.value, unit=one.unit
                )

    def _place(self, plain: str, tokens: list[Token], found: Temperature) -> tuple[int, int] | None:
        """Where the number and its unit stand in the text."""
        words = [token.word for token in tokens[found.start : found.end]]
        known = self._temperature_words.number_words
        while words and not (words[0][0].isdigit() or words[0] in known):
            words.pop(0)
        match = re.search(r"\W*".join(map(re.escape, words)), plain) if words else None
        return match.span() if match else None

    def _relapses(self, things: Iterable[Entity]) -> Iterator[Entity]:
        for entity in things:
            thing = self._things.get(entity.id)
            if thing is not None and thing.relapse is not None:
                number = thing.relapse
                yield Entity(
                    "relapse_number",
                    str(number),
                    entity.start,
                    entity.end,
                    entity.text,
                    entity.negated,
                    number,
                )

    def _person(self, text: str, plain: str, others: Iterable[Entity]) -> Iterator[Entity]:
        """The age and the audience; a number that was measured ("platelets 20") is no age."""
        age = find_age(plain)
        if age is not None and any(_is_measured(plain, age, other) for other in others):
            plain = plain[: age.start] + "-" + plain[age.end :]
        elif age is not None:
            written = text[age.start : age.end]
            name = str(age.years)
            yield Entity("age", name, age.start, age.end, written, value=age.years, unit="years")
        audience = self._audience.find(plain)
        if audience is not None:
            yield Entity("audience", audience, 0, len(text), text)


def _is_measured(plain: str, age: Age, other: Entity) -> bool:
    if other.kind == "temperature":
        return other.start < age.end and age.start < other.end
    return other.kind == "test" and plain[other.end : age.start].strip() in ("", "is", ":")


def as_rasa(entity: Entity) -> dict[str, Any]:
    """The entity in Rasa's form, but for the extractor's name."""
    more = {"number": entity.value, "unit": entity.unit} if entity.value is not None else {}
    return {
        "entity": entity.kind,
        "value": entity.id,
        "start": entity.start,
        "end": entity.end,
        "confidence_entity": 1.0,
        "negated": entity.negated,
        **more,
    }


def _with_plurals(thing: NamedThing) -> set[str]:
    names = {" ".join(word for word, *_ in words_of(name)) for name in thing.names}
    return names | {f"{name}s" for name in names if name[-1].isalpha() and name[-1] != "s"}
