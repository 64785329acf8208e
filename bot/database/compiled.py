"""Statements of every turn, compiled once.

To look a statement up in SQLAlchemy's own cache costs as much as to run it, and an upsert is not
kept there at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection

Row = dict[str, Any]


class Compiled:
    """Runs statements that are built once (module constants, attributes) on one engine's
    connections; each stays in memory, so none may be built for the occasion."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Any] = {}

    def run(
        self,
        connection: Connection,
        statement: Any,
        given: Mapping[str, Any] | list[Row] = MappingProxyType({}),
    ) -> Any:
        """The result; `given`: the parameters, or a list of rows to add, all with the same keys."""
        many = isinstance(given, list)
        columns = tuple(given[0] if isinstance(given, list) else given)
        key = (statement, columns, many)
        if key not in self._known:
            self._known[key] = statement.compile(
                dialect=connection.dialect, column_keys=list(columns), for_executemany=many
            )
        return connection.execute(self._known[key], given)
