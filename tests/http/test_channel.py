"""The web channel cannot be hijacked and keeps order: identity, origins, sizes, slowness."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.http import BODY_WITHIN_S, ClientError
from bot.channels.limits import PEOPLE_PER_ADDRESS, RateLimits
from bot.database.sealing import KeyRing
from bot.records.sealing_keys import OWN_FILE
from bot.settings import Settings
from tests.conftest import CLINIC, Person, of_type, types

NewPerson = Callable[..., Person]
JSON = {"Content-Type": "application/json"}
CALLS = [
    ("GET", "/chat/history"),
    ("GET", "/chat/summary"),
    ("GET", "/chat/export"),
    ("POST", "/chat/message"),
    ("POST", "/chat/feedback"),
    ("POST", "/chat/resume-code"),
    ("DELETE", "/chat/session"),
]


def address(bot: httpx.Client) -> tuple[str, int]:
    assert bot.base_url.port is not None
    return bot.base_url.host, bot.base_url.port


def database(base: Path) -> Path:
    return next(base.glob("bot*/bot.db"))


# -- identity ------------------------------------------------------------------------------


def forged(token: str) -> list[str]:
    """Tokens near a real one, and things that only look like a token."""
    other = "A" if token[5] != "A" else "B"
    return [token[:-1], token + "A", token[:5] + other + token[6:], token.swapcase(), "null"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_forged_token_opens_nothing(
    bot: httpx.Client, person: Person, method: str, path: str
) -> None:
    for token in forged(person.session["token"]):
        headers = {"Authorization": f"Bearer {token}", **JSON}
        answer = bot.request(method, path, headers=headers, content=b'{"id": "1", "text": "hi"}')
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unknown_session")
    by_id = {"Authorization": f"Bearer {person.session['session']}"}
    assert bot.get("/chat/history", headers=by_id).status_code == 401, "an id is no token"


def test_a_token_reaches_its_own_conversation_only(new_person: NewPerson) -> None:
    mine, other = new_person(), new_person()
    other.say("what is a relapse?")
    fields = {"session": other.session["session"], "sender": other.session["session"]}
    mine.say("how is a relapse treated, quokka", **fields)
    assert "quokka" not in other.get("history", **fields).text
    assert "what is a relapse?" not in mine.get("history", **fields).text
    assert "what is a relapse?" not in mine.get("export", **fields).text
    mine.tap("prepare_visit")
    offered = of_type(mine.say("tired since March"), "question")["choices"][0]["value"]
    refused = other.post({"id": "x", "choice": offered})
    assert refused.json()["error"]["code"] == "unknown_choice", "offered to somebody else"


def test_an_expired_token(person: Person, tmp_path_factory: pytest.TempPathFactory) -> None:
    person.tap("consent_yes")
    with sqlite3.connect(database(tmp_path_factory.getbasetemp())) as connection:
        moved = connection.execute(
            "UPDATE conversations SET last_used_at = datetime(last_used_at, ?) WHERE id = ?",
            ("-24 hours", person.session["session"]),
        )
        assert moved.rowcount == 1
    answer = person.get("history")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unknown_session")


# -- other websites ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"]
)
def test_a_page_of_another_site_is_refused(bot: httpx.Client, person: Person, origin: str) -> None:
    headers = {**person.headers, "Origin": origin}
    for method, path in (*CALLS, ("POST", "/chat/session"), ("GET", "/chat/widget.js")):
        answer = bot.request(method, path, headers={**headers, **JSON}, content=b"{}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin"), path
        assert "access-control-allow-origin" not in answer.headers
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert bot.options("/chat/message", headers=asked).status_code == 403


def test_a_page_of_an_allowed_site(bot: httpx.Client, person: Person) -> None:
    asked = {"Origin": CLINIC, "Access-Control-Request-Method": "POST"}
    answer = bot.options("/chat/message", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == CLINIC
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    for got in (
        bot.get("/chat/widget.js", headers={"Origin": CLINIC}),
        person.client.get("/chat/history", headers={**person.headers, "Origin": CLINIC}),
        bot.get("/chat/history", headers={"Origin": CLINIC}),
    ):
        assert got.headers["access-control-allow-origin"] == CLINIC
        assert "access-control-allow-credentials" not in got.headers
        assert "Origin" in got.headers["vary"]


def test_rasa_tells_nobody_its_version(bot: httpx.Client) -> None:
    assert bot.get("/").status_code == 404


def test_what_needs_no_preflight_is_refused(person: Person) -> None:
    body = b'{"id": "1", "text": "hello"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        headers = {**person.headers, **({"Content-Type": kind} if kind else {})}
        answer = person.client.post("/chat/message", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_json")
    no_type = person.client.post("/chat/session", content=b"{}")
    assert no_type.status_code == 415


def test_every_answer_has_the_security_headers(bot: httpx.Client, person: Person) -> None:
    for answer in (
        bot.get("/chat"),
        bot.get("/chat/widget.js"),
        bot.get("/chat/none"),
        bot.get("/none"),
        bot.get("/healthz"),
        person.get("history"),
        person.post({}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and "trusted-types 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "set-cookie" not in answer.headers
    assert person.get("history").headers["cache-control"] == "no-store"


def test_the_widget_is_one_compressed_script_that_is_asked_for_once(bot: httpx.Client) -> None:
    first = bot.get("/chat/widget.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert "import " not in first.text.split("class ")[0] and "export " not in first.text
    again = bot.get("/chat/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = bot.get("/chat/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == first.text and "content-encoding" not in plain.headers
    for name in ("session.js", "..%2fbot%2fsettings.py", "chat.html"):
        assert bot.get(f"/chat/{name}").status_code == 404


# -- one message, once ---------------------------------------------------------------------


def test_a_replayed_id_is_one_event(
    person: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    person.tap("consent_yes")
    body = {"id": "again", "text": "what is a relapse? zyzzyva"}

    async def at_once() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=person.client.base_url, timeout=30) as client:
            calls = [
                client.post("/chat/message", json=body, headers=person.headers) for _ in range(5)
            ]
            return await asyncio.gather(*calls)

    answers = [a.json() for a in asyncio.run(at_once())] + [person.post(body).json()]
    assert all(answer == answers[0] for answer in answers)
    assert of_type(answers[0], "answer")
    with sqlite3.connect(database(tmp_path_factory.getbasetemp())) as connection:
        (tracker,) = connection.execute(
            "SELECT body FROM trackers WHERE conversation = ?", (person.session["session"],)
        ).fetchone()
    opened = KeyRing.of_text(OWN_FILE.read_text()).open(tracker)
    users = [e for e in events(json.loads(opened)) if "zyzzyva" in str(e.get("text"))]
    assert len([e for e in users if e.get("event") == "user"]) == 1


def events(value: Any) -> list[dict[str, Any]]:
    """The events of a stored tracker, wherever they are in it."""
    if isinstance(value, dict):
        found = [value] if "event" in value else []
        return found + [e for v in value.values() for e in events(v)]
    if isinstance(value, list):
        return [e for v in value for e in events(v)]
    return []


def test_a_later_word_on_a_message_takes_the_place_of_the_first(person: Person) -> None:
    answer = of_type(person.say("what is a relapse?"), "answer")
    for more in ({"helpful": True}, {"helpful": False, "comment": "too long"}):
        body = {"message": answer["id"], **more}
        sent = person.client.post("/chat/feedback", json=body, headers=person.headers)
        assert sent.status_code == 204
    kept = person.get("export").json()["feedback"]
    assert [(k["helpful"], k["comment"]) for k in kept] == [(False, "too long")]


def test_history_says_where_the_interview_is(new_person: NewPerson) -> None:
    person = new_person(start="prepare_visit")
    turn = person.say("tired since March")
    assert person.get("history").json()["state"] == turn["state"]
    assert turn["state"]["interview"]["step"] >= 1


# -- many at once --------------------------------------------------------------------------


def request_bytes(person: Person, number: int) -> bytes:
    body = json.dumps({"id": f"n{number}", "text": f"hello number {number}"}).encode()
    head = (
        f"POST /chat/message HTTP/1.1\r\nHost: {address(person.client)[0]}:"
        f"{address(person.client)[1]}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Authorization: {person.headers['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def test_50_parallel_messages_of_one_session(person: Person) -> None:
    """Fifty connections, all open; the last byte of each is sent in order, without waiting."""
    person.say("hello")
    wires = [socket.create_connection(address(person.client)) for _ in range(50)]
    for number, wire in enumerate(wires):
        wire.sendall(request_bytes(person, number)[:-1])
    time.sleep(0.2)
    begun = time.monotonic()
    for wire in wires:
        wire.sendall(b"}")
    for wire in wires:
        wire.settimeout(30)
        with wire:
            assert wire.recv(12) == b"HTTP/1.1 200"
            while wire.recv(65536):
                pass
    seconds = time.monotonic() - begun
    said = [m["text"] for m in person.get("history").json()["messages"] if m["type"] == "user"]
    assert said[1:] == [f"hello number {number}" for number in range(50)]
    assert seconds < 25, "no waiting message asks again every second"


def test_100_sessions_at_once(bot: httpx.Client) -> None:
    """Each gets its own answer, and nothing of the others."""

    async def one(client: httpx.AsyncClient, number: int) -> dict[str, Any]:
        opened = (await client.post("/chat/session", json={})).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        body = {"id": "1", "text": f"what is a relapse? person {number} here"}
        turn = (await client.post("/chat/message", json=body, headers=headers)).json()
        history = (await client.get("/chat/history", headers=headers)).json()
        return {"session": opened["session"], "turn": turn, "said": history["messages"]}

    async def all_at_once() -> list[dict[str, Any]]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(base_url=bot.base_url, timeout=60, limits=limits) as client:
            return await asyncio.gather(*(one(client, number) for number in range(100)))

    people = asyncio.run(all_at_once())
    assert len({p["session"] for p in people}) == 100
    for number, got in enumerate(people):
        assert "answer" in types(got["turn"]), got["turn"]
        said = [m["text"] for m in got["said"] if m["type"] == "user"]
        assert said == [f"what is a relapse? person {number} here"]


# -- too large, too slow -------------------------------------------------------------------


@pytest.mark.parametrize("size", [300_000, 1_000_000, 3_000_000])
def test_a_large_body(person: Person, size: int) -> None:
    body = b'{"id": "1", "text": "' + b"a" * size + b'"}'
    answer = person.client.post("/chat/message", content=body, headers={**person.headers, **JSON})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_slow_bodies_are_hung_up_on_and_hold_nobody_up(person: Person) -> None:
    begun = time.monotonic()
    wires = {}
    for path in ("/chat/message", "/chat/session", "/chat/nothing", "/nothing"):
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: {person.headers['Authorization']}\r\nContent-Length: 5000\r\n\r\n"
        )
        wires[path] = socket.create_connection(address(person.client))
        wires[path].sendall(head.encode() + b'{"id": "1"')
    assert types(person.say("hello")), "the same session is answered meanwhile"
    assert time.monotonic() - begun < 3
    statuses = {}
    for path, wire in wires.items():
        wire.settimeout(BODY_WITHIN_S + 5)
        answer = b""
        with wire:
            while chunk := wire.recv(65536):
                answer += chunk
        statuses[path] = int(answer[9:12])
    assert time.monotonic() - begun < BODY_WITHIN_S + 3
    assert statuses == {
        "/chat/message": 408, "/chat/session": 408, "/chat/nothing": 405, "/nothing": 404
    }  # fmt: skip


# -- limits --------------------------------------------------------------------------------


class FromAddress:
    """As much of a request as the limits read."""

    headers: dict[str, str] = {}

    def __init__(self, ip: str) -> None:
        self.ip = ip


def allowed(hit: Any, *arguments: Any) -> int:
    """How often a limit lets somebody pass."""
    for number in range(10_000):
        try:
            asyncio.run(hit(*arguments))
        except ClientError as error:
            assert error.status_code == 429
            return number
    raise AssertionError("no limit")


def test_limits_per_conversation_and_per_address() -> None:
    limits = RateLimits(Settings(messages_per_minute=5, sessions_per_minute=3))
    one, two = (FromAddress(ip) for ip in ("192.0.2.1", "192.0.2.2"))
    assert allowed(limits.message, "a") == 5
    assert allowed(limits.message, "b") == 5, "one conversation does not use up another's"
    assert allowed(limits.further, "a") == 5
    assert allowed(limits.new_session, one) == 3
    assert allowed(limits.new_session, two) == 3
    assert allowed(limits.call, one) == 5 * PEOPLE_PER_ADDRESS
