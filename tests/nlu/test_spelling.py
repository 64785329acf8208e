"""Slips are mended towards the words of the training data, and good words are left alone."""

from __future__ import annotations

import pytest

from bot.nlu.spelling import Spelling

TEXTS = [
    "will the transplant hurt",
    "transplant donor",
    "relapse rates",
    "relapse of leukemia",
    "leukemia",
]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("transplnt", "transplant"),
        ("trasnplant doner", "transplant doner"),  # "donor" was seen once and is not in the lexicon
        ("relaps", "relapse"),
        ("lukemia", "leukemia"),
        ("leukaemia", "leukemia"),
        ("relate", "relate"),  # a word of the lexicon
        ("hurt", "hurt"),
        ("xyzzy 38.5!", "xyzzy 38.5!"),
        ("", ""),
    ],
)
def test_corrected(written: str, read: str) -> None:
    assert Spelling.learned(TEXTS, {"relate", "the", "relapse"}).correct(written) == read
