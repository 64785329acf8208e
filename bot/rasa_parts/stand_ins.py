"""Stand-ins for packages that Rasa imports whatever the configuration, and that this bot never
uses: TensorFlow (345 MB, half of the start), other channels, other stores, plots.

Importing names from a stand-in works; using one is refused loudly.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

TENSORFLOW = ("tensorflow", "keras", "tensorflow_addons", "tensorflow_hub", "tensorflow_text")
# Needed by neither serving nor answering; together a third of what is imported at the start.
NOT_SERVED = (
    "aiogram", "boto3", "botocore", "fbmessenger", "kafka", "mattermostwrapper", "matplotlib",
    "prompt_toolkit", "pymongo", "questionary", "rocketchat_API", "scipy.stats", "socketio",
    "spacy.cli", "twilio", "webexteamssdk",
)  # fmt: skip


class NotLoaded(RuntimeError):
    """Something really wanted a package that is not loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used, but this bot runs without that package (bot/rasa_parts/stand_ins.py)"
            "; take the part that needs it out of the configuration, or start plain `rasa`"
        )


class _Refusing(type):
    """Classes that may be inherited from and named, but not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_is_placeholder"):
            # Decorators at import time (`@tf.function`) get their function back.
            if len(args) == 1 and not kwargs and callable(args[0]):
                return args[0]
            if not args:
                return lambda function: function
            raise NotLoaded(cls.__qualname__)
        return super().__call__(*args, **kwargs)


def _placeholder(name: str) -> type:
    return _Refusing(name.rpartition(".")[2], (), {"_is_placeholder": True, "__qualname__": name})


class _StandInModule(ModuleType):
    __version__ = "0.0"
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        parts = fullname.split(".")
        if any(".".join(parts[:n]) in self.names for n in range(1, len(parts) + 1)):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


_finder = _Finder()


def stand_in_for(names: Sequence[str]) -> None:
    """From now on importing these gives a stand-in. No effect on one that is loaded already."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    _finder.names.update(name for name in names if name not in sys.modules)
