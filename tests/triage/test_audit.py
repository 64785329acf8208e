"""The audit: which card, how urgent, when, where; no words, no conversation. A question is none."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.database.engine import connect, connect_memory, upgrade
from bot.records.store import Records
from bot.records.tables import red_flag_audit
from tests.sealed import KEYS


def test_the_audit_holds_cards_only_and_no_words(tmp_path: Path) -> None:
    engine, memory = connect(f"sqlite:///{tmp_path}/bot.db", KEYS), connect_memory()
    upgrade(engine)
    upgrade(memory)
    records = Records(engine, memory)
    records.open("one", channel="web")
    records.add_question("one", rule="breathing")
    records.add_red_flag("one", rule="fever", signs=("fever",), level="emergency", channel="web")
    with engine.connect() as connection:
        lines = connection.execute(select(red_flag_audit)).mappings().all()
    assert [set(line) for line in lines] == [{"id", "rule", "level", "channel", "at"}]
    assert (lines[0]["rule"], lines[0]["level"]) == ("fever", "emergency")
    assert records.signs_asked("one") == {"breathing"}
    assert [flag.rule for flag in records.red_flags("one")] == ["fever"]
