"""Which entry would answer a question, and how sure the bot is (for editors)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.content.all_content import Content
from bot.content.audience import AudienceContent
from bot.knowledge.base import Catalogue
from bot.knowledge.from_content import catalogue_of
from bot.knowledge.search import answering_entry, entry_search
from bot.nlu.audience import AudienceWords
from bot.nlu.encoder import shared_encoder
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.nlu.trained import threshold, trained_intents
from bot.nlu.understanding import understand
from bot.settings import ROOT
from bot.triage.red_flags import RedFlagDetector

SHOWN = 5


def found(question: str, content: Content, archive: Path | None) -> Iterator[str]:
    """Lines that say what the bot does with this question, in the order in which it decides."""
    flag = RedFlagDetector(content.red_flags).find(question)
    if flag.level:
        yield f"Red flag {flag.rule} ({flag.level}): its card is said first."
    elif flag.confirm:
        yield f"Red flag {flag.confirm}: the bot asks whether it is there now."
    catalogue = catalogue_of(content.knowledge)
    model = trained_intents(archive) if archive else None
    if model is None:
        yield "No trained model yet (`python -m bot prepare` makes one); the nearest by meaning:"
        yield from _by_meaning(question, catalogue)
        return
    told = ToldWords.of_entries(content.knowledge)
    understood = understand(
        question,
        rank=lambda texts: model.rank_all(texts, shared_encoder(), told),
        words=QuestionWords(content.follow_ups),
        things={},
        follows=None,
        other_illness=OtherIllnessWords(content.other_illnesses).names_other_illness,
    )
    ranked = understood.ranked[:SHOWN]
    least = threshold(ROOT / "config.yml")
    yield f"Score  intent (below {least:g} the bot offers topics instead of answering)"
    yield from (f"{one.score:5.2f}  {one.intent}" for one in ranked)
    if understood.second is not None:
        yield f"It asks two things; the second: {understood.second[0]} ({understood.second[1]})"
    topic = ranked[0].intent.removeprefix("ask_")
    if topic not in catalogue.topics:
        yield "The first is no topic, so no entry answers."
        return
    yield from _by_audience(question, topic, catalogue, content.audience)


def _by_meaning(question: str, catalogue: Catalogue) -> Iterator[str]:
    near = entry_search(catalogue).near(question)
    for entry_id in sorted(near, key=lambda key: (-near[key].all, key))[:SHOWN]:
        yield f"{near[entry_id].all:5.2f}  {entry_id}"


def _by_audience(
    question: str, topic: str, catalogue: Catalogue, words: AudienceContent
) -> Iterator[str]:
    said = AudienceWords(words).find(question)
    yield f"Audience in these words: {said or 'none'}"
    for audience in (said,) if said else (None, "child", "adult", "caregiver"):
        entry = answering_entry(catalogue, topic, question, audience=audience)
        if entry is not None:
            yield f"Answer ({audience or 'audience not known'}): {entry.id}"
