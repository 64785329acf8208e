"""What `make run` starts, with a clock around the parts of a message: `python -m
benchmarks.timed_bot FILE`, then the signals USR1 (begin to count) and USR2 (write FILE).

Counted is time on the processor, native code included, of each part without the parts inside it.
A sampler from outside sees too little of threads that are inside numpy and onnxruntime.
"""

from __future__ import annotations

import asyncio
import functools
import json
import runpy
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

OTHER = "HTTP server, event loop, threads, all else"
# What is called for each part; what is called inside another one does not count for that.
PARTS: dict[str, tuple[str, ...]] = {
    "sentence vectors (onnxruntime, tokenizers)": ("bot.nlu.encoder:Encoder.encode",),
    "named things (spaCy)": ("bot.nlu.components:EntityMarker.process",),
    "emergencies, rules": (
        "bot.triage.red_flags:RedFlagDetector.read",
        "bot.triage.red_flags:RedFlagDetector.find",
        "bot.channels.screening:Screening.screen",
    ),
    "emergencies, second reading": ("bot.nlu.components:RedFlagMarker.process",),
    "intents (n-grams, kernel, spelling, other illnesses)": (
        "bot.nlu.components:QuestionClassifier.process",
    ),
    "Rasa around understanding": (
        "rasa.core.processor:MessageProcessor._parse_message_with_graph",
    ),
    "policies": ("rasa.core.processor:MessageProcessor._predict_next_with_tracker",),
    "finding the entry": ("bot.knowledge.search:EntrySearch.near", "bot.knowledge.search:_best"),
    "actions and replies": ("bot.rasa_parts.action_endpoint:_run",),
    "database: entries": ("bot.knowledge.base:KnowledgeBase.catalogue",),
    "database: records": (
        "bot.records.store:Records.known",
        "bot.records.store:Records.by_token",
        "bot.records.store:Records.read_turn",
        "bot.records.store:Records.add_turn",
    ),
    "tracker: reading and writing": (
        "bot.rasa_parts.tracker_store:ConversationTrackerStore.retrieve",
        "bot.rasa_parts.tracker_store:ConversationTrackerStore.save",
    ),
    "Rasa around the dialogue": ("rasa.core.agent:Agent.handle_message",),
    "our channel": ("bot.channels.web:_Routes.message",),
}


class Clock:
    """Seconds on the processor by part, of all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_thread = threading.local()
        self.begin()

    def begin(self) -> None:
        """Count from zero."""
        self.spent: Counter[str] = Counter()
        self._begun = time.process_time()

    def shares(self) -> dict[str, float]:
        """Percent by part, of all that the process has used."""
        used = time.process_time() - self._begun
        with self._lock:
            spent = {part: self.spent[part] for part in PARTS}
        spent[OTHER] = used - sum(spent.values())
        return {part: round(100 * seconds / used, 1) for part, seconds in spent.items()}

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """What is done inside counts for the part, but for what counts for another."""
        inner: list[float] = self._of_thread.__dict__.setdefault("inner", [])
        inner.append(0.0)
        begun = time.thread_time()
        try:
            yield
        finally:
            took = time.thread_time() - begun
            with self._lock:
                self.spent[part] += took - inner.pop()
            if inner:
                inner[-1] += took


class Steps(Awaitable[Any]):
    """A coroutine of which each step counts for a part; while it waits nothing does."""

    def __init__(self, clock: Clock, part: str, running: Any) -> None:
        self._clock, self._part, self._running = clock, part, running

    def __await__(self) -> Generator[Any, Any, Any]:
        """Step by step."""
        call: Callable[..., Any] = self._running.send
        given: Any = None
        while True:
            try:
                with self._clock.of(self._part):
                    waits_for = call(given)
            except StopIteration as done:
                return done.value
            try:
                given, call = (yield waits_for), self._running.send
            except BaseException as error:  # noqa: BLE001  the coroutine decides about it
                given, call = error, self._running.throw


def timed(clock: Clock, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, or coroutine function, with a clock."""
    if asyncio.iscoroutinefunction(call):

        @functools.wraps(call)
        async def steps(*args: Any, **kwargs: Any) -> Any:
            return await Steps(clock, part, call(*args, **kwargs))

        return steps

    @functools.wraps(call)
    def whole(*args: Any, **kwargs: Any) -> Any:
        with clock.of(part):
            return call(*args, **kwargs)

    return whole


def put_clocks(clock: Clock) -> None:
    """Around all of PARTS. Raises AttributeError where one has another name by now."""
    for part, places in PARTS.items():
        for place in places:
            module, _, path = place.partition(":")
            *holders, name = path.split(".")
            holder = functools.reduce(getattr, holders, import_module(module))
            setattr(holder, name, timed(clock, part, getattr(holder, name)))


def main() -> None:
    """Start the bot."""
    from bot.rasa_parts import server

    output, clock = Path(sys.argv[1]), Clock()
    prepare = server.prepare

    def with_clocks(*args: Any, **kwargs: Any) -> None:
        prepare(*args, **kwargs)
        put_clocks(clock)  # Rasa is imported as the server has it, and no route is made yet

    server.prepare = with_clocks
    signal.signal(signal.SIGUSR1, lambda *_: clock.begin())
    signal.signal(signal.SIGUSR2, lambda *_: output.write_text(json.dumps(clock.shares())))
    sys.argv = ["bot", "run"]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
