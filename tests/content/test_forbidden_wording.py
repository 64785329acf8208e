"""What the bot must never say, looked for in everything it can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.content.files import Problems, read_yaml

ROOT = Path(__file__).resolve().parents[2]
SAID_IN = ("entries", "texts.yml", "red_flags.yml", "interview.yml", "glossary.yml")
# Fields that hold what people write, notes for editors, or ids: never said.
_WRITTEN_BY_PEOPLE = ("questions", "says", "together", "may_say", "may_together", "not_meant")
_NOTES = ("context", "facts", "sources", "id", "groups", "cues", "clues", "temperature", "note")
UNSAID = frozenset((*_WRITTEN_BY_PEOPLE, *_NOTES, "caution", "words", "aliases", "also"))
_COUNTED = r"(?:mg|mcg|ml|milligrams?|tablets?|pills?)"
FORBIDDEN = {
    "diagnosis": r"\byou (?:have|may have) (?:relapsed|a relapse)\b"
    r"|(?<!whether )(?<!if )\bthis (?:is|means) (?:a )?relapse\b"
    r"|\byou(?:r child)? (?:has|have) relapsed\b",
    "odds for one person": r"\byour (?:own )?(?:chance|odds|risk) (?:is|are|of \w+ is|of \w+ are)\b"
    r"|\byou have an? [\d.]+ ?(?:%|percent) (?:chance|risk)",
    "a dose": rf"\b(?:take|give|swallow|inject)\b[^.]{{0,40}}\b\d[\d.,]* ?{_COUNTED}\b",
    "safe to wait": r"\bsafe to wait\b|\bcan (?:safely )?wait (?:until|till)\b",
    "probably nothing": r"\bprobably (?:nothing|fine|harmless|just)\b|\bnothing to worry about\b",
    "no need to call": r"\bno need to (?:call|phone|worry|see)\b"
    r"|\b(?:do not|don't) need to (?:call|phone)\b",
    "stopping a medicine": r"(?<!not )(?<!never )\bstop (?:taking )?your "
    r"(?:chemo|medicine|tablets|pills)\b",
}


def _sayable(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNSAID:
                yield from _sayable(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sayable(inner)


def _files() -> list[Path]:
    places = [ROOT / "content" / name for name in SAID_IN]
    return [
        p
        for place in places
        for p in ([place] if place.is_file() else sorted(place.rglob("*.yml")))
    ]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_says_it(kind: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in _files()
        for text in _sayable(read_yaml(path, Problems(), root=ROOT))
        if re.search(FORBIDDEN[kind], text, re.IGNORECASE)
    ]
    assert not found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("safe to wait", "It is safe to wait until Monday."),
        ("probably nothing", "This is probably nothing."),
        ("a dose", "Take 2 tablets of 500 mg now."),
        ("odds for one person", "Your chance of relapse is 20 %."),
        ("diagnosis", "You have relapsed."),
        ("no need to call", "There is no need to call."),
    ],
)
def test_it_would_be_found(kind: str, text: str) -> None:
    assert re.search(FORBIDDEN[kind], text, re.IGNORECASE)
