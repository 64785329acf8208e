"""`python -m bot report` and `python -m bot report draft`."""

from __future__ import annotations

import datetime
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import Engine

from bot.content.all_content import Content
from bot.content.kept import kept_content
from bot.database.engine import connect
from bot.errors import BotError
from bot.knowledge.new_entry import new_entry
from bot.nlu.encoder import shared_encoder
from bot.records.sealing_keys import check_keys, keys_of
from bot.records.store import utc_now
from bot.reports.draft import diff, with_example, wording
from bot.reports.figures import question_of, read_figures
from bot.reports.nearness import grouped
from bot.reports.page import page_of
from bot.reports.sheets import LEAST_VOTES, OWNER_ONLY, Sheet, sheets_of, write_csv
from bot.reports.words import redactor_of
from bot.settings import ROOT, Settings, settings

FOLDER = ROOT / "var" / "report"
NLU = ROOT / "data" / "nlu.yml"
SHOWN = 20
console = Console(highlight=False, soft_wrap=False)


def add_report(command: ArgumentParser) -> None:
    """Its arguments."""
    command.add_argument("--since", type=int, default=30, metavar="DAYS", help="default: 30")
    command.add_argument("--format", choices=("table", "csv", "html"), default="table")
    command.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="for csv and html")
    command.add_argument(
        "--votes", type=int, default=LEAST_VOTES, help="fewer do not judge an answer; default: 5"
    )
    drafts = command.add_subparsers(metavar="draft").add_parser(
        "draft", help="make a training example or an entry of an unanswered question"
    )
    drafts.set_defaults(call=draft)
    drafts.add_argument("id", help="as the report names it")
    target = drafts.add_mutually_exclusive_group(required=True)
    target.add_argument("--intent", help="append it to this intent in data/nlu.yml")
    target.add_argument("--entry", metavar="topic.name", help="begin a new entry with it")
    drafts.add_argument("--says", help="in your own words")
    drafts.add_argument("--write", action="store_true", help="write it; else it is only shown")


def report(wanted: Namespace) -> None:
    """Read the records and show what they tell."""
    if not 1 <= wanted.since <= 3650:
        raise BotError("--since: a number of days from 1 to 3650")
    config = settings()
    content, engine = _opened(config)
    today = utc_now().date()
    since = today - datetime.timedelta(days=wanted.since - 1)
    redact = redactor_of(content).redacted
    found = read_figures(engine, content.interview, redact, since=since, until=today)
    groups = grouped(found.unanswered, shared_encoder())
    if wanted.format == "html":
        wanted.out.mkdir(parents=True, exist_ok=True)
        path = wanted.out / "report.html"
        path.touch(mode=OWNER_ONLY)
        path.write_text(page_of(found, groups, least_votes=wanted.votes), encoding="utf-8")
        console.print(f"Open in a browser: {path.resolve().as_uri()}")
        return
    sheets = sheets_of(found, groups, least_votes=wanted.votes)
    if wanted.format == "csv":
        for path in write_csv(sheets, wanted.out):
            console.print(str(path), markup=False)
        return
    for sheet in sheets:
        _show(sheet)


def draft(wanted: Namespace) -> None:
    """Show, or write, what a question becomes."""
    content, engine = _opened(settings())
    question = question_of(engine, wanted.id)
    if question is None:
        raise BotError(
            f"no question has the id {wanted.id!r}; it may have been deleted. "
            "`python -m bot report` shows those there are"
        )
    text = wording(redactor_of(content).redacted(question), wanted.says)
    if wanted.intent is not None:
        path, before = NLU, NLU.read_text(encoding="utf-8")
        after = with_example(before, wanted.intent, text, shared_encoder())
    else:
        topic, _, name = wanted.entry.partition(".")
        path, after = new_entry(settings().content_folder, topic, name, questions=(text,))
        before = ""
    console.print(diff(path.relative_to(ROOT), before, after), markup=False, soft_wrap=True)
    if not wanted.write:
        console.print("Nothing was written: --write does it.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8")
    console.print("Written. Read it again as if it were published: nobody must be known by it.")


def _opened(config: Settings) -> tuple[Content, Engine]:
    engine = connect(config.database_url, keys_of(config))
    check_keys(engine)
    return kept_content(config.content_folder), engine


def _show(sheet: Sheet) -> None:
    console.print(f"\n[bold]{sheet.title}[/]")
    if sheet.says:
        console.print(sheet.says, markup=False)
    if not sheet.rows:
        console.print("  none")
        return
    table = Table(*sheet.columns, box=None, pad_edge=False)
    for row in sheet.rows[:SHOWN]:
        table.add_row(*(_plain(value) for value in row))
    console.print(table)
    if len(sheet.rows) > SHOWN:
        console.print(f"  and {len(sheet.rows) - SHOWN} more: --format csv")


def _plain(value: str | int) -> str:
    return str(value).replace("[", "\\[")
