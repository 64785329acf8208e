"""How fast a message is parsed, and how long training takes: `python -m benchmarks.speed`.

Parsing: the trained model as the server loads it, every held-out question once through Rasa's
`parse_message`. Training: in a clean copy, so the encoder's graph and all vectors are made, too.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.clean_copy import train_in_clean_copy
from benchmarks.understanding import CASES, read_cases
from bot.content.all_content import read_content
from bot.rasa_parts.server import prepare
from bot.settings import ROOT, settings
from bot.training import model_path, write_questions

WARM_UP = 20


@dataclass(frozen=True)
class Times:
    """Milliseconds by the clock, and on the processor, for each message."""

    waited: list[float]
    computed: list[float]


def report() -> Iterator[str]:
    """Markdown lines."""
    took = parse_times_ms()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        trained = train_in_clean_copy(Path(folder), hash_seed=0)
    for name, times in (("waited", took.waited), ("computed", took.computed)):
        p50, p95 = np.percentile(times, (50, 95))
        yield f"- parse of one message, {name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    yield f"  ({len(took.waited)} held-out messages, one after the other, one thread;"
    yield f"  load {load:.1f} on {os.cpu_count()} cores: more than 1 means that other programs ran)"
    yield f"- from a clean copy to the trained model: {trained.seconds:.0f} s"
    yield "  (content, database, encoder, vectors of all examples, training)"


def parse_times_ms() -> Times:
    """For each held-out question and message to decline."""
    subprocess.run(
        [sys.executable, "-m", "bot", "prepare"], cwd=ROOT, check=True, capture_output=True
    )
    prepare(settings())
    from rasa.core.agent import Agent

    knowledge = read_content(ROOT / "content").knowledge
    agent = Agent.load(str(model_path(write_questions(knowledge))))
    texts = [
        case.text
        for name in ("questions.yml", "out_of_scope.yml")
        for case in read_cases(CASES / name, knowledge.topics)
    ]

    async def parse_all() -> Times:
        for text in texts[:WARM_UP]:
            await agent.parse_message(text)
        times = Times([], [])
        for text in texts:
            begun, computed = time.perf_counter(), time.process_time()
            await agent.parse_message(text)
            times.waited.append((time.perf_counter() - begun) * 1000)
            times.computed.append((time.process_time() - computed) * 1000)
        return times

    with threadpool_limits(1):
        return asyncio.run(parse_all())


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
