"""content/ as the bot would answer from it, without touching the bot's own database."""

from __future__ import annotations

from pathlib import Path

from bot.content.entry_checks import check_entries
from bot.content.files import Problems
from bot.content.knowledge import Knowledge, read_knowledge
from bot.database.engine import connect_memory, upgrade
from bot.errors import ContentError
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.load import load_knowledge


def readable_knowledge(root: Path) -> tuple[Knowledge, list[str]]:
    """The entries that can be shown, and what is wrong with the others (an unfinished draft must
    not hide its neighbours). Raises ContentError when facts or topics are wrong."""
    problems = Problems()
    knowledge = read_knowledge(root, problems)
    check_entries(knowledge, problems)
    elsewhere = [line for line in problems.lines if line.startswith("facts/")]
    if elsewhere:
        raise ContentError(elsewhere)
    wrong = {line.split(": ", 1)[0] for line in problems.lines}
    entries = {key: entry for key, entry in knowledge.entries.items() if entry.file not in wrong}
    shown = Knowledge(knowledge.sources, knowledge.facts, knowledge.topics, entries)
    return shown, problems.lines


def catalogue_of(knowledge: Knowledge) -> Catalogue:
    """These entries as they come out of SQL; loaded into a database in memory."""
    engine = connect_memory()
    upgrade(engine)
    load_knowledge(engine, knowledge)
    catalogue = KnowledgeBase(engine).catalogue()
    engine.dispose()
    return catalogue
