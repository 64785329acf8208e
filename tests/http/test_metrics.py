"""GET /metrics: who may read it, that it counts, and that no label says anything of a person."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sanic import Sanic

from bot.channels import metrics as channel
from bot.channels.metrics import MetricsChannel, serve_metrics
from bot.content.all_content import read_content
from bot.errors import BotError
from bot.metrics import (
    OTHER,
    OUTCOMES,
    REPEATED,
    count_interview,
    count_turn,
    intents,
    interviews,
    outcome_of,
)
from bot.records.held import TrackerRow
from bot.settings import Settings
from tests.conftest import METRICS_TOKEN, ROOT, Person, free_port

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]
MARKER = "qxmarker"


def figures(bot: httpx.Client) -> Figures:
    """Every sample: name and labels -> value."""
    answer = bot.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def grown(before: Figures, after: Figures) -> dict[str, float]:
    """What was counted in between, as Prometheus writes it."""
    return {
        f"{name.removeprefix('afterall_')}{sorted(dict(labels).values())}": value
        - before.get((name, labels), 0)
        for (name, labels), value in after.items()
        if name.endswith("_total") and value != before.get((name, labels), 0)
    }


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"},
                                    {"Authorization": f"Basic {METRICS_TOKEN}"},
                                    {"Authorization": f"Bearer {METRICS_TOKEN}x"}])  # fmt: skip
def test_without_the_token_nobody_reads(bot: httpx.Client, header: dict[str, str]) -> None:
    answer = bot.get("/metrics", headers=header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unknown_token"
    assert "afterall" not in answer.text


def test_it_is_off_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "settings", lambda: Settings(metrics_token=""))
    app = Sanic("without_metrics")
    app.blueprint(MetricsChannel().blueprint(lambda _: None), url_prefix="/")
    assert not app.router.routes


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        Settings(metrics_token="short")


def test_a_port_of_its_own_on_loopback() -> None:
    port = free_port()
    serve_metrics(Settings(metrics_port=port))
    assert "afterall_turns_total" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    with socket.socket() as probe:
        assert probe.connect_ex((_own_address(), port)) != 0
    with pytest.raises(BotError, match="METRICS_PORT"):
        serve_metrics(Settings(metrics_port=port))
    serve_metrics(Settings(metrics_port=None))


def _own_address() -> str:
    """An address of this machine that is not the one of loopback used above."""
    return "127.0.0.2"


def test_what_a_conversation_counts(bot: httpx.Client, new_person: Callable[..., Person]) -> None:
    before = figures(bot)
    person = new_person()
    person.say("what is mrd?")
    person.say("what is the capital of France?", id="again")
    person.say("what is the capital of France?", id="again")
    person.say("I might have a fever")
    person.tap("confirm_yes")
    person.tap("prepare_visit")
    person.say("stop")
    counted = grown(before, figures(bot))
    sys.stdout.write(f"{counted}\n")
    assert counted["conversations_total['web']"] == 1
    assert counted["turns_total['answered', 'web']"] == 1
    assert counted["turns_total['declined', 'web']"] == 1
    assert counted["turns_total['repeated', 'web']"] == 1
    assert counted["turns_total['red_flag_question', 'web']"] == 1
    assert counted["turns_total['card', 'web']"] == 1
    assert counted["declined_total['out_of_scope']"] == 1
    assert counted["intents_total['ask_mrd']"] == 1
    assert counted["red_flags_total['asked', 'emergency', 'fever']"] == 1
    assert counted["red_flags_total['confirmed', 'emergency', 'fever']"] == 1
    assert counted["interviews_total['started']"] == 1
    assert counted["interviews_total['stopped']"] == 1


def test_no_label_says_anything_of_a_person(
    bot: httpx.Client, new_person: Callable[..., Person]
) -> None:
    person = new_person(country="UK", start="prepare_visit")
    person.tap("consent_yes")
    for said in (f"{MARKER} tiredness", f"what is {MARKER}?", f"/{MARKER}", f"{MARKER} chest pain"):
        person.say(said)
    person.post({"id": MARKER, "choice": MARKER})
    found = figures(bot)
    assert found[("process_resident_memory_bytes", frozenset())] > 1e6
    content = read_content(ROOT / "content")
    known = {
        "channel": {"web", "slack"},
        "outcome": {*OUTCOMES.values(), OTHER, REPEATED},
        "intent": {*yaml.safe_load((ROOT / "domain.yml").read_text())["intents"], "other"},
        "reason": {"out_of_scope", "other_cancer", "medication_advice", "diagnosis", "unknown"},
        "rule": {*content.red_flags.flags, *(c.becomes for c in content.red_flags.combinations)},
        "level": {"emergency", "urgent", "routine", "crisis"},
        "step": {"card", "asked", "confirmed", "started", "finished", "stopped", "interrupted"},
    }
    for name, labels in found:
        for label, value in labels:
            if label == "le":
                float(value)
            elif name.startswith("afterall_faults"):
                assert re.fullmatch(r"\w{0,60}", value)
                assert MARKER not in value
            else:
                assert value in known[label], (name, label, value)
    shown = str(found)
    assert MARKER not in shown
    assert person.session["session"] not in shown and person.session["token"] not in shown


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        (["care_card", "notice"], "card"),
        (["care_card", "error"], "card"),
        (["answer", "confirm_red_flag"], "red_flag_question"),
        (["text", "question"], "interview"),
        (["answer", "question"], "answered"),
        (["choices", "summary"], "summary"),
        (["clarify"], "clarified"),
        (["text"], "said"),
    ],
)
def test_a_turn_has_one_outcome(replies: list[str], outcome: str) -> None:
    assert outcome_of([{"type": kind} for kind in replies]) == outcome


@pytest.mark.parametrize(
    ("before", "after", "replies", "step"),
    [
        (None, ("a", True), ["question"], "started"),
        (("a", True), ("b", True), ["question"], "started"),
        (("a", True), ("a", False), ["choices", "summary"], "finished"),
        (("a", True), ("a", False), ["notice"], "stopped"),
        (("a", True), ("a", False), ["care_card", "notice"], "interrupted"),
        (("a", True), ("a", True), ["question"], None),
        (("a", False), ("a", True), ["question"], None),
        (None, (None, False), ["answer"], None),
    ],
)
def test_what_became_of_an_interview(
    before: tuple[str, bool] | None, after: tuple[str | None, bool], replies: list[str], step: str
) -> None:
    def row(state: tuple[str | None, bool] | None) -> TrackerRow | None:
        return None if state is None else TrackerRow("[]", None, *state)

    counts = {n: interviews.labels(n) for n in ("started", "finished", "stopped", "interrupted")}
    values = {name: count._value.get() for name, count in counts.items()}
    count_interview(row(before), row(after), [{"type": kind} for kind in replies])
    changed = [name for name, count in counts.items() if count._value.get() != values[name]]
    assert changed == ([step] if step else [])


def test_counting_costs_a_turn_next_to_nothing() -> None:
    replies = [{"type": "declined", "reason": "unknown"}, {"type": "question"}]
    row, turns = TrackerRow("[]", None, "a", True), 2000
    begun = time.perf_counter()
    for _ in range(turns):
        count_turn("web", replies, 0.01)
        count_interview(row, row, replies)
        intents.labels("ask_mrd").inc()
    each_ms = (time.perf_counter() - begun) / turns * 1000
    sys.stdout.write(f"counting costs a turn {each_ms:.4f} ms\n")
    assert each_ms < 0.1


def test_every_fault_and_event_has_a_plain_name() -> None:
    """So that the label `event` can hold nothing else."""
    for path in Path(ROOT / "bot").rglob("*.py"):
        for call in re.findall(r"\blog\.\w+\(\s*([^\n]*)", path.read_text(encoding="utf-8")):
            assert re.match(r'"[a-z_]+"', call) or path.name == "encoder_graph.py", (path, call)
