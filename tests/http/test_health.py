"""/readyz tells the truth about each part that a turn needs; what is missing is in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sanic import Sanic
from sqlalchemy import text

from bot.channels import health
from bot.channels.health import HealthChannel, missing_parts
from bot.content.kept import kept_content
from bot.database.engine import connect, connect_memory, upgrade
from bot.database.sealing import KeyRing, new_key
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.load import load_knowledge
from bot.records.redis_place import RedisPlace
from bot.records.sealing_keys import check_keys
from bot.records.store import Records
from bot.runtime import Runtime
from bot.settings import Settings
from tests.conftest import ROOT, free_port
from tests.http.test_records_fail import parts as parts  # the fixtures
from tests.http.test_records_fail import unchanging as unchanging
from tests.sealed import KEYS


@pytest.fixture
def ready(parts: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A bot to which nothing is missing, on a machine that may be busy."""
    monkeypatch.setattr(health, "WITHIN_S", 15)
    load_knowledge(parts.engine, kept_content(ROOT / "content").knowledge)
    check_keys(parts.engine, first=True)
    return parts


def missing(parts: Runtime) -> list[str]:
    return asyncio.run(missing_parts(parts))


def test_nothing_is_missing(ready: Runtime) -> None:
    assert missing(ready) == []


def test_the_database_is_gone(ready: Runtime) -> None:
    gone = connect(f"postgresql://bot@127.0.0.1:{free_port()}/bot", KEYS)
    records = Records(gone, connect_memory())
    lost = replace(ready, engine=gone, knowledge=KnowledgeBase(gone), records=records)
    assert missing(lost) == ["knowledge", "records", "key"]


def test_the_knowledge_base_is_empty(ready: Runtime, tmp_path: Path) -> None:
    empty = connect(f"sqlite:///{tmp_path}/empty.db", KEYS)
    upgrade(empty)
    assert missing(replace(ready, knowledge=KnowledgeBase(empty))) == ["knowledge"]


def test_the_key_is_another_one(ready: Runtime, tmp_path: Path) -> None:
    other = connect(f"sqlite:///{tmp_path}/bot.db", KeyRing.of_text(new_key()))
    with other.connect() as connection:
        assert connection.scalar(text("select count(*) from records_key")) == 1
    assert missing(replace(ready, engine=other)) == ["key"]


def test_redis_is_gone(ready: Runtime, redis_url: str) -> None:
    there = Records(ready.engine, RedisPlace(redis_url, KEYS))
    assert missing(replace(ready, records=there)) == []
    nobody = RedisPlace(f"redis://127.0.0.1:{free_port()}/0", KEYS)
    assert missing(replace(ready, records=Records(ready.engine, nobody))) == ["records"]


@pytest.fixture
def action_server() -> Iterator[str]:
    """Says at /health what rasa-sdk's server says there."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/webhook"
    server.shutdown()


def test_the_action_server_is_gone(ready: Runtime, action_server: str) -> None:
    def at(url: str) -> Runtime:
        return replace(ready, settings=Settings(action_endpoint_url=url))

    assert missing(at(action_server)) == []
    assert missing(at(f"http://127.0.0.1:{free_port()}/webhook")) == ["actions"]
    assert missing(at("http://[nonsense")) == ["actions"]


@pytest.mark.parametrize("agent", [None, SimpleNamespace(is_ready=lambda: False)])
def test_the_model_is_missing(
    ready: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    agent: Any,
) -> None:
    monkeypatch.setattr(health, "runtime", lambda: ready)
    routes = HealthChannel().blueprint(lambda _: None)  # type: ignore[arg-type, return-value]
    app = Sanic(f"health_{agent is None}")
    app.blueprint(routes, url_prefix="/")
    handler = next(r.handler for r in app.router.routes if r.path == "readyz")
    request = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)))
    with caplog.at_level(logging.WARNING, "bot"):
        answer = asyncio.run(handler(request))
    assert answer.status == 503 and b"model" not in answer.body, "no details to everybody"
    assert [(r.message, r.reason) for r in caplog.records] == [("not_ready", "model")]
