"""Threats of docs/security.md that no other test shows, and that each named test exists."""

from __future__ import annotations

import ast
import asyncio
import datetime
import json
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest

from bot.channels.http import ClientError
from bot.channels.limits import RESUME_TRIES, RateLimits
from bot.content.kept import kept_content
from bot.dialogue.visit_summary import local_time
from bot.interview.answers import Answer
from bot.interview.fhir_response import Reporter, questionnaire_response
from bot.interview.summary_pdf import to_pdf
from bot.knowledge.__main__ import main as knowledge_command
from bot.settings import Settings
from tests.conftest import Person
from tests.interview.summary_examples import patients
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [p for part in ("bot", "actions") for p in sorted((ROOT / part).rglob("*.py"))]
INJECTIONS = [
    "'; DROP TABLE conversations; --", '" OR ""="', "1); DELETE FROM messages; --", "%' OR 1=1 --",
    "\\'; SELECT pg_sleep(5); --",
]  # fmt: skip


# -- the document --------------------------------------------------------------------------------


def test_every_test_that_is_named_exists() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 40
    for file, test in named:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, f"{file}::{test}"


def test_every_threat_names_a_test() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8").partition("## Old parts")[0]
    rows = [line for line in text.splitlines() if re.match(r"\| (?!threat)[^-]", line)]
    assert len(rows) > 25
    assert [row for row in rows if "::test_" not in row] == []


# -- over HTTP -----------------------------------------------------------------------------------


def test_no_cookie_is_ever_set(bot: httpx.Client, person: Person) -> None:
    answers = [bot.get(path) for path in ("/chat", "/chat/widget.js", "/healthz", "/nothing")]
    answers += [person.get("history"), bot.post("/chat/session", json={})]
    assert all("set-cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize("attack", INJECTIONS)
def test_sql_in_any_field_is_text(bot: httpx.Client, person: Person, attack: str) -> None:
    opened = bot.post("/chat/session", json={"timezone": attack, "resume": attack[:40]})
    assert opened.json()["error"]["code"] == "unknown_code"
    assert bot.post("/chat/session", json={"timezone": attack}).status_code == 201
    person.tap("consent_yes")
    begun = time.monotonic()
    assert person.post({"id": attack, "text": attack}).status_code == 200
    assert person.post({"id": "2", "choice": attack}).json()["error"]["code"] == "unknown_choice"
    given = {"message": attack, "helpful": True, "comment": attack}
    bot.post("/chat/feedback", json=given, headers=person.headers)
    bad = bot.get("/chat/history", headers={"Authorization": f"Bearer {attack}"})
    assert bad.status_code == 401
    assert person.get("summary", key=attack).status_code == 410
    assert time.monotonic() - begun < 4
    told = [m["text"] for m in person.get("history").json()["messages"]]
    assert attack in told
    assert attack in json.dumps(person.get("export").json(), ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")  # noqa: E501  # fmt: skip


def test_no_sql_is_put_together_from_strings() -> None:
    """`text(...)` and `exec_driver_sql(...)` take constants only."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                of_sql = name == "exec_driver_sql" or (
                    name == "text" and "sqlalchemy" in path.read_text(encoding="utf-8")
                )
                assert not of_sql or isinstance(node.args[0], ast.Constant), (path, node.lineno)


@pytest.mark.parametrize(
    "path",
    [
        "/chat/..%2f..%2fsettings.py", "/chat/%2e%2e/%2e%2e/etc/passwd", "/chat/....//etc/passwd",
        "/chat/settings.js", "/chat/chat.html", "/chat/words.js", "/chat/..\\..\\README.md",
        "/chat/%00", "/chat/widget.js%00.css", "/chat//etc/passwd", "/static/x", "/.env",
    ],
)  # fmt: skip
def test_no_path_leads_to_a_file(bot: httpx.Client, path: str) -> None:
    where = bot.base_url
    with socket.create_connection((where.host, where.port or 80), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode("utf-8", "replace")
    assert re.match(r"HTTP/1\.1 40[04] ", answer), answer[:200]
    assert "Traceback" not in answer and "root:" not in answer


@pytest.mark.parametrize("kind", ["../json", "json/../../x", "", "PDF", "exe"])
def test_a_format_is_no_path(person: Person, kind: str) -> None:
    answer = person.get("summary", format=kind)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    "zone", ["../../etc/passwd", "/etc/passwd", "Europe/../../../etc/hostname", "", "a\x00b", "."]
)
def test_a_time_zone_is_no_path(person: Person, zone: str) -> None:
    now = datetime.datetime(2026, 11, 24, 12)
    assert local_time(now, zone or None) == (
        now.replace(tzinfo=datetime.timezone.utc), " (UTC)",
    )  # fmt: skip
    assert Person(person.client, timezone=zone).say("hello")["messages"]


def test_what_is_written_gets_into_no_header(bot: httpx.Client, person: Person) -> None:
    person.tap("prepare_visit")
    marker = "quokka\r\nX-Quokka: 1"
    person.say(f"fever {marker}")
    for kind in ("json", "html", "pdf", "fhir", "txt"):
        answer = person.get("summary", format=kind)
        assert answer.status_code == 200
        assert "quokka" not in str(answer.headers).lower()
        named = answer.headers.get("content-disposition", "")
        assert re.fullmatch(r'(inline; filename="visit-summary\.[a-z.]+")?', named)
    odd = bot.get("/chat", headers={"Origin": "https://quokka.example"})
    assert odd.status_code == 403 and "quokka" not in str(odd.headers).lower()


@pytest.mark.parametrize("path", ["/chat/session", "/chat/message"])
def test_two_lengths_of_a_body_are_refused(bot: httpx.Client, path: str) -> None:
    """Smuggling: a proxy and the bot must not see two different requests in the same bytes."""
    where = bot.base_url
    inner = b"GET /chat/export HTTP/1.1\r\nHost: a\r\n\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(inner) + 5}\r\nTransfer-Encoding: chunked\r\n"
        "Connection: close\r\n\r\n"
    )
    with socket.create_connection((where.host, where.port or 80), timeout=15) as line:
        line.sendall(head.encode() + b"0\r\n\r\n" + inner)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 ") == 1, "one request, one answer"
    assert b"HTTP/1.1 4" in answer


# -- the files of a summary ----------------------------------------------------------------------


def test_the_pdf_holds_nothing_that_runs() -> None:
    attack = "/JavaScript (app.alert(1)) /OpenAction /URI (https://evil.example) /Launch #read(\"/etc/passwd\") #link(\"https://evil.example\")"  # noqa: E501  # fmt: skip
    adult = patients()[0]
    rows = (Answer("reason", 0, "x1", "given", attack, attack),)
    made = to_pdf(replace(adult, answers=(*adult.answers, *rows)).summary)
    document = pypdfium2.PdfDocument(made)
    raw = pypdfium2.raw
    assert raw.FPDFDoc_GetJavaScriptActionCount(document.raw) == 0
    assert raw.FPDFDoc_GetAttachmentCount(document.raw) == 0
    assert document.get_formtype() == raw.FORMTYPE_NONE
    for number in range(len(document)):
        page = document[number]
        assert raw.FPDFPage_GetAnnotCount(page.raw) == 0
    outside = made.split(b"stream")[0::2]
    assert not any(
        word in part for part in outside for word in (b"/JavaScript", b"/Launch", b"/AA")
    )
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "root:" not in text


def test_fhir_keeps_words_as_words() -> None:
    attack = '"}],"status":"amended","text":{"div":"<div><script>alert(1)</script></div>"}'
    adult = patients()[0]
    rows = (Answer("reason", 0, "x1", "given", attack, attack),)
    answers = replace(adult, answers=(*adult.answers, *rows)).answers
    now = datetime.datetime(2026, 11, 24, 12)
    made = questionnaire_response(
        kept_content(ROOT / "content").interview, answers, Reporter("patient", now, "1")
    )
    read = json.loads(json.dumps(made))
    assert read["status"] != "amended" and "text" not in read
    assert attack in json.dumps(read).encode().decode("unicode_escape")


# -- limits, Rasa, the inside --------------------------------------------------------------------


class _From:
    """A request as the limits see it."""

    def __init__(self, ip: str, forwarded: str | None = None) -> None:
        self.ip = ip
        self.headers = {"x-forwarded-for": forwarded} if forwarded else {}


def _allowed(limits: RateLimits, requests: Any) -> int:
    number = 0
    for request in requests:
        try:
            asyncio.run(limits.resume(request))
        except ClientError as error:
            assert error.status_code == 429
            break
        number += 1
    return number


def test_codes_cannot_be_guessed_for_long() -> None:
    limits = RateLimits(Settings())
    assert _allowed(limits, (_From("192.0.2.1") for _ in range(99))) == RESUME_TRIES == 30


def test_an_address_cannot_be_made_up() -> None:
    made_up = [_From("192.0.2.1", f"203.0.113.{n}") for n in range(99)]
    assert _allowed(RateLimits(Settings()), made_up) == RESUME_TRIES
    through = [_From("192.0.2.1", f"203.0.113.{n}, 198.51.100.7") for n in range(99)]
    assert _allowed(RateLimits(Settings(trusted_proxies=1)), through) == RESUME_TRIES


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"), ("GET", "/version"), ("GET", "/domain"), ("POST", "/model/train"),
        ("POST", "/model/parse"), ("PUT", "/model"), ("DELETE", "/model"),
        ("POST", "/model/predict"), ("POST", "/model/test/stories"),
        ("GET", "/conversations/default/tracker"), ("POST", "/conversations/default/execute"),
        ("POST", "/conversations/default/messages"), ("PUT", "/conversations/a/tracker/events"),
        ("POST", "/webhooks/rest/webhook"), ("GET", "/webhooks/rest/"), ("GET", "/socket.io/"),
        ("POST", "/webhooks/callback/webhook"), ("GET", "/docs"), ("GET", "/admin"),
    ],
)  # fmt: skip
def test_rasas_own_interface_is_off(bot: httpx.Client, method: str, path: str) -> None:
    answer = bot.request(method, path, json={"sender": "x", "message": "hi", "text": "hi"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_action_server_listens_on_loopback(tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "bot.rasa_parts.action_server", str(port)],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        ends = time.monotonic() + 90
        while not (heard := _listening(port)) and time.monotonic() < ends:
            assert running.poll() is None, (tmp_path / "log").read_text()[-2000:]
            time.sleep(0.2)
        assert heard == {"0100007F"}, "127.0.0.1 alone"
    finally:
        running.terminate()
        running.wait(20)


def _listening(port: int) -> set[str]:
    """The addresses (as the kernel writes them) at which something listens on this port."""
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {
        row[1].partition(":")[0]
        for row in rows
        if row[3] == "0A" and int(row[1].partition(":")[2], 16) == port
    }


def test_only_own_files_are_unpickled() -> None:
    """Three places read pickles: kept content, and what stands in the own model archive."""
    places = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"pickle\.loads?\(|joblib\.load\(|\bUnpickler\b", path.read_text("utf-8"))
    }
    assert places == {"bot/content/kept.py", "bot/nlu/trained.py"}
    assert Settings().host == "127.0.0.1"
    fetched = ("endpoints.yml", "credentials.yml", "config.yml")
    assert not any("models:" in (ROOT / name).read_text("utf-8") for name in fetched)


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a/b", "A", "x.yml", "..", ""])
def test_ids_of_content_are_no_paths(name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    try:
        code = knowledge_command(["--content", str(tmp_path), "new", "mrd", name])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code != 0
    assert sorted(tmp_path.rglob("*")) == before
