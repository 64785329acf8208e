"""Where the CPU time of one message goes: the process is sampled while people talk to it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from benchmarks.bots import Bot
from benchmarks.load import run_load

# The first that stands in a sample's stack says to which part it belongs: innermost parts first.
PARTS = (
    ("sentence vectors (onnxruntime, tokenizers)", ("bot/nlu/encoder.py",)),
    ("named things (spaCy)", ("bot/nlu/entities.py",)),
    ("emergencies, second reading", ("bot/nlu/emergencies.py", "bot/triage/second_reading.py")),
    ("emergencies, rules", ("bot/triage/",)),
    ("finding the entry", ("bot/knowledge/search.py",)),
    ("intents (n-grams, kernel, spelling, other illnesses)", ("bot/nlu/",)),
    ("database: records", ("bot/records/",)),
    ("database: entries", ("bot/knowledge/base.py",)),
    ("actions and replies", ("actions/", "bot/dialogue/", "bot/rendering/", "bot/knowledge/")),
    ("tracker: reading and writing", ("bot/rasa_parts/tracker_store.py",)),
    ("policies", ("rasa/core/policies/",)),
    ("Rasa around them", ("rasa/",)),
    ("our channel", ("bot/channels/", "bot/rasa_parts/")),
    ("HTTP server, event loop, threads", ("",)),
)
# A thread that waits is no work.
IDLE = ("_worker (concurrent/futures/thread.py:81)", "select (selectors.py")
SAMPLES_PER_S = 200


def parts_of(bot: Bot, texts: list[str], *, seconds: float) -> dict[str, float]:
    """Share of each part in percent; empty when the process may not be sampled."""
    with tempfile.TemporaryDirectory() as name:
        output = Path(name) / "samples"
        command = [
            str(Path(sys.executable).with_name("py-spy")), "record", "--pid",
            str(bot.processes[0].pid), "--duration", str(int(seconds)), "--rate",
            str(SAMPLES_PER_S), "--format", "raw", "--output", str(output),
        ]  # fmt: skip
        load = threading.Thread(
            target=run_load, args=(bot.server, texts), kwargs={"users": 4, "seconds": seconds + 2}
        )
        load.start()
        try:
            done = subprocess.run(command, capture_output=True)
        except FileNotFoundError:
            done = None
        load.join()
        if done is None or done.returncode or not output.exists():
            return {}
        return shares(output.read_text(encoding="utf-8"))


def shares(samples: str) -> dict[str, float]:
    """Percent by part, from lines `frame;frame;... count`."""
    counted: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if any(idle in frames[-1] for idle in IDLE) or "serve (sanic" in frames[-1]:
            continue
        counted[part_of(stack)] += int(count)
    total = sum(counted.values()) or 1
    return {part: round(100 * counted[part] / total, 1) for part, _ in PARTS if counted[part]}


def part_of(stack: str) -> str:
    """The part of the innermost frame that belongs to one."""
    for frame in reversed(stack.split(";")):
        for part, places in PARTS[:-1]:
            if any(place in frame for place in places):
                return part
    return PARTS[-1][0]
