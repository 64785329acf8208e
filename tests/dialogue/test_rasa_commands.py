"""Rasa's own checks are green: `rasa data validate --fail-on-warnings` and `rasa test`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml

from bot.content.kept import kept_content
from bot.training import model_path, write_questions
from tests.conftest import ROOT

WITHIN_S = 300  # about 20 s on a machine with nothing else to do
LEAST_RIGHT = 0.85  # of the held-out questions, by the writer's own label only
# Set by the detector or by a tap, so without examples; and said by RedFlagPolicy, not by a rule.
KNOWN_WARNINGS = {
    *(
        f"The intent '{name}' is listed in the domain file, but is not found in the NLU training"
        for name in ("answer_question", "crisis", "figures_no", "figures_yes", "red_flag_emergency")
    ),
    *(f"The intent '{name}' is not used in any story" for name in ("crisis", "red_flag_emergency")),
    *(
        f"The utterance 'utter_{name}' is not used in any story"
        for name in ("care_card", "confirm_red_flag", "red_flag_cleared")
    ),
}


@dataclass(frozen=True)
class Command:
    """A command that was started, and where its output goes."""

    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """All it says; it must end well."""
        code = self.process.wait(WITHIN_S)
        said = self.log.read_text(encoding="utf-8")
        assert code == 0, said[-3000:]
        return said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rasa")


@pytest.fixture(scope="module")
def commands(bot: httpx.Client, folder: Path) -> Iterator[dict[str, Command]]:
    """Both commands, started side by side; `bot` has trained the model."""
    knowledge = kept_content(ROOT / "content").knowledge
    questions = write_questions(knowledge)
    validate = ("data", "validate", "--fail-on-warnings", "--data", "data", str(questions))
    test = (
        *("test", "--model", str(model_path(questions)), "--stories", "tests/conversations"),
        *("--nlu", str(_held_out(folder, set(knowledge.topics))), "--out", str(folder)),
        *("--no-plot", "--no-errors", "--fail-on-prediction-errors"),
    )
    started = {"validate": _start(validate, folder), "test": _start(test, folder)}
    yield started
    for command in started.values():
        command.process.kill()
        command.process.wait()


def _start(arguments: tuple[str, ...], folder: Path) -> Command:
    log = folder / f"{arguments[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.rasa_command", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": f"sqlite:///{folder}/bot.db",
                "RASA_TELEMETRY_ENABLED": "false",
                "RASA_MAX_CACHE_SIZE": "0",
            },
            stdout=output,
            stderr=output,
        )
    return Command(process, log)


def _held_out(folder: Path, topics: set[str]) -> Path:
    """The held-out questions in Rasa's form."""
    file = ROOT / "tests" / "cases" / "held_out" / "questions.yml"
    texts: dict[str, list[str]] = {}
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]:
        name = case.get("topic") or case["intent"]
        intent = f"ask_{name}" if name in topics else name
        texts.setdefault(intent, []).append(" ".join(re.sub(r"[\[\]]", " ", case["text"]).split()))
    nlu = [{"intent": i, "examples": "".join(f"- {t}\n" for t in ts)} for i, ts in texts.items()]
    target = folder / "held_out.yml"
    target.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, width=10_000), "utf-8")
    return target


def test_data_validate_fails_on_warnings_and_is_green(commands: dict[str, Command]) -> None:
    said = commands["validate"].output()
    assert "No story structure conflicts found" in said
    warnings = set(re.findall(r"UserWarning: (.*)", said))
    assert len(warnings) == len(KNOWN_WARNINGS), warnings
    assert all(any(w.startswith(known) for known in KNOWN_WARNINGS) for w in warnings), warnings


def test_conversations(commands: dict[str, Command], folder: Path) -> None:
    commands["test"].output()
    written = (ROOT / "tests" / "conversations" / "test_dialogue.yml").read_text(encoding="utf-8")
    told = {story["story"] for story in yaml.safe_load(written)["stories"]}
    report = json.loads((folder / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["total"] == len(told)
    assert report["conversation_accuracy"]["accuracy"] == 1.0


def test_held_out_questions(commands: dict[str, Command], folder: Path) -> None:
    commands["test"].output()
    report = json.loads((folder / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] >= LEAST_RIGHT
