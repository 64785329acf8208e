"""Each change of Rasa does what it is for, and nothing else; fails when Rasa changes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def patched(bot: httpx.Client) -> dict[str, Any]:
    """What a patched Rasa does (`bot`: the model is trained)."""
    command = [sys.executable, "-m", "tests.rasa_parts.patched"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_steps_without_dask_give_the_same(patched: dict[str, Any]) -> None:
    assert patched["runner"] == "StepByStep"
    assert patched["intent"] == "ask_mrd"
    assert patched["same_as_dask"]


def test_event_classes_are_found(patched: dict[str, Any]) -> None:
    assert patched["event_classes"] == [True, True, "ValueError"]


def test_what_stands_in_refuses_to_be_used(patched: dict[str, Any]) -> None:
    assert patched["refused"] == ["NotLoaded"] * 3


def test_an_archive_writes_nothing_outside_its_folder(patched: dict[str, Any]) -> None:
    inside, outside, absolute = patched["unpacked"]
    assert inside == "nothing"
    assert outside == "OutsideDestinationError"
    assert absolute in ("AbsolutePathError", "OutsideDestinationError", "nothing")


def test_little_is_imported_to_serve(patched: dict[str, Any]) -> None:
    assert patched["not_loaded"] == []
    assert patched["modules"] < 4000
