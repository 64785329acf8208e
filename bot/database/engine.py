"""Connections to the database, and bringing its tables up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError, TimeoutError
from sqlalchemy.pool import QueuePool

from bot.database.sealing import KeyRing, seal_with
from bot.logs import event_log

log = event_log(__name__)
RESTED_S = 1.0
IN_LINE_S = 5.0
_LOCK = 20261129  # any number; it names the lock of PostgreSQL
MIGRATIONS = Path(__file__).parent / "migrations"
metadata = MetaData()
_writers: WeakKeyDictionary[Engine, Any] = WeakKeyDictionary()


def connect(url: str, keys: KeyRing | None = None) -> Engine:
    """An engine for SQLite or PostgreSQL; the folder of a SQLite file is made if missing. `keys`
    seal what people wrote; without them only the knowledge base can be used."""
    return seal_with(_connect(url), keys or KeyRing())


def _connect(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        # As many connections as threads that use one at a time (asyncio.to_thread has cores + 4).
        engine = create_engine(
            url,
            future=True,
            hide_parameters=True,  # errors are logged, and must not hold what people wrote
            pool_size=8,
            max_overflow=8,
            pool_timeout=5,
            connect_args={"connect_timeout": 3},
        )
        _ping_the_idle(engine)
        return engine
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # Actions run in threads of their own, so a connection moves between threads, one at a time.
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": 2},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _ping_the_idle(engine: Engine) -> None:
    """A connection that rested may have been closed since, and is asked first. (SQLAlchemy's own
    `pool_pre_ping` asks each time: a trip to the server for each of the few of a turn.)"""

    @event.listens_for(engine, "checkin")
    def rest(_: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        rested = time.monotonic() - record.info.get("since", time.monotonic())
        if rested > RESTED_S and not engine.dialect.do_ping(connection):
            raise DisconnectionError  # the pool takes another one


def connect_memory() -> Engine:
    """A private database in this process's memory: one connection, so its users take turns."""
    engine = create_engine(
        "sqlite://",
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return seal_with(engine, None)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end. Raises sqlalchemy's TimeoutError when others
    write for longer than IN_LINE_S.

    SQLite has one writer at a time, and whoever finds it busy tries again now and then: among many
    one may never have its turn. So the threads of this process stand in line.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    line = _writers.setdefault(engine, threading.RLock())
    if not line.acquire(timeout=IN_LINE_S):
        raise TimeoutError("others write to the database")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        line.release()


def reader(engine: Engine) -> Engine:
    """The same connections, for reading: without a transaction, which in PostgreSQL costs two more
    trips to the server. SQLite begins none for a read anyway."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest version (Alembic); safe to call at every start, also of
    several processes at once. A database that a newer release has changed is left as it is: every
    migration keeps what the release before it needs (docs/scaling.md)."""
    with engine.begin() as connection:
        alone(connection)
        if _version(connection) >= _newest():
            return
        # Takes a tenth of the start to import, and is seldom needed.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def leave_no_trace(engine: Engine) -> None:
    """After something was deleted: SQLite's second file (WAL) may still hold it, and is emptied.
    PostgreSQL has no such file; its vacuum clears what is dead. When somebody reads just then, the
    next call (at the latest the daily one) empties it."""
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    except SQLAlchemyError as error:
        log.error("wal_not_emptied", reason=type(error).__name__)


def alone(connection: Connection) -> None:
    """Wait until no other process changes tables or content; until the transaction ends. SQLite
    has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _version(connection: Connection) -> str:
    """The number of the last migration that was applied; empty before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("select version_num from alembic_version")) or "")


def _newest() -> str:
    """Migrations are numbered: versions/0001_..., 0002_... ."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    cursor.close()
