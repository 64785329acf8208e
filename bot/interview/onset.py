"""When something began, as people say it: a date with its precision, or their words without a date.

Never a date in the future, never one that was not said. A span of time is counted back from
`today`; of a named day, month or season the latest past one is meant. Northern hemisphere.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from bot.interview.amounts import AMOUNT, amount_of
from bot.interview.calendar_words import find_named
from bot.interview.times import Dated, Future, Precision, TwoDates
from bot.interview.words import fold

_A_LIFE = datetime.timedelta(days=110 * 365)
_FRAME = re.compile(
    r"(?:\b(?:since|for|from|about|around|approximately|roughly|maybe|probably|perhaps|the|past|"
    r"last|over|in|"
    r"during|on|at|sometime|almost|nearly|just|only|already|more than|less than|at least|ever|"
    r"on and off|"
    r"off and on|within|back|like|say|these|this|early|it's been|it has been|going on|"
    r"close to)\s+){1,12}$"  # more would be tried anew from every word of a long text
)
_AGO = re.compile(
    r"\s*(?:or\s+(?:so|two|three|more)|ago|back|now|already|straight|in a row|or something)\b"
)
_PAST_SPAN = re.compile(
    rf"\b(?:(?:for|in|over|during|within|these|of)\s+)?(?:the\s+|these\s+)?(?:past|"
    rf"last)\s+(?:{AMOUNT})"
    r"|\b(?P<one>(?:for|over|in|during|within|these)\s+the\s+(?:past|last)|the\s+past|past)\s+"
    r"(?P<bare>day|week|month|year)\b"
)
_LOST_WITHIN = re.compile(
    rf"(?<=\d)\s?(?:kg|kilos?|kilograms?|pounds?|lbs?)\s+(?:in|over|within)\s+(?:{AMOUNT})"
)
_SPAN = re.compile(rf"(?<![\w.]){AMOUNT}(?P<tail>\s+(?:after|before|from|until)\b)?")
_AMOUNT_BEFORE = re.compile(rf"(?<![\w.]){AMOUNT}\s+$")
_COMING = re.compile(
    rf"\b(?:tomorrow|next\s+(?:week|month|year|mon|tue|wed|thu|fri|sat|sun)\w*|in\s+{AMOUNT}"
    r"\s*(?:'\s*time|from now)?$|day after tomorrow)"
)
_VAGUE = re.compile(
    r"\b(?:for ages|ages|always|a while|awhile|(?:a )?(?:very |really )?long time|forever|"
    r"recently|lately|"
    r"not (?:that |very |so )?long|some ?time|my whole life|all my life|years and years|"
    r"a bit ago|long ago|"
    r"the other day|for years|for months|for weeks|for days|^(?:about )?(?:weeks|months|days|"
    r"years)(?: ago)?$|gradually|slowly|"
    r"on and off|off and on|comes and goes|it varies|every now and then|just (?:started|began)|"
    r"time ago)\b(?!\s+old)"
)
_EVENT = re.compile(
    r"\b(?:since|after|when|before|during|ever since|right after|shortly after|just after|"
    r"around|at|from|until|"
    r"as soon as|once|while|following|by)\s+(?:the\s+(?:start|end|beginning|time|day|"
    r"week)\s+(?:of|that)\s+)?"
    r"(?P<what>(?:my|his|her|their|our|the|a|last|first|second|third|i|he|she|we|they|you|it|"
    r"that|this|starting|"
    r"getting|having|being|stopping|finishing|chemo|treatment|transplant|diagnosis|remission|"
    r"relapse|school|birth|"
    r"maintenance|surgery|radiation|covid|blinatumomab|car|induction|consolidation|steroids?|"
    r"infusion)\b.*)"
)
_BARE_EVENT = re.compile(
    r"^\W*(?:(?:my|his|her|their|the|our)\s+)?(?:last|first|latest|second)\s+(?:chemo\w*|treatment|"
    r"infusion|round|cycle|transplant|relapse|diagnosis|transfusion|surgery|appointment|visit)\W*$"
)
_TELLS_WHEN = re.compile(
    rf"(?:ever\s+)?since\b|{AMOUNT}|(?:right |shortly |just )?after (?:the |my |his |her |"
    rf"their |our )?"
    r"(?:last |first |second )?(?:transplant|chemo\w*|treatment|infusion|radiation|surgery|"
    r"diagnosis|car)\b"
)
# "8/10" is how bad it is, "38.6" and "5 kg" are amounts.
_NO_DATE = re.compile(r"(?<![\d/.])(?<!since )(?<!on )\d{1,2}\s*/\s*10\b(?!/)")
_CLAUSE = re.compile(r"[.,;:!?()\n]|\b(?:and|but|then|now|since|so)\b")
_ELSEWHERE = re.compile(
    r"\b(?:remission|diagnos\w*|transplant\w*|treatments?|chemo\w*|therapy|maintenance|cancer|leukemia|"
    r"relapsed?|finished|surgery|appointment|visit|doctor|hospital|radiation|car-?t)\b"
)
_STARTED = re.compile(r"\b(?:started|began|begun|noticed|since|first|came on|appeared|been)\b")
_FILLER = re.compile(
    r"\b(?:since|for|from|about|around|approximately|approx|roughly|maybe|probably|perhaps|"
    r"possibly|the|past|last|"
    r"over|in|during|on|at|sometimes?|almost|nearly|just|only|already|more|less|than|least|ever|"
    r"off|and|or|so|"
    r"something|like|say|these|this|that|it|its|it's|been|has|have|had|was|were|is|i|i've|we|he|"
    r"she|they|them|"
    r"my|his|her|their|think|guess|believe|would|started|start|began|begin|noticed|first|ago|"
    r"back|now|of|a|an|"
    r"going|close|to|well|um+|uh+|hmm+|yes|day|time|onwards?|then|straight|row|whole|or so|give|"
    r"take|ish|"
    r"until|till|still|somewhere|some|two|three|ok|okay|honestly|me|him|said|said so|i'd|i'm|"
    r"not|sure|exactly|"
    r"know|don't|dont|but|feel|feels|there|all|really|pretty|sure|there's|quite|very|kind|sort)\b"
)


@dataclass(frozen=True)
class Onset:
    """When it began. `date` is None for an event ("since my last chemo") and for "for ages"."""

    text: str
    date: datetime.date | None
    precision: Precision

    def to_json(self) -> dict[str, str | None]:
        """The form in which it is stored: an ISO date, to be read no further than `precision`."""
        day = self.date.isoformat() if self.date else None
        return {"text": self.text, "date": day, "precision": self.precision}


@dataclass(frozen=True)
class Found:
    """An onset and where in the text it stands; `is_whole` when nothing else is said there."""

    onset: Onset
    start: int
    end: int
    is_whole: bool


def parse_onset(text: str, *, today: datetime.date) -> Onset | Future | TwoDates | None:
    """Read an answer to "When did it begin?"; None when it names no time at all."""
    found = find_onset(text, today=today)
    if isinstance(found, Found):
        return Onset(text.strip(), found.onset.date, found.onset.precision)
    return found


def find_onset(text: str, *, today: datetime.date) -> Found | Future | TwoDates | None:
    """Find when something began in a message about it."""
    plain = fold(text)
    if not plain.strip():
        return None
    coming = None if _LOST_WITHIN.search(plain) else _COMING.search(plain)
    candidates = [*_spans(plain, today), *find_named(plain, today)]
    dated = [c for c in candidates if isinstance(c, Dated)]
    if dated and not coming:
        return _found(_most_likely(plain, dated), text, plain)
    if coming or any(isinstance(c, Future) for c in candidates):
        return Future()
    faults = [c for c in candidates if isinstance(c, TwoDates)]
    if faults:
        return faults[0]
    return _without_date(text, plain) or _by_dateparser(text, plain, today)


def onset_in_passing(text: str, *, today: datetime.date) -> Found | None:
    """When something began, from a message that was not an answer to that question.

    Stricter: "tired after school" and "for a while" are no onset then, and neither is a time that
    is about something else ("in remission for two years and now bruises").
    """
    left = _NO_DATE.sub(lambda match: " " * len(match.group()), text)
    for _ in range(4):
        found = find_onset(left, today=today)
        if not isinstance(found, Found):
            return None
        if found.onset.date is None:
            return found if _TELLS_WHEN.match(fold(found.onset.text)) else None
        if not _is_elsewhere(text, found):
            return found
        left = left[: found.start] + " " * (found.end - found.start) + left[found.end :]
    return None


def says_only_when(text: str, *, today: datetime.date) -> bool:
    """Is a time, or nothing at all, everything that a text says?"""
    found = find_onset(text, today=today)
    if isinstance(found, Found):
        return found.is_whole
    return re.search(r"\w", _FILLER.sub(" ", fold(text))) is None


def _is_elsewhere(text: str, found: Found) -> bool:
    """Is the time about the illness or its treatment ("I had ALL in 2019")?"""
    before = _CLAUSE.split(text[max(0, found.start - 80) : found.start])[-1]
    after = _CLAUSE.split(text[found.end : found.end + 80])[0]
    around = f"{before} {after}"
    return _ELSEWHERE.search(fold(around)) is not None or re.search(r"\bALL\b", around) is not None


def _spans(plain: str, today: datetime.date) -> list[Dated | Future | TwoDates]:
    found: list[Dated | Future | TwoDates] = []
    for match in _PAST_SPAN.finditer(plain):
        if match["bare"]:
            words = f"a {match['bare']}"
            day = amount_of(_need(re.fullmatch(AMOUNT, words)))
        else:
            day = amount_of(match)
        date = day.before(today)
        if date is not None:
            found.append(Dated(date, day.precision, match.start(), match.end()))
    for match in _LOST_WITHIN.finditer(plain):
        amount = amount_of(match)
        date = amount.before(today)
        if date is not None:
            found.append(Dated(date, amount.precision, match.start(), match.end()))
    for match in _SPAN.finditer(plain):
        if match["tail"] or any(
            d.start <= match.start() < d.end for d in found if isinstance(d, Dated)
        ):
            continue
        amount = amount_of(match)
        date = amount.before(today)
        if date is not None and not _is_age(plain, match):
            found.append(Dated(date, amount.precision, match.start(), match.end()))
    return found


def _is_age(plain: str, match: re.Match[str]) -> bool:
    """ "my son, 6 years old", "twice a day", "3 times a week", "8 hours a night"."""
    if re.match(r"\s*(?:-\s*)?old\b", plain[match.end() :]):
        return True
    before = plain[: match.start()].rstrip()
    rate = re.search(r"(?:\b(?:times?|once|twice|every|each|per|hours?|pills?)|\d)$", before)
    return rate is not None and match["first"] in ("a", "an")


def _need(match: re.Match[str] | None) -> re.Match[str]:
    if match is None:
        raise ValueError("not an amount of time")
    return match


def _most_likely(plain: str, dated: list[Dated]) -> Dated:
    """Of several times the one said after "started" or "since", else the first."""
    dated = sorted(dated, key=lambda d: (d.start, -d.end))
    started = _STARTED.search(plain)
    after = [d for d in dated if started and d.end > started.start()]
    return (after or dated)[0]


def _found(dated: Dated, text: str, plain: str) -> Found:
    start, end = dated.start, dated.end
    frame = _FRAME.search(plain[:start])
    start = frame.start() if frame else start
    while (tail := _AGO.match(plain, end)) is not None:
        end = tail.end()
    rest = _FILLER.sub(" ", f"{plain[:start]} {plain[end:]}")
    onset = Onset(text[start:end].strip(), dated.date, dated.precision)
    return Found(onset, start, end, is_whole=not re.search(r"\w", rest))


def _without_date(text: str, plain: str) -> Found | None:
    event = _EVENT.search(plain) or _BARE_EVENT.search(plain)
    vague = _VAGUE.search(plain)
    match = event or vague
    if match is None:
        return None
    end = match.end()
    if event is not None:
        cut = re.search(r"[.;!?\n]|,|\s(?:and|but)\s", plain[match.start() :])
        end = match.start() + cut.start() if cut else len(plain.rstrip())
    start = match.start()
    for lead in (_AMOUNT_BEFORE, _FRAME):
        before = lead.search(plain[:start])
        start = before.start() if before else start
    rest = _FILLER.sub(" ", f"{plain[:start]} {plain[end:]}")
    onset = Onset(text[start:end].strip(), None, "event" if event else "unknown")
    return Found(onset, start, end, is_whole=not re.search(r"\w", rest))


def _by_dateparser(text: str, plain: str, today: datetime.date) -> Found | None:
    """The last resort, for short texts with figures; it must itself have read a day and a month."""
    if not re.search(r"\d", plain) or len(plain) > 40:
        return None
    import dateparser  # half a second, and seldom needed: the server loads it once it is ready

    base = datetime.datetime.combine(today, datetime.time(12))
    read = dateparser.parse(
        re.sub(r"\b(?:since|from|about|around|on|it|started|was)\b", " ", plain),
        languages=["en"],
        settings={
            "RELATIVE_BASE": base,
            "PREFER_DATES_FROM": "past",
            "REQUIRE_PARTS": ["day", "month"],
        },
    )
    if read is None or not today - _A_LIFE <= read.date() <= today:
        return None
    return Found(Onset(text.strip(), read.date(), "day"), 0, len(text), is_whole=True)
