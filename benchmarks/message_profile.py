"""Where the CPU time of one message goes: people talk to a bot with a clock around its parts.

A part of `make bench`. `python -m benchmarks.message_profile` does it alone and puts the table into
the page of the last benchmark.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import bench_report
from benchmarks.bots import timed_bot
from benchmarks.load import run_load
from bot.settings import ROOT

USERS = 4
WRITTEN_WITHIN_S = 10.0
LOG = ROOT / "var" / "log" / "bench.log"


def parts_of(folder: Path, log: Path, texts: list[str], *, seconds: float) -> dict[str, float]:
    """Share of each part in percent of what the process uses. Raises TimeoutError when the bot
    writes no figures."""
    output = folder / "parts.json"
    with timed_bot(folder, log, output) as bot:
        run_load(bot.server, texts, users=USERS, seconds=3)
        bot.processes[0].send_signal(signal.SIGUSR1)
        run_load(bot.server, texts, users=USERS, seconds=seconds)
        bot.processes[0].send_signal(signal.SIGUSR2)
        ends = time.monotonic() + WRITTEN_WITHIN_S
        while time.monotonic() < ends:
            if output.exists() and (written := output.read_text(encoding="utf-8")):
                return {str(part): float(share) for part, share in json.loads(written).items()}
            time.sleep(0.1)
    raise TimeoutError(f"no figures in {output}; see {log}")


def main() -> int:
    """Measure, and write the page anew."""
    from benchmarks.bench import RESULTS, questions

    figures = json.loads(RESULTS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        parts = parts_of(Path(name), LOG, questions(), seconds=20)
    figures["parts_of_a_message"] = parts
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(parts, indent=2) + "\n")
    bench_report.write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
