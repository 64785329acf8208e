"""A bounded load over HTTP: many people at once, each waiting for the answer before going on.

Speaks to loopback only. Two kinds of bots are known: ours (the web channel) and Rasa's own REST
channel, with the same messages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
import numpy as np

# What people say where nothing else is given: questions, a word, and small talk.
TEXTS = ("what is a relapse?", "what is MRD?", "how is blinatumomab given?", "thank you",
         "can my son go to school?", "what are the signs of a relapse?")  # fmt: skip


@dataclass
class Timings:
    """Milliseconds that each message took, and how long all of them took (s)."""

    waited_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: int = 0

    def summary(self) -> dict[str, float]:
        """p50, p95, p99 in ms, messages per second, errors."""
        p50, p95, p99 = np.percentile(self.waited_ms, (50, 95, 99)) if self.waited_ms else (0, 0, 0)
        return {
            "p50_ms": round(float(p50), 1),
            "p95_ms": round(float(p95), 1),
            "p99_ms": round(float(p99), 1),
            "per_s": round(len(self.waited_ms) / self.seconds, 1) if self.seconds else 0.0,
            "messages": len(self.waited_ms),
            "errors": self.errors,
        }


class Talk(Protocol):
    """One conversation."""

    async def begin(self) -> None:
        """Open it."""

    async def say(self, text: str) -> bool:
        """One message; was it answered without an error?"""


class WebTalk:
    """A conversation over our web channel; with consent it is stored in the database."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, consent: bool) -> None:
        self._http, self._url, self._consent = http, url, consent
        self._headers: dict[str, str] = {}

    async def begin(self) -> None:
        """Open it, and agree to storing when asked to."""
        async with self._http.post(f"{self._url}/chat/session", json={}) as answer:
            opened = await answer.json()
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        if self._consent:
            await self._post({"id": "consent", "choice": "consent_yes"})

    async def say(self, text: str) -> bool:
        """Type a message."""
        return await self._post({"id": uuid.uuid4().hex, "text": text})

    async def _post(self, body: dict[str, str]) -> bool:
        url = f"{self._url}/chat/message"
        async with self._http.post(url, json=body, headers=self._headers) as answer:
            turn = await answer.json()
            said = turn.get("messages", []) if answer.status == 200 else []
            return bool(said) and all(message["type"] != "error" for message in said)


class RestTalk:
    """A conversation over Rasa's REST channel."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, f"{url}/webhooks/rest/webhook"
        self._sender = uuid.uuid4().hex

    async def begin(self) -> None:
        """Nothing to open."""

    async def say(self, text: str) -> bool:
        """Type a message."""
        body = {"sender": self._sender, "message": text}
        async with self._http.post(self._url, json=body) as answer:
            return answer.status == 200 and bool(await answer.json())


@dataclass(frozen=True)
class Server:
    """Where a bot listens, and how it is spoken to."""

    urls: tuple[str, ...]
    is_ours: bool = True
    consent: bool = True

    def talk(self, http: aiohttp.ClientSession, number: int) -> Talk:
        """A new conversation; with several addresses the people are spread over them."""
        url = self.urls[number % len(self.urls)]
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("the load is for loopback only")
        return WebTalk(http, url, consent=self.consent) if self.is_ours else RestTalk(http, url)


def run_load(
    server: Server, texts: Sequence[str], *, users: int, seconds: float, pause_s: float = 0.0
) -> Timings:
    """`users` people say these texts, one after the other, for so many seconds; each begins a
    message `pause_s` after the one before, or when that is answered."""
    return asyncio.run(_load(server, texts, users, seconds, pause_s))


async def _load(
    server: Server, texts: Sequence[str], users: int, seconds: float, pause_s: float
) -> Timings:
    timings = Timings()
    async with _client() as http:
        talks = [server.talk(http, number) for number in range(users)]
        for talk in talks:
            await talk.begin()
        begun = time.perf_counter()
        until = begun + seconds
        step = max(1, len(texts) // max(users, 1))
        await asyncio.gather(
            *(_chat(talk, cycle([*texts[n * step :], *texts[: n * step]]), until, pause_s, timings)
              for n, talk in enumerate(talks))
        )  # fmt: skip
        timings.seconds = time.perf_counter() - begun
    return timings


async def _chat(
    talk: Talk, texts: Iterator[str], until: float, pause_s: float, timings: Timings
) -> None:
    while (begun := time.perf_counter()) < until:
        await _timed(talk, next(texts), timings)
        await asyncio.sleep(max(0.0, begun + pause_s - time.perf_counter()))


async def _timed(talk: Talk, text: str, timings: Timings) -> None:
    begun = time.perf_counter()
    answered = await talk.say(text)
    timings.waited_ms.append((time.perf_counter() - begun) * 1000)
    timings.errors += not answered


def long_conversation(
    server: Server, texts: Sequence[str], *, turns: Sequence[int], around: int = 20
) -> dict[int, float]:
    """One conversation; the median time (ms) of the `around` messages that end at each turn."""
    return asyncio.run(_long(server, texts, turns, around))


async def _long(
    server: Server, texts: Sequence[str], turns: Sequence[int], around: int
) -> dict[int, float]:
    timings = Timings()
    async with _client() as http:
        talk = server.talk(http, 0)
        await talk.begin()
        for number in range(max(turns)):
            await _timed(talk, texts[number % len(texts)], timings)
    return {
        turn: round(float(np.median(timings.waited_ms[max(0, turn - around) : turn])), 1)
        for turn in turns
    }


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=120)
    )


def main() -> int:
    """Load on a bot that runs: `python -m benchmarks.load --url http://127.0.0.1:5005`."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.load")
    options.add_argument("--url", action="append", required=True, help="loopback; may be repeated")
    options.add_argument("--users", type=int, default=8)
    options.add_argument("--seconds", type=float, default=10.0, help="at most 600")
    options.add_argument("--rest", action="store_true", help="Rasa's REST channel instead of ours")
    given = options.parse_args()
    server = Server(tuple(given.url), is_ours=not given.rest)
    seconds = min(given.seconds, 600.0)
    timings = run_load(server, TEXTS, users=given.users, seconds=seconds)
    sys.stdout.write(json.dumps(timings.summary()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
