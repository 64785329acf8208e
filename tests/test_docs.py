"""Docs that cannot go stale: settings, commands, metrics, events, addresses, make targets."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic import ValidationError

from bot.content.knowledge import Entry, Sentence
from bot.database.engine import metadata
from bot.database.sealing import Sealed
from bot.knowledge.__main__ import main
from bot.metrics import registry
from bot.records import tables
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_is_in_the_table() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", readme, re.MULTILINE))
    assert listed == {name.upper() for name in Settings.__fields__}


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    assert targets == described


def test_the_content_guide_explains_every_field_of_an_entry() -> None:
    guide = (ROOT / "docs/content-guide.md").read_text(encoding="utf-8")
    table = "".join(re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE))
    named = set(re.findall(r"`([a-z_]+)[`:]", table))
    assert {*Entry.__fields__, *Sentence.__fields__} <= named


def test_the_content_guide_names_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    guide = (ROOT / "docs/content-guide.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"python -m bot\.knowledge ([a-z]+)", guide))
    assert commands == {"new", "show", "preview", "find", "load"}
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0


def test_no_address_of_a_registry_in_the_lock_file() -> None:
    assert "://" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_the_manifest_asks_for_the_least_and_for_one_address() -> None:
    manifest = yaml.safe_load((ROOT / "docs/slack-manifest.yml").read_text(encoding="utf-8"))
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes) == {"bot"}
    assert set(scopes["bot"]) == {
        "app_mentions:read", "chat:write", "commands", "files:write", "im:history",
    }  # fmt: skip
    guide = (ROOT / "docs/slack.md").read_text(encoding="utf-8")
    assert all(f"`{scope}`" in guide for scope in scopes["bot"])
    settings = manifest["settings"]
    assert settings["event_subscriptions"]["bot_events"] == [
        "app_home_opened", "app_mention", "message.im",
    ]  # fmt: skip
    (command,) = manifest["features"]["slash_commands"]
    urls = {
        command["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    }
    assert {urlsplit(url).path for url in urls} == {"/webhooks/slack/webhook"}
    assert 174 <= len(manifest["display_information"]["long_description"]) <= 4000
    assert len(manifest["display_information"]["description"]) <= 140


def test_one_secret_of_slack_alone_is_refused() -> None:
    with pytest.raises(ValidationError, match="both needed"):
        Settings(slack_bot_token="xoxb-1", slack_signing_secret=None)
    with pytest.raises(ValidationError, match="both needed"):
        Settings(slack_bot_token="", slack_signing_secret="s")
    assert not Settings(slack_bot_token="", slack_signing_secret="").has_slack
    assert Settings(slack_bot_token="xoxb-1", slack_signing_secret="s").has_slack


def test_the_privacy_page_names_every_table_and_every_sealed_column() -> None:
    page = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for table in (t for t in metadata.sorted_tables if t.name in vars(tables)):
        row = next((row for row in rows if f"`{table.name}`" in row), "")
        assert row, table.name
        for column in table.columns:
            if isinstance(column.type, Sealed) and table is not tables.records_key:
                assert f"`{column.name}`" in row, f"{table.name}.{column.name}"


def test_the_operations_page_names_every_command() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `python -m bot ([a-z-]+)", page, re.MULTILINE))
    said = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, cwd=ROOT
    ).stdout
    assert named == set(re.findall(r"^    ([a-z-]+)", said, re.MULTILINE))


def _pages() -> dict[str, str]:
    """All that people read, by path. What programs write is not among it."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    return {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in paths}


def test_the_operations_page_names_every_metric_and_its_labels() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`(?:afterall|process)_[^|]*)\|([^|]*)\|", page, re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)`", labels))
        for names, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    made = {}
    for metric in registry.collect():
        suffix = "_total" if metric.type == "counter" else ""
        own = getattr(registry._names_to_collectors.get(metric.name), "_labelnames", ())
        made[metric.name + suffix] = set(own)
    assert told == made


def test_the_operations_page_names_every_event() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    logs = page.partition("## Logs")[2].partition("## Metrics")[0]
    told = set(re.findall(r"`([a-z_]+)`", logs))
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "bot").rglob("*.py")]
    made = {
        event
        for source in sources
        for event in re.findall(r"\blog\.(?:info|warning|error)\(\s*\"([a-z_]+)\"", source)
    }
    assert len(made) > 20
    assert made <= told, made - told


def test_the_contract_names_every_address() -> None:
    contract = (ROOT / "docs/http.md").read_text(encoding="utf-8") + (
        ROOT / "docs/slack.md"
    ).read_text(encoding="utf-8")
    web = (ROOT / "bot/channels/web.py").read_text(encoding="utf-8")
    made = {
        f"{m} /chat{p.rstrip('/')}" for m, p in re.findall(r'\("(GET|POST|DELETE)", "(/\S*)",', web)
    }
    for file in ("health", "metrics"):
        source = (ROOT / f"bot/channels/{file}.py").read_text(encoding="utf-8")
        made |= {f"GET {path}" for path in re.findall(r'@routes\.get\("(\S+)"\)', source)}
    made = made - {"GET /chat/<name>"} | {"GET /chat/widget.js"}
    assert len(made) == 13
    missing = {address for address in made if f"`{address}" not in contract}
    assert not missing
    assert "/webhooks/slack/webhook" in contract


def test_commands_in_the_docs_exist() -> None:
    """`python -m X` is a module, `make X` a target."""
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    for path, page in _pages().items():
        for module in re.findall(r"python -m ([a-z_.]+[a-z_])", page):
            found = importlib.util.find_spec(module)
            assert found is not None, (path, module)
            is_package = found.submodule_search_locations is not None
            assert not is_package or importlib.util.find_spec(f"{module}.__main__"), (path, module)
        for called in re.findall(r"(?:`|^    )make ([a-z][a-z -]*[a-z])", page, re.MULTILINE):
            for target in called.split("  ")[0].split():
                assert target in targets, (path, called)


def test_every_make_target_and_module_to_run_is_in_the_docs() -> None:
    pages = "\n".join(_pages().values())
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    packages = [p.parent for p in (ROOT / "bot").rglob("__main__.py")]
    for package in packages:
        module = ".".join(package.relative_to(ROOT).parts)
        assert f"python -m {module}" in pages + makefile, module
    for target in re.findall(r"^([a-z-]+):", makefile, re.MULTILINE):
        assert f"make {target}" in pages or target in ("help", "setup"), target


def test_every_variable_of_tests_and_tools_is_told_of() -> None:
    """Those of the bot are its settings, above. Those of the tests' own making need no reader."""
    pages = "\n".join([*_pages().values(), (ROOT / "Makefile").read_text(encoding="utf-8")])
    own = {"NETWORK_LOG", "PATH", "RASA_MAX_CACHE_SIZE", "INPUTS"}
    for folder in ("tests", "benchmarks", "scripts"):
        for source in (ROOT / folder).rglob("*.py"):
            text = source.read_text(encoding="utf-8")
            said = pages + (text.partition('"""')[2].partition('"""')[0])
            for name in re.findall(r'environ(?:\.get\(|\[)"([A-Z0-9_]+)"', text):
                assert name in own or name in said, (source, name)
