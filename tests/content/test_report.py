"""`make content`: what it asks to mend, what it hints at, and its figures."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.content.__main__ import main
from bot.content.all_content import read_content
from bot.content.report import Report, report
from tests.content.broken_content import small_content, spoilt

COLLECTED = datetime.date(2026, 11, 22)
OVERVIEW = "entries/definition/overview.yml"
FIRST = "- text: A relapse means that ALL has come back after treatment, or after a remission."

# file, change, in problems or hints, what the line must say
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        OVERVIEW,
        {"replace": FIRST, "by": f"{FIRST[:-1]}, and that it is there once more, sad to say."},
        "problems",
        f"{OVERVIEW}: definition.overview: sentence: has 24 words, the limit is 20; make two of it",
    ),
    (
        OVERVIEW,
        {"cut": "short:", "by": "short:\n- text: Haematological malignancies characteristically "
         "necessitate multidisciplinary rehabilitation.\n  facts: [relapse-term]\n"
         "related: [mrd, symptoms]\nquestions: [one one, two two, three three]\n"
         "checked_on: 2026-11-22\n"},
        "problems",
        f"{OVERVIEW}: definition.overview: reading grade: is ",
    ),
    (
        "facts/relapse.yml",
        {"replace": "\nfacts:\n", "by": "\nfacts:\n- {id: lonely, topic: mrd, audience: any, "
         "statement: Nobody says this., sources: [seed-article]}\n"},
        "problems",
        "facts: lonely: id: nothing rests on this fact; use it in an entry",
    ),
    (
        "unused_facts.yml",
        {"replace": "facts: [rf-00-swollen", "by": "facts: [relapse-term, rf-00-swollen"},
        "problems",
        "unused_facts.yml: relapse-term: facts: is used by now; delete it here",
    ),
    (
        "entries/mrd/overview.yml",
        {"replace": "more:\n", "by": "more:\n- text: A relapse means that ALL has come back after "
         "treatment or after a remission.\n  facts: [all-can-return]\n"},
        "hints",
        "sentence: nearly the same as in definition.overview, from other facts; say it in one way",
    ),
]  # fmt: skip


def _report(content: Path, today: datetime.date = COLLECTED) -> Report:
    return report(read_content(content), topics=(), today=today)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_content(tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize(("file", "change", "kind", "says"), CASES, ids=lambda v: str(v)[:40])
def test_what_is_found(
    small: Path, file: str, change: dict[str, Any], kind: str, says: str
) -> None:
    before = getattr(_report(small), kind)
    with spoilt(small, file, change):
        found = getattr(_report(small), kind)
    new = [line for line in found if line not in before]
    assert [line for line in new if says in line], new


def test_entries_past_their_date_are_hints(small: Path) -> None:
    assert not [h for h in _report(small).hints if "was due" in h]
    a_year_later = COLLECTED + datetime.timedelta(days=365)
    due = [h for h in _report(small, a_year_later).hints if "was due" in h]
    assert len(due) == len(read_content(small).knowledge.entries)
    signed = {"replace": "reviewed_by: null\nreviewed_on: null",
              "by": "reviewed_by: A Name\nreviewed_on: 2027-05-01"}  # fmt: skip
    with spoilt(small, OVERVIEW, signed):
        hints = _report(small, a_year_later).hints
    assert not [h for h in hints if h.startswith(OVERVIEW) and "was due" in h]


def test_content_as_it_is_passes_every_gate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "291 are drafts; no clinician has reviewed them." in said
    assert "No problems" in said


def test_the_exit_code_tells_of_problems(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, change, _, says = CASES[0]
    with spoilt(small, file, change):
        assert main(["definition", "--content", str(small)]) == 1
    assert f"content/{says}" in capsys.readouterr().out
    with spoilt(small, OVERVIEW, {"replace": "audience: any", "by": "audience: all"}):
        assert main(["definition", "--content", str(small)]) == 1
        assert f"content/{OVERVIEW}" in capsys.readouterr().out
        assert main(["mrd", "--content", str(small)]) == 1
        assert "more outside these topics" in capsys.readouterr().out
    assert main(["nonsense", "--content", str(small)]) == 1
    assert "unknown topic: nonsense" in capsys.readouterr().out
