"""Where the keys that seal records come from, whether they are the right ones, and their change."""

from __future__ import annotations

import os

from sqlalchemy import Table, and_, insert, literal, select, tuple_, type_coerce, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import Text

from bot.database.engine import alone, leave_no_trace, metadata
from bot.database.sealing import KeyRing, Sealed, keys_on, new_key, seal_with
from bot.errors import RecordsSealed, SettingsError
from bot.records.tables import records_key
from bot.settings import ROOT, Settings

OWN_FILE = ROOT / "var" / "records.key"
PROOF = "AfterALL"
AT_ONCE = 500  # rows of one transaction
MISSING = (
    "RECORDS_KEY is missing: what people write is encrypted with it. Print one with "
    "`python -m bot new-key`, keep a copy apart from the database and its backups, and set it as "
    "RECORDS_KEY, or as a file named in RECORDS_KEY_FILE. With SQLite it was in var/records.key: "
    "put that file back (docs/operations.md)"
)


def keys_of(config: Settings) -> KeyRing:
    """The keys of this process; an empty ring when there are none. Raises SettingsError."""
    if config.records_key:
        return KeyRing.of_text(config.records_key)
    file = config.records_key_file or (OWN_FILE if config.is_one_machine else None)
    if file is None or (file == OWN_FILE and not file.exists()):
        return KeyRing()
    try:
        return KeyRing.of_text(",".join(file.read_text(encoding="ascii").split()))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"RECORDS_KEY_FILE: {file} cannot be read") from error


def prepare_keys(engine: Engine, config: Settings) -> bool:
    """Give the engine its keys and see that they fit; a database that never held records takes
    the newest. On one machine (SQLite) a missing key is made, in var/records.key; whether it was.
    Raises SettingsError when the operator has to do something."""
    keys = keys_of(config)
    is_new = not keys and config.is_one_machine and not _is_begun(engine)
    if is_new:
        _write_own(new_key())
        keys = keys_of(config)
    check_keys(seal_with(engine, keys), first=True)
    return is_new


def _is_begun(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(select(records_key.c.id)) is not None


def _write_own(key: str) -> None:
    """Of several processes that start at once one makes the file, whole and for its owner only."""
    OWN_FILE.parent.mkdir(parents=True, exist_ok=True)
    draft = OWN_FILE.with_name(f".records.key.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key + "\n")
    try:
        os.link(draft, OWN_FILE)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def check_keys(engine: Engine, *, first: bool = False) -> None:
    """Raises SettingsError unless the engine's keys open what is stored, down to what the oldest
    of them sealed. `first`: a database that never held records takes the newest key."""
    if not keys_on(engine):
        raise SettingsError(MISSING)
    try:
        with engine.begin() as connection:
            proof = connection.scalar(select(records_key.c.proof))
            if proof is None and first:
                alone(connection)
                _begin(connection)
    except RecordsSealed as error:
        raise SettingsError(
            f"RECORDS_KEY does not open this database: {error}. Put that key back, behind the new "
            "one; `python -m bot rotate-key` then seals everything with the new one"
        ) from error
    except SQLAlchemyError as error:
        raise SettingsError(
            "the table of the key cannot be read; run `python -m bot prepare`"
        ) from error
    if proof is None and not first:
        raise SettingsError("this database has no key yet; run `python -m bot prepare`")


def _begin(connection: Connection) -> None:
    if connection.scalar(select(records_key.c.proof)) is None:
        connection.execute(insert(records_key), [{"id": 1, "proof": PROOF}])


def rotate(engine: Engine, keys: KeyRing) -> dict[str, int]:
    """Seal everything with the newest key: what older keys have sealed, and what a release that
    did not seal has written. Bots may be at work. How many values changed, by table. Raises
    RecordsSealed when a key is missing; what was done until then stays good."""
    changed = {}
    for table in metadata.sorted_tables:
        columns = [c.name for c in table.columns if isinstance(c.type, Sealed)]
        if columns and table is not records_key:
            changed[table.name] = sum(_rotate_column(engine, keys, table, c) for c in columns)
    _rotate_column(engine, keys, records_key, "proof")
    if engine.dialect.name == "sqlite":
        # Pages freed before this release were not overwritten.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        leave_no_trace(engine)
    return changed


def _rotate_column(engine: Engine, keys: KeyRing, table: Table, column: str) -> int:
    """In steps of few rows, so that nobody waits long. A value that changes meanwhile was sealed
    by a bot, with the newest key."""
    stored = type_coerce(table.c[column], Text)
    primary = list(table.primary_key.columns)
    is_old = and_(table.c[column].is_not(None), stored.not_like(f"{keys.newest_mark}%"))
    asked = select(*primary, stored.label("stored")).where(is_old).order_by(*primary)
    step, done = asked.limit(AT_ONCE), 0
    while True:
        with engine.begin() as connection:
            rows = connection.execute(step).all()
            for row in rows:
                is_it = and_(*(c == row[c.name] for c in primary), stored == row.stored)
                sealed = type_coerce(keys.seal(keys.open(row.stored)), Text)
                written = update(table).where(is_it).values({column: sealed})
                done += connection.execute(written).rowcount
        if len(rows) < AT_ONCE:
            break
        last = tuple_(*(literal(rows[-1][c.name], c.type) for c in primary))
        step = asked.where(tuple_(*primary) > last).limit(AT_ONCE)
    with engine.connect() as connection:
        if connection.execute(asked.limit(1)).first() is not None:
            raise RecordsSealed(
                "a bot still seals with an older key: start all bots with the new key in front, "
                "then call this again"
            )
    return done
