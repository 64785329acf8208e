"""`python -m tests.rasa_parts.patched`: Rasa as the server patches it, in a process of its own;
prints what tests/rasa_parts/test_patches.py looks at, as JSON."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.content.kept import kept_content
from bot.rasa_parts.server import prepare
from bot.settings import ROOT, settings
from bot.training import model_path, write_questions

prepare(settings(), to_serve=True)

from rasa.core.agent import Agent  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.shared.core.events import Event, SlotSet, UserUttered  # noqa: E402


def refusal(use: Callable[[], Any]) -> str:
    """The name of the error that this raises."""
    try:
        use()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def unpacked(name: str) -> str:
    """What becomes of an archive that holds a file of this name."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as files:
            files.addfile(tarfile.TarInfo(name), io.BytesIO())
        inside = Path(folder) / "inside"
        inside.mkdir()
        return refusal(lambda: LocalModelStorage._extract_archive_to_directory(archive, inside))


async def look() -> dict[str, Any]:
    """All of it."""
    knowledge = kept_content(ROOT / "content").knowledge
    agent = Agent.load(str(model_path(write_questions(knowledge))))
    processor = agent.processor
    assert processor is not None
    runner = processor.graph_runner
    ours = await agent.parse_message("what is MRD?")
    runner.run = lambda **given: DaskGraphRunner.run(runner, **given)
    by_dask = await agent.parse_message("what is MRD?")
    for parsed in (ours, by_dask):
        parsed.pop("message_id", None)
    import boto3
    import matplotlib
    import tensorflow

    return {
        "runner": type(runner).__name__,
        "same_as_dask": ours == by_dask,
        "intent": ours["intent"]["name"],
        "event_classes": [
            Event.resolve_by_type("user") is UserUttered,
            Event.resolve_by_type("slot") is SlotSet,
            refusal(lambda: Event.resolve_by_type("no such event")),
        ],
        "refused": [
            refusal(lambda: tensorflow.constant(1)),
            refusal(lambda: boto3.client("s3")),
            refusal(lambda: matplotlib.figure.Figure(1)),
        ],
        "unpacked": [unpacked("metadata.json"), unpacked("../outside"), unpacked("/tmp/outside")],
        "modules": len(sys.modules),
        "not_loaded": [n for n in ("alembic", "botocore", "scipy.stats._stats_py", "dateparser")
                       if n in sys.modules],
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(asyncio.run(look())) + "\n")
