"""A stand-in for TensorFlow, which Rasa imports whatever the pipeline (345 MB, half of the start).

No component of config.yml uses it. Importing names from it works; using one is refused loudly.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

STOOD_IN = ("tensorflow", "keras", "tensorflow_addons", "tensorflow_hub", "tensorflow_text")


class TensorFlowIsNotLoaded(RuntimeError):
    """Something really wanted TensorFlow."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used, but this bot runs without TensorFlow; "
            "take the component that needs it out of config.yml, or start plain `rasa`"
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
            raise TensorFlowIsNotLoaded(cls.__qualname__)
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
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in STOOD_IN:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def stand_in_for_tensorflow() -> None:
    """From now on `import tensorflow` gives the stand-in. No effect once the real one is loaded."""
    if "tensorflow" not in sys.modules and not any(isinstance(f, _Finder) for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
