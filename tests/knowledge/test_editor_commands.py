"""`python -m bot.knowledge ...` as an editor uses it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from bot.content.all_content import read_content
from bot.content.kept import kept_content
from bot.content.knowledge import Knowledge
from bot.database.engine import connect, upgrade
from bot.knowledge import __main__ as commands
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.from_content import catalogue_of
from bot.knowledge.load import load_knowledge
from bot.knowledge.replies import answer_reply
from bot.settings import settings
from tests.content.broken_content import ROOT, small_content, spoilt

OVERVIEW = "entries/definition/overview.yml"
SIGNED = {
    "replace": "reviewed_by: null\nreviewed_on: null",
    "by": "reviewed_by: A Name\nreviewed_on: 2027-05-01",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_content(tmp_path_factory.mktemp("editor"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return kept_content(ROOT / "content").knowledge


@pytest.fixture(scope="module")
def catalogue(knowledge: Knowledge) -> Catalogue:
    return catalogue_of(knowledge)


def run(content: Path, *arguments: str) -> int:
    return commands.main(["--content", str(content), *arguments])


def test_a_new_entry_is_explained_until_it_is_right(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(small, "new", "mrd", "flow", "--audience", "child") == 0
    path = small / "entries/mrd/flow.yml"
    try:
        text = path.read_text(encoding="utf-8")
        assert "audience: child" in text and "checked_on: 2026-11-22" in text
        assert "# - mrd-flow-vs-ngs (any)" in text.split("that no entry uses yet:")[1]
        assert run(small, "new", "mrd", "flow") == 1, "what is there stays"
        capsys.readouterr()
        assert run(small, "show", "mrd.flow") == 1
        said = capsys.readouterr().out
        for field in ("title: is empty", "short[1].text: is empty", "related: needs 2 to 4 items",
                      "questions: needs at least 3 items"):  # fmt: skip
            assert f"content/entries/mrd/flow.yml: mrd.flow: {field}" in said
        assert run(small, "show", "mrd.overview") == 0, "a draft does not hide its neighbours"
        text = text.replace("title:\n", "title: Two ways to look\n")
        text = text.replace("- text:\n  facts: []", "- text: Two tests agree most of the time.\n"
                            "  facts: [mrd-flow-vs-ngs]")  # fmt: skip
        text = text.replace("related: []", "related: [symptoms, remission]")
        text = text.replace(
            "questions: []", "questions: [flow or genes, which test, do both agree]"
        )
        path.write_text(text, encoding="utf-8")
        assert run(small, "show", "mrd.flow") == 0
        assert "Two tests agree most of the time." in capsys.readouterr().out
        read_content(small)
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("new", "moon", "one"), "unknown topic 'moon'"),
        (("new", "mrd", "One Name"), "small letters"),
        (("show", "mrd.nothing"), "no entry or topic 'mrd.nothing'"),
        (("preview", "moon"), "no entry or topic 'moon'"),
    ],
)
def test_what_cannot_be_done_is_explained(
    small: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert run(small, *arguments) == 1
    assert says in capsys.readouterr().out


def test_an_entry_is_shown_as_it_is_sent(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, "show", "definition.overview") == 0
    text = capsys.readouterr().out
    assert "A relapse means that ALL has come back" in text
    assert "Facts collected on 2026-11-22." in text and "  - Tell me more" in text
    assert run(small, "show", "definition.overview", "--as", "web") == 0
    assert '"entry": "definition.overview"' in capsys.readouterr().out
    assert run(small, "show", "definition.overview", "--as", "slack") == 0
    first = json.JSONDecoder().raw_decode(capsys.readouterr().out)[0]
    kinds = [block["type"] for block in first["blocks"]]
    assert kinds == ["header", "section", "section", "context", "actions"]


def test_a_preview_shows_facts_and_cautions(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "PREVIEWS", tmp_path)
    with spoilt(small, OVERVIEW, {"replace": "title: What", "by": "title: <b>What"}):
        assert run(small, "preview", "definition.overview") == 0
        assert run(small, "preview", "survival_outlook") == 0
    page = (tmp_path / "definition.overview.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;What" in page and "<b>What" not in page
    assert "Draft: nobody has reviewed this text" in page
    assert "<code>relapse-term</code>" in page
    facts = read_content(small).knowledge.facts
    topic = (tmp_path / "survival_outlook.html").read_text(encoding="utf-8")
    assert topic.count('class="on"') >= 49, "the picture"
    assert (facts["survival-children-50"].caution or "")[:20] in topic


def test_the_date_moves_only_with_a_signature(small: Path) -> None:
    draft = catalogue_of(read_content(small).knowledge).entries["definition.overview"]
    assert (draft.checked_on.isoformat(), draft.reviewed) == ("2026-11-22", False)
    with spoilt(small, OVERVIEW, SIGNED):
        catalogue = catalogue_of(read_content(small).knowledge)
    signed = catalogue.entries["definition.overview"]
    reply = answer_reply(signed, catalogue, more_label="More")
    assert "Reviewed on 2027-05-01." in reply.text
    assert (reply.fields["checked_on"], reply.fields["reviewed"]) == ("2027-05-01", True)
    others = [e for e in catalogue.entries.values() if e.id != signed.id]
    assert {(e.checked_on.isoformat(), e.reviewed) for e in others} == {("2026-11-22", False)}


def test_nobody_has_signed_yet(knowledge: Knowledge) -> None:
    """The README says so; whoever adds the first true signature changes both."""
    assert {entry.reviewed_by for entry in knowledge.entries.values()} == {None}


def test_what_would_answer(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(small, "find", "what does relapse mean") == 0
    assert "definition.overview" in capsys.readouterr().out
    assert run(small, "find", "I have chest pain") == 0
    assert "Red flag chest_pain (emergency)" in capsys.readouterr().out


def test_loading_is_refused_as_a_whole(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    settings.cache_clear()
    try:
        assert run(small, "load") == 0
        base = KnowledgeBase(connect(f"sqlite:///{tmp_path}/bot.db"))
        before = base.catalogue()
        with spoilt(small, OVERVIEW, {"replace": "[relapse-term]", "by": "[nothing]"}):
            assert run(small, "load") == 1
        assert base.catalogue() is before
        with spoilt(small, OVERVIEW, {"replace": "A relapse means", "by": "Relapse means"}):
            assert run(small, "load") == 0
        said = base.catalogue().entries["definition.overview"].sentences[0].text
        assert said.startswith("Relapse means")
    finally:
        settings.cache_clear()


def test_a_question_during_a_load_gets_one_version(small: Path, tmp_path: Path) -> None:
    """Titles and sentences of two versions are never mixed while one replaces the other."""
    first = read_content(small).knowledge
    entries = {
        key: entry.copy(update={"title": "Second", "next": "Second"})
        for key, entry in first.entries.items()
    }
    second = Knowledge(first.sources, first.facts, first.topics, entries)
    url = f"sqlite:///{tmp_path}/bot.db"
    engine = connect(url)
    upgrade(engine)
    load_knowledge(engine, first)
    stop = threading.Event()

    def load_again_and_again() -> None:
        writer = connect(url)
        for version in (second, first) * 4:
            load_knowledge(writer, version)
        stop.set()

    loading = threading.Thread(target=load_again_and_again)
    loading.start()
    versions = set()
    while not stop.is_set():
        seen = KnowledgeBase(engine).catalogue()
        versions.add(seen.version)
        assert len({entry.title == "Second" for entry in seen.entries.values()}) == 1
        assert all((e.title == "Second") == (e.next == "Second") for e in seen.entries.values())
    loading.join()
    assert len(versions) == 2
