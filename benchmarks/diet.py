"""The NLU pipeline of Rasa's starter bot (`rasa init`), trained and asked in this process.

Needs the real TensorFlow, which the bot itself never loads: run it in a process of its own.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import yaml

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
