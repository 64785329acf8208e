"""A page on which a reviewer reads entries beside the facts they rest on (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from bot.content.knowledge import Entry, Fact, Knowledge
from bot.rendering.reply import Reply

_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def preview_page(
    title: str, shown: Iterable[tuple[Entry, Reply, Reply | None]], knowledge: Knowledge
) -> str:
    """The page. With each entry stand its short reply, and the one to "tell me more"."""
    body = "\n".join(_entry(entry, short, more, knowledge) for entry, short, more in shown)
    return _PAGE.substitute(title=escape(title), body=body)


def _entry(entry: Entry, short: Reply, more: Reply | None, knowledge: Knowledge) -> str:
    state = (
        f"Reviewed by {entry.reviewed_by} on {entry.reviewed_on}"
        if entry.reviewed_by
        else "Draft: nobody has reviewed this text"
    )
    questions = "".join(f"<li>{escape(question)}</li>" for question in entry.questions)
    return (
        f'<article id="{escape(entry.id)}"><h2>{escape(entry.id)}</h2>'
        f'<p><span class="state">{escape(state)}</span> Audience: {entry.audience}. '
        f"File: content/{escape(entry.file)}</p>"
        f"<h3>On the web: said first, and on “tell me more”</h3>"
        f'<div class="answers">{_web(short)}{_web(more) if more else ""}</div>'
        f"<h3>As plain text</h3><pre>{escape(short.text)}</pre>"
        f"<h3>Each sentence and its facts</h3>{_review_table(entry, knowledge)}"
        f"<h3>Example questions</h3><ul>{questions}</ul></article>"
    )


def _web(reply: Reply) -> str:
    fields = reply.fields
    said = " ".join(escape(sentence["text"]) for sentence in fields["sentences"])
    then = f"<p><strong>What you can do next:</strong> {escape(fields['next'])}</p>"
    sources = "".join(f"<li>{_source(source)}</li>" for source in fields["sources"])
    dated = "Reviewed on" if fields["reviewed"] else "Facts collected on"
    return (
        f'<div class="web"><p><strong>{escape(fields["title"])}</strong></p><p>{said}</p>'
        f"{_figure(fields['figure']) if 'figure' in fields else ''}"
        f"{then if 'next' in fields else ''}<p>{dated} {fields['checked_on']}</p>"
        f"<ol>{sources}</ol></div>"
    )


def _figure(figure: dict[str, Any]) -> str:
    icons = "".join(
        f'<i class="{"on" if place < figure["marked"] else "off"}"></i>'
        for place in range(figure["of"])
    )
    label = escape(figure["label"])
    return f'<div class="icons" role="img" aria-label="{label}">{icons}</div><p>{label}</p>'


def _source(source: dict[str, str]) -> str:
    title = escape(source["title"])
    if source.get("url"):
        title = f'<a href="{escape(source["url"])}" rel="noreferrer">{title}</a>'
    return f"{title}, {escape(source['publisher'])}"


def _review_table(entry: Entry, knowledge: Knowledge) -> str:
    rows = "".join(
        f"<tr><td>{escape(sentence.text)}</td><td>"
        + (
            "".join(_fact(knowledge.facts[fact], knowledge) for fact in sentence.facts)
            or "Support: says nothing medical"
        )
        + "</td></tr>"
        for sentence in entry.sentences
    )
    return f"<table><tr><th>What we say</th><th>What it rests on</th></tr>{rows}</table>"


def _fact(fact: Fact, knowledge: Knowledge) -> str:
    numbers = "".join(
        f"<li>{escape(f'{n.value} {n.unit}: {n.what}; {n.population}')}</li>" for n in fact.numbers
    )
    caution = (
        f'<span class="caution">Caution: {escape(fact.caution)}</span>' if fact.caution else ""
    )
    names = "; ".join(escape(knowledge.sources[source].title) for source in fact.sources)
    return (
        f"<p><code>{escape(fact.id)}</code> {escape(fact.statement)}</p>"
        f"{f'<ul>{numbers}</ul>' if numbers else ''}{caution}<p><small>{names}</small></p>"
    )
