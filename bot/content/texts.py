"""What the bot says of its own accord, and the labels of its buttons (content/texts.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.knowledge import Topic


class OwnText(ContentModel):
    """One text; `choices` are the values of the buttons below it."""

    id: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    """Texts by id, and button labels by value (those of topics included, as ask_<topic>)."""

    texts: dict[str, OwnText]
    labels: dict[str, str]

    def __getitem__(self, text_id: str) -> OwnText:
        return self.texts[text_id]


def read_texts(root: Path, problems: Problems, topics: dict[str, Topic]) -> Texts:
    """Read content/texts.yml; a choice without a label is a problem."""
    file = "texts.yml"
    value = read_yaml(root / file, problems, root=root)
    value = value if isinstance(value, dict) else {}
    labels = {f"ask_{topic.id}": topic.label for topic in topics.values()}
    labels.update({str(k): str(v) for k, v in (value.get("labels") or {}).items()})
    texts: dict[str, OwnText] = {}
    for raw in value.get("texts") or []:
        item = str(raw.get("id", "text")) if isinstance(raw, dict) else "text"
        text = build(OwnText, raw, problems, file=file, item=item)
        if text is None:
            continue
        texts[text.id] = text
        for choice in text.choices:
            if choice not in labels:
                problems.add(file, text.id, "choices", f"{choice!r} has no label; add it to labels")
    return Texts(texts, labels)
