"""`make bench`: speed, memory and growth, side by side with stock Rasa in one run.

All bots run at once and are measured in turn, so that what else the machine does hits them alike.
Writes benchmarks/results/bench.json and docs/benchmarks.md. Ratios count; times are this machine's.
`--quick` measures for seconds instead of a minute, and leaves out stock Rasa on our domain.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import create_engine, text

from benchmarks import bench_report, message_profile
from benchmarks.bots import (
    STARTER,
    Bot,
    our_bot,
    our_two_bots,
    starter_bot,
    stock_on_our_domain,
    train_ours,
)
from benchmarks.load import long_conversation, run_load
from bot.content.all_content import read_content
from bot.content.knowledge import Entry, Knowledge
from bot.database.engine import connect, upgrade
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.load import load_knowledge
from bot.settings import ROOT
from tests.services import running_postgres, running_redis

RESULTS = ROOT / "benchmarks" / "results" / "bench.json"
LOG = ROOT / "var" / "log" / "bench.log"
USERS = (1, 8, 32, 128)
TURNS = (10, 100, 500, 1000)
EPOCHS = 2
MANY_ENTRIES = 1000
Figures = dict[str, Any]


def main() -> int:
    """Run, keep the figures, write the page."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.bench")
    options.add_argument("--quick", action="store_true")
    quick = options.parse_args().quick
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    with tempfile.TemporaryDirectory() as name:
        figures = measure(Path(name), quick=quick)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(bench_report.write(figures))
    return 0


def measure(folder: Path, *, quick: bool) -> Figures:
    """All figures of one run."""
    _say("training and starting the bots")
    ours_trained = train_ours(LOG)
    with ExitStack() as running:
        single = running.enter_context(our_bot(folder, LOG))
        database = running.enter_context(running_postgres())
        redis = running.enter_context(running_redis())
        double = running.enter_context(our_two_bots(database, redis, LOG))
        starter = running.enter_context(starter_bot(folder, LOG))
        bots = [single, double, starter]
        if not quick:
            stock = stock_on_our_domain(folder, LOG, epochs=EPOCHS)
            bots.append(running.enter_context(stock))
        single.trained_s = ours_trained
        found = {bot.name: _once(bot) for bot in bots}
        loads = _loads(bots, seconds=4 if quick else 15)
        _keep(loads)
        growth = _growth(bots, (10, 100, 500) if quick else TURNS, limit_s=120 if quick else 900)
        _keep({"loads": loads, "growth": growth})
        for name, figures in found.items():
            figures["load"], figures["turns_ms"] = loads[name], growth[name]
        sizes = _database_sizes(folder, database, found)
        _say("where the time of a message goes")
        parts = message_profile.parts_of(folder, LOG, questions(), seconds=5 if quick else 20)
    return {
        "command": "python -m benchmarks.bench" + (" --quick" if quick else ""),
        "run_on": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[2], 1),
        "bots": found,
        "database": sizes,
        "parts_of_a_message": parts,
        "entries": _load_entries(folder),
    }


def questions() -> list[str]:
    """What people say to our bot: one example question of each entry."""
    knowledge = read_content(ROOT / "content").knowledge
    return [entry.questions[0] for entry in knowledge.entries.values() if entry.questions]


def starter_messages() -> list[str]:
    """What people say to the starter: its own examples."""
    nlu = yaml.safe_load((STARTER / "data" / "nlu.yml").read_text())["nlu"]
    return [line[2:] for item in nlu for line in item["examples"].strip().splitlines()]


def _texts(bot: Bot) -> list[str]:
    return starter_messages() if "starter" in bot.name else questions()


def _once(bot: Bot) -> Figures:
    run_load(bot.server, _texts(bot), users=2, seconds=2)  # what is made at the first message
    return {
        "ready_s": round(bot.ready_s, 1),
        "trained_s": round(bot.trained_s, 0) if bot.trained_s is not None else None,
        "memory_mb": bot.memory_mb(),
        "processes": len(bot.processes),
    }


def _loads(bots: list[Bot], seconds: float) -> dict[str, Figures]:
    """By bot and number of users; each bot in turn, the others idle."""
    found: dict[str, Figures] = {bot.name: {} for bot in bots}
    for users in USERS:
        for bot in bots:
            _say(f"{users} users: {bot.name}")
            before = bot.cpu_s()
            summary: Figures = run_load(
                bot.server, _texts(bot), users=users, seconds=seconds
            ).summary()
            used = bot.cpu_s() - before
            summary["cpu_ms"] = round(used * 1000 / max(1, summary["messages"]), 1)
            summary["memory_mb"] = bot.memory_mb()
            found[bot.name][str(users)] = summary
    return found


def _growth(bots: list[Bot], turns: tuple[int, ...], limit_s: float) -> dict[str, Figures]:
    found = {}
    for bot in bots:
        _say(f"{max(turns)} turns in one conversation: {bot.name}")
        texts = _texts(bot)[:10]
        medians = long_conversation(bot.server, texts, turns=turns, limit_s=limit_s)
        found[bot.name] = {str(turn): ms for turn, ms in medians.items()}
    return found


def _database_sizes(folder: Path, postgres: str, found: dict[str, Figures]) -> Figures:
    """Bytes per 1,000 turns of what was stored in this run."""
    sqlite = connect(f"sqlite:///{folder}/bot.db")
    with sqlite.connect() as connection:
        connection.execute(text("pragma wal_checkpoint(truncate)"))
        turns = connection.scalar(text("select count(*) from turns"))
        free = connection.scalar(text("pragma freelist_count"))
        page = connection.scalar(text("pragma page_size"))
        knowledge = connection.scalar(
            text("select sum(length(text)) from sentences")  # small beside the turns
        )
    size = (folder / "bot.db").stat().st_size - free * page
    engine = create_engine(postgres, future=True)
    tables = "('turns','messages','trackers','offered_choices','conversations','consents')"
    query = (
        "select sum(pg_total_relation_size(c.oid)) from pg_class c "  # noqa: S608  our own names
        f"where c.relname in {tables}"
    )
    with engine.connect() as connection:
        in_postgres = connection.scalar(text(query))
        turns_there = connection.scalar(text("select count(*) from turns"))
    return {
        "sqlite_mb_per_1000_turns": round(size / 1e6 / turns * 1000, 2),
        "sqlite_turns": turns,
        "knowledge_mb": round((knowledge or 0) / 1e6, 2),
        "postgres_mb_per_1000_turns": round(float(in_postgres) / 1e6 / turns_there * 1000, 2),
        "postgres_turns": turns_there,
    }


def _load_entries(folder: Path) -> Figures:
    """What it costs to load 1,000 entries into an empty database, and to read them."""
    knowledge = read_content(ROOT / "content").knowledge
    entries = list(knowledge.entries.values())
    many: dict[str, Entry] = {}
    for number in range(MANY_ENTRIES):
        entry = entries[number % len(entries)]
        name = f"{entry.id}_{number}"
        many[name] = entry.copy(update={"id": name})
    large = Knowledge(
        knowledge.sources, knowledge.facts, knowledge.topics, many, knowledge.glossary
    )
    large.glossary.terms.clear()
    engine = connect(f"sqlite:///{folder}/entries.db")
    upgrade(engine)
    with _timed() as loading:
        load_knowledge(engine, large)
    with _timed() as again:
        load_knowledge(engine, large)
    with _timed() as reading:
        KnowledgeBase(engine).catalogue()
    size = (folder / "entries.db").stat().st_size
    return {
        "entries": MANY_ENTRIES,
        "load_s": loading[0],
        "load_again_s": again[0],
        "read_s": reading[0],
        "database_mb": round(size / 1e6, 1),
    }


@contextmanager
def _timed() -> Iterator[list[float]]:
    took: list[float] = []
    begun = time.perf_counter()
    yield took
    took.append(round(time.perf_counter() - begun, 2))


def _keep(figures: Figures) -> None:
    """What is known by now, should the rest of the run fail."""
    LOG.with_name("bench.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
