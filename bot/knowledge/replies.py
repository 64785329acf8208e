"""An entry as a reply, and choices of topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.knowledge.base import Catalogue, Entry, Sentence
from bot.rendering.reply import Choice, Reply


def answer_reply(
    entry: Entry, catalogue: Catalogue, *, part: str = "short", more_label: str, intro: str = ""
) -> Reply:
    """The answer of the contract. `part`: short (said first), more ("tell me more") or all."""
    said = tuple(s for s in entry.sentences if part in ("all", s.part))
    has_more = part == "short" and any(s.part == "more" for s in entry.sentences)
    used = dict.fromkeys(source for sentence in said for source in sentence.sources)
    sources = [_source(s) for s in entry.sources if s.id in used]
    choices = [Choice(more_label, "more_detail")] if has_more else []
    choices += [Choice(catalogue.topics[t], f"ask_{t}") for t in entry.related]
    return Reply(
        "answer",
        _text(entry, said, sources, intro),
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
            **({"next": entry.next} if entry.next else {}),
            **({"figure": entry.figure} if entry.figure else {}),
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


def _text(
    entry: Entry, said: tuple[Sentence, ...], sources: list[dict[str, str]], intro: str
) -> str:
    """Everything in plain text: title, sentences, what to do next, sources and date."""
    names = "; ".join(dict.fromkeys(source["publisher"] for source in sources))
    lines = [intro] if intro else []
    lines += [entry.title, " ".join(sentence.text for sentence in said)]
    if entry.next:
        lines.append(entry.next)
    dated = "Reviewed on" if entry.reviewed else "Facts collected on"
    lines.append(f"Sources: {names}. {dated} {entry.checked_on.isoformat()}.")
    return "\n".join(lines)
