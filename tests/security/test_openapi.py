"""docs/openapi.yml describes /chat, and nothing that it allows or forbids makes the bot fail.

More: `OPENAPI_EXAMPLES=500 .venv/bin/python -m pytest -rP tests/security/test_openapi.py`.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.fuzz_inputs import mutated
from bot.rendering.reply import ReplyType
from tests.conftest import Person, started_bot

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "openapi.yml"
DESCRIPTION = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]
EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "12"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance,
          response_schema_conformance]  # fmt: skip


@pytest.fixture(scope="module")
def own_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One of its own: codes are guessed, and after 30 guesses nobody at this address may."""
    with started_bot(tmp_path_factory.mktemp("openapi")) as client:
        yield client


def test_the_calls_are_those_of_the_contract() -> None:
    contract = (ROOT / "docs/http.md").read_text(encoding="utf-8")
    rows = "\n".join(line.split("|")[1] for line in contract.splitlines() if line.startswith("| `"))
    told = {(m, p) for m, p in re.findall(r"`(GET|POST|DELETE) (/[\w./-]+)", rows)}
    described = {(op.method.upper(), op.path) for op in OPERATIONS}
    assert described == told


def test_every_type_of_reply_is_described() -> None:
    types = DESCRIPTION["components"]["schemas"]["Message"]["properties"]["type"]["enum"]
    assert set(types) == {*ReplyType.__args__, "user"}


@pytest.mark.parametrize("way", ["plain", "interview"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: f"{op.method.upper()} {op.path}")
def test_every_answer_is_one_of_the_description(
    own_bot: httpx.Client, operation: Any, way: str
) -> None:
    person = Person(own_bot, **({"start": "prepare_visit"} if way == "interview" else {}))
    answers: Counter[int] = Counter()

    @seed(1)
    @settings(max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(operation.as_strategy() | _wrong(operation) | _real(operation))
    def send(case: Any) -> None:
        headers = person.headers if DESCRIPTION["paths"][operation.path][operation.method].get(
            "security") != [] else {}  # fmt: skip
        answer = case.call(base_url=str(own_bot.base_url).rstrip("/"), headers=headers)
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    send()
    sys.stdout.write(f"{operation.method.upper()} {operation.path} {way} {dict(answers)}\n")
    assert sum(answers.values()) >= 1
    assert max(answers) < 500


def _wrong(operation: Any) -> Any:
    """Requests that the description does not allow, where there is something to get wrong."""
    mode = schemathesis.GenerationMode.NEGATIVE
    return (
        operation.as_strategy(generation_mode=mode) if operation.body else operation.as_strategy()
    )


def _real(operation: Any) -> Any:
    """Changed real sentences as messages."""
    if operation.path != "/chat/message":
        return operation.as_strategy()

    def said(case: Any, number: int) -> Any:
        case.body = {"id": f"m{number}", "text": mutated(random.Random(number)) or "hello"}
        return case

    return st.builds(said, operation.as_strategy(), st.integers(0, 2**32))
