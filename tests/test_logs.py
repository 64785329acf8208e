"""One line for each event, in a form that programs read, without words of people."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from bot.logs import event_log
from bot.metrics import faults
from tests.conftest import ROOT

PROGRAM = """
import logging, sys
from bot.logs import configure_logs, event_log
from bot.settings import Settings
configure_logs(Settings(log_level="INFO", log_format=sys.argv[1]))
log = event_log("bot.somewhere")
log.info("turn", channel="web", took_ms=3.2)
log.debug("not shown")
log.error("turn_failed", reason="TimeoutError", at="a.py:1 < b.py:2")
other = logging.getLogger("rasa.core")
other.info("I feel sick")
other.warning("two\\nlines", extra={"text": "I feel sick"})
try:
    raise ValueError("I feel sick")
except ValueError:
    other.exception("failed")
"""


def lines(form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, form], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_has_one_object_a_line() -> None:
    found = [json.loads(line) for line in lines("json")]
    assert [line["event"] for line in found] == ["turn", "turn_failed", "two lines", "failed"]
    assert all(line["timestamp"].endswith("Z") and line["level"] for line in found)
    assert found[0]["channel"] == "web" and found[0]["took_ms"] == 3.2
    assert found[1]["at"] == "a.py:1 < b.py:2" and found[1]["level"] == "error"
    assert found[3]["reason"] == "ValueError" and found[3]["at"].startswith("<string>:")
    assert "sick" not in str(found)


def test_text_is_logfmt() -> None:
    found = lines("text")
    assert len(found) == 4
    assert "level=info event=turn channel=web took_ms=3.2" in found[0]
    assert 'event=turn_failed reason=TimeoutError at="a.py:1 < b.py:2"' in found[1]
    assert "sick" not in str(found)


def test_faults_are_counted_whatever_the_level(caplog: pytest.LogCaptureFixture) -> None:
    log = event_log("bot.test")
    count = faults.labels("some_fault", "TimeoutError")
    before = count._value.get()
    with caplog.at_level(logging.CRITICAL, "bot.test"):
        log.warning("some_fault", reason="TimeoutError")
        log.error("some_fault", reason="TimeoutError")
    assert count._value.get() == before + 2
    assert caplog.records == []


def test_a_reason_that_is_no_name_is_no_label() -> None:
    event_log("bot.test").error("some_fault", reason="I have chest pain")
    found = {sample.labels["reason"] for sample in next(iter(faults.collect())).samples}
    assert "I have chest pain" not in found and "other" in found
