"""Memory, Redis, SQLite and PostgreSQL hold the same conversation the same way."""

from __future__ import annotations

import contextvars
import datetime
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.database.engine import connect, connect_memory, metadata, upgrade
from bot.errors import RecordsUnavailable, UnknownConversation
from bot.records.events import SeenEvents
from bot.records.held import FLAGS_READ
from bot.records.keys import RESUME
from bot.records.redis_place import RedisPlace
from bot.records.retention import purge
from bot.records.store import MEMORY_LIFE, Records, TrackerRow
from bot.settings import Settings
from tests.sealed import KEYS

NAMES = itertools.count()
LIFE = datetime.timedelta(minutes=5)
ANSWER = {"link_id": "onset", "repeat": 0, "message_id": "1", "status": "ok", "text": "May",
          "value": {"date": "2026-05"}}  # fmt: skip


@pytest.fixture(params=["sqlite, memory", "sqlite, redis", "postgres, redis"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Where consented and other conversations are kept."""
    durable, short = request.param.split(", ")
    url = (
        request.getfixturevalue("postgres") if durable == "postgres" else f"sqlite:///{tmp_path}/b"
    )
    engine = connect(url, KEYS)
    upgrade(engine)
    if short == "redis":
        place: Any = RedisPlace(request.getfixturevalue("redis_url"), KEYS)
    else:
        place = connect_memory()
        upgrade(place)
    yield Records(engine, place)
    if durable == "postgres":
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(text(f'delete from "{table.name}"'))
    engine.dispose()


@pytest.fixture(params=[False, True], ids=["without consent", "with consent"])
def name(request: pytest.FixtureRequest, records: Records) -> str:
    """A conversation with one turn."""
    made = f"c{next(NAMES)}"
    records.open(made, channel="web", token=f"token-{made}", country="UK")
    turn(records, made, "first", "hello")
    if request.param:
        records.set_consent(made, given=True, wording="yes?")
    return made


def turn(records: Records, name: str, message_id: str, said: str) -> Any:
    """One turn as a channel writes it."""
    return records.add_turn(
        name,
        message_id=message_id,
        said={"type": "user", "text": said},
        replies=[{"type": "text", "text": f"re: {said}"}],
        state={"audience": None},
        choices={"show_summary": "Summary"},
    )


def plain(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers without the day (UTC) on which they were given."""
    today = datetime.datetime.utcnow().date().isoformat()
    assert {answer["on"] for answer in answers} <= {today}
    return [{k: v for k, v in answer.items() if k != "on"} for answer in answers]


def test_the_last_word_on_a_message_counts(records: Records, name: str) -> None:
    for helpful in (True, False):
        records.add_feedback(name, message="m2", helpful=helpful, comment=None)
    records.add_feedback(name, message="m1", helpful=True, comment="thanks")
    rows = records.export(name)["feedback"]
    assert [(r["message"], r["helpful"]) for r in rows] == [("m2", False), ("m1", True)]


def test_a_turn_is_read_back(records: Records, name: str) -> None:
    second = turn(records, name, "second", "more")
    assert second.turn == 2
    assert [m["id"] for m in second.messages] == ["m4"]
    assert records.turn_of(name, "second") == second
    assert records.turn_of(name, "third") is None
    assert [m["text"] for m in records.history(name)] == ["hello", "re: hello", "more", "re: more"]
    last = records.last_reply(name)
    assert last is not None and last["seq"] == 4
    assert records.offered(name, "show_summary") == "Summary"
    assert records.offered(name, "other") is None


def test_the_last_cards_are_read_and_all_are_kept(records: Records, name: str) -> None:
    many = FLAGS_READ + 5
    for number in range(many):
        records.add_red_flag(
            name, rule=f"rule{number}", signs=["fever"], level="urgent", channel="web"
        )
    shown = [flag.rule for flag in records.red_flags(name)]
    assert shown == [f"rule{number}" for number in range(5, many)]
    kept = records.export(name)["raised_flags"]
    assert [(row["seq"], row["rule"]) for row in kept] == [
        (number + 1, f"rule{number}") for number in range(many)
    ]


def test_a_turn_is_written_as_a_whole_or_not_at_all(records: Records, name: str) -> None:
    row = TrackerRow('["event"]', "child", "i1", True)
    records.begin_turn(name, "second")
    records.save_tracker(name, row)
    records.add_answers("i1", [ANSWER], conversation=name)
    records.add_red_flag(name, rule="fever", signs=["fever"], level="urgent", channel="web")
    assert records.tracker(name) == row, "read in the turn"
    records.end_turn()
    assert records.tracker(name) is None, "the turn was not finished"
    assert records.red_flags(name) == []
    assert records.answers("i1", conversation=name) == []

    records.begin_turn(name, "second")
    records.save_tracker(name, row)
    records.add_answers("i1", [ANSWER], conversation=name)
    records.add_question(name, rule="breathing")
    turn(records, name, "second", "May")
    records.end_turn()
    assert records.tracker(name) == row
    assert records.interview_of(name) == "i1"
    assert plain(records.answers("i1", conversation=name)) == [ANSWER]
    assert records.signs_asked(name) == {"breathing"}
    records.add_answers("i1", [ANSWER], conversation=name)
    assert len(records.answers("i1", conversation=name)) == 1, "the same message once"


def test_answers_of_an_older_interview(records: Records, name: str) -> None:
    records.add_answers("old", [ANSWER], conversation=name)
    records.add_answers("new", [{**ANSWER, "text": "June"}], conversation=name)
    records.add_answers("old", [{**ANSWER, "link_id": "end"}], conversation=name)
    assert records.interview_of(name) == "new"
    assert [a["link_id"] for a in records.answers("old", conversation=name)] == ["onset", "end"]
    assert [a["text"] for a in records.answers("new", conversation=name)] == ["June"]


def test_consent_moves_everything_there_and_back(records: Records, name: str) -> None:
    records.save_tracker(name, TrackerRow("[]", None, None, False))
    records.add_answers("i1", [ANSWER], conversation=name)
    records.add_feedback(name, message="m2", helpful=True, comment=None)
    records.add_keys(name, {RESUME: f"FIRST{name}"}, life=LIFE)
    assert records.redeem(name, f"FIRST{name}", token=f"tablet-{name}", person=None)
    records.add_keys(name, {RESUME: f"CODE{name}"}, life=LIFE)
    before = records.export(name)
    for given in (True, False, True):
        records.set_consent(name, given=given, wording="yes?")
        assert records.by_token(f"token-{name}").consent is given
        assert records.by_token(f"tablet-{name}").id == name
    after = records.export(name)
    for table in ("messages", "turns", "trackers", "interviews", "one_time_keys", "feedback"):
        rows = [
            [{k: v for k, v in r.items() if k != "id"} for r in x[table]] for x in (before, after)
        ]
        if table == "interviews":
            rows = [before[table], after[table]]
        assert rows[0] == rows[1], table
    found = records.take_key(f"CODE{name}", opens=RESUME)
    assert found is not None and found.id == name
    assert records.take_key(f"CODE{name}", opens=RESUME) is None, "once"


def test_a_new_code_takes_the_place_of_the_one_before(records: Records, name: str) -> None:
    records.add_keys(name, {RESUME: f"A{name}", "summary.pdf": f"P{name}"}, life=LIFE)
    records.add_keys(name, {RESUME: f"B{name}"}, life=LIFE)
    assert records.take_key(f"A{name}", opens=RESUME) is None
    assert records.take_key(f"P{name}", opens=RESUME) is None, "it opens something else"
    for key, opens in ((f"B{name}", RESUME), (f"P{name}", "summary.pdf")):
        found = records.take_key(key, opens=opens)
        assert found is not None and found.id == name


def test_deleting_leaves_nothing(records: Records, name: str) -> None:
    records.add_keys(name, {RESUME: f"CODE{name}"}, life=LIFE)
    records.begin_turn(name, "second")
    records.delete(name)
    with pytest.raises((RecordsUnavailable, UnknownConversation)):
        turn(records, name, "second", "too late")
    records.end_turn()
    assert records.get(name) is None
    assert records.take_key(f"CODE{name}", opens=RESUME) is None
    with pytest.raises(UnknownConversation):
        records.by_token(f"token-{name}")
    with pytest.raises(UnknownConversation):
        records.history(name)


def test_a_turn_that_goes_on_after_its_end_writes_nothing(records: Records, name: str) -> None:
    records.begin_turn(name, "second")
    late = contextvars.copy_context()
    turn(records, name, "second", "an error is told")
    records.end_turn()
    records.begin_turn(name, "third")
    row = TrackerRow('["late"]', None, None, False)
    for write in (
        lambda: records.save_tracker(name, row),
        lambda: records.add_answers("i1", [ANSWER], conversation=name),
        lambda: turn(records, name, "second", "late"),
    ):
        with pytest.raises(RecordsUnavailable):
            late.run(write)
    records.add_feedback(name, message="m2", helpful=True, comment=None)
    turn(records, name, "third", "more")
    records.end_turn()
    assert records.tracker(name) is None and records.interview_of(name) is None
    texts = [m["text"] for m in records.history(name)]
    assert texts[2::2] == ["an error is told", "more"]


@pytest.mark.parametrize("given", [True, False], ids=["yes", "no"])
@pytest.mark.parametrize("step", ["put", "delete", "load"])
def test_consent_is_whole_after_a_crash(
    records: Records, monkeypatch: pytest.MonkeyPatch, given: bool, step: str
) -> None:
    """Killed while the conversation moves: found once, whole, with the answer that was given."""
    name = f"moved{next(NAMES)}"
    records.open(name, channel="web", token=f"token-{name}")
    records.set_consent(name, given=not given, wording="first")
    turn(records, name, "first", "hello")
    source, target = records._memory, records._durable
    source, target = (source, target) if given else (target, source)
    with monkeypatch.context() as crash:
        where = source if step == "delete" else target
        crash.setattr(where, step, _killed)
        with pytest.raises(Killed):
            records.set_consent(name, given=given, wording="second")
    restarted = Records(records._durable._engine, records._memory)
    turn(restarted, name, "second", "more")
    rows = restarted.export(name)
    assert restarted.by_token(f"token-{name}").consent is given
    assert [(r["wording"], r["given"]) for r in rows["consents"]][-1] == ("second", given)
    assert [m["text"] for m in restarted.history(name)][::2] == ["hello", "more"]
    if step == "delete" and not given:  # nobody looks there again: the daily purge does
        purge(records._durable._engine, Settings(), datetime.datetime.utcnow() + MEMORY_LIFE * 2)
    assert target.load(name) is not None and source.load(name) is None, "in one place"


class Killed(BaseException):
    """kill -9: nothing after this is done."""


def _killed(*_: Any, **__: Any) -> None:
    raise Killed


def test_a_code_is_used_up_last_and_once(records: Records, name: str) -> None:
    code = f"CODE{name}"
    records.add_keys(name, {RESUME: code}, life=LIFE)
    for _ in range(2):
        found = records.opened_by(code, opens=RESUME)
        assert found is not None and found.id == name, "looking uses nothing up"
    assert records.opened_by(f"other{name}", opens=RESUME) is None
    assert records.redeem(name, code, token=f"tablet-{name}", person=f"person-{name}")
    assert not records.redeem(name, code, token=f"late-{name}", person=None)
    assert records.by_token(f"tablet-{name}").id == name
    linked = records.conversation_of(f"person-{name}")
    assert linked is not None and linked.id == name
    with pytest.raises(UnknownConversation):
        records.by_token(f"late-{name}")
    assert records.opened_by(code, opens=RESUME) is None


@pytest.mark.parametrize("days", [-2, 2])
def test_a_clock_that_jumps(records: Records, days: int) -> None:
    """Set back, nothing lives longer and the later one stays the later one; set forward, sessions
    and codes are over, and nothing is lost."""
    name, other, person = (f"{kind}-clock{next(NAMES)}" for kind in ("a", "b", "person"))
    records.open(name, channel="web", token=f"token-{name}")
    records.set_consent(name, given=True, wording="yes?")
    records.link(name, person)
    tracker = TrackerRow("[]", None, "i1", True)
    records.add_answers("i1", [ANSWER], conversation=name)
    records.save_tracker(name, tracker)
    records.add_keys(name, {RESUME: f"CODE{name}"}, life=LIFE)
    jump = datetime.timedelta(days=days)
    jumped = Records(
        records._durable._engine, records._memory, now=lambda: datetime.datetime.utcnow() + jump
    )
    assert jumped.opened_by(f"CODE{name}", opens=RESUME) is None
    if days > 0:
        with pytest.raises(UnknownConversation):
            jumped.by_token(f"token-{name}")
    else:
        assert jumped.by_token(f"token-{name}").id == name
    jumped.add_answers("i2", [{**ANSWER, "message_id": "2"}], conversation=name)
    jumped.save_tracker(name, TrackerRow("[]", None, "i2", True))
    assert jumped.interview_of(name) == "i2"
    jumped.open(other, channel="slack")
    jumped.set_consent(other, given=True, wording="yes?")
    jumped.link(other, person)
    for each in (jumped, records):
        latest = each.conversation_of(person)
        assert latest is not None and latest.id == other
    assert records.by_token(f"token-{name}").id == name
    assert records.interview_of(name) == "i2"
    assert len(records.answers("i1", conversation=name)) == 1


def test_the_last_interview_stays_the_last_when_consent_is_taken_back(records: Records) -> None:
    name = f"two{next(NAMES)}"
    records.open(name, channel="web")
    records.set_consent(name, given=True, wording="yes?")
    for interview in (f"z{name}", f"a{name}"):
        records.add_answers(interview, [ANSWER], conversation=name)
    records.set_consent(name, given=False, wording="no?")
    assert records.interview_of(name) == f"a{name}"


def test_without_redis_nothing_is_said_to_be_saved() -> None:
    engine = connect_memory()
    upgrade(engine)
    records = Records(engine, RedisPlace("redis://127.0.0.1:1/0", KEYS))
    with pytest.raises(RecordsUnavailable):
        records.open("one", channel="web")


def test_people_of_a_channel(records: Records, name: str) -> None:
    """The latest conversation is theirs, all of them are theirs to delete."""
    person = f"person-{name}"
    assert records.conversation_of(person) is None
    records.link(name, person)
    records.set_consent(name, given=True, wording="yes?")
    records.set_consent(name, given=False, wording="no?")
    found = records.conversation_of(person)
    assert found is not None and found.id == name, "the link moves with the conversation"
    other = f"other-{name}"
    records.open(other, channel="slack")
    records.link(other, person)
    found = records.conversation_of(person)
    assert found is not None and found.id == other
    records.delete(other)
    found = records.conversation_of(person)
    assert found is not None and found.id == name
    assert records.channel_consent(person) is None
    for given in (False, True):
        records.set_channel_consent(person, given=given, wording="w")
        assert records.channel_consent(person) is given
    records.forget(person)
    assert records.conversation_of(person) is None and records.get(name) is None
    assert records.channel_consent(person) is None


def test_an_event_is_taken_once_in_every_database(records: Records) -> None:
    engine = records._durable._engine
    first, second = SeenEvents(engine), SeenEvents(engine)
    assert first.take(["event:1", "message:1"], answer_to="U1")
    assert not second.take(["event:2", "message:1"], answer_to="U1")
    first.release(["event:1", "message:1"])
    assert second.take(["event:1"], answer_to="U1")
