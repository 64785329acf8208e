"""Body temperatures in what people write: 38.5, "38,5 C", "101 F", "a hundred and two"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.content.red_flags import TemperatureWords, Threshold
from bot.triage.tokens import Token

Unit = Literal["C", "F"]
_CLOSE, _LONGEST = 2, 8
_JOINS_DIGITS = frozenset("-/:.(),+\u2013#$")
_PER_DEGREE, _OFFSET, _PRECISION = 1.8, 32.0, 2


@dataclass(frozen=True)
class Temperature:
    """A number that is, or may be, a body temperature; tokens `start` up to `end`.

    `unit` is None when no unit makes it a possible temperature. Not `is_sure`: nothing but the
    number's form says that it is one.
    """

    value: float
    unit: Unit | None
    start: int
    end: int
    is_sure: bool = True

    def reaches(self, threshold: Threshold) -> bool:
        """Does it lie within the threshold? (converted when the units differ)"""
        if self.unit is None:
            return False
        value = self.value if self.unit == threshold.unit else self._converted()
        least, below = threshold.at_least, threshold.below
        return (least is None or value >= least) and (below is None or value < below)

    def _converted(self) -> float:
        if self.unit == "C":
            return round(self.value * _PER_DEGREE + _OFFSET, _PRECISION)
        return round((self.value - _OFFSET) / _PER_DEGREE, _PRECISION)


@dataclass(frozen=True)
class _Number:
    value: float
    start: int
    end: int
    has_decimals: bool


def find_temperatures(
    tokens: Sequence[Token], words: TemperatureWords, *, asked: bool = False
) -> tuple[Temperature, ...]:
    """All temperatures of a message, never a date, an age, a dose or a phone number.

    `asked`: the temperature was the question, so a bare number answers it.
    """
    numbers = list(_numbers(tokens, words))
    whole = len(numbers) == 1 and numbers[0].end - numbers[0].start == len(tokens)
    found = []
    for place, number in enumerate(numbers):
        neighbours = numbers[max(place - 1, 0) : place] + numbers[place + 1 : place + 2]
        if _is_something_else(number, neighbours, tokens, words):
            continue
        bare = whole and (asked or number.has_decimals)
        one = _temperature(number, tokens, words, bare=bare)
        if one is not None:
            found.append(one)
    return tuple(found)


def _numbers(tokens: Sequence[Token], words: TemperatureWords) -> Iterator[_Number]:
    place = 0
    while place < len(tokens):
        word = tokens[place].word
        number = None
        if word[0].isdigit():
            number = _written(tokens, place, words)
        elif word in words.number_words:
            number = _spoken(tokens, place, words)
        if number is not None:
            yield number
        place = number.end if number else place + 1


def _written(tokens: Sequence[Token], place: int, words: TemperatureWords) -> _Number:
    """Digits, with "point 5" or a lone digit after them as tenths ("38 5")."""
    word = tokens[place].word.replace(",", ".")
    value, has_decimals = float(word[:12]), "." in word
    for skip in (1, 2):
        last = place + skip
        if has_decimals or last >= len(tokens) or tokens[last - 1].after:
            break
        if skip == 2 and tokens[place + 1].word not in words.point_words:
            break
        if len(tokens[last].word) == 1 and tokens[last].word.isdigit():
            if skip == 2 or _reads_as(value, words) is not None:
                return _Number(value + int(tokens[last].word) / 10, place, last + 1, True)
            break
    return _Number(value, place, place + 1, has_decimals)


def _spoken(tokens: Sequence[Token], place: int, words: TemperatureWords) -> _Number | None:
    """A number in words: hundreds, tens and ones, tenths after "point"."""
    total, last, tenths = 0, place, False
    value = 0.0
    while last < min(len(tokens), place + _LONGEST):
        word = tokens[last].word
        if word in words.point_words and total and not tenths:
            tenths = True
        elif word in words.number_words:
            size = words.number_words[word]
            if tenths or _is_next_digit(total, size):
                tenths, value = True, size / 10
            elif size == 100:
                total = max(total, 1) * size
            elif total == 1 and size in (0, *range(2, 10)):
                total = 100 + size
            else:
                total += size
        elif not (word == "and" and total >= 100):
            break
        last += 1
        if tokens[last - 1].ends_clause:
            break
    while last > place and tokens[last - 1].word not in words.number_words:
        last -= 1
    return _Number(total + value, place, last, tenths) if total else None


def _is_next_digit(total: int, size: int) -> bool:
    """ "thirty nine five", "hundred and one two": a digit after the ones stands for tenths."""
    return size < 10 and total > 30 and total % 10 > 0


def _reads_as(value: float, words: TemperatureWords) -> Unit | None:
    for unit, (least, most) in words.reads_as.items():
        if least <= value <= most:
            return unit
    return None


def _is_something_else(
    number: _Number, neighbours: list[_Number], tokens: Sequence[Token], words: TemperatureWords
) -> bool:
    """Part of a longer number, or counted in years, kilograms, ...?"""
    for other in neighbours:
        beside = other.end == number.start or other.start == number.end
        between = tokens[min(other.end, number.end) - 1].after.replace(" ", "")
        joined = not between or not _JOINS_DIGITS.isdisjoint(between)
        if beside and joined and _reads_as(other.value, words) is None and between != ",":
            return True
    before: set[str] = set()
    for token in reversed(tokens[max(number.start - _CLOSE, 0) : number.start]):
        if token.word in words.subject:
            break
        before.add(token.word)
    if number.start and tokens[number.start - 1].after.strip() in ("$", "#"):
        return True
    after = tokens[number.end].word if number.end < len(tokens) else ""
    percent = "%" in tokens[number.end - 1].after
    return percent or after in words.other_after or not before.isdisjoint(words.other_before)


def _temperature(
    number: _Number, tokens: Sequence[Token], words: TemperatureWords, *, bare: bool
) -> Temperature | None:
    said_unit, end = _unit(number, tokens, words)
    subject = _subject(number, end, tokens, words)
    start = number.start if subject is None else min(subject, number.start)
    unit = _reads_as(number.value, words)
    if unit is None:
        return Temperature(number.value, None, start, end, False) if start < number.start else None
    if said_unit == unit and _within(number.value, said_unit, words):
        unit = said_unit
    is_unit_said = end > number.end or "\u00b0" in tokens[number.end - 1].after
    first, last = max(0, number.start - _LONGEST * 3), number.end + _LONGEST
    near = {t.word for t in tokens[first:last]}
    words_beside = {t.word for t in _in_sentence(tokens, number, first, last)}
    if subject is None and not bare and not words_beside.isdisjoint(words.other_near):
        return None
    if bare or subject is not None or (is_unit_said and said_unit in (None, unit)):
        return Temperature(number.value, unit, start, end)
    is_near = not near.isdisjoint(words.readings) or not near.isdisjoint(words.subject)
    if not (number.has_decimals or is_near):
        before = tokens[number.start - 1].word if number.start else ""
        if unit == "C" or before not in words.between or number.end < len(tokens):
            return None
    return Temperature(number.value, unit, start, end, is_near or number.has_decimals)


def _in_sentence(
    tokens: Sequence[Token], number: _Number, first: int, last: int
) -> Sequence[Token]:
    """The tokens from `first` to `last` that stand in the number's own sentence."""
    start, end = number.start, number.end
    while start > first and not tokens[start - 1].ends_sentence:
        start -= 1
    while end < min(last, len(tokens)) and not tokens[end - 1].ends_sentence:
        end += 1
    return tokens[start:end]


def _within(value: float, unit: Unit, words: TemperatureWords) -> bool:
    least, most = words.reads_as[unit]
    return least <= value <= most


def _unit(
    number: _Number, tokens: Sequence[Token], words: TemperatureWords
) -> tuple[Unit | None, int]:
    """The unit that is written after the number, and where it ends."""
    end = number.end
    if end < len(tokens) and tokens[end].word in words.degrees:
        end += 1
    if end < len(tokens) and not tokens[end - 1].ends_clause:
        if tokens[end].word in words.celsius:
            return "C", end + 1
        if tokens[end].word in words.fahrenheit:
            return "F", end + 1
    return None, end


def _subject(
    number: _Number, end: int, tokens: Sequence[Token], words: TemperatureWords
) -> int | None:
    """The place of the word that makes the number a temperature, before or right after it."""
    for place in range(number.start - 1, max(number.start - 1 - _LONGEST, -1), -1):
        word = tokens[place].word
        if tokens[place].ends_sentence:
            break
        if word in words.subject:
            return place
        if word not in words.between:
            break
    for place in range(end, min(end + _CLOSE, len(tokens))):
        if tokens[place - 1].ends_clause:
            break
        if tokens[place].word in words.subject:
            return place
    return None
