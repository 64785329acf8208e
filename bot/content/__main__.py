"""`python -m bot.content [topic ...]`: check content/ and say how it stands (`make content`)."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.content.all_content import Content, read_content
from bot.content.files import Problems
from bot.content.knowledge import Knowledge, read_knowledge
from bot.content.report import Report, report, review_line
from bot.errors import ContentError
from bot.settings import ROOT

console = Console(highlight=False, soft_wrap=True)


def main(arguments: list[str]) -> int:
    """Print problems, hints and figures; 1 when something must be mended."""
    parser = argparse.ArgumentParser(prog="make content", description="Check content/.")
    parser.add_argument("topics", nargs="*", metavar="topic", help="only these topics")
    parser.add_argument("--content", type=Path, default=ROOT / "content", help="another folder")
    options = parser.parse_args(arguments)
    topics = frozenset(options.topics)
    known = read_knowledge(options.content, Problems())
    if topics - set(known.topics):
        console.print(f"unknown topic: {', '.join(sorted(topics - set(known.topics)))}")
        return 1
    try:
        content = read_content(options.content)
    except ContentError as error:
        return _refused(error.problems, topics, known)
    found = report(content, topics=topics, today=datetime.date.today())
    _print(found, content, topics)
    return 1 if found.problems else 0


def _refused(problems: list[str], topics: frozenset[str], known: Knowledge) -> int:
    """Wrong content: the problems of these topics; the figures must wait until it is mended."""
    named = [line for line in problems if not topics or _is_about(line, topics)]
    _print_lines("Mend these first; the bot does not start with them", named)
    elsewhere = len(problems) - len(named)
    if elsewhere:
        console.print(f"{elsewhere} more outside these topics; `make content` lists them all.")
    console.print(review_line(known.entries.values()))
    return 1


def _is_about(line: str, topics: Iterable[str]) -> bool:
    return any(line.startswith(f"entries/{topic}/") for topic in topics)


def _print(found: Report, content: Content, topics: frozenset[str]) -> None:
    _print_lines("Hints: think about these", found.hints)
    _print_lines("Problems: mend these", found.problems)
    table = Table(title="content/", title_justify="left")
    table.add_column("what")
    table.add_column("now", justify="right")
    table.add_column("limit", justify="right")
    for row in found.rows:
        table.add_row(row.name, row.figure, row.limit)
    console.print(table)
    entries = [e for e in content.knowledge.entries.values() if not topics or e.topic in topics]
    console.print(review_line(entries))
    state = f"{len(found.problems)} problems" if found.problems else "No problems"
    console.print(f"{state}, {len(found.hints)} hints.")


def _print_lines(title: str, lines: Iterable[str]) -> None:
    lines = tuple(lines)
    if lines:
        console.print(f"{title} ({len(lines)}):", style="bold")
        for line in lines:
            console.print(f"  content/{line}", markup=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
