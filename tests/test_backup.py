"""Backup and restore, with real SQLite and real PostgreSQL."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from bot.__main__ import main
from bot.database import backup as backups
from bot.database.backup import backup, restore
from bot.database.engine import connect, upgrade
from bot.errors import BackupFailed
from bot.records.sealing_keys import check_keys
from bot.settings import settings
from tests.records.test_sealing import MARKER, raw, records_of, talk
from tests.sealed import KEY, KEYS

NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A database with one conversation, and the address of an empty one."""
    pair = (f"sqlite:///{tmp_path}/full.db", f"sqlite:///{tmp_path}/empty.db")
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        names = [f"backup_{next(NUMBERS)}" for _ in pair]
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            for name in names:
                connection.execute(text(f"create database {name}"))
        full, empty = (server.removesuffix("postgres") + name for name in names)
        pair = (full, empty)
    engine = connect(pair[0], KEYS)
    upgrade(engine)
    check_keys(engine, first=True)
    talk(records_of(engine), "one")
    engine.dispose()
    yield pair


def test_a_backup_brings_everything_back(urls: tuple[str, str], tmp_path: Path) -> None:
    full, empty = urls
    file = tmp_path / "backup"
    backup(full, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert MARKER.encode() not in file.read_bytes(), "what was said stays sealed"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == [], "no draft is left"
    restore(empty, file)
    source, made = connect(full, KEYS), connect(empty, KEYS)
    assert raw(made) == raw(source)
    records = records_of(made)
    assert records.history("one")[0]["text"] == MARKER
    check_keys(made)
    talk(records_of(made), "two")
    made.dispose()
    with pytest.raises(BackupFailed, match="--force"):
        restore(empty, file)
    with made.begin() as connection:
        connection.execute(text("create table of_a_newer_release (id integer)"))
    made.dispose()
    restore(empty, file, force=True)
    assert raw(made) == raw(source), "the second conversation is gone"
    assert "of_a_newer_release" not in inspect(made).get_table_names()
    upgrade(made)
    for engine in (source, made):
        engine.dispose()


def test_what_is_no_backup_changes_nothing(urls: tuple[str, str], tmp_path: Path) -> None:
    full, _ = urls
    engine = connect(full, KEYS)
    before = raw(engine)
    file = tmp_path / "backup"
    backup(full, file)
    with pytest.raises(BackupFailed, match="exists already"):
        backup(full, file)
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    other = tmp_path / "other"
    other.write_text("no backup")
    for wrong in (cut, other, tmp_path / "none"):
        with pytest.raises(BackupFailed):
            restore(full, wrong, force=True)
        assert raw(engine) == before
    with pytest.raises(BackupFailed):
        backup(full, tmp_path / "none" / "backup")
    engine.dispose()


def test_the_programs_of_postgres_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backups.shutil, "which", lambda name: None)
    with pytest.raises(BackupFailed, match="pg_dump is not on the PATH"):
        backup("postgresql://x@127.0.0.1:1/x", tmp_path / "backup")


def test_the_password_is_not_in_the_list_of_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []

    def run(command: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        seen.append((command, more["env"]))
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(backups.subprocess, "run", run)
    url = "postgresql+psycopg2://me:se%40cret@db:5432/x?sslmode=require"  # pragma: allowlist secret
    backup(url, tmp_path / "backup")
    ((command, environment),) = seen
    assert "cret" not in " ".join(command)
    assert environment["PGPASSWORD"] == "se@cret"  # pragma: allowlist secret
    assert command[-1] == "--dbname=postgresql://me@db:5432/x?sslmode=require"


def test_the_commands(
    urls: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    full, empty = urls
    monkeypatch.setenv("RECORDS_KEY", KEY)
    said = {}
    file = str(tmp_path / "backup")
    calls = (
        (full, "backup", file),
        (full, "restore", file),
        (empty, "restore", file),
        (empty, "restore", file, "--force"),
        (empty, "rotate-key"),
        (empty, "purge"),
    )
    for url, *call in calls:
        monkeypatch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        code = main(call)
        said[(url, *call)] = (code, " ".join(capsys.readouterr().out.split()))
    settings.cache_clear()
    codes = [code for code, _ in said.values()]
    assert codes == [0, 1, 0, 0, 0, 0], said
    assert "--force" in said[calls[1]][1] and "but:" not in said[calls[2]][1]
    assert "messages: 0 values" in said[calls[4]][1]
