"""Starts Rasa's server with our channels, and trains its model."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from bot.logs import configure_logs, level_of_others
from bot.rasa_parts.patches import install_patches
from bot.settings import ROOT, Settings

# Rasa reads these itself.
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",  # Rasa's cache does not see changes of our components
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
# M_ARENA_MAX of glibc's malloc.h.
_MOST_HEAPS = -8


def prepare(settings: Settings, *, to_serve: bool = False) -> None:
    """Environment, logging and patches; before Rasa is imported."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    configure_logs(settings)
    install_patches(to_serve=to_serve)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(level_of_others(settings))


def serve(settings: Settings, model: Path, *, on_ready: Callable[[], None]) -> None:
    """Serve until stopped. `on_ready` is called once requests are answered."""
    one_heap()
    prepare(settings, to_serve=True)
    # A turn's sums are small: threads would only get in each other's way. Training keeps all.
    threadpool_limits(1)
    from functools import partial

    from rasa.core.run import (
        close_resources,
        configure_app,
        create_http_input_channels,
        load_agent_on_start,
    )
    from rasa.core.utils import AvailableEndpoints

    from bot.channels.metrics import serve_metrics

    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    serve_metrics(settings)
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(channels, enable_api=False, endpoints=endpoints, port=settings.port)
    app.register_listener(
        partial(load_agent_on_start, str(model), endpoints, None), "before_server_start"
    )

    async def ready(_: Any, loop: asyncio.AbstractEventLoop) -> None:
        # What is loaded by now stays: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        on_ready()
        loop.run_in_executor(None, import_module, "dateparser")  # see bot/interview/onset.py

    app.register_listener(ready, "after_server_start")
    _keep_house(app)
    app.register_listener(close_resources, "after_server_stop")
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False)


def one_heap() -> None:
    """Let all threads share one heap of the C library; before they are started. By itself glibc
    gives each its own, and what is freed there is used again by that thread only: two bots grew
    by 25 MB an hour more at half load. Other C libraries have no such setting and need none."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_MOST_HEAPS, 1)


def _keep_house(app: Any) -> None:
    """Delete what is too old, for as long as the server runs."""
    from bot.records.housekeeping import keep_house
    from bot.runtime import runtime

    async def begin(app: Any, loop: asyncio.AbstractEventLoop) -> None:
        parts = runtime()
        work = keep_house(parts.records, parts.engine, parts.settings)
        app.ctx.housekeeping = loop.create_task(work)

    async def end(app: Any, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.housekeeping.cancel()

    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")


def train(settings: Settings, output: Path, training_files: list[Path]) -> None:
    """Train a model into `output` (a .tar.gz). Raises RuntimeError when Rasa gives none."""
    prepare(settings)
    from rasa.model_training import train as rasa_train

    result = rasa_train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(path) for path in training_files],
        output=str(output.parent),
        fixed_model_name=output.name.removesuffix(".tar.gz"),
        force_training=True,
    )
    if not result.model:
        raise RuntimeError("Rasa trained no model")
