"""`make soak`: half load for 20 minutes on two processes with PostgreSQL and Redis.

Memory must stay flat (its slope is fitted after the first quarter), nothing may fail, and neither
connections nor open files may grow. `--minutes` for a shorter one. Ends with 1 when one of these
does not hold.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import create_engine, text

from benchmarks.bench import LOG, RESULTS, questions
from benchmarks.bots import Bot, our_two_bots
from benchmarks.load import run_load
from tests.services import running_postgres, running_redis

USERS = 4
EVERY_S = 5.0
MB_PER_HOUR = 30.0  # more is no flat memory


def main() -> int:
    """Run, print and keep the figures."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    options.add_argument("--minutes", type=float, default=20.0)
    minutes = options.parse_args().minutes
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        database = running.enter_context(running_postgres())
        redis = running.enter_context(running_redis())
        bot = running.enter_context(our_two_bots(database, redis, LOG))
        figures = _soak(bot, database, minutes)
    command = f"python -m benchmarks.soak --minutes {minutes:g}"
    figures = {"command": command, "run_on": datetime.date.today().isoformat(), **figures}
    target = RESULTS.with_name("soak.json")
    target.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    is_flat = figures["memory_mb_per_hour"] <= MB_PER_HOUR
    return 0 if is_flat and not figures["errors"] and not figures["leaked_connections"] else 1


def _soak(bot: Bot, database: str, minutes: float) -> dict[str, Any]:
    texts = questions()
    # Half of what it can do: the rate at full load, then pauses of the same length as the answers.
    full = run_load(bot.server, texts, users=8, seconds=10).summary()["per_s"]
    pause = USERS / (full / 2)
    samples: list[tuple[float, float, int, int]] = []
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(bot, database, samples, over))
    watching.start()
    timings = run_load(bot.server, texts, users=USERS, seconds=minutes * 60, pause_s=pause)
    over.set()
    watching.join()
    settled = np.array(samples[len(samples) // 4 :], dtype=float)
    slope = float(np.polyfit(settled[:, 0], settled[:, 1], 1)[0]) * 3600
    return {
        "minutes": minutes,
        "full_load_per_s": full,
        **timings.summary(),
        "memory_mb_first_and_last": [float(settled[0, 1]), float(settled[-1, 1])],
        "memory_mb_per_hour": round(slope, 1),
        "connections_first_and_last": [int(settled[0, 2]), int(settled[-1, 2])],
        "open_files_first_and_last": [int(settled[0, 3]), int(settled[-1, 3])],
        "leaked_connections": bool(settled[-1, 2] > settled[0, 2] + 4),
    }


def _watch(
    bot: Bot, database: str, samples: list[tuple[float, float, int, int]], over: threading.Event
) -> None:
    """Memory (MB), connections to PostgreSQL and open files, every few seconds."""
    engine = create_engine(database, future=True)
    begun = time.monotonic()
    while not over.wait(EVERY_S):
        with engine.connect() as connection:
            connections = connection.scalar(text("select count(*) from pg_stat_activity"))
        files = sum(len(list(Path(f"/proc/{p.pid}/fd").iterdir())) for p in bot.processes)
        samples.append((time.monotonic() - begun, bot.memory_mb(), connections, files))
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
