"""A new release changes tables while the release before it still runs: both must go on working."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bot.database.engine import MIGRATIONS, connect, metadata, upgrade
from bot.knowledge import tables as knowledge
from bot.records import tables as records

VERSIONS = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
# What the release before does not notice: new things, and wider ones. Taking away or renaming
# waits for a release after the one that no longer uses it.
HARMLESS = {"create_table", "create_index", "add_column", "get_bind", "alter_column", "execute",
            "batch_alter_table", "f"}  # fmt: skip
MAY_EXECUTE = ("alter sequence",)


def _calls(file: Path) -> list[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    (upgrading,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade"]
    return [
        node
        for node in ast.walk(upgrading)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("op", "batch_op")
    ]


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_migrations_only_add(file: Path) -> None:
    for call in _calls(file):
        assert isinstance(call.func, ast.Attribute)
        assert call.func.attr in HARMLESS, f"{file.name}: {call.func.attr}"
        if call.func.attr == "execute":
            assert any(words in ast.unparse(call) for words in MAY_EXECUTE)
        if call.func.attr == "alter_column":
            assert {k.arg for k in call.keywords} == {"type_"}, "only to a wider type"
        if call.func.attr == "add_column":
            column = ast.unparse(call)
            assert "nullable=False" not in column or "server_default" in column


def test_migrations_are_numbered_one_after_the_other() -> None:
    assert [file.name[:4] for file in VERSIONS] == [
        f"{number:04}" for number in range(1, len(VERSIONS) + 1)
    ]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_migrations_make_the_tables_of_the_program(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert knowledge.metadata is records.metadata is metadata
    url = f"sqlite:///{tmp_path}/b.db" if kind == "sqlite" else request.getfixturevalue("postgres")
    engine = connect(url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": kind != "sqlite"})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_database_of_a_newer_release_is_left_as_it_is(tmp_path: Path) -> None:
    """A bot of the release before, started again in the middle of a change."""
    engine = connect(f"sqlite:///{tmp_path}/b.db")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
        connection.execute(text("alter table turns add column later text"))
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == "9999"
