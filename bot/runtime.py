"""What one process needs, made once: settings, content, database, records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.engine import Engine

from bot.content.all_content import Content
from bot.content.kept import kept_content
from bot.database.engine import connect, connect_memory, metadata
from bot.database.sealing import KeyRing
from bot.knowledge.base import KnowledgeBase
from bot.nlu.audience import AudienceWords
from bot.nlu.entities import NamedThings
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.records.places import Place
from bot.records.sealing_keys import keys_of
from bot.records.store import Records
from bot.settings import Settings, settings
from bot.triage.red_flags import RedFlagDetector


@dataclass(frozen=True)
class Runtime:
    """The parts of the bot that channels, actions and Rasa's parts share."""

    settings: Settings
    content: Content
    engine: Engine
    knowledge: KnowledgeBase
    records: Records
    detector: RedFlagDetector
    audience_words: AudienceWords
    other_illnesses: OtherIllnessWords
    question_words: QuestionWords
    told_words: ToldWords
    named_things: NamedThings


def _short_lived(config: Settings, keys: KeyRing) -> Engine | Place:
    """Where conversations are that nobody agreed to store: shared when there are several bots."""
    if config.redis_url is None:
        memory = connect_memory()
        metadata.create_all(memory)
        return memory
    from bot.records.redis_place import RedisPlace

    return RedisPlace(config.redis_url, keys)


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """The parts of this process. Raises ContentError or SettingsError with what to do."""
    config = settings()
    content = kept_content(config.content_folder)
    keys = keys_of(config)  # none in a separate action server: actions hold no conversation
    engine = connect(config.database_url, keys)
    audience_words = AudienceWords(content.audience)
    return Runtime(
        settings=config,
        content=content,
        engine=engine,
        knowledge=KnowledgeBase(engine),
        records=Records(engine, _short_lived(config, keys)),
        detector=RedFlagDetector(content.red_flags),
        audience_words=audience_words,
        other_illnesses=OtherIllnessWords(content.other_illnesses),
        question_words=QuestionWords(content.follow_ups),
        told_words=ToldWords.of_entries(content.knowledge),
        named_things=NamedThings(
            content.names, content.interview, content.red_flags, audience_words
        ),
    )
