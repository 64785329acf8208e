"""Word groups: verbs in all forms, groups in groups, and rules without order."""

from __future__ import annotations

import pytest

from bot.content.sign_words import Together, inflections, parse_together, plain_groups


@pytest.mark.parametrize(
    ("verb", "form"),
    [("cough", "coughed"), ("stop", "stopped"), ("seize", "seizing"), ("carry", "carries"),
     ("gush", "gushes"), ("vomit", "vomiting"), ("shake", "shakin")],
)  # fmt: skip
def test_inflections(verb: str, form: str) -> None:
    assert form in inflections(verb)


def test_rules() -> None:
    assert parse_together("lips & blue") == Together(("lips", "blue"))
    assert parse_together("skin & blue - hair @9") == Together(("skin", "blue"), ("hair",), 9)
    with pytest.raises(ValueError, match="is no rule"):
        parse_together("lips & ")


def test_groups_name_groups() -> None:
    groups = plain_groups({"wake": ("{cannot} wake (up)",)}, {"cannot": ("cant", "wont")})
    assert groups["wake"] == ("cant wake up", "cant wake", "wont wake up", "wont wake")
    with pytest.raises(ValueError, match="unknown group"):
        plain_groups({"wake": ("{later} wake",)}, {})
