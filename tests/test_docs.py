"""Docs that cannot go stale: settings and make targets."""

from __future__ import annotations

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
