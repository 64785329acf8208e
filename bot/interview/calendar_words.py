"""Named times: "last Tuesday", "early March", "around Christmas", "10 November", "12/03/2026"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

from bot.interview.amounts import months_before
from bot.interview.holidays import HOLIDAYS
from bot.interview.times import Dated, Future, Precision, TwoDates

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"(?P<weekday>mondays?|mon|tuesdays?|tues?|tusday|wednesdays?|weds?|wensday|wednsday|"
    r"thursdays?|thurs?|thur|"
    r"fridays?|fri|saturdays?|sat|sundays?|sun)"
)
_MONTH = (
    r"(?P<month>january|jan|february|febuary|feburary|feb|march|mar|april|apr|may|june|jun|july|"
    r"jul|august|aug|"
    r"september|sept|sep|october|oct|november|nov|december|dec)"
)
_PART = (
    r"(?:(?P<part>early(?: in)?|mid|middle of|late(?: in)?|beginning of|start of|end of)[\s-]+)?"
    r"(?:the\s+)?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ORDINALS = {"first": 1, "second": 2, "third": 3}
_ORDINAL_OR_WORD = r"(?P<day>\d{1,2}|first|second|third)(?:st|nd|rd|th)?"
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}


Read = tuple[datetime.date, Precision] | Future | TwoDates | None
Reader = Callable[[re.Match[str], datetime.date], Read]


def find_named(plain: str, today: datetime.date) -> Iterator[Dated | Future | TwoDates]:
    """All named times of a folded text; each stretch of the text is read once."""
    taken: list[tuple[int, int]] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(plain):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            read = reader(match, today)
            if read is None:
                continue
            taken.append(match.span())
            if isinstance(read, tuple):
                date, precision = read
                yield Future() if date > today else Dated(date, precision, *match.span())
            else:
                yield read


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _latest(month: int, day: int, today: datetime.date) -> datetime.date | None:
    """The latest such day that is not in the future (29 February: the latest leap year)."""
    years = range(today.year, today.year - 9, -1)
    dates = (_date(year, month, day) for year in years)
    return next((d for d in dates if d is not None and d <= today), None)


def _read_iso(match: re.Match[str], today: datetime.date) -> Read:
    date = _date(int(match["y"]), int(match["m"]), int(match["d"]))
    return (date, "day") if date else None


def _read_figures(match: re.Match[str], today: datetime.date) -> Read:
    """12/03/2026 or 12/3: month first or day first; only one of them may be possible."""
    a, b = int(match["a"]), int(match["b"])
    year = int(match["fy"]) if match["fy"] else None
    year = year + 2000 if year is not None and year < 100 else year
    dates = []
    for month, day in ((a, b), (b, a)):
        date = _date(year, month, day) if year else _latest(month, day, today)
        if date is not None and date not in dates:
            dates.append(date)
    past = [date for date in dates if date <= today]
    if len(past) == 2:
        return TwoDates(past[0], past[1])
    if past:
        return past[0], "day"
    return Future() if dates else None


def _read_month_day(match: re.Match[str], today: datetime.date) -> Read:
    month = _MONTHS.index(match["month"][:3]) + 1
    day = _ORDINALS.get(match["day"]) or int(match["day"])
    date = _date(int(match["year"]), month, day) if match["year"] else _latest(month, day, today)
    return (date, "day") if date else None


def _read_month(match: re.Match[str], today: datetime.date) -> Read:
    month = _MONTHS.index(match["month"][:3]) + 1
    if match["month"] in ("may", "mar", "march") and not _is_time(match):
        return None
    year = int(match["year"]) if match["year"] else None
    if match["rel"] == "last" and month == today.month:
        year = today.year - 1
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    day = datetime.date(year, month, _day_of_part(match["part"]))
    if day > today and (day.year, day.month) == (today.year, today.month):
        if match["part"] is not None and day.day - today.day > 7:
            return (datetime.date(year - 1, month, day.day), "month")
        day = today
    return day, "month"


def _is_time(match: re.Match[str]) -> bool:
    """ "may" is a month in "in May", "early May", "May 2026", not in "it may hurt"."""
    before = match.string[: match.start()].rstrip()
    framed = re.search(
        r"\b(?:in|on|since|from|last|of|around|about|until|by|before|after|during|started|began|"
        r"maybe)$",
        before,
    )
    alone = not before and not match.string[match.end() :].strip(" .!?")
    named = match.groupdict()
    told = named.get("part") or named.get("year") or named.get("rel")
    return bool(told or framed or alone)


def _day_of_part(part: str | None) -> int:
    if part is None:
        return 1
    return 15 if part.startswith("mid") else 25 if part.startswith(("late", "end")) else 5


def _read_season(match: re.Match[str], today: datetime.date) -> Read:
    month = _SEASONS[match["season"]]
    year = int(match["year"]) if match["year"] else today.year
    start = datetime.date(year, month, 1)
    if not match["year"] and start > today:
        start = datetime.date(year - 1, month, 1)
    if match["rel"] == "last" and (today - start).days < 90:
        start = datetime.date(start.year - 1, month, 1)
    late = (match["part"] or "").startswith(("late", "end"))
    day = start + datetime.timedelta(days=75 if late else 0)
    return min(day, today) if start <= today else day, "season"


def _read_year(match: re.Match[str], today: datetime.date) -> Read:
    year = int(match["year"])
    if match["part"] is None:
        return datetime.date(year, 1, 1), "year"
    month = {15: 6, 25: 11}.get(_day_of_part(match["part"]), 2)
    day = datetime.date(year, month, 1)
    return min(day, today) if year == today.year else day, "season"


def _read_weekday(match: re.Match[str], today: datetime.date) -> Read:
    if match["weekday"] in ("sat", "sun", "wed", "mon") and not _is_time(match):
        return None
    index = _DAYS.index(match["weekday"][:3])
    back = (today.weekday() - index) % 7
    if back == 0 and match["rel"] != "this":
        back = 7
    if match["before_last"]:
        back += 7
    if match["of_last"] or match["last_week"]:
        back = today.weekday() + 7 - index
    return today - datetime.timedelta(days=back), "day"


def _read_day_word(match: re.Match[str], today: datetime.date) -> Read:
    word = match.group()
    if "before" in word:
        return today - datetime.timedelta(days=2), "day"
    past = re.search(r"yest|last|overnight", word)
    return today - datetime.timedelta(days=1 if past else 0), "day"


def _read_weekend(match: re.Match[str], today: datetime.date) -> Read:
    back = (today.weekday() - 5) % 7 or (7 if match["rel"] == "last" else 0)
    if today.weekday() == 6 and match["rel"] == "last":
        back += 7
    return today - datetime.timedelta(days=back + (7 if match["before_last"] else 0)), "week"


def _read_period(match: re.Match[str], today: datetime.date) -> Read:
    """ "last week", "this month", "the year before last", "end of last month"."""
    back = 2 if match["before_last"] else 0 if match["rel"] in ("this", None) else 1
    if match["rel"] is None and not match["part"] and not match["before_last"]:
        return None
    period = match["period"]
    if period == "week":
        if back == 0:
            return today - datetime.timedelta(days=today.weekday()), "week"
        return today - datetime.timedelta(days=7 * back), "week"
    if period == "month":
        first = months_before(today.replace(day=1), back)
        return min(first.replace(day=_day_of_part(match["part"])), today), "month"
    year = today.year - back
    if match["part"]:
        month = {15: 6, 25: 11}.get(_day_of_part(match["part"]), 2)
        return min(datetime.date(year, month, 1), today), "season"
    return datetime.date(year, 1, 1), "year"


def _read_the_day(match: re.Match[str], today: datetime.date) -> Read:
    """ "the 10th": of this month, or of the last month that had one."""
    for months in range(13):
        first = months_before(today.replace(day=1), months)
        date = _date(first.year, first.month, int(match["day"]))
        if date is not None and date <= today:
            return date, "day"
    return None


def _read_holiday(match: re.Match[str], today: datetime.date) -> Read:
    name = match["holiday"]
    day_in = next(day_in for pattern, day_in in HOLIDAYS if re.fullmatch(pattern, name))
    year = int(match["year"]) if match["year"] else None
    if year is None:
        year = today.year if day_in(today.year) <= today else today.year - 1
    exact = re.search(r"\bon\s*$", match.string[: match.start()]) or match["is_day"]
    return day_in(year), "day" if exact else "week"


_REL = r"(?:(?P<rel>last|this|past|the last|the past)\s+)?"
_BEFORE_LAST = r"(?P<before_last>\s+before\s+last)?"
_NAMES = "|".join(f"(?:{pattern})" for pattern, _ in HOLIDAYS)
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d?)-(?P<d>\d\d?)\b", _read_iso),
        (
            r"(?<![\d/])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})(?:[/.-](?P<fy>\d{4}|\d\d))(?![\d/%])",
            _read_figures,
        ),
        (
            r"(?<![\d/.])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?P<fy>)(?![\d/%]|\s+(?:pain|severity))",
            _read_figures,
        ),
        (
            rf"\b(?:(?:early|"
            rf"late)\s+)?(?P<holiday>{_NAMES})(?P<is_day>\s+day)?\b(?:\s+(?:of\s+)?{_YEAR})?",
            _read_holiday,
        ),
        (
            rf"\b{_ORDINAL_OR_WORD}\s+(?:of\s+)?{_MONTH}\b\.?(?:,?\s+(?:of\s+)?{_YEAR})?(?!\d)",
            _read_month_day,
        ),
        (rf"\b{_MONTH}\b\.?\s+(?:the\s+)?{_ORDINAL}\b(?:,?\s+(?:of\s+)?{_YEAR})?", _read_month_day),
        (rf"\b{_PART}{_REL}{_MONTH}\b\.?(?:,?\s+(?:of\s+)?{_YEAR})?", _read_month),
        (
            rf"\b{_PART}{_REL}(?P<season>spring|summer|fall|autumn|"
            rf"winter)\b(?:\s+(?:of\s+)?{_YEAR})?",
            _read_season,
        ),
        (
            rf"\b(?P<last_week>last week\s+(?:on\s+)?)?{_REL}{_WEEKDAY}\b{_BEFORE_LAST}"
            r"(?P<of_last>\s+(?:of\s+)?last\s+week)?",
            _read_weekday,
        ),
        (
            r"\b(?:(?:the\s+)?day\s+before\s+yest[eu]rday|yest[eu]rday|today|tonight|"
            r"last\s+(?:night|evening)|"
            r"this\s+(?:morning|afternoon|evening)|just\s+now|right\s+now|overnight|"
            r"an?\s+(?:few\s+)?minutes?\s+ago)\b",
            _read_day_word,
        ),
        (rf"\b{_REL}weekend\b{_BEFORE_LAST}", _read_weekend),
        (
            rf"\b{_PART}(?:earlier\s+)?{_REL}(?P<period>week|month|year)\b{_BEFORE_LAST}",
            _read_period,
        ),
        (r"\bthe\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b", _read_the_day),
        (rf"\b{_PART}{_YEAR}\b", _read_year),
    )
)
