"""content/ as it was read and checked before, kept between starts under var/content.

Reading takes seconds. What is kept belongs to exactly these files and this program; content with
a problem is never kept, and a file that is damaged is made anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from functools import lru_cache
from pathlib import Path

from bot.content.all_content import Content, read_content
from bot.settings import ROOT

FOLDER = ROOT / "var" / "content"
_PROGRAM = Path(__file__).parent


def kept_content(root: Path) -> Content:
    """What `read_content` gives. Raises ContentError."""
    return _content(root, _fingerprint(root))


@lru_cache(maxsize=2)
def _content(root: Path, fingerprint: str) -> Content:
    file = FOLDER / f"{fingerprint}.pickle"
    content = _kept(file)
    if content is None:
        content = read_content(root)
        _keep(content, file)
    return content


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256(str(root).encode())
    for folder, ending in ((root, "*"), (_PROGRAM, "*.py")):
        for path in sorted(folder.rglob(ending)):
            if path.is_file():
                digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def _kept(file: Path) -> Content | None:
    try:
        with file.open("rb") as opened:
            content = pickle.load(opened)  # noqa: S301  written by _keep, named by its contents
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError):
        return None
    return content if isinstance(content, Content) else None


def _keep(content: Content, file: Path) -> None:
    """As a whole or not at all; where var/ cannot be written, the next start reads again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as opened:
            pickle.dump(content, opened)
        Path(part).replace(file)
        for old in file.parent.glob("*.pickle"):
            if old != file:
                old.unlink(missing_ok=True)
    except OSError:
        return
