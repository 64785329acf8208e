"""A bot that runs takes new answers without a restart and without training."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Person, of_type, started_bot

MODELS = ROOT / "var" / "models"
OVERVIEW = "entries/definition/overview.yml"
OLD, NEW = "A relapse means that ALL has come back", "Relapse means that ALL has come back"


def _load(content: Path, database: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.knowledge", "--content", str(content), "load"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
    )


def _change(content: Path, old: str, new: str) -> None:
    entry = content / OVERVIEW
    text = entry.read_text(encoding="utf-8")
    assert old in text, "the case itself is out of date"
    entry.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_new_answers_without_restart_or_training(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content, copy_function=shutil.copyfile)
    with started_bot(tmp_path) as client:
        person = Person(client)
        trained = {path.name: path.stat().st_mtime_ns for path in MODELS.glob("*")}

        def answer() -> str:
            return str(of_type(person.say("what is a relapse?"), "answer")["text"])

        assert OLD in answer()
        _change(content, OLD, NEW)
        loaded = _load(content, tmp_path / "bot.db")
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        assert NEW in answer()

        _change(content, "[relapse-term]", "[no-such-fact]")
        _change(content, NEW, "Something wrong")
        refused = _load(content, tmp_path / "bot.db")
        assert refused.returncode == 1
        assert f"content/{OVERVIEW}: definition.overview: short[1]: unknown fact" in refused.stdout
        assert "Traceback" not in refused.stdout + refused.stderr
        assert NEW in answer(), "the answers before the fault stay"
        assert trained == {path.name: path.stat().st_mtime_ns for path in MODELS.glob("*")}
