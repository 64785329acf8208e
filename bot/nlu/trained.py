"""The trained intent model, read from the bot's model archive without starting Rasa."""

from __future__ import annotations

import pickle
import tarfile
from pathlib import Path
from typing import IO

import yaml

from bot.nlu.intents import IntentModel

_MODEL_FILE = "intents.pickle"
_CLASSIFIER = "bot.nlu.components.QuestionClassifier"


def trained_intents(archive: Path) -> IntentModel | None:
    """The model of this archive (our own, made by training here); None when it holds none."""
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.name.endswith(_MODEL_FILE) else None
            if content is not None:
                return _unpickled(content)
    return None


def _unpickled(file: IO[bytes]) -> IntentModel | None:
    try:
        model: IntentModel = pickle.load(file)  # noqa: S301
    except (AttributeError, ModuleNotFoundError):
        return None  # made by an earlier version of the program; the next start trains anew
    return model


def threshold(config_file: Path) -> float:
    """The score of config.yml below which the bot offers topics instead of answering."""
    pipeline = yaml.safe_load(config_file.read_text(encoding="utf-8"))["pipeline"]
    return float(next(part["threshold"] for part in pipeline if part["name"] == _CLASSIFIER))
