"""What is too old goes, and nothing else; the bot does it by itself."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.engine import Engine

from bot import upkeep
from bot.records import retention
from bot.records import tables as t
from bot.records.housekeeping import keep_house
from bot.records.retention import purge
from bot.records.store import Records
from bot.settings import Settings
from tests.records.test_sealing import engine as engine  # the fixture
from tests.records.test_sealing import raw, talk

CONFIG = Settings(retention_days=30, audit_retention_days=365, _env_file=None)
NOW = datetime.datetime.utcnow()


def _records(engine: Engine, days_ago: float) -> Records:
    from bot.database.engine import connect_memory, upgrade

    memory = connect_memory()
    upgrade(memory)
    return Records(engine, memory, now=lambda: NOW - datetime.timedelta(days=days_ago))


@pytest.fixture
def full(engine: Engine) -> Engine:
    """Conversations, answers about Slack and other rows, used 29 and 31 days ago."""
    for name, days in (("kept", 29), ("old", 31), ("older", 300)):
        records = _records(engine, days)
        talk(records, name)
        records.link(name, f"person-{name}")
        records.set_channel_consent(f"person-{name}", given=True, wording="w")
        records.set_channel_consent(f"refused-{name}", given=False, wording="w")
        records.add_keys(name, {"resume": f"code-{name}"}, life=datetime.timedelta(minutes=5))
    with engine.begin() as connection:
        for days in (364, 366):
            at = NOW - datetime.timedelta(days=days)
            line = {"rule": f"rule-{days}", "level": "urgent", "channel": "web", "at": at}
            connection.execute(insert(t.red_flag_audit), [line])
    return engine


def test_what_is_too_old_goes_and_nothing_else(
    full: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    before = _records(full, 0).export("kept")
    done = purge(full, CONFIG, NOW)
    assert (done.conversations, done.channel_consents, done.audit_lines) == (2, 4, 1)
    left = raw(full)
    assert "old" not in left and "rule-364" in left and "rule-366" not in left
    before["one_time_keys"] = []
    assert _records(full, 0).export("kept") == before
    assert _records(full, 0).channel_consent("person-kept") is True
    assert _records(full, 0).channel_consent("refused-kept") is False
    assert purge(full, CONFIG, NOW).conversations == 0


def test_somebody_who_writes_meanwhile_keeps_the_conversation(
    full: Engine,
) -> None:
    if full.dialect.name == "sqlite":
        return  # one writer at a time
    with full.begin() as writing:
        writing.execute(
            text("update conversations set last_used_at = :now where id = 'old'"), {"now": NOW}
        )
        assert purge(full, CONFIG, NOW).conversations == 1, "the locked one is left alone"
    assert purge(full, CONFIG, NOW).conversations == 0
    assert _records(full, 0).history("old")


def test_the_bot_purges_by_itself(full: Engine) -> None:
    records = _records(full, 0)
    Records(full, records._memory._engine, now=lambda: NOW - datetime.timedelta(hours=2)).open(
        "forgotten", channel="web"
    )

    async def run() -> None:
        house = asyncio.ensure_future(keep_house(records, full, CONFIG, every_s=0.01))
        for _ in range(500):
            await asyncio.sleep(0.01)
            if records.get("forgotten") is None and "older" not in raw(full):
                break
        house.cancel()

    asyncio.run(run())
    assert records.get("forgotten") is None and "older" not in raw(full)


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.database.engine import connect, upgrade

    url = f"sqlite:///{tmp_path}/b.db"
    upgrade(connect(url))
    upkeep.purge_now(CONFIG.copy(update={"database_url": url}))
    assert "conversations: 0" in capsys.readouterr().out
