"""The report as one HTML file that needs nothing else: no script, no other host."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from bot.reports.charts import Kind, bar, columns, periods_of, spark, sums
from bot.reports.figures import FALLBACK, Figures, Rated
from bot.reports.nearness import Group
from bot.reports.sheets import LEAST_VOTES, WHY, judged

STYLE = files("bot.reports").joinpath("page.css").read_text(encoding="utf-8")
OUTCOMES = (
    Kind(("answered",), "answered", "c1"),
    Kind(("interview", "summary"), "interview", "c2"),
    Kind(("said", "repeated"), "greetings, help and the like", "c3"),
    Kind(("clarified",), "not understood", "c4"),
    Kind(("declined",), "declined", "c5"),
    Kind(("red_flag_question", "card"), "red flags", "c6"),
    Kind(("error",), "errors", "c7"),
)
SHOWN, INTENTS = 60, 25
LEVELS = {"emergency": "c6", "crisis": "c6", "urgent": "c4", "routine": "c2"}


def page_of(found: Figures, groups: Sequence[Group], *, least_votes: int = LEAST_VOTES) -> str:
    """The page."""
    title = f"AfterALL: report, {found.since:%-d %B %Y} to {found.until:%-d %B %Y}"
    sections = (
        _section("over-time", "What people got", _over_time(found)),
        _section("unanswered", "Questions without an answer", _unanswered(groups)),
        _section("helpful", "Least helpful answers",
                 _helpful(judged(found.rated, least_votes), least_votes)),
        _section("interview", "Where people leave the interview", _interview(found)),
        _section("red-flags", "Red flags", _red_flags(found)),
        _section("asked", "What was asked", _asked(found)),
    )  # fmt: skip
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><p>AfterALL</p><h1>Report, {found.since:%-d %B} to {found.until:%-d %B %Y}</h1>"
        "<p>Conversations of people who agreed to storing; red flags of all. Names, numbers, "
        "dates and addresses are taken out of questions; a rare name may stay. Keep it as you "
        "keep records.</p></header>\n" + _tiles(found) + "\n".join(sections) + "\n</main>\n"
        "</body>\n</html>\n"
    )


def _section(name: str, title: str, body: str) -> str:
    return f'<section id="{name}"><h2>{escape(title)}</h2>{body}</section>'


def _over_time(found: Figures) -> str:
    if not found.messages:
        return _nothing("Nobody wrote.")
    chart, legend = columns(found.outcomes, OUTCOMES, found.days, title="Messages, by outcome")
    return f'<div class="scroll">{chart}</div>{legend}'


def _tiles(found: Figures) -> str:
    missed = found.total("clarified") + found.total("declined")
    tiles = (
        (f"{found.conversations:,}", "conversations"),
        (f"{found.messages:,}", "messages"),
        (_percent(found.total("answered"), found.messages), "answered from the knowledge base"),
        (_percent(missed, found.messages), "not understood or declined"),
        (f"{found.finished:,} of {found.interviews:,}", "interviews finished"),
        (f"{sum(raised.total for raised in found.raised):,}", "care cards"),
    )
    shown = "".join(f"<li><b>{value}</b>{label}</li>" for value, label in tiles)
    return f'<ul class="tiles">{shown}</ul>\n'


def _unanswered(groups: Sequence[Group]) -> str:
    if not groups:
        return _nothing("Every question that was asked got an answer.")
    most = max(len(group.members) for group in groups)
    rows = "".join(_question(group, most) for group in groups[:SHOWN])
    rest = len(groups) - SHOWN
    more = f"<p>{rest:,} more are in the CSV files.</p>" if rest > 0 else ""
    return (
        "<p>Near ones together, most often asked first. <code>python -m bot report draft ID "
        "--intent ask_...</code> makes a training example of one, <code>--entry topic.name</code> "
        f"a new entry.</p>{_table(('Question', '#Times', 'Why', 'Offered', 'ID'), rows)}{more}"
    )


def _question(group: Group, most: int) -> str:
    first, also = group.first, group.others[:3]
    others = "".join(f"<li>{escape(text)}</li>" for text in also)
    left = len(group.others) - len(also)
    others += f"<li>and {left} more</li>" if left > 0 else ""
    offered = ", ".join(_words(topic) for topic in first.offered) or "–"
    return (
        f'<tr><th scope="row">{escape(first.question)}{f"<ul>{others}</ul>" if others else ""}</th>'
        f'<td class="n">{len(group.members)}{bar((("c4", len(group.members)),), most)}</td>'
        f"<td>{escape(WHY.get(first.why, first.why))}</td><td>{escape(offered)}</td>"
        f"<td><code>{first.id}</code></td></tr>"
    )


def _helpful(rated: Sequence[Rated], least_votes: int) -> str:
    if not rated:
        return _nothing(f"No entry has {least_votes} answers to “Did this help?” yet.")
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(r.entry)}</code></th>'
        f'<td class="n">{round(100 * r.share)} %</td>'
        f"<td>{bar((('c1', r.helpful), ('c5', r.not_helpful)), r.helpful + r.not_helpful)}</td>"
        f'<td class="n">{r.helpful}</td><td class="n">{r.not_helpful}</td></tr>'
        for r in rated[:INTENTS]
    )
    heads = ("Entry", "#Helpful", "", "#Yes", "#No")
    return f"<p>With at least {least_votes} votes.</p>{_table(heads, rows)}"


def _interview(found: Figures) -> str:
    if not found.steps:
        return _nothing("No interview was begun.")
    most = max(step.reached for step in found.steps)
    rows = "".join(
        f'<tr><th scope="row">{escape(s.label)} <code>{escape(s.question)}</code></th>'
        f"<td>{bar((('c1', s.answered), ('c3', s.skipped), ('c6', s.left)), most)}</td>"
        f'<td class="n">{s.reached}</td><td class="n">{s.answered}</td>'
        f'<td class="n">{s.skipped}</td><td class="n">{s.left or "–"}</td></tr>'
        for s in found.steps
    )
    heads = ("Question", "", "#Reached", "#Answered", "#Skipped", "#Left")
    says = (
        f"{found.finished:,} of {found.interviews:,} interviews were finished. Left: the question "
        "still waits for an answer, also when somebody is answering just now."
    )
    legend = (
        '<ul class="legend"><li><i class="c1"></i>answered</li><li><i class="c3"></i>skipped, or '
        'not sure</li><li><i class="c6"></i>left here</li></ul>'
    )
    return f"<p>{says}</p>{legend}{_table(heads, rows)}"


def _red_flags(found: Figures) -> str:
    if not found.raised:
        return _nothing("No care card was shown.")
    most = max(raised.total for raised in found.raised)
    rows = "".join(
        f'<tr><th scope="row">{escape(_words(r.rule))}</th><td>{escape(r.level)}</td>'
        f"<td>{bar(((LEVELS.get(r.level, 'c5'), r.total),), most)}</td>"
        f'<td class="n">{r.total}</td><td>{escape(_channels(r.by_channel))}</td></tr>'
        for r in found.raised
    )
    return _table(("Rule", "Level", "", "#Cards", "Channel"), rows)


def _channels(by_channel: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(by_channel.items()))


def _asked(found: Figures) -> str:
    totals = sum(found.intents.values(), start=type(found.intents[found.since])())
    if not totals:
        return _nothing("Nothing was asked.")
    periods, most = periods_of(found.days), max(totals.values())
    rows = "".join(
        f'<tr><th scope="row">{escape(_intent(name))}</th><td class="n">{count:,}</td>'
        f"<td>{bar((('c4' if name == FALLBACK else 'c1', count),), most)}</td>"
        f"<td>{spark(sums(found.intents, (name,), periods))}</td></tr>"
        for name, count in totals.most_common(INTENTS)
    )
    return _table(("Topic", "#Times", "", "Over time"), rows)


def _intent(name: str) -> str:
    return "not understood" if name == FALLBACK else _words(name.removeprefix("ask_"))


def _table(heads: Sequence[str], rows: str) -> str:
    """A head that begins with # stands above numbers; an empty one above bars."""
    top = "".join(_head(head) for head in heads)
    body = f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll">{body}</div>'


def _head(head: str) -> str:
    if not head:
        return "<td></td>"
    kind = ' class="n"' if head.startswith("#") else ""
    return f'<th scope="col"{kind}>{head.removeprefix("#")}</th>'


def _nothing(says: str) -> str:
    return f'<p class="nothing">{escape(says)}</p>'


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "–"
