"""A printable page: one self-contained HTML document, black on white, every word escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Cell = tuple[str, str]

_STYLE = """
@page { size: auto; margin: 14mm; }
* { box-sizing: border-box; }
body { font: 12pt/1.4 system-ui, "Segoe UI", Arial, sans-serif; color: #111; background: #fff;
  max-width: 52rem; margin: 1.5rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 1.25rem 0 .35rem; padding-bottom: .15rem;
  border-bottom: 2px solid #111; }
header p { margin: 0; }
header p + p { font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #666; padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #eee; font-size: .9rem; }
tbody th { font-weight: 600; }
q { display: block; font-weight: 400; font-size: .9rem; font-style: italic; color: #333; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
li { margin: .15rem 0; }
footer { margin-top: 1.5rem; font-size: .8rem; color: #333; }
tr, li { break-inside: avoid; }
h2 { break-after: avoid; }
.scroll { overflow-x: auto; }
@media print {
  body { font-size: 10.5pt; margin: 0; padding: 0; max-width: none; }
  thead th { background: none; }
  .scroll { overflow: visible; }
}
"""


def render_page(
    *,
    title: str,
    lines: Sequence[str],
    table: tuple[Sequence[str], Sequence[Sequence[Cell]]] | None,
    sections: Sequence[tuple[str, Sequence[str]]],
    foot: str,
) -> str:
    """The page as HTML. A cell is what is printed and the person's own words below it.

    The table stands before the first section that comes after any warnings.
    """
    blocks = [_section(heading, items) for heading, items in sections]
    if table is not None:
        is_warned = bool(sections) and sections[0][0].startswith("Warning")
        blocks.insert(1 if is_warned else 0, _table(*table))
    head = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{escape(title)}</h1>{head}</header>\n"
        + "\n".join(blocks)
        + f"\n<footer><p>{escape(foot)}</p></footer>\n</main>\n</body>\n</html>\n"
    )


def _section(heading: str, items: Sequence[str]) -> str:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<section><h2>{escape(heading)}</h2><ul>{listed}</ul></section>"


def _table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    return (
        '<section><h2>Symptoms</h2><div class="scroll" tabindex="0" role="region" '
        f'aria-label="Symptoms"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _row(row: Sequence[Cell]) -> str:
    first, *rest = row
    cells = "".join(f"<td>{_cell(cell)}</td>" for cell in rest)
    return f'<th scope="row">{_cell(first)}</th>{cells}'


def _cell(cell: Cell) -> str:
    shown, words = cell
    own = f"<q>{escape(words)}</q>" if words else ""
    return f"{escape(shown)}{own}"
