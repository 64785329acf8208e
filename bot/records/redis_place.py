"""Conversations without consent, shared by several processes: in Redis, for one hour after the last
message.

All values are sealed as in the database; names of keys and fields hold ids and hashes only.

Keys of a conversation: a hash (its row, the tracker, the last numbers), a hash of turns by the
client's message id, a hash of offered choices, and a list for each other table. Tokens and one-time
keys point to it; so does the list of a person's conversations, on a channel that names people.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import redis
from sqlalchemy import DateTime

from bot.database.engine import metadata
from bot.database.sealing import KeyRing
from bot.errors import RecordsUnavailable
from bot.logs import event_log
from bot.records import tables as t
from bot.records.held import (
    FLAGS_READ,
    Changes,
    Row,
    Rows,
    Stored,
    StoredTurn,
    TrackerRow,
    conversation_of,
)
from bot.records.keys import RESUME, hash_of
from bot.records.places import Found

log = event_log(__name__)
PREFIX = "afterall"
LIFE = datetime.timedelta(hours=1)
# Tables kept as lists of rows; turns, offered choices and the tracker are hashes.
_LISTS = (t.messages, t.raised_flags, t.interviews, t.interview_answers, t.consents, t.feedback,
          t.session_tokens, t.one_time_keys, t.channel_links)  # fmt: skip
_TURNS, _CHOICES = t.turns.name, t.offered_choices.name


class RedisPlace:
    """See bot.records.places.Place."""

    def __init__(self, url: str, keys: KeyRing, *, life: datetime.timedelta = LIFE) -> None:
        self._redis = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._life_s = int(life.total_seconds())
        self._keys = keys

    def check(self) -> None:
        """One round trip."""
        with self._reachable():
            self._redis.ping()

    def by_token(self, token_hash: str) -> Found | None:
        """The token lives as long as its conversation."""
        with self._reachable():
            conversation = self._redis.getex(_token(token_hash), ex=self._life_s)
            if conversation is None:
                return None
            row, used = self._redis.hmget(_base(conversation), "row", "used")
        if row is None:
            return None
        found = conversation_of(self._parsed(t.conversations.name, row))
        return Found(found, datetime.datetime.fromisoformat(used))

    def load(
        self, conversation: str, *, message_id: str | None = None, choice: str | None = None
    ) -> Stored | None:
        """One round trip; a second one only for a message that was seen before."""
        with self._reachable():
            asked = self._redis.pipeline(transaction=False)
            asked.hgetall(_base(conversation))
            asked.lrange(_key(conversation, t.messages.name), -1, -1)
            asked.hget(_key(conversation, _TURNS), message_id or "")
            asked.hget(_key(conversation, _CHOICES), choice or "")
            asked.lrange(_key(conversation, t.raised_flags.name), -FLAGS_READ, -1)
            asked.lrange(_key(conversation, t.interviews.name), -1, -1)
            state, last, seen, label, flags, begun = asked.execute()
            if not state:
                return None
            tracker = TrackerRow(**self._opened(state["tracker"])) if "tracker" in state else None
            latest = self._parsed(t.interviews.name, begun[0])["id"] if begun else None
            interview = (tracker.interview if tracker and begun else None) or latest
            return Stored(
                conversation=conversation_of(self._parsed(t.conversations.name, state["row"])),
                last_turn=int(state.get("turn", 0)),
                last_seq=int(state.get("seq", 0)),
                last_message=json.loads(self._opened(last[0])["body"]) if last else None,
                seen=self._turn(conversation, self._opened(seen)) if seen else None,
                label=self._keys.open(label) if label else None,
                tracker=tracker,
                flags=[self._parsed(t.raised_flags.name, flag) for flag in flags],
                interview=interview,
                answers=(self.answers(conversation, interview) or []) if interview else [],
            )

    def _turn(self, conversation: str, row: Row) -> StoredTurn:
        first, last = row["seqs"]
        stored = self._redis.lrange(_key(conversation, t.messages.name), first - 1, last - 1)
        said = [json.loads(self._opened(message)["body"]) for message in stored]
        replies = [message for message in said if message["type"] != "user"]
        return StoredTurn(row["turn"], replies, json.loads(row["state"]))

    def answers(self, conversation: str, interview: str) -> list[Row] | None:
        """Rows of one interview."""
        with self._reachable():
            begun = self._rows(conversation, t.interviews.name)
            if interview not in [row["id"] for row in begun]:
                return None
            rows = self._rows(conversation, t.interview_answers.name)
        return [row for row in rows if row["interview"] == interview]

    def messages(self, conversation: str) -> list[str]:
        """All bodies."""
        with self._reachable():
            return [str(r["body"]) for r in self._rows(conversation, t.messages.name)]

    def write(self, conversation: str, changes: Changes) -> None:
        """One transaction of Redis."""
        with self._reachable():
            writing = self._redis.pipeline(transaction=True)
            if changes.replaced_feedback:
                self._drop_feedback(writing, conversation, changes.replaced_feedback)
            self._add(writing, conversation, changes.rows)
            if changes.tracker is not None:
                writing.hset(_base(conversation), "tracker", self._text(asdict(changes.tracker)))
            writing.hset(_base(conversation), "used", changes.at.isoformat())
            self._let_live(writing, conversation)
            writing.hexists(_base(conversation), "row")
            is_here = writing.execute()[-1]
            if not is_here:  # deleted in the meantime: nothing may come back
                self._redis.delete(*_keys(conversation))
                raise RecordsUnavailable("the conversation was deleted")

    def _drop_feedback(self, writing: Any, conversation: str, messages: list[str]) -> None:
        name = t.feedback.name
        kept = [r for r in self._rows(conversation, name) if r["message"] not in messages]
        writing.delete(_key(conversation, name))
        self._add(writing, conversation, {name: kept})

    def _add(self, writing: Any, conversation: str, rows: Rows) -> None:
        messages = rows.get(t.messages.name, [])
        for turn in rows.get(_TURNS, []):
            seqs = [row["seq"] for row in messages if row["turn"] == turn["turn"]]
            body = {**turn, "seqs": [min(seqs, default=1), max(seqs, default=0)]}
            writing.hset(_key(conversation, _TURNS), turn["message_id"], self._text(body))
            numbers = {"turn": turn["turn"]}
            writing.hset(_base(conversation), mapping=numbers)
        if messages:
            writing.hset(_base(conversation), "seq", messages[-1]["seq"])
        for choice in rows.get(_CHOICES, []):
            label = self._keys.seal(choice["label"])
            writing.hset(_key(conversation, _CHOICES), choice["value"], label)
        for table in _LISTS:
            if new := rows.get(table.name):
                writing.rpush(_key(conversation, table.name), *map(self._text, new))

    def _let_live(self, writing: Any, conversation: str) -> None:
        for key in _keys(conversation):
            writing.expire(key, self._life_s)

    def read_all(self, conversation: str) -> Rows:
        """Every row."""
        with self._reachable():
            state = self._redis.hgetall(_base(conversation))
            if not state:
                return {"conversations": []}
            row = self._parsed(t.conversations.name, state["row"])
            row["last_used_at"] = datetime.datetime.fromisoformat(state["used"])
            found: Rows = {"conversations": [row]}
            turns = map(self._opened, self._redis.hvals(_key(conversation, _TURNS)))
            found[_TURNS] = [
                {k: v for k, v in turn.items() if k != "seqs"}
                for turn in sorted(turns, key=lambda turn: int(turn["turn"]))
            ]
            choices = self._redis.hgetall(_key(conversation, _CHOICES))
            found[_CHOICES] = [
                {"conversation": conversation, "value": v, "label": self._keys.open(label)}
                for v, label in choices.items()
            ]
            tracker = [self._opened(state["tracker"])] if "tracker" in state else []
            found[t.trackers.name] = [{"conversation": conversation, **row} for row in tracker]
            for table in _LISTS:
                found[table.name] = self._rows(conversation, table.name)
        return found

    def put(self, rows: Rows) -> None:
        """One transaction of Redis."""
        (row,) = rows["conversations"]
        conversation = row["id"]
        self.delete(conversation)
        with self._reachable():
            writing = self._redis.pipeline(transaction=True)
            used = row["last_used_at"].isoformat()
            writing.hset(_base(conversation), mapping={"row": self._text(row), "used": used})
            for hashed in _token_hashes(row, rows):
                writing.set(_token(hashed), conversation, ex=self._life_s)
            for tracker in rows.get(t.trackers.name, []):
                kept = {k: v for k, v in tracker.items() if k != "conversation"}
                writing.hset(_base(conversation), "tracker", self._text(kept))
            self._add(writing, conversation, rows)
            for key in rows.get(t.one_time_keys.name, []):
                at = int(key["expires_at"].replace(tzinfo=datetime.timezone.utc).timestamp())
                writing.set(_one_time(key["opens"], key["key_hash"]), conversation, exat=at)
            for link in rows.get(t.channel_links.name, []):
                self._point(writing, link)
            self._let_live(writing, conversation)
            writing.execute()

    def set_consent(self, conversation: str, row: Row) -> None:
        """One transaction of Redis."""
        with self._reachable():
            found = self._redis.hget(_base(conversation), "row")
            if found is None:
                return
            changed = {**self._parsed(t.conversations.name, found), "consent": row["given"]}
            writing = self._redis.pipeline(transaction=True)
            mapping = {"row": self._text(changed), "used": row["at"].isoformat()}
            writing.hset(_base(conversation), mapping=mapping)
            self._add(writing, conversation, {t.consents.name: [row]})
            self._let_live(writing, conversation)
            writing.execute()

    def delete(self, conversation: str) -> None:
        """One transaction of Redis."""
        with self._reachable():
            found = self._redis.hget(_base(conversation), "row")
            if found is None:
                return
            tokens = self._rows(conversation, t.session_tokens.name)
            keys = self._rows(conversation, t.one_time_keys.name)
            row = self._parsed(t.conversations.name, found)
            hashes = _token_hashes(row, {t.session_tokens.name: tokens})
            for link in self._rows(conversation, t.channel_links.name):
                self._redis.zrem(_person(link["person"]), conversation)
            self._redis.delete(
                *_keys(conversation),
                *(_token(hashed) for hashed in hashes),
                *(_one_time(key["opens"], key["key_hash"]) for key in keys),
            )

    def add_keys(
        self,
        conversation: str,
        keys: Mapping[str, str],
        *,
        now: datetime.datetime,
        life: datetime.timedelta,
    ) -> None:
        """One transaction of Redis. A new resume code takes the place of the one before."""
        name = t.one_time_keys.name
        with self._reachable():
            before = [row for row in self._rows(conversation, name) if row["expires_at"] > now]
            replaced = [row for row in before if row["opens"] == RESUME and RESUME in keys]
            new = [
                {
                    "key_hash": hash_of(key),
                    "conversation": conversation,
                    "opens": opens,
                    "expires_at": now + life,
                }
                for opens, key in keys.items()
            ]
            writing = self._redis.pipeline(transaction=True)
            for row in replaced:
                writing.delete(_one_time(row["opens"], row["key_hash"]))
            for opens, key in keys.items():
                place = _one_time(opens, hash_of(key))
                writing.set(place, conversation, ex=int(life.total_seconds()))
            writing.delete(_key(conversation, name))
            kept = [row for row in before if row not in replaced]
            self._add(writing, conversation, {name: [*kept, *new]})
            self._let_live(writing, conversation)
            writing.execute()

    def take_key(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """Redis forgets keys that are too old. Of two that come at once, one gets it."""
        with self._reachable():
            found = self._redis.getdel(_one_time(opens, hash_of(key)))
            return str(found) if found and self._redis.exists(_base(found)) else None

    def key_opens(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """Redis forgets keys that are too old."""
        with self._reachable():
            found = self._redis.get(_one_time(opens, hash_of(key)))
            return str(found) if found and self._redis.exists(_base(found)) else None

    def redeem(
        self,
        conversation: str,
        code: str,
        *,
        token_hash: str,
        link: tuple[str, datetime.datetime] | None,
        now: datetime.datetime,
    ) -> bool:
        """One transaction of Redis; it is not done when the code was used meanwhile."""
        place = _one_time(RESUME, hash_of(code))
        row = {"conversation": conversation, "token_hash": token_hash}
        with self._reachable(), self._redis.pipeline(transaction=True) as writing:
            writing.watch(place)
            if writing.get(place) != conversation:
                return False
            writing.multi()
            writing.delete(place)
            writing.set(_token(token_hash), conversation, ex=self._life_s)
            self._add(writing, conversation, {t.session_tokens.name: [row]})
            if link is not None:
                self._link(writing, conversation, *link)
            writing.hset(_base(conversation), "used", now.isoformat())
            self._let_live(writing, conversation)
            try:
                writing.execute()
            except redis.WatchError:
                return False
            return True

    def link(self, conversation: str, person: str, *, now: datetime.datetime) -> None:
        """One transaction of Redis."""
        with self._reachable():
            writing = self._redis.pipeline(transaction=True)
            self._link(writing, conversation, person, now)
            self._let_live(writing, conversation)
            writing.execute()

    def _link(self, writing: Any, conversation: str, person: str, since: datetime.datetime) -> None:
        row = {"person": person, "conversation": conversation, "since": since}
        self._add(writing, conversation, {t.channel_links.name: [row]})
        self._point(writing, row)

    def linked(self, person: str) -> list[tuple[datetime.datetime, str]]:
        """The list lives as long as its longest-lived conversation; others are left out."""
        with self._reachable():
            found = self._redis.zrange(_person(person), 0, -1, withscores=True)
            self._redis.expire(_person(person), self._life_s)
            here = [(at, name) for name, at in found if self._redis.exists(_base(name))]
        return [(datetime.datetime.utcfromtimestamp(at), name) for at, name in here]

    def _point(self, writing: Any, link: Row) -> None:
        at = link["since"].replace(tzinfo=datetime.timezone.utc).timestamp()
        writing.zadd(_person(link["person"]), {link["conversation"]: at})
        writing.expire(_person(link["person"]), self._life_s)

    def drop_old(self, before: datetime.datetime) -> None:
        """Redis does this by itself."""

    def _rows(self, conversation: str, table: str) -> list[Row]:
        stored = self._redis.lrange(_key(conversation, table), 0, -1)
        return [self._parsed(table, row) for row in stored]

    def _text(self, row: Row) -> str:
        return self._keys.seal(_json(row))

    def _opened(self, sealed: str) -> Any:
        return json.loads(self._keys.open(sealed))

    def _parsed(self, table: str, sealed: str) -> Row:
        return _with_times(table, self._opened(sealed))

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            log.error("redis_failed", reason=type(error).__name__)
            raise RecordsUnavailable("reading or writing a conversation") from error


def _base(conversation: str) -> str:
    return f"{PREFIX}:conversation:{conversation}"


def _key(conversation: str, table: str) -> str:
    return f"{_base(conversation)}:{table}"


def _keys(conversation: str) -> list[str]:
    names = (_TURNS, _CHOICES, *(table.name for table in _LISTS))
    return [_base(conversation), *(_key(conversation, name) for name in names)]


def _token(hashed: str) -> str:
    return f"{PREFIX}:token:{hashed}"


def _person(hashed: str) -> str:
    return f"{PREFIX}:person:{hashed}"


def _one_time(opens: str, hashed: str) -> str:
    return f"{PREFIX}:key:{opens}:{hashed}"


def _token_hashes(row: Row, rows: Rows) -> list[str]:
    further = [token["token_hash"] for token in rows.get(t.session_tokens.name, [])]
    return [hashed for hashed in (row["token_hash"], *further) if hashed]


def _json(row: Row) -> str:
    """A row as JSON; times as text, numbers of rows left out (each place counts its own)."""
    plain = {
        k: v.isoformat() if isinstance(v, datetime.datetime) else v
        for k, v in row.items()
        if not (k == "id" and isinstance(v, int))
    }
    return json.dumps(plain)


def _with_times(table: str, row: Row) -> Row:
    for column in metadata.tables[table].columns:
        if isinstance(column.type, DateTime) and row.get(column.name) is not None:
            row[column.name] = datetime.datetime.fromisoformat(row[column.name])
    return row
