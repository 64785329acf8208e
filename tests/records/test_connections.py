"""Connections to PostgreSQL that the server has ended meanwhile; writers of SQLite."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.database import engine as engines
from bot.database.engine import connect, reader, upgrade, writing
from bot.errors import RecordsUnavailable
from bot.records.store import Records
from tests.sealed import KEYS
from tests.services import running_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """One of its own: all connections to it are ended."""
    with running_postgres() as url:
        yield url


def end_all(url: str) -> None:
    """As a restart of the server does."""
    ended = (
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    other = connect(url, KEYS)
    with other.connect() as connection:
        connection.execute(text(ended))
    other.dispose()


def ask(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("select 1")))


def test_one_that_rested_is_replaced(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connect(server, KEYS)
    assert ask(engine) == 1
    end_all(server)
    monkeypatch.setattr(engines, "RESTED_S", 0.0)
    assert ask(engine) == 1
    assert ask(reader(engine)) == 1
    engine.dispose()


def test_one_that_did_not_rest_fails_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "RESTED_S", 60.0)
    engine = connect(server, KEYS)
    assert ask(engine) == 1
    end_all(server)
    with pytest.raises(OperationalError):
        ask(engine)
    assert ask(engine) == 1
    engine.dispose()


def test_reading_leaves_no_transaction_open(server: str) -> None:
    engine = connect(server, KEYS)
    with reader(engine).connect() as connection:
        connection.execute(text("select 1"))
        with engine.connect() as other:
            states = other.scalars(text("select state from pg_stat_activity")).all()
    assert "idle in transaction" not in states
    engine.dispose()


def test_threads_that_write_to_sqlite_stand_in_line(tmp_path: Path) -> None:
    """A busy SQLite is tried again for 2 s only; a thread of this process waits its turn."""
    engine = connect(f"sqlite:///{tmp_path}/line.db", KEYS)
    upgrade(engine)
    records = Records(engine, engine)
    is_writing = threading.Event()

    def slow() -> None:
        with writing(engine) as connection:
            connection.execute(text("delete from conversations"))
            is_writing.set()
            time.sleep(2.5)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(slow)
        is_writing.wait(5)
        assert records.open("second", channel="web").id == "second"
        first.result()
    assert records.get("second") is not None


def test_nobody_stands_in_line_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "IN_LINE_S", 0.1)
    engine = connect(f"sqlite:///{tmp_path}/line.db", KEYS)
    upgrade(engine)
    records = Records(engine, engine)
    with ThreadPoolExecutor() as pool, writing(engine), pytest.raises(RecordsUnavailable):
        pool.submit(records.open, "second", channel="web").result()
