"""The glossary: words that answers use, each explained in one plain sentence (glossary.yml)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, root_validator, validator

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.numbers import numbers_in

if TYPE_CHECKING:
    from bot.content.knowledge import Entry, Fact, Topic

FILE = "glossary.yml"
MOST_WORDS = 20


class Term(ContentModel):
    """One word and what it means; what the fields are for stands at the top of the file."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    term: str = Field(min_length=2)
    also: tuple[str, ...] = ()
    means: str
    facts: tuple[str, ...] = ()
    kind: Literal["medical", "support"] = "medical"
    topic: str
    entry: str | None = None
    values: str | None = None
    explain: bool = False
    bare: bool = True

    @validator("means")
    def _one_short_sentence(cls, value: str) -> str:
        if not re.fullmatch(r"[^.!?]+\.", value):
            raise ValueError("must be one sentence that ends with a full stop")
        if len(value.split()) > MOST_WORDS:
            raise ValueError(f"has {len(value.split())} words; {MOST_WORDS} are the most")
        return value

    @root_validator(skip_on_failure=True)
    def _sound(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["kind"] == "medical") != bool(values["facts"]):
            raise ValueError(
                "needs `facts:` that say it; a mere word explanation without a fact is "
                "`kind: support` and has none"
            )
        names = (values["term"], *values["also"])
        if not any(name_key(name) in name_key(values["means"]) for name in names):
            raise ValueError("`means` must hold the term or one of its names; name it there")
        return values

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called, the term first."""
        return (self.term, *self.also)


@dataclass(frozen=True)
class Glossary:
    """All terms by id. `title` is the heading of a meaning, with {term} in it."""

    terms: dict[str, Term] = field(default_factory=dict)
    title: str = "{term}"
    checked_on: datetime.date = datetime.date.min


class _Header(ContentModel):
    title: str = Field(regex=r".*\{term\}")
    checked_on: datetime.date
    reviewed_by: str | None = None
    terms: tuple[Any, ...]


def name_key(name: str) -> str:
    """How names are compared: "B-cell" and "b cell" are the same, so are "mrd" and "M.R.D."."""
    plain = re.sub(r"[.'’]", "", name.lower())
    return " ".join(re.findall(r"[^\W_]+", plain))


def read_glossary(root: Path, problems: Problems) -> Glossary:
    """Read content/glossary.yml; a name that two terms share is a problem."""
    header = build(
        _Header, read_yaml(root / FILE, problems, root=root), problems, file=FILE, item="header"
    )
    if header is None:
        return Glossary()
    terms: dict[str, Term] = {}
    owners: dict[str, str] = {}
    for raw in header.terms:
        item = str(raw.get("id", "term")) if isinstance(raw, dict) else "term"
        term = build(Term, raw, problems, file=FILE, item=item)
        if term is None:
            continue
        if term.id in terms:
            problems.add(FILE, term.id, "id", "is used twice; give it another name")
        terms[term.id] = term
        for name in term.names:
            owner = owners.setdefault(name_key(name), term.id)
            if owner != term.id:
                message = f"{name!r} is a name of {owner!r} already; keep it in one place"
                problems.add(FILE, term.id, "also", message)
    return Glossary(terms, header.title, header.checked_on)


def glossary_faults(
    glossary: Glossary,
    facts: dict[str, Fact],
    topics: dict[str, Topic],
    entries: dict[str, Entry],
) -> Iterable[tuple[str, str, str]]:
    """Item, field and fault of terms that name what is not there."""
    for term in glossary.terms.values():
        if term.topic not in topics:
            yield term.id, "topic", f"unknown topic {term.topic!r}; they stand in topics.yml"
        for field_name in ("entry", "values"):
            entry = getattr(term, field_name)
            if entry is not None and entry not in entries:
                yield term.id, field_name, f"unknown entry {entry!r}; they stand in entries/"
        for fact in term.facts:
            if fact not in facts:
                yield term.id, "facts", f"unknown fact {fact!r}; fact ids stand in facts/"
        said = " ".join(facts[fact].statement for fact in term.facts if fact in facts)
        for number in numbers_in(term.means):
            if term.facts and number not in numbers_in(f"{said} {term.term}"):
                yield (
                    term.id,
                    "means",
                    f"the number {number} does not stand in its facts; "
                    "correct it or name the fact that holds it",
                )
