"""The NLU pipeline's graph components (named in config.yml); thin, over pure modules."""

from __future__ import annotations

import io
import pickle
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content.red_flag_examples import read_examples
from bot.logs import event_log
from bot.nlu.emergencies import SignReader
from bot.nlu.encoder import shared_encoder
from bot.nlu.entities import as_rasa
from bot.nlu.intents import IntentModel
from bot.nlu.trained import MODEL_FILE, read_model, read_own
from bot.nlu.understanding import Understood, understand
from bot.runtime import runtime
from bot.triage.raising import finding_of, mark_of
from bot.triage.second_reading import Scores, second_reading

log = event_log(__name__)

RED_FLAG = "red_flag"
READER_FILE = "emergencies.pickle"
FALLBACK_INTENT = "nlu_fallback"
# The topic of the answer just before, told by the channel.
FOLLOWS = "follows"
# Entities that say what a message is about, so that it does not go on from the last answer.
THINGS = frozenset({"treatment", "test", "condition", "subtype"})
INTENT_OF_LEVEL = {"emergency": "red_flag_emergency", "crisis": "crisis"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """What is asked: an intent with a score, or nlu_fallback below `threshold`."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: below this score the bot offers topics instead of answering."""
        return {"threshold": 0.11}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Untrained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples and keep the model."""
        examples = [m for m in training_data.intent_examples if m.get(INTENT)]
        texts = [str(message.get(TEXT)) for message in examples]
        intents = [str(message.get(INTENT)) for message in examples]
        self._model = IntentModel.train(texts, intents, shared_encoder())
        with self._storage.write_to(self._resource) as folder:
            (folder / MODEL_FILE).write_bytes(pickle.dumps(self._model))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Read the trained model back; it stands in our own model archive."""
        with model_storage.read_from(resource) as folder, (folder / MODEL_FILE).open("rb") as file:
            model = read_model(file)
        shared_encoder()
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking, `read_as` and `second_question` of each message that has text."""
        for message in messages:
            if message.get(TEXT) and self._model is not None:
                self._mark(message, self._understood(message, self._model))
        return messages

    def _understood(self, message: Message, model: IntentModel) -> Understood:
        parts = runtime()
        topics = parts.content.knowledge.topics
        return understand(
            str(message.get(TEXT)),
            rank=lambda texts: model.rank_all(texts, shared_encoder(), parts.told_words),
            words=parts.question_words,
            things={topic.id: topic.thing for topic in topics.values() if topic.thing},
            follows=(message.get(METADATA) or {}).get(FOLLOWS),
            names_a_thing=any(e["entity"] in THINGS for e in message.get(ENTITIES) or ()),
            other_illness=parts.other_illnesses.names_other_illness,
        )

    def _mark(self, message: Message, understood: Understood) -> None:
        best = understood.ranked[0]
        ranking = [
            {INTENT_NAME_KEY: r.intent, "confidence": r.score} for r in understood.ranked[:6]
        ]
        if best.score < self._config["threshold"]:
            ranking = [{INTENT_NAME_KEY: FALLBACK_INTENT, "confidence": best.score}, *ranking]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("read_as", understood.read_as, add_to_output=True)
        message.set("second_question", understood.second, add_to_output=True)


class _Marker(GraphComponent):
    """A component that learns nothing: what it needs is in memory."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Marker:
        """Nothing to read."""
        return cls()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityMarker(_Marker, EntityExtractorMixin):
    """Sets `entities`: the things, temperatures, ages, ... that a message names."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message names to the entities it has."""
        for message in messages:
            if message.get(TEXT):
                found = runtime().named_things.find(str(message.get(TEXT)))
                entities = self.add_extractor_name([as_rasa(entity) for entity in found])
                message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RedFlagMarker(GraphComponent, IntentClassifier):
    """Marks a message with what the red-flag detector found; an emergency becomes the intent.

    A channel that has screened the text already hands its finding over as metadata. A second,
    learned reader may ask the confirm line (bot/triage/second_reading.py); without it, or when it
    fails, what the rules found stands.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        reader: SignReader | None = None,
    ) -> None:
        self._scores = Scores(**{name: config[name] for name in self.get_default_config()})
        self._storage = model_storage
        self._resource = resource
        self._reader = reader

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See bot.triage.second_reading.Scores."""
        return {
            "ask_from": 0.27,
            "ask_crisis_from": 0.22,
            "ask_urgent_from": 0.3,
            "ask_beside_from": 0.4,
            "ask_beside_card_from": 0.3,
            "doubt_below": 0.25,
            "doubt_plain_below": 0.1,
            "quiet_below": 0.08,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagMarker:
        """Untrained: rules only."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the second reader on content/red_flag_examples and the everyday questions."""
        parts = runtime()
        flags = parts.content.red_flags
        examples = read_examples(parts.settings.content_folder, flags)
        everyday = [str(m.get(TEXT)) for m in training_data.intent_examples if m.get(INTENT)]
        self._reader = SignReader.train(
            examples, everyday, flags, shared_encoder(), parts.detector.raises
        )
        with self._storage.write_to(self._resource) as folder:
            (folder / READER_FILE).write_bytes(pickle.dumps(self._reader))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RedFlagMarker:
        """Read the trained reader back; it stands in our own model archive. A bot whose reader is
        missing or damaged starts all the same: the rules need none."""
        reader: SignReader | None = None
        try:
            with model_storage.read_from(resource) as folder:
                reader = read_own(io.BytesIO((folder / READER_FILE).read_bytes()))
        except Exception as error:  # noqa: BLE001  the bot must start without it
            log.error("second_reader_missing", reason=type(error).__name__)
        return cls(config, model_storage, resource, reader)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `red_flag` (level, rule, confirm) on each message."""
        for message in messages:
            metadata = message.get(METADATA) or {}
            mark = metadata.get(RED_FLAG)
            if mark is None and message.get(TEXT):
                mark = mark_of(runtime().detector.find(message.get(TEXT)))
            if not mark:
                continue
            if message.get(TEXT) and not mark.get("answered"):
                mark = self._read_again(str(message.get(TEXT)), mark)
            message.set(RED_FLAG, mark, add_to_output=True)
            intent = INTENT_OF_LEVEL.get(mark.get("level") or "")
            if intent:
                best = {INTENT_NAME_KEY: intent, "confidence": 1.0}
                message.set(INTENT, best, add_to_output=True)
        return messages

    def _read_again(self, text: str, mark: dict[str, Any]) -> dict[str, Any]:
        finding = finding_of(mark)
        if self._reader is None:
            return mark
        try:
            in_parts = finding.level is not None or finding.confirm is not None
            suspicions = self._reader.read(text, shared_encoder(), in_parts=in_parts)
        except Exception as error:  # noqa: BLE001  the rules' finding must not be lost with it
            log.warning("second_reader_failed", reason=type(error).__name__)
            return mark
        read = second_reading(
            finding,
            suspicions,
            self._scores,
            runtime().content.red_flags,
            known=mark.get("known", ()),
            is_short_answer=bool(mark.get("is_short_answer")),
        )
        return {**mark, **mark_of(read)}
