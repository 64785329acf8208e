"""The trained intent model, read from the bot's model archive without starting Rasa."""

from __future__ import annotations

import pickle
import tarfile
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

import yaml

from bot.nlu.intents import IntentModel
from bot.settings import ROOT
from bot.triage.second_reading import Scores

MODEL_FILE = "intents.pickle"
_CLASSIFIER = "bot.nlu.components.QuestionClassifier"
_MARKER = "bot.nlu.components.RedFlagMarker"


def trained_intents(archive: Path) -> IntentModel | None:
    """The model of this archive (our own, made by training here); None when it holds none."""
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.name.endswith(MODEL_FILE) else None
            if content is not None:
                return read_model(content)
    return None


def read_model(file: IO[bytes]) -> IntentModel:
    """The intent model of such a file."""
    model: IntentModel = read_own(file)
    return model


def read_own(file: IO[bytes]) -> Any:
    """What our own training pickled, with this version of bot/nlu: the name of the archive holds a
    hash of the program, so an older one is never read."""
    return pickle.load(file)  # noqa: S301  our own archive only


def threshold(config_file: Path) -> float:
    """The score of config.yml below which the bot offers topics instead of answering."""
    return float(_part(_CLASSIFIER, config_file)["threshold"])


def red_flag_scores(config_file: Path = ROOT / "config.yml") -> Scores:
    """The scores of config.yml from which the second reader of red flags asks."""
    part = _part(_MARKER, config_file)
    return Scores(**{field.name: part[field.name] for field in fields(Scores)})


def _part(name: str, config_file: Path) -> dict[str, Any]:
    pipeline = yaml.safe_load(config_file.read_text(encoding="utf-8"))["pipeline"]
    return next(dict(part) for part in pipeline if part["name"] == name)
