"""Messages from which the second reader learns what a sign sounds like when it is there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.content.red_flags import RedFlagContent

FOLDER = "red_flag_examples"
_PRESENT = ("crisis", "emergency", "urgent")


@dataclass(frozen=True)
class Example:
    """A message and the flag it tells of as there now (None: of none)."""

    says: str
    flag: str | None


def read_examples(root: Path, content: RedFlagContent) -> list[Example]:
    """All examples below content/.

    A case names its row of the table and its level, which are one flag; where they are several,
    `flag` says which, or it is the first. What only may be a sign, or is an emergency by two signs
    together, teaches nothing.
    """
    cases = [
        case
        for path in sorted((root / FOLDER).glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
        if case["level"] != "confirm" and str(case["sign"]).isdigit()
    ]
    told = [(case["says"], case["level"] in _PRESENT, _flag_of(case, content)) for case in cases]
    return [Example(says, flag) for says, is_there, flag in told if flag or not is_there]


def _flag_of(case: Mapping[str, Any], content: RedFlagContent) -> str | None:
    if case["level"] not in _PRESENT:
        return None
    key = (int(case["sign"]), case["level"])
    flags = [f.id for f in content.flags.values() if (f.sign, f.level) == key]
    if "flag" in case and case["flag"] not in flags:
        raise ValueError(f"{case['says'][:60]}: flag must be one of {flags} for sign and level")
    return case.get("flag") or next(iter(flags), None)
