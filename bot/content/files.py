"""Reading YAML files so that every complaint names the file, the item and the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, Extra, ValidationError, validator
from pydantic.fields import ModelField

from bot.content.faults import explained
from bot.errors import ContentError

Model = TypeVar("Model", bound="ContentModel")


class ContentModel(BaseModel):
    """Base of everything read from content/: unknown keys are refused, values do not change."""

    class Config:
        """pydantic v1 settings."""

        extra = Extra.forbid
        frozen = True
        anystr_strip_whitespace = True

    @validator("*", pre=True, allow_reuse=True)
    def _no_bare_yes(cls, value: object, field: ModelField) -> object:
        """YAML reads a bare yes or no as true or false, and pydantic would make it a text."""
        items = value if isinstance(value, list) else [value]
        if field.type_ is str and any(isinstance(item, bool) for item in items):
            raise ValueError("holds a bare yes, no, true or false; put it in quotes")
        return value


def between(least: int, most: int | None = None) -> Callable[[type[BaseModel], Sized], Sized]:
    """A pydantic validator for how many items a list has (pydantic 1 counts no tuples)."""

    def check(cls: type[BaseModel], value: Sized) -> Sized:
        if len(value) < least or (most is not None and len(value) > most):
            limit = f"at least {least}" if most is None else f"{least} to {most}"
            missing = least - len(value)
            todo = f"add {missing}" if missing > 0 else f"take out {len(value) - (most or 0)}"
            raise ValueError(f"needs {limit} items, has {len(value)}; {todo}")
        return value

    return check


def a_date(cls: type[BaseModel], value: object) -> object:
    """A pydantic validator: a number is no date (pydantic would count seconds from 1970)."""
    if isinstance(value, int | float):
        raise ValueError("must be a date, such as 2026-11-22")
    return value


class Problems:
    """Collects what is wrong, so that an editor sees all of it at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, file: str, item: str, field: str, message: str) -> None:
        """Note one problem."""
        self.lines.append(f"{file}: {item}: {field}: {message}")

    def raise_if_any(self) -> None:
        """Raise ContentError with all problems, or do nothing."""
        if self.lines:
            raise ContentError(self.lines)


def read_yaml(path: Path, problems: Problems, *, root: Path) -> Any:
    """Parse one file; a syntax error becomes a problem with its line, and None is returned."""
    name = str(path.relative_to(root))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.add(name, "file", "-", "is missing; restore it")
        return None
    except UnicodeDecodeError:
        problems.add(name, "file", "-", "is not UTF-8 text; save it as UTF-8")
        return None
    try:
        value = _UniqueKeyLoader(text).get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "file"
        problem = getattr(error, "problem", None) or str(error)
        problems.add(name, line, "-", f"is not valid YAML ({problem}); {_cure(text, problem)}")
        return None
    except (ValueError, TypeError, RecursionError) as error:
        problems.add(name, "file", "-", f"holds a value that cannot be read ({error}); quote it")
        return None
    if value is None:
        problems.add(name, "file", "-", "is empty; fill it in, or delete it")
    return value


def _cure(text: str, problem: str) -> str:
    if "twice" in problem:
        return "delete one of the two"
    if any(line.lstrip(" ").startswith("\t") for line in text.splitlines()):
        return "replace the tab by spaces"
    return "check indents and quotes"


class _UniqueKeyLoader(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping: YAML would silently keep the last."""


def _mapping(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"key {key!r} twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def build(
    model: type[Model], value: Any, problems: Problems, *, file: str, item: str
) -> Model | None:
    """Turn one item of a file into its model; each wrong field becomes a problem."""
    if not isinstance(value, dict):
        problems.add(file, item, "-", "must be a block of keys and values")
        return None
    try:
        return model(**value)
    except ValidationError as error:
        for fault in error.errors():
            problems.add(file, item, *explained(fault, model))
        return None
    except TypeError:
        problems.add(file, item, "-", "has a key that is not text")
        return None


def yaml_files(folder: Path) -> Iterator[Path]:
    """All YAML files below a folder, in a fixed order."""
    return iter(sorted(folder.rglob("*.yml")))
