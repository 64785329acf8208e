"""The summary as one HTML document that needs nothing else: black on white, every word escaped."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from bot.interview.summary import Summary
from bot.interview.summary_page import Block, Page, Row, Said, page_of, shortened
from bot.interview.timeline import to_svg

STYLE = files("bot.interview").joinpath("summary.css").read_text(encoding="utf-8")
TOP_QUESTIONS = 3


def to_html(value: Summary) -> str:
    """The page; it prints on one sheet of A4 or Letter."""
    page = shortened(page_of(value), value.layout.shortened)
    blocks = [
        _block(page.warnings, kind="warnings") if page.warnings else "",
        *(_block(block) for block in page.before),
        _table(page) if page.rows else _block(page.symptoms),
        _timeline(page),
        '<div class="rest">',
        *(_block(block, kind="asked" if block.numbered else "") for block in page.after),
        "</div>",
    ]
    about = f'<p class="about" dir="auto">{escape(page.about)}</p>' if page.about else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{escape(page.title)}</h1>"
        f"<p><time>{escape(page.date)}</time> <strong>{escape(page.byline)}</strong></p>{about}"
        "</header>\n"
        + "\n".join(block for block in blocks if block)
        + f"\n<footer><p>{escape(page.foot)}</p></footer>\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block, kind: str = "") -> str:
    tag = "ol" if block.numbered else "ul"
    items = "".join(
        f'<li dir="auto"{_top(block, number)}>{_said(item)}</li>'
        for number, item in enumerate(block.items)
    )
    name = f' class="{kind}"' if kind else ""
    return f"<section{name}><h2>{escape(block.heading)}</h2><{tag}>{items}</{tag}></section>"


def _top(block: Block, number: int) -> str:
    is_top = block.numbered and number < TOP_QUESTIONS
    return ' class="top"' if is_top else ""


def _table(page: Page) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in page.head)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in page.rows)
    heading = escape(page.symptoms.heading)
    return (
        f'<section><h2>{heading}</h2><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{heading}"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _row(row: Row) -> str:
    notes = "".join(f'<span class="note" dir="auto">{_said(note)}</span>' for note in row.notes)
    cells = "".join(f'<td dir="auto">{_cell(cell)}</td>' for cell in row.cells)
    return f'<th scope="row" dir="auto">{_said(row.name)}{notes}</th>{cells}'


def _cell(cell: tuple[Said, ...]) -> str:
    first, *others = cell
    return _said(first) + "".join(f'<span class="note">{_said(said)}</span>' for said in others)


def _said(said: Said) -> str:
    own = f"<q>{escape(said.quoted)}</q>" if said.quoted else ""
    return f"{escape(said.text)}{own}"


def _timeline(page: Page) -> str:
    if page.timeline is None:
        return ""
    heading = escape(page.timeline_heading)
    return f'<section class="timeline"><h2>{heading}</h2>{to_svg(page.timeline)}</section>'
