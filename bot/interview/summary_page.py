"""The summary laid out for reading: what stands where, the same as text, HTML and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.content.summary import Layout, Section, is_named
from bot.interview.play_back import long_date
from bot.interview.summary import Line, Summary, SymptomLine
from bot.interview.timeline import Timeline, timeline

# On the page; the text and the data files hold all of it.
QUOTED_CHARACTERS, TEXT_CHARACTERS = 160, 600


@dataclass(frozen=True)
class Said:
    """What is printed, and the person's own words beside it where they differ."""

    text: str
    quoted: str = ""


@dataclass(frozen=True)
class Row:
    """One symptom: its name, what no column holds, and its cells."""

    name: Said
    notes: tuple[Said, ...]
    cells: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True)
class Block:
    """A heading and what stands below it."""

    heading: str
    items: tuple[Said, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Page:
    """The page from top to bottom. Without rows there is a block "Symptoms" instead."""

    title: str
    date: str
    byline: str
    about: str
    warnings: Block | None
    before: tuple[Block, ...]
    symptoms: Block
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    timeline: Timeline | None
    timeline_heading: str
    after: tuple[Block, ...]
    foot: str


def page_of(value: Summary) -> Page:
    """Lay out a summary."""
    layout = value.layout
    blocks = list(_blocks(value))
    warnings = Block(layout.warnings, tuple(Said(flag) for flag in value.red_flags))
    return Page(
        title=layout.title,
        date=long_date(value.date),
        byline=value.byline,
        about=_about(value),
        warnings=warnings if value.red_flags else None,
        before=tuple(block for section, block in blocks if section.before_table),
        symptoms=Block(layout.table.heading, (Said(_no_symptoms(value)),)),
        head=(layout.table.name, *(column.heading for column in layout.table.columns)),
        rows=tuple(_row(layout, symptom) for symptom in value.symptoms),
        timeline=timeline(value.symptoms, value.date),
        timeline_heading=layout.timeline,
        after=tuple(block for section, block in blocks if not section.before_table),
        foot=layout.foot.format(version=value.script_version),
    )


def to_text(value: Summary) -> str:
    """The summary as plain text, whole, for copying and for channels without pages."""
    page = page_of(value)
    rows = Block(page.symptoms.heading, tuple(Said(_row_text(page, row)) for row in page.rows))
    blocks = [*page.before, rows if page.rows else page.symptoms, *page.after]
    lines = [page.title, page.date, page.byline, *([page.about] if page.about else []), ""]
    for block in [page.warnings, *blocks] if page.warnings else blocks:
        lines += [f"{block.heading}:", *(f"- {_plain(item)}" for item in block.items), ""]
    return "\n".join([*lines, page.foot]) + "\n"


def shortened(page: Page, mark: str) -> Page:
    """The page with very long words cut, so that it stays one page; `mark` says where to find
    the rest."""

    def short(said: Said) -> Said:
        return Said(_cut(said.text, TEXT_CHARACTERS, mark), _cut(said.quoted, QUOTED_CHARACTERS))

    def block(value: Block) -> Block:
        return replace(value, items=tuple(short(item) for item in value.items))

    rows = tuple(
        Row(
            short(row.name),
            tuple(short(note) for note in row.notes),
            tuple(tuple(short(said) for said in cell) for cell in row.cells),
        )
        for row in page.rows
    )
    return replace(
        page,
        about=_cut(page.about, TEXT_CHARACTERS, mark),
        before=tuple(map(block, page.before)),
        rows=rows,
        after=tuple(map(block, page.after)),
    )


def _cut(text: str, most: int, mark: str = "…") -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] + " " + mark


def _about(value: Summary) -> str:
    told = [
        line
        for line in value.lines
        if line.shown and is_named(line.link_id, value.layout.about) and line.value != "none"
    ]
    return "; ".join(_labelled(line).text for line in told)


def _blocks(value: Summary) -> Iterator[tuple[Section, Block]]:
    layout = value.layout
    for section in layout.sections:
        lines = [
            x for x in value.lines if layout.section_of(x.link_id) == section and not x.is_retold
        ]
        if section.numbered:
            items = [Said(question) for question in value.questions]
            state = "none" if value.questions_state == "given" else value.questions_state
            yield section, _block(section, items or [Said(layout.states[state])], bool(items))
        elif lines:
            is_named_by_heading = section.holds == (lines[0].link_id,)
            items = [_said(layout, lines[0])] if is_named_by_heading else _items(layout, lines)
            yield section, _block(section, items, False)


def _block(section: Section, items: Iterable[Said], numbered: bool) -> Block:
    return Block(section.heading, tuple(items), numbered)


def _items(layout: Layout, lines: Sequence[Line]) -> list[Said]:
    """One item for each answer; those about one treatment stand in one."""
    alone = [_labelled(line, layout) for line in lines if line.group is None]
    grouped = itertools.groupby(
        sorted((line for line in lines if line.group), key=lambda line: line.repeat),
        lambda line: line.repeat,
    )
    return [*alone, *(_round(layout, list(group)) for _, group in grouped)]


def _round(layout: Layout, lines: list[Line]) -> Said:
    """What was told about one treatment, its kind first."""
    first, *others = lines
    told = [_plain(_labelled(line)) for line in others if line.shown]
    return Said(f"{_plain(_said(layout, first))}: {'; '.join(told)}" if told else first.shown)


def _row(layout: Layout, symptom: SymptomLine) -> Row:
    cells = []
    for column in layout.table.columns:
        first, *others = column.holds
        lines = [line for name in others if (line := symptom.line(name)) and line.shown]
        held = {line.link_id: line for line in (symptom.onset, symptom.severity, symptom.similar)}
        cell = [_said(layout, symptom.line(first) or held.get(first))]
        cells.append((*cell, *(_labelled(line) for line in lines)))
    in_columns = {name for column in layout.table.columns for name in column.holds}
    notes = [
        _labelled(line)
        for line in symptom.lines
        if line.link_id not in in_columns and line.link_id not in layout.hidden and line.shown
    ]
    words = symptom.words if symptom.words.lower() != symptom.name.lower() else ""
    return Row(Said(symptom.name, words), tuple(notes), tuple(cells))


def _row_text(page: Page, row: Row) -> str:
    cells = [
        f"{heading}: {'; '.join(_plain(said) for said in cell)}"
        for heading, cell in zip(page.head[1:], row.cells, strict=True)
    ]
    return ". ".join([_plain(row.name), *(_plain(note) for note in row.notes), *cells])


def _no_symptoms(value: Summary) -> str:
    state = "none" if value.none_noted else value.symptoms_state
    return value.layout.states.get(state, value.layout.states["not_asked"])


def _said(layout: Layout, line: Line | None) -> Said:
    if line is None:
        return Said(layout.states["not_asked"])
    return Said(line.shown or layout.states.get(line.state, ""), line.quoted)


def _labelled(line: Line, layout: Layout | None = None) -> Said:
    said = _said(layout, line) if layout else Said(line.shown, line.quoted)
    colon = " " if line.question.endswith(("?", ".", ":")) else ": "
    return Said(f"{line.question}{colon}{said.text}", said.quoted)


def _plain(said: Said) -> str:
    return f"{said.text} (“{said.quoted}”)" if said.quoted else said.text
