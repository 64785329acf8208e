"""Spoils one file of a small content tree, as a case of broken.yml describes it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def small_content(folder: Path) -> Path:
    """content/ with few entries: one a topic, those with a picture and those that others name."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content, copy_function=shutil.copyfile)
    kept = {"overview", "children"}
    named = set()
    for file in ("glossary.yml", "topics.yml"):
        named |= set(
            re.findall(r"[a-z0-9_]+\.[a-z0-9_]+", (content / file).read_text(encoding="utf-8"))
        )
    for entry in (content / "entries").glob("*/*.yml"):
        if entry.stem not in kept and f"{entry.parent.name}.{entry.stem}" not in named:
            entry.unlink()
    return content


@contextmanager
def spoilt(content: Path, file: str, change: dict[str, Any]) -> Iterator[None]:
    """The tree with this change; afterwards as it was."""
    path = content / file
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _change(path, change, content)
        yield
    finally:
        if before is not None:
            path.write_bytes(before)
        else:
            path.unlink()


def _change(path: Path, change: dict[str, Any], content: Path) -> None:
    if "bytes" in change:
        path.write_bytes(bytes.fromhex(change["bytes"]))
    elif "delete" in change:
        path.unlink()
    else:
        source = content / change["like"] if "like" in change else path
        text = source.read_text(encoding="utf-8") if source.exists() else ""
        path.write_text(_text(text, change), encoding="utf-8")


def _text(text: str, change: dict[str, Any]) -> str:
    if "write" in change:
        return str(change["write"])
    if "add" in change:
        return text + str(change["add"])
    if "cut" in change:
        start = text.index(change["cut"])
        return text[:start] + str(change["by"])
    if "replace" not in change:
        return text
    assert change["replace"] in text, "the case itself is out of date"
    often = -1 if "like" in change else 1
    return text.replace(change["replace"], change["by"], often)
