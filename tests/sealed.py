"""Keys for tests, and everything that a database holds, with what is sealed in it opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.database.engine import connect, metadata
from bot.database.sealing import KeyRing, new_key
from bot.records.sealing_keys import OWN_FILE

KEY = new_key()
KEYS = KeyRing.of_text(KEY)


def opened(engine: Engine) -> str:
    """Every row of every table of people, as it is read with the engine's keys."""
    with engine.connect() as connection:
        return "\n".join(
            f"{table.name} {dict(row._mapping)}"
            for table in metadata.sorted_tables
            if not table.name.startswith(("entr", "fact", "sentence", "source"))
            for row in connection.execute(select(table))
        )


def opened_file(path: object) -> str:
    """The same of the SQLite file of a bot that was started without RECORDS_KEY."""
    engine = connect(f"sqlite:///{path}", KeyRing.of_text(OWN_FILE.read_text()))
    try:
        return opened(engine)
    finally:
        engine.dispose()
