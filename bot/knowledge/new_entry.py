"""A new entry: where it belongs, and the text that it begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.content.files import Problems
from bot.content.knowledge import Audience, read_knowledge
from bot.content.review import read_review
from bot.content.skeleton import skeleton
from bot.errors import BotError, ContentError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def new_entry(
    root: Path, topic: str, name: str, *, audience: Audience = "any", questions: Sequence[str] = ()
) -> tuple[Path, str]:
    """Path and text of an entry that is still to be filled in. Raises BotError when it cannot be
    named so, ContentError when content/ cannot be read."""
    problems = Problems()
    knowledge = read_knowledge(root, problems)
    review = read_review(root, problems, knowledge)
    if topic not in knowledge.topics:
        raise BotError(f"unknown topic {topic!r}; the topics: {' '.join(knowledge.topics)}")
    if not _NAME.fullmatch(name):
        raise BotError("a name has small letters, digits and _ only, such as hair_loss")
    if review is None:
        raise ContentError(problems.lines)
    path = root / "entries" / topic / f"{name}.yml"
    if path.exists():
        raise BotError(f"{path} is there already; choose another name")
    text = skeleton(
        topic,
        name,
        audience=audience,
        knowledge=knowledge,
        checked_on=review.rules.facts_collected_on,
        questions=questions,
    )
    return path, text
