"""Where custom actions run: in this process, or on a rasa-sdk action server.

Actions hold no conversation. The answers of the interview are added to each call from records,
and new answers in the result are written to records before anything is said, so both ways of
running actions keep what a person said in this process only.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from bot.records.store import Records
from bot.runtime import runtime

STATE_SLOT = "interview_answers"
# The address of actions that run in this process.
IN_PROCESS = "-"


class ActionEndpoint:
    """What Rasa calls `action_endpoint`: an object with `request`."""

    def __init__(self, run: Any, records: Records, *, timeout_s: float, url: str) -> None:
        self._run = run
        self._records = records
        self._timeout_s = timeout_s
        self.url = url
        self.kwargs: dict[str, Any] = {}

    async def request(self, json: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Run one action. Raises TimeoutError when it takes too long.

        Rasa goes on without an action that failed, so the turn is told of it.
        """
        try:
            return await self._answered(json)
        except Exception:
            self._records.fail_turn()
            raise

    async def _answered(self, json: dict[str, Any]) -> dict[str, Any]:
        if json["tracker"]["slots"].get("interview_id"):
            await asyncio.to_thread(self._add_answers, json)
        else:
            json["tracker"]["slots"][STATE_SLOT] = []
        result: dict[str, Any] = await asyncio.wait_for(self._run(json), self._timeout_s)
        if any(event.get("name") == STATE_SLOT for event in result.get("events", [])):
            await asyncio.to_thread(self._keep_answers, json["sender_id"], result)
        return result

    def _add_answers(self, call: dict[str, Any]) -> None:
        slots = call["tracker"]["slots"]
        slots[STATE_SLOT] = self._records.answers(
            slots["interview_id"], conversation=call["sender_id"]
        )

    def _keep_answers(self, conversation: str, result: dict[str, Any]) -> None:
        kept = []
        for event in result.get("events", []):
            if event.get("event") == "slot" and event.get("name") == STATE_SLOT:
                new = event["value"]
                self._records.add_answers(
                    new["interview"], new["answers"], conversation=conversation
                )
            else:
                kept.append(event)
        result["events"] = kept


async def _run_in_process(call: dict[str, Any]) -> dict[str, Any]:
    """Actions read the database, so each runs in a thread and the event loop stays free."""
    return await asyncio.to_thread(_run, call)


def _run(call: dict[str, Any]) -> dict[str, Any]:
    """rasa-sdk's executor is a coroutine, but our actions await nothing: it needs no event loop."""
    running = _executor().run(call)
    try:
        running.send(None)
    except StopIteration as done:
        return done.value or {}
    running.close()
    raise TypeError(f"{call['next_action']} awaits something; actions are plain functions")


@lru_cache(maxsize=1)
def _executor() -> Any:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


@lru_cache(maxsize=1)
def action_endpoint() -> ActionEndpoint:
    """The endpoint that the settings ask for."""
    settings = runtime().settings
    url = settings.action_endpoint_url
    if url is None:
        _executor()
        return ActionEndpoint(
            _run_in_process,
            runtime().records,
            timeout_s=settings.action_timeout_s,
            url=IN_PROCESS,
        )
    from rasa.utils.endpoints import EndpointConfig

    server = EndpointConfig(url)

    async def run_over_http(call: dict[str, Any]) -> dict[str, Any]:
        return await server.request(json=call, method="post") or {}

    return ActionEndpoint(
        run_over_http, runtime().records, timeout_s=settings.action_timeout_s, url=url
    )
