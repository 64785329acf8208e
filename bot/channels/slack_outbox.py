"""What goes out to Slack: in order for each person, again when Slack is busy or down, never lost
without a line in the log."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.logs import event_log

log = event_log(__name__)
Send = Callable[[], Awaitable[object]]
KEPT_S = 600.0
LONGEST_LINE, MOST = 100, 5_000
PAUSES_S = (0.5, 1.0, 2.0, 3.0)
_BUSY = ("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
         "request_timeout", "team_added_to_org")  # fmt: skip


@dataclass(frozen=True)
class _Post:
    send: Send
    sent: asyncio.Future[bool]
    until: float


class Outbox:
    """One line for each person; lines do not wait for each other."""

    def __init__(self, *, kept_s: float = KEPT_S) -> None:
        self._kept_s = kept_s
        self._lines: dict[str, deque[_Post]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    def put(self, line: str, send: Send) -> asyncio.Future[bool]:
        """Send after all that stands in this line. The result says whether it arrived: False when
        Slack refused it, when it could not be sent for 10 minutes, or when the line is full."""
        sent: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting = self._lines.get(line)
        is_full = waiting is not None and len(waiting) >= LONGEST_LINE
        if is_full or sum(map(len, self._lines.values())) >= MOST:
            log.error("slack_outbox_full")
            sent.set_result(False)
            return sent
        post = _Post(send, sent, time.monotonic() + self._kept_s)
        if waiting is not None:
            waiting.append(post)
            return sent
        self._lines[line] = deque([post])
        worker = asyncio.ensure_future(self._work(line))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return sent

    def close(self) -> None:
        """Stop sending."""
        for worker in self._workers:
            worker.cancel()

    async def _work(self, line: str) -> None:
        waiting = self._lines[line]
        try:
            while waiting:
                post = waiting[0]
                arrived = await _deliver(post)
                waiting.popleft()
                if not post.sent.done():
                    post.sent.set_result(arrived)
        finally:
            del self._lines[line]


async def _deliver(post: _Post) -> bool:
    tries = 0
    while True:
        try:
            await post.send()
            return True
        except (SlackApiError, SlackRequestError, aiohttp.ClientError, OSError) as error:
            pause = pause_after(error, tries)
        except asyncio.TimeoutError:
            pause = pause_after(None, tries)
        except Exception as error:  # noqa: BLE001 - one bad post must not end the line
            log.error("slack_post_failed", reason=type(error).__name__)
            return False
        if pause is None or time.monotonic() + pause > post.until:
            log.error("slack_post_given_up", tries=tries + 1)
            return False
        tries += 1
        await asyncio.sleep(pause)


def pause_after(error: Exception | None, tries: int) -> float | None:
    """Seconds until the next try; None when Slack has refused the call for good."""
    pause = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
    if not isinstance(error, SlackApiError):
        return pause
    response = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    headers = getattr(response, "headers", None) or {}
    if status == 429:
        asked = str(headers.get("Retry-After", ""))
        return max(float(asked), 0.1) if asked.replace(".", "", 1).isdigit() else pause
    if status >= 500 or error_of(error) in _BUSY:
        return pause
    log.error("slack_refused", reason=error_of(error))
    return None


def error_of(error: SlackApiError) -> str:
    """Slack's own name of an error."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""
