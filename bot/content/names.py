"""Named things that questions are about: drugs, tests, places, ... (content/names.yml)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, root_validator, validator

from bot.content.files import ContentModel, Problems, between, build, read_yaml
from bot.content.interview_items import Symptom

FILE = "names.yml"
Kind = Literal["treatment", "test", "symptom", "body_site", "condition", "subtype", "stage"]
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*\+?|[.,;:!?()\n]")


class NamedThing(ContentModel):
    """One thing and everything it is called; `relapse`: which relapse a stage is."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    kind: Kind
    names: tuple[str, ...]
    relapse: int | None = Field(None, ge=1, le=9)

    _names = validator("names", allow_reuse=True)(between(1))

    @root_validator(skip_on_failure=True)
    def _sound(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in values["names"]:
            if not any(word[0].isalnum() for word, *_ in words_of(name)):
                raise ValueError("`names` holds a name without a letter; write it, or delete it")
        if values["relapse"] is not None and values["kind"] != "stage":
            raise ValueError("`relapse` is for a stage only; delete it, or set `kind: stage`")
        return values


class NamesContent(ContentModel):
    """All things; after a denying word the words of `not_a_denial` make it none.

    `spellings`: a word as it is misspelt to the word as the names write it. `right`: words that
    are no misspelling of a name; `not_a_name`: phrases that hold a name and do not mean the thing.
    """

    not_a_denial: tuple[str, ...]
    not_a_name: tuple[str, ...]
    right: tuple[str, ...]
    spellings: dict[str, str]
    things: tuple[NamedThing, ...]


class _Header(ContentModel):
    not_a_denial: tuple[str, ...]
    not_a_name: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    spellings: dict[str, tuple[str, ...]]
    things: tuple[Any, ...]


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Words and marks with their places, hyphens left out: "CAR-T" is "car t", "Ph+" one word."""
    return [(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text)]


def read_names(
    root: Path, problems: Problems, symptoms: Iterable[Symptom] = ()
) -> NamesContent | None:
    """Read content/names.yml; a name that two things or a symptom share is a problem.

    A place in the body may be a symptom's word too: people name the place and mean what is there.
    """
    header = build(
        _Header, read_yaml(root / FILE, problems, root=root), problems, file=FILE, item="header"
    )
    if header is None:
        return None
    things: dict[str, NamedThing] = {}
    owners: dict[tuple[str, ...], str] = {}
    of_symptoms = {_key(word): s.id for s in symptoms for word in s.words}
    for raw in header.things:
        item = str(raw.get("id", "thing")) if isinstance(raw, dict) else "thing"
        thing = build(NamedThing, raw, problems, file=FILE, item=item)
        if thing is None:
            continue
        if thing.id in things:
            problems.add(FILE, thing.id, "id", "is used twice; give it another name")
        things[thing.id] = thing
        for name in thing.names:
            owner = owners.setdefault(_key(name), thing.id)
            if owner == thing.id and thing.kind != "body_site":
                owner = of_symptoms.get(_key(name), thing.id)
            if owner != thing.id:
                message = f"{name!r} is a name of {owner!r} already; keep it in one place"
                problems.add(FILE, thing.id, "names", message)
    if not header.things:
        problems.add(FILE, "things", "-", "is empty; name at least one thing")
    return NamesContent(
        not_a_denial=header.not_a_denial,
        not_a_name=header.not_a_name,
        right=header.right,
        spellings=_spellings(header.spellings, problems),
        things=tuple(things.values()),
    )


def _spellings(ways: dict[str, tuple[str, ...]], problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    for right, wrong in ways.items():
        for word in wrong:
            if found.setdefault(word, right) != right or word in ways:
                message = f"{word!r} stands for {found[word]!r} already; keep it in one place"
                problems.add(FILE, "spellings", right, message)
    return found


def _key(name: str) -> tuple[str, ...]:
    return tuple(word for word, *_ in words_of(name))
