"""Runs the steps of a model one after the other.

Rasa hands them to dask, which plans them anew for every message: a thread pool, queues and
futures around steps that follow each other anyway. The order is the same each time, so here it
is found once.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


class StepByStep(DaskGraphRunner):
    """A graph runner without dask; nodes are made and called as in Rasa's own."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of the targets. Raises GraphRunError when a step fails unexpectedly."""
        wanted = tuple(targets or self._graph_schema.target_names)
        done: dict[str, Any] = dict(inputs or {})
        try:
            for name, node, needs in self._steps(wanted):
                given = [(need, done[need]) if need in done else need for need in needs]
                _, done[name] = node(*given)
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name] for name in wanted}

    def _steps(self, wanted: tuple[str, ...]) -> list[tuple[str, GraphNode, list[str]]]:
        known: dict[tuple[str, ...], Any] = self.__dict__.setdefault("_steps_by_target", {})
        if wanted not in known:
            schema = self._graph_schema.minimal_graph_schema(list(wanted))
            known[wanted] = [
                (name, self._instantiated_nodes[name], list(schema.nodes[name].needs.values()))
                for name in in_order(schema)
            ]
        return known[wanted]


def in_order(schema: GraphSchema) -> list[str]:
    """The names of the nodes, each after those that it needs."""
    order: list[str] = []

    def add(name: str) -> None:
        if name in order or name not in schema.nodes:
            return
        for need in schema.nodes[name].needs.values():
            add(need)
        order.append(name)

    for name in schema.nodes:
        add(name)
    return order
