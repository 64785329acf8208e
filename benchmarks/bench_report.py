"""docs/benchmarks.md from the figures of `make bench`: tables, ratios, plots."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.settings import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "benchmarks"
HEAD = """# Benchmarks

Written by `make bench`; do not edit. All bots ran at once on the same machine and were measured in
turn, the load client on the same cores: **read the ratios**, the times belong to this machine and
to what else it did. Raw figures: [bench.json](../benchmarks/results/bench.json). How the bots
scale: [scaling.md](scaling.md). What makes a message cheap, and what was tried:
[speed.md](speed.md).
"""
SOAK = ROOT / "benchmarks" / "results" / "soak.json"
Figures = dict[str, Any]


def write(figures: Figures) -> str:
    """Write page and plots; the page."""
    lines = [HEAD, *_lines(figures)]
    _plots(figures["bots"])
    text = "\n".join(lines).rstrip() + "\n"
    PAGE.write_text(text, encoding="utf-8")
    return text


def _lines(figures: Figures) -> Iterator[str]:
    yield f"`{figures['command']}`, {figures['run_on']}; {figures['machine']}; load before the run"
    yield f"{figures['load_before']} (more than 0 means that other programs ran, too)."
    bots = figures["bots"]
    yield from _section("Start, memory, training", _starts(bots))
    yield from _section("Messages at once", _loads(bots))
    yield from _section("Compared with the starter bot, at 32 users", _ratios(bots))
    yield from _section("A long conversation", _turns(bots))
    yield from _section("Where the CPU time of one message goes", _parts(figures))
    yield from _section("Database and entries", _storage(figures))
    yield from _section("Half load for a while", _soak(json.loads(SOAK.read_text("utf-8"))))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from lines


def _starts(bots: Figures) -> Iterator[str]:
    yield "| bot | processes | ready after | memory, after the load | training |"
    yield "|---|---|---|---|---|"
    for name, bot in bots.items():
        trained = f"{bot['trained_s']:.0f} s" if bot["trained_s"] is not None else "as above"
        last = list(bot["load"].values())[-1]["memory_mb"]
        yield (
            f"| {name} | {bot['processes']} | {bot['ready_s']} s | {bot['memory_mb']:.0f} MB, "
            f"{last:.0f} MB | {trained} |"
        )


def _loads(bots: Figures) -> Iterator[str]:
    yield "CPU: of all processes of the bot, without databases, nginx and the client."
    yield ""
    yield "| bot | users | p50 ms | p95 ms | p99 ms | messages/s | CPU ms per message | errors |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, bot in bots.items():
        for users, load in bot["load"].items():
            yield (
                f"| {name} | {users} | {load['p50_ms']} | {load['p95_ms']} | {load['p99_ms']} | "
                f"{load['per_s']} | {load['cpu_ms']} | {load['errors']} |"
            )
    yield ""
    yield "![messages per second by users](benchmarks/throughput.png)"


def _ratios(bots: Figures) -> Iterator[str]:
    starter = next(bot for name, bot in bots.items() if "starter" in name)
    base = starter["load"]["32"]
    yield "| bot | messages/s | p95 | memory | ready |"
    yield "|---|---|---|---|---|"
    for name, bot in bots.items():
        load = bot["load"]["32"]
        yield (
            f"| {name} | {load['per_s'] / base['per_s']:.1f} x | "
            f"{load['p95_ms'] / base['p95_ms']:.2f} x | "
            f"{bot['memory_mb'] / starter['memory_mb']:.2f} x | "
            f"{bot['ready_s'] / starter['ready_s']:.2f} x |"
        )


def _turns(bots: Figures) -> Iterator[str]:
    turns = list(next(iter(bots.values()))["turns_ms"])
    yield "Median of the 20 messages (at turn 10: 10) that end at this turn, in ms."
    yield ""
    yield f"| bot | {' | '.join(f'turn {turn}' for turn in turns)} | turn 500 / turn 10 |"
    yield "|---|" + "---|" * (len(turns) + 1)
    for name, bot in bots.items():
        times = bot["turns_ms"]
        ratio = f"{times['500'] / times['10']:.2f}" if "500" in times else "not reached in time"
        yield f"| {name} | {' | '.join(str(times.get(t, '-')) for t in turns)} | {ratio} |"
    yield ""
    yield "![time of a message by turn](benchmarks/turns.png)"


def _parts(figures: Figures) -> Iterator[str]:
    yield "One process with SQLite, 4 users; time on the processor, native code included, with a"
    yield "clock around each part (`python -m benchmarks.message_profile`)."
    yield ""
    yield "| part | share |"
    yield "|---|---|"
    for part, share in figures["parts_of_a_message"].items():
        yield f"| {part} | {share} % |"


def _storage(figures: Figures) -> Iterator[str]:
    size, entries = figures["database"], figures["entries"]
    yield (
        f"- SQLite: {size['sqlite_mb_per_1000_turns']} MB per 1,000 turns with their answers "
        f"({size['sqlite_turns']} turns, the knowledge base included)"
    )
    yield (
        f"- PostgreSQL: {size['postgres_mb_per_1000_turns']} MB per 1,000 turns "
        f"({size['postgres_turns']} turns; tables of conversations with their indexes)"
    )
    yield (
        f"- {entries['entries']} entries: loaded into SQLite in {entries['load_s']} s, found "
        f"unchanged in {entries['load_again_s']} s, read in {entries['read_s']} s, "
        f"{entries['database_mb']} MB (vectors of new sentences not counted)"
    )


def _soak(soak: Figures) -> Iterator[str]:
    memory, connections, files = (
        "{:g} to {:g}".format(*soak[f"{name}_first_and_last"])
        for name in ("memory_mb", "connections", "open_files")
    )
    yield (
        f"`{soak['command']}`, {soak['run_on']}: two processes with PostgreSQL and Redis, at half "
        f"of their full load of {soak['full_load_per_s']:g} messages a second: "
        f"{soak['messages']:,} messages, errors: {soak['errors']}; p50 {soak['p50_ms']} ms, "
        f"p95 {soak['p95_ms']} ms."
    )
    yield (
        f"From the first quarter to the end: memory of both {memory} MB "
        f"({soak['memory_mb_per_hour']:g} MB an hour; up to 30 counts as flat), connections to "
        f"PostgreSQL {connections}, open files {files}."
    )


def _plots(bots: Figures) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    PICTURES.mkdir(parents=True, exist_ok=True)
    for file, title, part, axis in (
        ("throughput", "users at once", "load", "messages per second"),
        ("turns", "turn of one conversation", "turns_ms", "median, ms"),
    ):
        figure, axes = pyplot.subplots(figsize=(7, 4))
        for name, bot in bots.items():
            points = bot[part]
            values = [v["per_s"] if part == "load" else v for v in points.values()]
            axes.plot([int(x) for x in points], values, marker="o", label=name)
        axes.set(xlabel=title, ylabel=axis, xscale="log", ylim=(0, None))
        axes.set_xticks([int(x) for x in next(iter(bots.values()))[part]])
        axes.get_xaxis().set_major_formatter(matplotlib.ticker.ScalarFormatter())
        axes.legend(fontsize=7)
        figure.tight_layout()
        figure.savefig(PICTURES / f"{file}.png", dpi=100, metadata={"Software": None})
        pyplot.close(figure)
