"""Bad input gets a clear answer or a 4xx; nothing is lost, nothing of our inside is shown."""

from __future__ import annotations

import httpx
import pytest

from tests.conftest import Person

ODD_TEXTS = [
    "😀😀😀",
    "¿Qué es una recaída de leucemia?",
    "<script>alert(1)</script><b>what is a relapse?</b>",
    "'; DROP TABLE conversations; --",
    "a" * 20_000,
    "what is a relapse? " * 1_050,
    "\u0000\u0001\u202e relapse?",
    "/",
    "//restart",
    "{{7*7}} ${7*7} %s %d",
    "?",
    ".",
]
BAD_BODIES: list[tuple[object, str]] = [
    ({"id": "1", "text": ""}, "empty_text"),
    ({"id": "1", "text": "   \n "}, "empty_text"),
    ({"id": "1"}, "text_or_choice"),
    ({"id": "1", "text": "a", "choice": "b"}, "text_or_choice"),
    ({"text": "a"}, "missing_id"),
    ({"id": "", "text": "a"}, "missing_id"),
    ({"id": "x" * 65, "text": "a"}, "invalid_id"),
    ({"id": 7, "text": "a"}, "invalid_id"),
    ({"id": "1", "text": 7}, "invalid_text"),
    ({"id": "1", "choice": "never_offered"}, "unknown_choice"),
    ({"id": "1", "choice": ["consent_yes"]}, "unknown_choice"),
    ([1, 2], "invalid_json"),
    ("text", "invalid_json"),
    ({"id": "1", "text": "a" * 60_000}, "too_large"),
]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: repr(text[:30]))
def test_odd_text_is_answered(person: Person, text: str) -> None:
    turn = person.say(text)
    assert all(message["text"].strip() for message in turn["messages"])
    assert "Traceback" not in str(turn)
    assert not any(m["type"] == "error" for m in turn["messages"])
    assert person.say("what is a relapse?")["messages"][0]["type"] == "answer", "and goes on"


@pytest.mark.parametrize(("body", "code"), BAD_BODIES, ids=lambda value: str(value)[:40])
def test_a_bad_body_is_refused(person: Person, body: object, code: str) -> None:
    answer = person.post(body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"]
    assert len(person.get("history").json()["messages"]) == len(person.session["messages"])


def test_not_json(person: Person) -> None:
    def post(content: bytes, kind: str) -> httpx.Response:
        headers = {**person.headers, "Content-Type": kind}
        return person.client.post("/chat/message", content=content, headers=headers)

    assert post(b"{", "application/json").json()["error"]["code"] == "invalid_json"
    assert post(b"\xff\xfe", "application/json").json()["error"]["code"] == "invalid_json"
    assert post(b'{"id":"1","text":"a"}', "text/plain").status_code == 415
    assert post(b'{"id":"1","text":"hello"}', "application/json; charset=utf-8").status_code == 200
    half = b'{"id":"half","text":"what is a relapse \\ud800 ?"}'
    assert post(half, "application/json").status_code == 200
    assert post(b"x" * 400_000, "application/json").status_code == 413


@pytest.mark.parametrize("token", ["wrong", "Bearer", "a" * 5000, "ä"])
def test_a_wrong_token(bot: httpx.Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    for call in (
        bot.get("/chat/history", headers=headers),
        bot.get("/chat/summary", headers=headers),
        bot.get("/chat/export", headers=headers),
        bot.delete("/chat/session", headers=headers),
        bot.post("/chat/message", json={"id": "1", "text": "hi"}, headers=headers),
    ):
        assert call.status_code == 401
        assert call.json()["error"]["code"] == "unknown_session"


def test_no_summary_without_interview(person: Person) -> None:
    assert person.get("summary").status_code == 404
    assert person.get("summary", format="exe").status_code == 400


def test_errors_are_json(bot: httpx.Client) -> None:
    for answer, status in (
        (bot.get("/chat/nothing/here"), 404),
        (bot.get("/chat/..%2f..%2fsettings.py"), 404),
        (bot.put("/chat/message"), 405),
        (bot.post("/chat/session", json={"start": "rm"}), 400),
        (bot.post("/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}), 404),
        (bot.get("/conversations/default/tracker"), 404),
    ):
        assert answer.status_code == status, answer.text
        assert set(answer.json()["error"]) == {"code", "message"}


def test_another_website_is_refused(bot: httpx.Client) -> None:
    answer = bot.post("/chat/session", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_security_headers(bot: httpx.Client) -> None:
    page = bot.get("/chat")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert bot.get("/chat/widget.js").headers["content-type"].startswith("text/javascript")
