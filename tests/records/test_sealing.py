"""What people wrote lies encrypted; a wrong key is noticed at the start; keys can be changed while
bots are at work."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import String, insert, text
from sqlalchemy.engine import Engine

from bot.database.engine import connect, connect_memory, metadata, upgrade
from bot.database.sealing import KeyRing, new_key, seal_with
from bot.errors import RecordsSealed, RecordsUnavailable, SettingsError
from bot.records import sealing_keys
from bot.records import tables as t
from bot.records.redis_place import RedisPlace
from bot.records.sealing_keys import check_keys, keys_of, prepare_keys, rotate
from bot.records.store import Records, TrackerRow
from bot.settings import ROOT, Settings
from tests.sealed import KEY, KEYS, opened
from tests.services import free_port

MARKER = "zebrafish"
OTHER = new_key()
# Every column of texts that is not sealed, and why not: docs/privacy.md says it at length.
PLAIN = {
    # ids, and hashes that cannot be undone
    "id", "token_hash", "key_hash", "conversation", "person", "owner", "interview", "message_id",
    "message",
    # words of the program
    "channel", "country", "timezone", "wording", "opens", "status", "link_id",
    "offered_choices.value",
    # without a conversation
    "red_flag_audit.rule", "red_flag_audit.level",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with its tables, and empty."""
    url = f"sqlite:///{tmp_path}/b.db"
    made = connect(url if request.param == "sqlite" else request.getfixturevalue("postgres"), KEYS)
    upgrade(made)
    _empty(made)
    yield made
    _empty(made)
    made.dispose()


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def records_of(engine: Engine) -> Records:
    """Records over this database, and this process's memory."""
    memory = connect_memory()
    upgrade(memory)
    return Records(engine, memory)


def talk(records: Records, name: str, *, consent: bool = True) -> None:
    """A conversation that writes the marker wherever a person's words can go."""
    records.open(name, channel="web", token=f"token-{name}")
    if consent:
        records.set_consent(name, given=True, wording="yes?")
    records.begin_turn(name, "1")
    records.save_tracker(name, TrackerRow(f'["{MARKER}"]', f"{MARKER} a", "i1", True))
    answer = {"link_id": "sx.name", "repeat": 0, "message_id": "1", "status": "ok",
              "text": f"{MARKER} t", "value": {"v": MARKER}}  # fmt: skip
    records.add_answers(f"i-{name}", [answer], conversation=name)
    records.add_red_flag(name, rule="fever", signs=(MARKER,), level="urgent", channel="web")
    records.add_turn(
        name,
        message_id="1",
        said={"type": "user", "text": MARKER},
        replies=[{"type": "text", "text": f"you said {MARKER}"}],
        state={"audience": MARKER},
        choices={"change_1": f"Change 1: {MARKER}"},
    )
    records.end_turn()
    records.add_feedback(name, message="m2", helpful=True, comment=f"{MARKER} helped")


def raw(engine: Engine) -> str:
    """All rows as they lie in the database."""
    with engine.connect() as connection:
        return "\n".join(
            str(row)
            for table in metadata.sorted_tables
            for row in connection.execute(text(f'select * from "{table.name}"'))
        )


def test_every_text_is_sealed_or_stands_in_the_list() -> None:
    for table in (x for x in metadata.sorted_tables if x.name in vars(t)):
        for column in table.columns:
            if isinstance(column.type, String):
                assert {column.name, f"{table.name}.{column.name}"} & PLAIN, f"{table}.{column}"


def test_nothing_that_was_said_can_be_read_in_the_database(engine: Engine) -> None:
    records = records_of(engine)
    talk(records, "one")
    stored = raw(engine)
    assert "one" in stored and MARKER not in stored
    assert opened(engine).count(MARKER) == 10
    assert records.history("one")[0]["text"] == MARKER
    assert records.answers("i-one", conversation="one")[0]["value"] == {"v": MARKER}


def test_nothing_that_was_said_can_be_read_in_redis(redis_url: str) -> None:
    durable = connect_memory()
    upgrade(durable)
    records = Records(durable, RedisPlace(redis_url, KEYS))
    talk(records, "in-redis", consent=False)
    stored = everything_in(redis_url)
    assert "in-redis" in stored and MARKER not in stored
    assert records.history("in-redis")[0]["text"] == MARKER
    with pytest.raises(RecordsSealed):
        Records(durable, RedisPlace(redis_url, KeyRing.of_text(OTHER))).history("in-redis")
    records.delete("in-redis")
    assert "in-redis" not in everything_in(redis_url)


def everything_in(url: str) -> str:
    """All keys and values of a Redis."""
    client = redis.Redis.from_url(url, decode_responses=True)
    read = {"string": client.get, "hash": client.hgetall, "set": client.smembers,
            "list": lambda key: client.lrange(key, 0, -1),
            "zset": lambda key: client.zrange(key, 0, -1, withscores=True)}  # fmt: skip
    return "\n".join(f"{key} {read[client.type(key)](key)}" for key in client.scan_iter())


def test_a_value_that_was_changed_is_refused() -> None:
    sealed = KEYS.seal("fever")
    assert KEYS.open(sealed) == "fever" and KEYS.seal("fever") != sealed
    head, _, body = sealed.rpartition(".")
    data = bytearray(base64.b64decode(body))
    for at in range(len(data)):
        data[at] ^= 1
        with pytest.raises(RecordsSealed):
            KEYS.open(f"{head}.{base64.b64encode(bytes(data)).decode()}")
        data[at] ^= 1
    for broken in ("s1.", "s1.x", f"{head}.", f"{head}.***"):
        with pytest.raises(RecordsSealed):
            KEYS.open(broken)


@pytest.mark.parametrize(
    "wrong",
    ["short", "a" * 43, f"{KEY},oops", "ä" * 44],
    ids=["short", "no key", "one of two", "no ASCII"],
)
def test_a_key_of_the_wrong_form_is_refused_without_being_shown(wrong: str) -> None:
    with pytest.raises(SettingsError, match="new-key") as refused:
        KeyRing.of_text(wrong)
    assert wrong not in str(refused.value)


def test_a_wrong_key_is_refused_at_the_start_and_reads_nothing(engine: Engine) -> None:
    check_keys(engine, first=True)
    talk(records_of(engine), "one")
    other = seal_with(connect(str(engine.url.render_as_string(False))), KeyRing.of_text(OTHER))
    for first in (True, False):
        with pytest.raises(SettingsError, match="does not open this database"):
            check_keys(other, first=first)
    with pytest.raises(RecordsSealed):
        records_of(other).history("one")
    with pytest.raises(RecordsSealed):
        records_of(other).begin_turn("one", "2")
    with pytest.raises(RecordsUnavailable):
        talk(records_of(seal_with(other, KeyRing())), "two")
    other.dispose()


def test_keys_are_changed_and_old_rows_are_sealed(engine: Engine) -> None:
    check_keys(engine, first=True)
    with engine.begin() as connection:  # a row of the release before: not sealed
        plain = seal_with(engine, None)
        row = {"id": "old", "channel": "web", "consent": True, "created_at": _now(),
               "last_used_at": _now()}  # fmt: skip
        connection.execute(insert(t.conversations), [row])
        body = f'{{"type": "user", "text": "{MARKER}"}}'
        said = {"conversation": "old", "seq": 1, "turn": 1, "body": body, "at": _now()}
        connection.execute(insert(t.messages), [said])
        seal_with(plain, KEYS)
    records = records_of(engine)
    assert records.history("old")[0]["text"] == MARKER, "both forms are read"
    talk(records, "one")
    before = {name: records.export(name) for name in ("old", "one")}
    both = KeyRing.of_text(f"{OTHER},{KEY}")
    changed = rotate(seal_with(engine, both), both)
    assert changed["messages"] == 3 and changed["raised_flags"] == 3
    assert rotate(engine, both)["messages"] == 0, "nothing is left to do"
    seal_with(engine, KeyRing.of_text(OTHER))
    check_keys(engine)
    assert {name: records.export(name) for name in before} == before
    assert MARKER not in raw(engine)
    with pytest.raises(SettingsError):
        check_keys(seal_with(engine, KEYS))


def test_rotation_goes_on_over_many_rows(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing_keys, "AT_ONCE", 3)
    check_keys(engine, first=True)
    records = records_of(engine)
    for name in "abcde":
        talk(records, name)
    both = KeyRing.of_text(f"{OTHER},{KEY}")
    assert rotate(seal_with(engine, both), both)["messages"] == 10
    check_keys(seal_with(engine, KeyRing.of_text(OTHER)))
    assert [m["type"] for m in records.history("e")] == ["user", "text"]


def _now() -> object:
    import datetime

    return datetime.datetime.utcnow()


def test_where_keys_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "var" / "records.key"
    monkeypatch.setattr(sealing_keys, "OWN_FILE", own)
    config = Settings(database_url=f"sqlite:///{tmp_path}/b.db", _env_file=None)
    engine = connect(config.database_url)
    upgrade(engine)
    assert not keys_of(config)
    assert prepare_keys(engine, config) and not prepare_keys(engine, config)
    assert own.stat().st_mode & 0o777 == 0o600 and len(own.read_text().strip()) == 44
    talk(records_of(engine), "one")
    kept = own.read_text()
    own.unlink()
    with pytest.raises(SettingsError, match="put that file back"):
        prepare_keys(engine, config)
    assert not own.exists(), "no new key beside records of another one"
    file = tmp_path / "keys"
    file.write_text(f"{OTHER}\n{kept}")
    named = Settings(database_url=config.database_url, records_key_file=file, _env_file=None)
    assert not prepare_keys(engine, named)
    with pytest.raises(SettingsError, match="cannot be read"):
        keys_of(named.copy(update={"records_key_file": tmp_path / "none"}))
    in_production = Settings(database_url="postgresql://x@127.0.0.1:1/x", _env_file=None)
    with pytest.raises(SettingsError, match="RECORDS_KEY is missing"):
        prepare_keys(connect(in_production.database_url), in_production)


@pytest.mark.parametrize("command", ["prepare", "serve"])
def test_a_bot_with_a_wrong_key_does_not_start(command: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/b.db"
    engine = connect(url, KEYS)
    upgrade(engine)
    check_keys(engine, first=True)
    settings = {"DATABASE_URL": url, "RECORDS_KEY": OTHER, "PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "does not open this database" in said and "rotate-key" in said
    assert OTHER not in done.stdout + done.stderr


# What is opened and what is sealed, in characters: a question with its answer, and a late turn of
# an interview with 40 answers. The second has room for a machine that does other work.
TURNS = {
    "question": ([6000] + [1000] * 3, [6000] + [1000] * 3 + [30] * 8, 1.0),
    "interview": ([6000] + [1000] * 3 + [30] * 80, [6000] + [1000] * 3 + [30] * 10, 2.0),
}


@pytest.mark.parametrize("kind", TURNS)
def test_sealing_costs_a_turn_little(kind: str) -> None:
    read, written, most_ms = TURNS[kind]
    stored = [KEYS.seal("x" * size) for size in read]
    texts = ["x" * size for size in written]

    def once() -> float:
        begun = time.thread_time()
        for sealed in stored:
            KEYS.open(sealed)
        for words in texts:
            KEYS.seal(words)
        return (time.thread_time() - begun) * 1000

    best = min(once() for _ in range(100))
    print(f"{kind}: {best:.2f} ms")  # noqa: T201
    assert best < most_ms
