"""How the summary is laid out (summary.yml) and which codes go into FHIR (fhir.yml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, validator

from bot.content.files import ContentModel, Problems, between, build, read_yaml

SUMMARY_FILE, FHIR_FILE = "summary.yml", "fhir.yml"


class Column(ContentModel):
    """A column of the table of symptoms; its first question is shown also when not answered."""

    heading: str
    holds: tuple[str, ...]

    _holds = validator("holds", allow_reuse=True)(between(1))


class Table(ContentModel):
    """One row for each symptom; what no column holds stands below the symptom's name."""

    heading: str
    name: str
    columns: tuple[Column, ...]


class Section(ContentModel):
    """A heading and the answers below it. `numbered`: a list whose first three count most."""

    heading: str
    holds: tuple[str, ...]
    before_table: bool = False
    numbered: bool = False


class Layout(ContentModel):
    """The page: what stands where, and its few words of its own."""

    title: str
    byline: str
    foot: str
    warnings: str
    advice: str
    shortened: str
    who: Mapping[str, str]
    hidden: tuple[str, ...]
    about: tuple[str, ...]
    table: Table
    timeline: str
    sections: tuple[Section, ...]
    states: Mapping[str, str]

    @validator("states")
    def _all_states(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        lacking = sorted({"skipped", "unknown", "not_asked", "none"} - set(value))
        if lacking:
            raise ValueError(f"lacks {', '.join(lacking)}; add it")
        return value

    def section_of(self, link_id: str) -> Section | None:
        """The section of an answer: the first that names it, else the one that holds "*"."""
        if is_named(link_id, (*self.hidden, *self.about)):
            return None
        named = [s for s in self.sections if is_named(link_id, s.holds)]
        return next(iter(named), next((s for s in self.sections if "*" in s.holds), None))


class Code(ContentModel):
    """A code that was read in a guide of HL7. `system` is a key of `systems`."""

    system: str
    code: str
    display: str = ""
    text: str = ""
    seen_in: str


class FhirCodes(ContentModel):
    """What FHIR wants besides the script: addresses, codes, and how exact a date may be."""

    base: str = Field(regex=r"^https://[^\s]+[^/]$")
    title: str
    systems: Mapping[str, str]
    questions: Mapping[str, Code]
    groups: Mapping[str, Code]
    choices: Mapping[str, Mapping[str, Code]]
    symptoms: Mapping[str, Code]
    date_figures: Mapping[str, Literal[4, 7, 10]]

    @property
    def codes(self) -> list[Code]:
        """All of them."""
        named = (self.questions, self.groups, self.symptoms, *self.choices.values())
        return [code for codes in named for code in codes.values()]


@dataclass(frozen=True)
class SummaryContent:
    """Layout of the page, and codes of the export."""

    layout: Layout
    fhir: FhirCodes


def is_named(link_id: str, patterns: Iterable[str]) -> bool:
    """Is the question named, or does its id begin as "dx.*" says? "*" alone names none."""
    return any(
        link_id == p or (len(p) > 2 and p.endswith(".*") and link_id.startswith(p[:-1]))
        for p in patterns
    )


def read_summary(root: Path, problems: Problems, symptoms: Iterable[str]) -> SummaryContent:
    """Read summary.yml and fhir.yml below content/; only good for more problems when wrong."""
    raw = read_yaml(root / SUMMARY_FILE, problems, root=root)
    layout = build(Layout, raw, problems, file=SUMMARY_FILE, item="summary")
    raw = read_yaml(root / FHIR_FILE, problems, root=root)
    fhir = build(FhirCodes, raw, problems, file=FHIR_FILE, item="fhir")
    if fhir is not None:
        if not {code.system for code in fhir.codes} <= set(fhir.systems):
            problems.add(FHIR_FILE, "fhir", "codes", "name a system that is not listed; add it")
        for name in sorted(set(fhir.symptoms) - set(symptoms)):
            problems.add(FHIR_FILE, name, "symptoms", "is no symptom of symptoms.yml; correct it")
    return SummaryContent(layout or Layout.construct(), fhir or FhirCodes.construct())
