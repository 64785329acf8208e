"""What operators call from time to time: keys, retention, backup and restore."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from bot.database.backup import backup, restore
from bot.database.engine import connect
from bot.database.sealing import new_key
from bot.errors import SettingsError
from bot.records.retention import purge
from bot.records.sealing_keys import check_keys, keys_of, rotate
from bot.records.store import utc_now
from bot.settings import Settings

console = Console(highlight=False)


def print_key() -> None:
    """A new key, and nothing else: to be put into a file or a secret store."""
    print(new_key())  # noqa: T201 - not shown anywhere else


def rotate_key(config: Settings) -> None:
    """Seal everything with the newest key."""
    keys = keys_of(config)
    engine = connect(config.database_url, keys)
    check_keys(engine, first=True)
    changed = rotate(engine, keys)
    for table, count in changed.items():
        console.print(f"  {table}: {count} values sealed anew")
    console.print("everything is sealed with the newest key; older keys may go from RECORDS_KEY")


def purge_now(config: Settings) -> None:
    """Delete what is older than RETENTION_DAYS."""
    done = purge(connect(config.database_url), config, utc_now())
    console.print(f"kept for {config.retention_days} days after the last message; deleted:")
    for name, count in asdict(done).items():
        console.print(f"  {name.replace('_', ' ')}: {count}")


def backup_to(config: Settings, file: Path) -> None:
    """Write a backup."""
    backup(config.database_url, file)
    console.print(f"{file}: {file.stat().st_size / 1e6:.1f} MB. The key is not in it.")


def restore_from(config: Settings, file: Path, *, force: bool) -> None:
    """Put a backup in place, and say whether the keys of this machine open it."""
    restore(config.database_url, file, force=force)
    console.print(f"restored from {file}")
    try:
        check_keys(connect(config.database_url, keys_of(config)), first=True)
    except SettingsError as error:
        console.print(f"but: {error}", markup=False)
    console.print("now call `python -m bot prepare`, then start the bots")
