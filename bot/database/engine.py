"""Connections to the database, and bringing its tables up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool

MIGRATIONS = Path(__file__).parent / "migrations"
metadata = MetaData()


def connect(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL; the folder of a SQLite file is made if missing."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url, future=True, pool_pre_ping=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # Actions run in threads of their own, so a connection moves between threads, one at a time.
    engine = create_engine(
        url,
        future=True,
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": 2},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def connect_memory() -> Engine:
    """A private database in this process's memory: one connection, so its users take turns."""
    engine = create_engine(
        "sqlite://",
        future=True,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest version (Alembic); safe to call at every start."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
