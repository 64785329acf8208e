"""Backup and restore of the whole database: with SQLite's own backup interface, or with pg_dump,
pg_restore and psql, which must be on the PATH. What people wrote stays sealed in a backup; the key
is not in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import URL, Engine, make_url

from bot.database.engine import connect
from bot.errors import BackupFailed
from bot.records import tables as t

# Rows in one of these are worth asking before they are overwritten; content is loaded anew anyway.
_PRECIOUS = (t.conversations, t.channel_consents, t.red_flag_audit)


def backup(url: str, file: Path) -> None:
    """Write a backup of one moment; bots may be at work. Raises BackupFailed, also when the file
    exists. Only its owner may read it."""
    if file.exists():
        raise BackupFailed(f"{file} exists already; choose another name")
    draft = file.with_name(f".{file.name}.part")
    address = make_url(url)
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        if address.get_backend_name() == "sqlite":
            _copy_sqlite(_existing(address), draft)
        else:
            arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={draft}"]
            _run("pg_dump", address, arguments)
        draft.rename(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{file} cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            draft.unlink()


def restore(url: str, file: Path, *, force: bool = False) -> None:
    """Put a backup in place of what the database holds: all of it, or, when that fails, nothing is
    changed. Raises BackupFailed; without `force` also when somebody's conversation is there. Stop
    the bots first; afterwards `python -m bot prepare` brings tables and content up to date."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    _check(file, b"SQLite format 3\x00" if is_sqlite else b"PGDMP")
    engine = connect(url)
    try:
        if not force and _holds_something(engine):
            raise BackupFailed("the database holds conversations; --force overwrites them")
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    try:
        if is_sqlite:
            _copy_sqlite(file, Path(str(address.database)))
        else:
            _restore_postgres(address, file, tables)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{file} cannot be restored: {error}") from error


def _check(file: Path, begins: bytes) -> None:
    try:
        with file.open("rb") as opened:
            is_backup = opened.read(len(begins)) == begins
    except OSError as error:
        raise BackupFailed(f"{file} cannot be read: {error.strerror}") from error
    if not is_backup:
        raise BackupFailed(f"{file} is no backup of this kind of database")


def _holds_something(engine: Engine) -> bool:
    here = inspect(engine).get_table_names()
    with engine.connect() as connection:
        return any(
            table.name in here and connection.scalar(select(func.count()).select_from(table))
            for table in _PRECIOUS
        )


def _existing(address: URL) -> Path:
    path = Path(str(address.database))
    if not path.exists():
        raise BackupFailed(f"there is no database at {path}")
    return path


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite copies page by page, in one transaction of the target."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read:
        if read.execute("pragma quick_check").fetchone()[0] != "ok":
            raise BackupFailed(f"{source} is damaged")
        with closing(sqlite3.connect(target)) as written:
            read.backup(written)


def _restore_postgres(address: URL, file: Path, tables: list[str]) -> None:
    """One transaction: also what the backup does not know (tables of a newer release) goes."""
    script = _run("pg_restore", None, ["--no-owner", "--no-privileges", "--file=-", str(file)])
    names = ", ".join(f'public."{name}"' for name in tables)
    drop = f"drop table if exists {names} cascade;\n".encode() if tables else b""
    arguments = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", address, [*arguments, "--output=/dev/null"], given=drop + script)


def _run(name: str, address: URL | None, arguments: list[str], given: bytes = b"") -> bytes:
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(f"{name} is not on the PATH; install the client programs of PostgreSQL")
    command, environment = [program, *arguments], dict(os.environ)
    if address is not None:
        # The password is not shown in the list of processes.
        environment["PGPASSWORD"] = str(address.password or environment.get("PGPASSWORD", ""))
        open_part = URL.create(
            "postgresql",
            username=address.username,
            host=address.host,
            port=address.port,
            database=address.database,
            query=address.query,
        )
        command.append(f"--dbname={open_part}")
    done = subprocess.run(command, input=given, env=environment, capture_output=True)
    if done.returncode != 0:
        raise BackupFailed(f"{name}: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return done.stdout
