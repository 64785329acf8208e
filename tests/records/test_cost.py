"""What a turn costs the database: a fixed number of statements, each over an index, and never on
the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from bot.channels.conversations import Conversations
from bot.channels.said import Said
from bot.database.engine import connect, connect_memory, upgrade
from bot.errors import UnknownConversation
from bot.rasa_parts.tracker_store import TrackerRow
from bot.records.store import TOKEN_LIFE, Records, utc_now
from tests.http.test_records_fail import parts as parts  # the fixtures
from tests.http.test_records_fail import unchanging as unchanging
from tests.sealed import KEYS

STATEMENTS = 6
WITH_CARDS_AND_INTERVIEW = 8


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any, bool]]]:
    """Every statement, its parameters, and whether it ran on an event loop."""
    seen: list[tuple[str, Any, bool]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        try:
            asyncio.get_running_loop()
            on_loop = True
        except RuntimeError:
            on_loop = False
        seen.append((statement, parameters, on_loop))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with its tables."""
    url = f"sqlite:///{tmp_path}/b.db"
    address = url if request.param == "sqlite" else request.getfixturevalue("postgres")
    made = connect(address, KEYS)
    upgrade(made)
    yield made
    made.dispose()


def a_turn(records: Records, name: str, number: int) -> None:
    """What a question and its answer read and write."""
    records.begin_turn(name, f"m{number}")
    records.last_reply(name)
    records.red_flags(name)
    records.signs_asked(name)
    records.tracker(name)
    records.save_tracker(name, TrackerRow("[]", None, None, False))
    records.add_turn(
        name,
        message_id=f"m{number}",
        said={"type": "user", "text": "hello"},
        replies=[{"type": "text", "text": "hi"}, {"type": "text", "text": "and"}],
        state={},
        choices={f"c{number}": "Choice"},
    )
    records.end_turn()


def test_a_turn_takes_few_statements_whatever_came_before(engine: Engine) -> None:
    memory = connect_memory()
    upgrade(memory)
    records = Records(engine, memory)
    name = f"cost-{engine.dialect.name}"
    records.open(name, channel="web")
    records.set_consent(name, given=True, wording="yes?")
    counts = []
    for number in range(30):
        with statements(engine) as seen:
            a_turn(records, name, number)
        counts.append(len(seen))
    assert set(counts[1:]) == {counts[1]}, "the same at every turn"
    assert counts[1] <= STATEMENTS
    records.add_red_flag(name, rule="fever", signs=["fever"], level="emergency", channel="web")
    records.add_answers("interview-cost", [], conversation=name)
    with statements(engine) as seen:
        a_turn(records, name, 30)
    assert len(seen) <= WITH_CARDS_AND_INTERVIEW
    records.delete(name)


def test_every_statement_of_a_turn_has_an_index(engine: Engine) -> None:
    memory = connect_memory()
    upgrade(memory)
    records = Records(engine, memory)
    name = f"index-{engine.dialect.name}"
    records.open(name, channel="web", token=f"token-{name}")
    records.set_consent(name, given=True, wording="yes?")
    records.add_answers("interview-index", [], conversation=name)
    records.add_red_flag(name, rule="fever", signs=["fever"], level="emergency", channel="web")
    with statements(engine) as seen:
        records.by_token(f"token-{name}")
        a_turn(records, name, 0)
        records.turn_of(name, "m0")
        records.history(name)
        records.answers("interview-index", conversation=name)
        records.answers("unknown", conversation=name)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(text("set enable_seqscan = off"))
        for statement, parameters, _ in seen:
            if not statement.lstrip().upper().startswith("SELECT"):
                continue
            explain = "explain query plan " if is_sqlite else "explain "
            plan = connection.exec_driver_sql(explain + statement, parameters).all()
            steps = " / ".join(str(row[-1]) for row in plan)
            scans = "SCAN " if is_sqlite else "Seq Scan"
            ok = scans not in steps.replace("SCAN CONSTANT ROW", "")
            assert ok or "SCAN (subquery" in steps, f"{statement}\n{steps}"
    records.delete(name)


def test_the_database_is_never_asked_on_the_event_loop(parts: Any) -> None:
    async def rasa(message: Any) -> None:
        message.output_channel.replies.append({"type": "text", "text": "noted"})

    async def talk() -> None:
        chat = Conversations("web", parts, rasa)
        opened = (await chat.open()).conversation
        await chat.say(opened, Said("1", choice="consent_yes"))
        await chat.say(opened, Said("2", text="what is a relapse?"))
        await chat.say(opened, Said("3", text="I have chest pain"))
        await chat.code(opened)

    with statements(parts.engine) as seen:
        asyncio.run(talk())
    assert seen
    assert [statement for statement, _, on_loop in seen if on_loop] == []
    assert threading.current_thread() is threading.main_thread()


def test_a_token_is_read_once_until_it_may_have_ended(engine: Engine) -> None:
    memory = connect_memory()
    upgrade(memory)
    clock = [utc_now()]
    records = Records(engine, memory, now=lambda: clock[0])
    other = Records(engine, memory)  # of another process
    name = f"known-{engine.dialect.name}"
    token = f"token-{name}"
    records.open(name, channel="web", token=token)
    records.by_token(token)
    assert records.known(token) is None, "what is not stored lives for an hour only"
    records.set_consent(name, given=True, wording="yes?")
    records.by_token(token)
    with statements(engine) as seen:
        known = records.known(token)
    assert known is not None and known.id == name
    assert not seen
    clock[0] += TOKEN_LIFE + timedelta(seconds=1)
    assert records.known(token) is None, "it may be over"
    clock[0] -= TOKEN_LIFE
    other.delete(name)
    with pytest.raises(UnknownConversation):
        records.read_turn(name, "m1")
    records.delete(name)
    assert records.known(token) is None
