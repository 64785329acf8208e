"""What is installed is listed with its licence, and nothing secret is committed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
import yaml

from scripts import supply_chain

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()


def test_every_pin_has_hashes() -> None:
    lock = supply_chain.LOCK.read_text(encoding="utf-8")
    pins = supply_chain.pins()
    assert len(pins) > 200
    assert len(re.findall(r"^\S+==.*\\\n    --hash=sha256:[0-9a-f]{64}", lock, re.M)) == len(pins)


def test_the_licences_are_listed() -> None:
    """After a new lock: `make licences`."""
    text = supply_chain.LICENCES.read_text(encoding="utf-8")
    for name, version in supply_chain.pins():
        assert f"\n| {name} {version} | " in text, f"{name}: `make licences`"
    assert text == supply_chain.licence_list()


def test_no_reason_without_its_package() -> None:
    copyleft = {p.name for p in supply_chain.packages() if p.is_copyleft}
    assert copyleft == set(supply_chain.review()["reasons"])


def test_a_copyleft_licence_without_a_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = supply_chain.review()["found"]
    monkeypatch.setattr(supply_chain, "review", lambda: {"found": found, "reasons": {}})
    with pytest.raises(LookupError, match="hypothesis"):
        supply_chain.licence_list()


def test_the_bill_of_materials_is_of_this_lock_and_valid() -> None:
    """After a new lock: `make sbom`."""
    text = supply_chain.SBOM.read_text(encoding="utf-8")
    assert text == supply_chain.bill_of_materials()
    made = json.loads(text)
    assert {(c["name"], c["version"]) for c in made["components"]} == set(supply_chain.pins())
    assert all(c["purl"].startswith("pkg:pypi/") for c in made["components"])
    spec = find_spec("cyclonedx")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "schema"
    schema = json.loads((folder / "bom-1.4.schema.json").read_text(encoding="utf-8"))
    store = {
        schema["$id"].replace("bom-1.4.schema.json", "spdx.schema.json"): json.loads(
            (folder / "spdx.schema.json").read_text(encoding="utf-8")
        )
    }
    # Signatures are not used; their schema would be fetched.
    store |= {s.replace("spdx", "jsf-0.82"): {"definitions": {"signature": {}}} for s in [*store]}
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(made)


def test_no_address_in_the_bill_of_materials() -> None:
    made = json.loads(supply_chain.SBOM.read_text(encoding="utf-8"))
    del made["$schema"]
    assert "://" not in json.dumps(made)


def test_hooks_need_no_network() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    assert {hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]} >= {
        "secrets", "ruff-format", "ruff-check",
    }  # fmt: skip


def _scan(*files: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detect_secrets.pre_commit_hook"]
    return subprocess.run(
        [*command, "--baseline", ".secrets.baseline", *files],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def test_no_secret_is_committed() -> None:
    """But for long tables of sentences: reading them takes a minute, the hook does it."""
    sentences = ("content/", "data/", "tests/cases/", "docs/evaluation", "benchmarks/results/")
    files = [n for n in COMMITTED if (ROOT / n).is_file() and not n.startswith(sentences)]
    done = _scan(*files)
    assert done.returncode == 0, done.stdout


def test_a_secret_is_found(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text('SLACK = "' + "xox" + 'b-123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx"\n')
    assert _scan(str(file)).returncode == 1


def test_the_licence_of_this_project() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
