"""`python -m bot report`, on a database as a month of use leaves it."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import Engine

from bot import __main__ as program
from bot.content.kept import kept_content
from bot.database.engine import connect, upgrade
from bot.database.sealing import KeyRing, new_key
from bot.errors import RecordsSealed
from bot.nlu.encoder import shared_encoder
from bot.records import tables as t
from bot.records.sealing_keys import check_keys
from bot.records.transfer import delete_rows
from bot.reports import command
from bot.reports.charts import nice_top, periods_of
from bot.reports.figures import FALLBACK, Figures
from bot.reports.nearness import Group, grouped
from bot.reports.page import page_of
from bot.reports.sheets import sheets_of, write_csv
from bot.settings import Settings
from tests.conftest import ROOT
from tests.reports.filled import DAYS, TODAY, figures_of, fill, redactor
from tests.sealed import KEY, KEYS

PEOPLE = 60


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('report')}/bot.db"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("create database reports"))
        url = server.removesuffix("postgres") + "reports"
    made = connect(url, KEYS)
    upgrade(made)
    check_keys(made, first=True)
    fill(made, people=PEOPLE)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def found(engine: Engine) -> Figures:
    return figures_of(engine)


@pytest.fixture(scope="module")
def groups(found: Figures) -> list[Group]:
    return grouped(found.unanswered, shared_encoder())


def test_only_what_people_agreed_to(engine: Engine, found: Figures) -> None:
    with engine.connect() as connection:
        kept = connection.scalars(select(t.conversations.c.consent)).all()
    assert kept and all(kept)
    assert found.conversations == len(kept) == PEOPLE * 4 // 5
    assert not any("unstored" in missed.question for missed in found.unanswered)
    with engine.connect() as connection:
        audit = len(connection.execute(select(t.red_flag_audit)).all())
    assert sum(raised.total for raised in found.raised) == audit, "red flags are of all"
    assert audit > found.total("card")


def test_questions_without_an_answer(found: Figures, groups: list[Group]) -> None:
    assert len(found.unanswered) == found.total("clarified") + found.total("declined")
    asked = {missed.question for missed in found.unanswered}
    assert "can my son [name] go swimming with a port" in asked
    assert "call me on [phone], i am [name]" in asked
    assert not any(re.search(r"\d|Tom|Priyanka", question) for question in asked)
    assert {missed.why for missed in found.unanswered} == {
        "not_understood", "unknown", "out_of_scope",
    }  # fmt: skip
    assert sum(len(group.members) for group in groups) == len(found.unanswered)
    largest = {member.question for member in groups[0].members}
    assert len(largest) == 4 and all("swim" in question for question in largest)
    assert len({missed.id for missed in found.unanswered}) == len(found.unanswered)


def test_least_helpful_first(found: Figures) -> None:
    shares = {rated.entry: rated.share for rated in found.rated}
    assert list(shares.values()) == sorted(shares.values())
    assert shares["survival_outlook.overview"] < shares["mrd.overview"]
    (sheet,) = (s for s in sheets_of(found, [], least_votes=1000) if s.name == "least_helpful")
    assert sheet.rows == []


def test_where_people_leave(found: Figures) -> None:
    assert 0 < found.finished < found.interviews
    first = found.steps[0]
    assert first.question == "sx.name" and first.reached == found.interviews
    assert all(s.reached == s.answered + s.skipped + s.left for s in found.steps)
    assert sum(s.left for s in found.steps) == found.interviews - found.finished


def test_over_time(found: Figures) -> None:
    assert len(found.days) == DAYS and found.days[-1] == TODAY
    asked = sum(found.intents.values(), start=Counter[str]())
    assert asked["ask_mrd"] > 0 and asked[FALLBACK] > 0 and asked["out_of_scope"] > 0
    assert set(found.outcomes) <= set(found.days)


def test_fewer_days_hold_less(engine: Engine, found: Figures) -> None:
    week = figures_of(engine, days=7)
    assert 0 < week.messages < found.messages
    assert min(week.outcomes) >= TODAY - datetime.timedelta(days=6)


def test_without_the_key_nothing_is_read(engine: Engine) -> None:
    other = connect(engine.url.render_as_string(False), KeyRing.of_text(new_key()))
    with pytest.raises(RecordsSealed):
        figures_of(other)
    other.dispose()


class _Html(HTMLParser):
    """Whether elements are closed in order, and what they would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action", "data")]
        if tag not in ("meta", "rect", "line", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line", "polyline"):
            assert self.open.pop() == tag


def test_the_page_stands_alone(found: Figures, groups: list[Group]) -> None:
    page = page_of(found, groups)
    parser = _Html()
    parser.feed(page)
    assert parser.open == [] and parser.addresses == []
    assert "<script" not in page and "url(" not in page and "@import" not in page
    assert not re.search(r"https?://", page)
    for shown in ("can my son [name] go swimming", "survival_outlook.overview", "sx.name", "fever"):
        assert shown in page


def test_an_empty_database_has_a_page() -> None:
    nothing = Figures(TODAY, TODAY)
    page = page_of(nothing, [])
    _Html().feed(page)
    assert page.count('class="nothing"') == 6
    assert [sheet.rows for sheet in sheets_of(nothing, [])] == [[]] * 6


def test_what_people_wrote_is_no_markup_and_no_formula(found: Figures, tmp_path: Path) -> None:
    nasty = "=HYPERLINK(<script>alert(1)</script>)"
    missed = found.unanswered[0]
    group = Group((type(missed)(missed.id, nasty, missed.why, ("mrd",), missed.on),))
    assert "<script" not in page_of(found, [group])
    paths = write_csv(sheets_of(found, [group]), tmp_path)
    assert [path.name for path in paths] == [
        "unanswered.csv", "least_helpful.csv", "interview.csv", "red_flags.csv",
        "intents_by_day.csv", "outcomes_by_day.csv",
    ]  # fmt: skip
    rows = list(csv.DictReader(paths[0].open(encoding="utf-8")))
    assert rows[0]["question"] == f"'{nasty}"


def test_axes_and_periods() -> None:
    assert [nice_top(n) for n in (0, 3, 4, 5, 45, 61, 130, 999)] == [4, 4, 4, 8, 60, 80, 160, 1000]
    days = [TODAY - datetime.timedelta(days=n) for n in range(100)][::-1]
    assert len(periods_of(days[:30])) == 30 and len(periods_of(days)) == 15
    assert periods_of(days)[-1][1] == TODAY


@pytest.fixture
def said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the command prints, with the settings of this database."""
    url = engine.url.render_as_string(hide_password=False)
    config = Settings(database_url=url, records_key=KEY)
    monkeypatch.setattr(command, "settings", lambda: config)
    now = datetime.datetime.combine(TODAY, datetime.time(12))
    monkeypatch.setattr(command, "utc_now", lambda: now)
    monkeypatch.setattr(command, "redactor_of", lambda _: redactor())  # made once
    output = io.StringIO()
    for module in (command, program):
        monkeypatch.setattr(module, "console", Console(file=output, width=160))
    return output


def test_the_command_prints_tables(said: io.StringIO) -> None:
    assert program.main(["report", "--since", "30", "--votes", "2"]) == 0
    shown = said.getvalue()
    entry = "survival_outlook.overview"
    for expected in ("Questions without an answer", "swim", entry, "sx.name", "emergency", "ask_"):
        assert expected in shown


def test_the_command_writes_files(said: io.StringIO, tmp_path: Path) -> None:
    assert program.main(["report", "--format", "html", "--out", str(tmp_path / "a")]) == 0
    assert (tmp_path / "a" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE")
    assert (tmp_path / "a" / "report.html").stat().st_mode & 0o077 == 0
    assert program.main(["report", "--format", "csv", "--out", str(tmp_path / "b")]) == 0
    files = list((tmp_path / "b").glob("*.csv"))
    assert len(files) == 6 and all(file.stat().st_mode & 0o077 == 0 for file in files)
    assert program.main(["report", "--since", "0"]) == 1
    assert "1 to 3650" in said.getvalue()


def test_a_question_becomes_a_draft(
    said: io.StringIO, found: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nlu = tmp_path / "nlu.yml"
    nlu.write_text((ROOT / "data/nlu.yml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(command, "NLU", nlu)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    before = nlu.read_text(encoding="utf-8")

    def draft(question: str, *more: str) -> int:
        wanted = next(missed for missed in found.unanswered if missed.question == question)
        said.truncate(0)
        return program.main(["report", "draft", wanted.id, *more])

    swimming = "can my son [name] go swimming with a port"
    assert draft(swimming, "--intent", "ask_school_work") == 0
    assert "+    - can my son go swimming with a port" in said.getvalue()
    assert nlu.read_text(encoding="utf-8") == before, "it is only shown"
    assert draft(swimming, "--intent", "ask_school_work", "--write") == 0
    after = nlu.read_text(encoding="utf-8")
    added = after.replace("    - can my son go swimming with a port\n", "", 1)
    assert added == before, "one line, and nothing else"
    block = after.split("- intent: ask_school_work\n")[1].split("- intent:")[0]
    assert block.rstrip().endswith("- can my son go swimming with a port")
    assert draft(swimming, "--intent", "ask_mrd") == 1
    assert "nearly there already, as an example of ask_school_work" in said.getvalue()
    assert draft(swimming, "--intent", "ask_nothing") == 1
    assert "unknown intent" in said.getvalue()
    flying = "is it safe to fly [number] weeks after transplant"
    assert draft(flying, "--intent", "ask_stem_cell_transplant") == 1
    assert "--says" in said.getvalue()
    words = ("--says", "when may we fly after the transplant")
    assert draft(flying, "--intent", "ask_stem_cell_transplant", *words) == 0
    assert program.main(["report", "draft", "00000000", "--intent", "ask_mrd"]) == 1
    assert "no question has the id" in said.getvalue()


def test_a_question_begins_an_entry(
    said: io.StringIO, found: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = next(m for m in found.unanswered if m.question == "is swimming okay with a port")
    path = ROOT / "content/entries/school_work/swimming.yml"
    assert not path.exists()
    wanted = ["report", "draft", missed.id, "--entry"]
    assert program.main([*wanted, "school_work.swimming"]) == 0
    assert '+- "is swimming okay with a port"' in said.getvalue()
    assert not path.exists(), "it is only shown"
    written: dict[str, str] = {}
    monkeypatch.setattr(
        Path, "write_text", lambda self, text, encoding=None: written.update({self.name: text})
    )
    assert program.main([*wanted, "school_work.swimming", "--write"]) == 0
    assert '\nquestions:\n- "is swimming okay with a port"\n' in written["swimming.yml"]
    assert program.main([*wanted, "no_topic.x"]) == 1
    assert kept_content(ROOT / "content")


def test_what_is_deleted_is_in_no_report(engine: Engine, found: Figures) -> None:
    with engine.connect() as connection:
        name = connection.scalar(select(t.conversations.c.id).order_by(t.conversations.c.id))
        delete_rows(connection, name)
    with engine.begin() as connection:
        delete_rows(connection, name)
    assert figures_of(engine).messages < found.messages
