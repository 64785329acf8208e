"""Messages from which the second reader learns what an emergency sounds like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = "red_flag_examples"
_PRESENT = ("emergency", "crisis")


@dataclass(frozen=True)
class Example:
    """A message and the emergency sign it tells of as there now (a row of the table of signs)."""

    says: str
    sign: int | None


def read_examples(root: Path) -> list[Example]:
    """All examples below content/; those that only may be an emergency, or are one by
    two urgent signs, teach nothing."""
    cases = [
        case
        for path in sorted((root / FOLDER).glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
        if case["level"] != "confirm" and str(case["sign"]).isdigit()
    ]
    return [Example(c["says"], int(c["sign"]) if c["level"] in _PRESENT else None) for c in cases]
