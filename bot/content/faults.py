"""What pydantic says about a wrong field, in words for an editor: where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import ModelField

_MESSAGES = {
    "value_error.missing": "is missing; add it",
    "type_error.none.not_allowed": "is empty; fill it in, or delete the line",
    "type_error.str": "must be a text, not a list or a block; put it in quotes",
    "type_error.tuple": "must be a list, such as [one, two]",
    "type_error.list": "must be a list, such as [one, two]",
    "type_error.dict": "must be a block of keys and values",
    "type_error.integer": "must be a whole number",
    "type_error.float": "must be a number",
    "type_error.bool": "must be true or false",
    "value_error.date": "must be a date, such as 2026-11-22",
    "type_error.date": "must be a date, such as 2026-11-22",
    "value_error.any_str.max_length": "is longer than {limit_value} characters; shorten it",
    "value_error.any_str.min_length": "is too short; write at least {limit_value} characters",
    "value_error.number.not_ge": "must be {limit_value} or more; correct it",
    "value_error.number.not_le": "must be {limit_value} or less; correct it",
    "value_error.tuple.length": "needs {expected_length} values, has {actual_length}; correct it",
}
_FORM = "value_error.str.regex"
_CHOICE = "value_error.const"
_UNKNOWN_KEY = "value_error.extra"


def explained(fault: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    """Field ("short[1].text") and message of one of pydantic's errors."""
    place = [part for part in fault["loc"] if part != "__root__"]
    kind, values = fault["type"], fault.get("ctx") or {}
    owner, field = _owner(model, place)
    if kind == _UNKNOWN_KEY:
        message = f"is not a known key; allowed: {', '.join(owner.__fields__)}"
    elif kind == _CHOICE:
        message = f"must be one of: {', '.join(str(v) for v in values['permitted'])}"
    elif kind == _FORM:
        example = field.field_info.extra.get("example") if field else None
        message = f"has the wrong form; write it like {example or values['pattern']}"
    else:
        message = _MESSAGES.get(kind, fault["msg"]).format(**values)
    return _path(place) or "-", message


def _path(place: list[Any]) -> str:
    """Items are counted from 1, as editors count."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part + 1}]"
        else:
            path += f".{part}" if path else str(part)
    return path


def _owner(model: type[BaseModel], place: list[Any]) -> tuple[type[BaseModel], ModelField | None]:
    """The model whose field is at fault, and the field where the model has it."""
    field: ModelField | None = None
    names = [part for part in place if isinstance(part, str)]
    for name in names:
        if field is not None and isinstance(field.type_, type(BaseModel)):
            model = field.type_
        field = model.__fields__.get(name)
    return model, field
