"""A small Slack on loopback: its Web API with every call checked, and a person who uses the app.

Wrong calls are refused as Slack refuses them, and kept in `faults`. It can be busy (429), slow or
down. What it sends to the bot is signed as Slack signs.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from tests.slack.limits import faults_of

TOKEN, SECRET, TEAM, BOT = "xoxb-test", "0123456789abcdef", "T0TEAM", "U0BOT"
WITHIN_S = 15
Until = Callable[[dict[str, Any]], bool] | None
_numbers = itertools.count(1)


class FakeSlack:
    """The server. `messages` holds what stands in each direct message, in order of arrival."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.messages: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self.files: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.begun: dict[str, float] = {}  # for tests that measure
        self.refuse: Callable[[str, dict[str, Any]], tuple[int, dict[str, str]] | None] = (
            lambda method, arguments: None
        )
        self.is_down = False
        self._uploads: dict[str, dict[str, Any]] = {}
        self._lock = threading.RLock()
        self._dms: dict[str, str] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if fake.is_down:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, answer = fake._handle(self.path, self.headers, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                return

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What a bot needs in its environment to speak to it."""
        return {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.url,
        }

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def dm_of(self, user: str) -> str:
        """The direct message between the app and this person."""
        with self._lock:
            return self._dms.setdefault(user, f"D0{user[1:]}")

    def of(self, user: str) -> list[dict[str, Any]]:
        """What the app said to this person."""
        with self._lock:
            return [m for m in self.messages if m["channel"] == self.dm_of(user)]

    # -- Web API -----------------------------------------------------------------------------

    def _handle(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/upload/"):
            with self._lock:
                self._uploads[path.rsplit("/", 1)[1]]["content"] = body
            return 200, {"Content-Type": "text/plain"}, b"OK"
        method, _, query = path.removeprefix("/api/").partition("?")
        arguments = self._arguments(headers, body or query.encode())
        with self._lock:
            refused = self.refuse(method, arguments)
            self.calls.append((method, arguments))
        if refused is not None:
            status, more = refused
            return (
                status,
                {"Content-Type": "application/json", **more},
                _json({"ok": False, "error": "ratelimited" if status == 429 else "internal_error"}),
            )
        return (
            200,
            {"Content-Type": "application/json"},
            _json(self._answer(method, headers, arguments)),
        )

    def _arguments(self, headers: Any, body: bytes) -> dict[str, Any]:
        if (headers.get("Content-Type") or "").startswith("application/json"):
            return dict(json.loads(body))
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        for name in ("files", "blocks", "view"):
            if name in form:
                form[name] = json.loads(form[name])
        return form

    def _answer(self, method: str, headers: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return {"ok": False, "error": "invalid_auth"}
        faults = faults_of(method, arguments)
        if faults:
            self.faults += [f"{method}: {fault}" for fault in faults]
            return {"ok": False, "error": "invalid_arguments", "faults": faults}
        with self._lock:
            return getattr(self, "_" + method.replace(".", "_"))(arguments)

    def _chat_postMessage(self, sent: dict[str, Any]) -> dict[str, Any]:
        channel = sent["channel"]
        if channel.startswith("U"):
            channel = self.dm_of(channel)
        message = {**sent, "channel": channel, "ts": _ts(), "at": time.monotonic()}
        self.messages.append(message)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def _chat_update(self, sent: dict[str, Any]) -> dict[str, Any]:
        for message in self.messages:
            if (message["channel"], message["ts"]) == (sent["channel"], sent["ts"]):
                message.update(sent)
                return {"ok": True, "channel": sent["channel"], "ts": sent["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def _chat_postEphemeral(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.notes.append(sent)
        return {"ok": True, "message_ts": _ts()}

    def _views_publish(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.homes[sent["user_id"]] = sent["view"]
        return {"ok": True, "view": sent["view"]}

    def _files_getUploadURLExternal(self, sent: dict[str, Any]) -> dict[str, Any]:
        name = f"F{uuid.uuid4().hex[:8].upper()}"
        self._uploads[name] = {"length": int(sent["length"]), "filename": sent["filename"]}
        url = self.url.removesuffix("api/") + f"upload/{name}"
        return {"ok": True, "upload_url": url, "file_id": name}

    def _files_completeUploadExternal(self, sent: dict[str, Any]) -> dict[str, Any]:
        for file in sent["files"]:
            upload = self._uploads[file["id"]]
            if len(upload.get("content", b"")) != upload["length"]:
                return {"ok": False, "error": "file_upload_size_mismatch"}
            self.files.append({**upload, **file, **sent})
        return {"ok": True, "files": sent["files"]}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


class SlackPerson:
    """Somebody in the workspace who writes to the app and presses its buttons."""

    def __init__(self, slack: FakeSlack, bot: httpx.Client, user: str | None = None) -> None:
        self.slack = slack
        self.bot = bot
        self.user = user or f"U{uuid.uuid4().hex[:9].upper()}"
        self.channel = slack.dm_of(self.user)

    def send(self, payload: dict[str, Any] | bytes, **headers: str) -> httpx.Response:
        """A signed request as Slack sends it."""
        return post_signed(self.bot, payload, **headers)

    def event(self, text: str = "", **more: Any) -> dict[str, Any]:
        """The payload of a direct message."""
        event = {
            "type": "message", "channel": self.channel, "channel_type": "im", "user": self.user,
            "text": text, "ts": _ts(), **more,
        }  # fmt: skip
        return event_of({k: v for k, v in event.items() if v is not None})

    def say(self, text: str, *, wait: int = 1, until: Until = None) -> list[dict[str, Any]]:
        """Write to the app; what it answered: `wait` messages at least and all that follow at
        once, or up to the message that `until` knows as the last."""
        return self._answered(lambda: self.send(self.event(text)), wait, until)

    def press(self, label: str, *, wait: int = 1, until: Until = None) -> list[dict[str, Any]]:
        """Press the latest button, or choose the latest option, with this label."""
        return self._answered(lambda: self.send(self.press_payload(label)), wait, until)

    def pick_date(self, date: str, *, until: Until = None) -> list[dict[str, Any]]:
        """Choose a date in the latest calendar."""
        message, element = self._find(lambda e: e["type"] == "datepicker")
        action = {"type": "datepicker", "action_id": element["action_id"], "selected_date": date}
        return self._answered(lambda: self.send(self._actions(message, action)), 1, until)

    def tick(self, *labels: str, until: Until = None) -> list[dict[str, Any]]:
        """Tick the latest boxes with these labels and press Continue."""
        message, boxes = self._find(lambda e: e["type"] == "checkboxes")
        options = [o for o in boxes["options"] if o["text"]["text"] in labels]
        press = self.press_payload("Continue")
        ticked = {boxes["action_id"]: {"type": "checkboxes", "selected_options": options}}
        press["state"] = {"values": {"b1": ticked}}
        assert press["message"]["ts"] == message["ts"]
        return self._answered(lambda: self.send(press), 1, until)

    def press_payload(self, label: str) -> dict[str, Any]:
        """The payload of a press on the latest button or option with this label."""

        def fits(element: dict[str, Any]) -> bool:
            texts = [element.get("text"), *(o["text"] for o in element.get("options", []))]
            return any(text and text["text"] == label for text in texts)

        message, element = self._find(fits)
        action = {"type": element["type"], "action_id": element["action_id"]}
        if element["type"] == "button":
            action |= {"value": element["value"], "text": element["text"]}
        else:
            option = next(o for o in element["options"] if o["text"]["text"] == label)
            action["selected_option"] = option
        return self._actions(message, action)

    def command(self, text: str, channel: str = "C0PUBLIC") -> httpx.Response:
        """Type /relapse somewhere."""
        form = {
            "command": "/relapse", "text": text, "user_id": self.user, "team_id": TEAM,
            "channel_id": channel, "trigger_id": uuid.uuid4().hex, "api_app_id": "A0APP",
        }  # fmt: skip
        return self.send(urlencode(form).encode())

    def heard(self, count: int, since: int = 0) -> list[dict[str, Any]]:
        """Wait until the app has said this many messages after the first `since`."""
        until = time.monotonic() + WITHIN_S
        while len(said := self.slack.of(self.user)[since:]) < count:
            assert time.monotonic() < until, f"{len(said)} of {count} messages: {texts_of(said)}"
            time.sleep(0.02)
        return said

    def _answered(
        self, act: Callable[[], httpx.Response], wait: int, until: Until
    ) -> list[dict[str, Any]]:
        before = len(self.slack.of(self.user))
        assert act().status_code == 200
        said = self.heard(wait, before)
        if until is None:
            return self.settled(before)
        while not until(said[-1]):
            said = self.heard(len(said) + 1, before)
        return said

    def settled(self, since: int, quiet_s: float = 0.3) -> list[dict[str, Any]]:
        """What was said after the first `since` messages, once nothing more comes."""
        count, at = -1, time.monotonic()
        while time.monotonic() - at < quiet_s:
            now = len(self.slack.of(self.user))
            if now != count:
                count, at = now, time.monotonic()
            time.sleep(0.02)
        return self.slack.of(self.user)[since:]

    def _find(self, fits: Callable[[dict[str, Any]], bool]) -> tuple[dict[str, Any], Any]:
        for message in reversed(self.slack.of(self.user)):
            for element in elements_of(message):
                if fits(element):
                    return message, element
        raise AssertionError(f"no such element for {self.user}")

    def _actions(self, message: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "user": {"id": self.user, "team_id": TEAM},
            "team": {"id": TEAM},
            "channel": {"id": self.channel},
            "trigger_id": uuid.uuid4().hex,
            "container": {"type": "message", "message_ts": message["ts"]},
            "message": {
                "ts": message["ts"],
                "blocks": message["blocks"],
                "text": message["text"],
                "bot_id": "B0BOT",
            },
            "state": {"values": {}},
            "actions": [{**action, "action_ts": _ts(), "block_id": "b1"}],
        }


def event_of(event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
    """The envelope of the Events API."""
    return {
        "type": "event_callback", "team_id": TEAM, "api_app_id": "A0APP", "event": event,
        "event_id": event_id or f"Ev{uuid.uuid4().hex[:10]}", "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
    }  # fmt: skip


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack signs a body."""
    stamp = str(int(at if at is not None else time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}


def post_signed(
    bot: httpx.Client, payload: dict[str, Any] | bytes, **headers: str
) -> httpx.Response:
    """Send an event as JSON, a press or a command as a form."""
    media = "application/x-www-form-urlencoded"
    if isinstance(payload, bytes):
        body = payload
    elif "event" in payload or "challenge" in payload:
        body, media = json.dumps(payload).encode(), "application/json; charset=utf-8"
    else:
        body = urlencode({"payload": json.dumps(payload)}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Content-Type": media, **signed(body), **named}
    return bot.post("/webhooks/slack/webhook", content=body, headers=sent)


def elements_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All elements to press or fill in."""
    for block in message.get("blocks") or ():
        if block["type"] == "actions":
            yield from block["elements"]


def labels_of(message: dict[str, Any]) -> list[str]:
    """What its buttons and options say."""
    found = []
    for element in elements_of(message):
        found += [element["text"]["text"]] if "text" in element else []
        found += [option["text"]["text"] for option in element.get("options", ())]
    return found


def texts_of(messages: list[dict[str, Any]]) -> list[str]:
    """The texts, as a person reads them."""
    plain = [m["text"].replace("&lt;", "<").replace("&gt;", ">") for m in messages]
    return [text.replace("&amp;", "&") for text in plain]


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """A Slack that is stopped in the end."""
    slack = FakeSlack()
    try:
        yield slack
    finally:
        slack.close()


def _ts() -> str:
    return f"{int(time.time())}.{next(_numbers):06d}"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
