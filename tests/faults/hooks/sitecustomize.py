"""First on PYTHONPATH of a bot in the fault run: a clock that can be set, and points where the
process stands still so that it can be killed just there. Nothing of this is in the product.

FAULTS_FOLDER names the folder by which it is steered: `clock` holds the seconds that the clock is
wrong by, `pause` the name of a point; the process that reaches it first renames the file to
`paused` and waits.
"""

from __future__ import annotations

import datetime
import functools
import importlib.abc
import importlib.machinery
import inspect
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from fault_points import AFTER, BEFORE, POINTS

FOLDER = Path(os.environ["FAULTS_FOLDER"])
_now, _time = datetime.datetime, time.time


def wrong_by() -> float:
    """Seconds."""
    try:
        return float((FOLDER / "clock").read_text())
    except (OSError, ValueError):
        return 0.0


class _AsDatetime(type):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _now)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, _now)


class WrongDatetime(_now, metaclass=_AsDatetime):
    """datetime.datetime with another now; what it makes is of the real class."""

    def __new__(cls, *args: Any, **more: Any) -> Any:
        return _now(*args, **more)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return _now.now(tz) + datetime.timedelta(seconds=wrong_by())

    @classmethod
    def utcnow(cls) -> Any:
        return _now.utcnow() + datetime.timedelta(seconds=wrong_by())

    @classmethod
    def today(cls) -> Any:
        return cls.now()


def pause(point: str) -> None:
    """Stand still when this point was asked for."""
    try:
        if (FOLDER / "pause").read_text() != point:
            return
        (FOLDER / "pause").rename(FOLDER / "paused")
    except OSError:
        return
    time.sleep(60)


def stopping(method: Callable[..., Any], point: str, when: str) -> Callable[..., Any]:
    """The method, with a point before or after it."""
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def slow(self: Any, *args: Any, **more: Any) -> Any:
            pause(point)
            return await method(self, *args, **more)

        return slow

    @functools.wraps(method)
    def plain(self: Any, *args: Any, **more: Any) -> Any:
        if when == BEFORE:
            pause(point)
        done = method(self, *args, **more)
        is_memory = hasattr(self, "_engine") and not self._engine.url.database
        if when == AFTER and not is_memory:
            pause(point)
        return done

    return plain


class _Points(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Puts the points into modules as they are imported."""

    def __init__(self) -> None:
        self._real: dict[str, Any] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if name not in {module for module, *_ in POINTS.values()}:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None:
            self._real[name], spec.loader = spec.loader, self
        return spec

    def create_module(self, spec: Any) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self._real[module.__name__].exec_module(module)
        for point, (name, kind, method, when) in POINTS.items():
            if name == module.__name__:
                made = getattr(module, kind)
                setattr(made, method, stopping(getattr(made, method), point, when))


sys.meta_path.insert(0, _Points())
datetime.datetime = WrongDatetime  # type: ignore[misc]
time.time = lambda: _time() + wrong_by()
