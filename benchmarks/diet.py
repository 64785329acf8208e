"""The NLU pipeline of Rasa's starter bot (`rasa init`) on HINT3, beside ours in the same run.

`python -m benchmarks.diet` (`make evaluate DIET=--diet` calls it) writes benchmarks/results. It
needs the real TensorFlow, which the bot itself never loads: a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from benchmarks import hint3

COMMAND = "python -m benchmarks.diet"
Pairs = list[tuple[str, str]]
# config.yml of `rasa init`, Rasa 3.6.21.
PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {
        "name": "DIETClassifier", "epochs": 100, "constrain_similarities": True,
        "entity_recognition": False, "random_seed": 1,
    },
]  # fmt: skip


def diet_classifier(train: Pairs) -> Any:
    """Train on these pairs; what it returns gives the first intent and its confidence."""
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # train in earnest each time
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        intents: dict[str, list[str]] = {}
        for text, label in train:
            intents.setdefault(label, []).append(" ".join(text.split()).replace("[", "("))
        nlu = [
            {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
            for label, texts in intents.items()
        ]
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}), "utf-8")
        config = {"recipe": "default.v1", "language": "en", "pipeline": PIPELINE}
        (folder / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
        archive = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        if archive is None:
            raise RuntimeError("the starter pipeline did not train")
        agent = Agent.load(archive)

    def answer(messages: list[str]) -> list[tuple[str, float]]:
        async def all_of() -> list[tuple[str, float]]:
            found = [(await agent.parse_message(text))["intent"] for text in messages]
            return [(str(i["name"]), float(i["confidence"])) for i in found]

        return asyncio.run(all_of())

    return answer


def main(data: Path) -> None:
    """Run both on every bot and keep what they score."""
    scores: dict[str, dict[str, tuple[float, float]]] = {hint3.OURS: {}, hint3.STARTER: {}}
    seconds = {}
    for bot, score in hint3.scores(data, hint3.ours):
        scores[hint3.OURS][bot] = _rounded(score)
    begun = time.monotonic()
    for bot, score in hint3.scores(data, diet_classifier):
        scores[hint3.STARTER][bot] = _rounded(score)
        seconds[bot] = round(time.monotonic() - begun)
        begun = time.monotonic()
    run = {
        "command": COMMAND,
        "run_on": date.today().isoformat(),
        "what": "best accuracy and best Matthews correlation; seconds to train and ask the starter",
        "scores": scores,
        "seconds": seconds,
    }
    hint3.RASA_RUN.parent.mkdir(exist_ok=True)
    hint3.RASA_RUN.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")


def _rounded(score: hint3.Score) -> tuple[float, float]:
    return round(score.accuracy, 4), round(score.matthews, 4)


if __name__ == "__main__":
    where = hint3.folder()
    if where is None:
        sys.exit(f"HINT3_DIR names no folder; the data are published at {hint3.PUBLISHED_AT}")
    main(where)
