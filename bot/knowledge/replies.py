"""An entry as a reply, and choices of topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.content.numbers import says_rate
from bot.knowledge.base import Catalogue, Entry, Sentence
from bot.knowledge.glossary import Term
from bot.rendering.reply import Choice, Reply


def answer_reply(
    entry: Entry, catalogue: Catalogue, *, part: str = "short", more_label: str, intro: str = ""
) -> Reply:
    """The answer of the contract. `part`: short (said first), more ("tell me more") or all."""
    said = tuple(s for s in entry.sentences if part in ("all", s.part))
    has_more = part == "short" and any(s.part == "more" for s in entry.sentences)
    used = dict.fromkeys(source for sentence in said for source in sentence.sources)
    sources = [_source(s) for s in entry.sources if s.id in used]
    terms = catalogue.glossary.to_explain(entry.id, (entry.title, *(s.text for s in said)))
    figure = entry.figure if _is_said(entry.figure, said) else None
    choices = [Choice(more_label, "more_detail")] if has_more else []
    choices += [Choice(catalogue.topics[t], f"ask_{t}") for t in entry.related]
    return Reply(
        "answer",
        "\n".join(_lines(entry, said, sources, intro, figure, catalogue.least_known(terms))),
        tuple(choices),
        {
            "entry": entry.id,
            "topic": entry.topic,
            "audience": entry.audience,
            "title": entry.title,
            "sentences": [
                {"text": s.text, "facts": list(s.facts), "sources": list(s.sources)} for s in said
            ],
            "sources": sources,
            "checked_on": entry.checked_on.isoformat(),
            "reviewed": entry.reviewed,
            "more": has_more,
            "related": list(entry.related),
            "content_hash": entry.content_hash,
            **({"intro": intro} if intro else {}),
            **({"next": entry.next} if entry.next else {}),
            **({"figure": figure} if figure else {}),
            **({"terms": [_term(term, catalogue) for term in terms]} if terms else {}),
        },
    )


def topic_choices(topics: Iterable[str], catalogue: Catalogue) -> tuple[Choice, ...]:
    """Buttons that ask about these topics."""
    return tuple(Choice(catalogue.topics[t], f"ask_{t}") for t in topics if t in catalogue.topics)


def _source(source: Any) -> dict[str, str]:
    shown = {"id": source.id, "title": source.title, "publisher": source.publisher}
    if source.url:
        shown["url"] = source.url
    if source.date:
        shown["date"] = source.date
    return shown


def _term(term: Term, catalogue: Catalogue) -> dict[str, Any]:
    facts = catalogue.meanings[f"glossary.{term.id}"].sentences[0].facts
    return {"term": term.term, "means": term.means, "facts": list(facts)}


def _is_said(figure: dict[str, Any] | None, said: tuple[Sentence, ...]) -> bool:
    """The picture of a rate is shown with the sentence that says it, never before."""
    return figure is not None and any(
        says_rate(sentence.text, figure["marked"], figure["of"]) for sentence in said
    )


def _lines(
    entry: Entry,
    said: tuple[Sentence, ...],
    sources: list[dict[str, str]],
    intro: str,
    figure: dict[str, Any] | None,
    terms: tuple[Term, ...],
) -> Iterator[str]:
    """Everything in plain text: title, sentences, picture, what to do next, sources, words."""
    if intro:
        yield intro
    yield entry.title
    yield " ".join(sentence.text for sentence in said)
    if figure:
        yield f"{figure['label']}."
    if entry.next:
        yield entry.next
    names = "; ".join(dict.fromkeys(source["publisher"] for source in sources))
    dated = "Reviewed on" if entry.reviewed else "Facts collected on"
    collected = f"{dated} {entry.checked_on.isoformat()}."
    yield f"Sources: {names}. {collected}" if names else collected
    if terms:
        yield "Words: " + " ".join(term.means for term in terms)
