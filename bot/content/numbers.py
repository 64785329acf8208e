"""Figures in a text: which ones it holds, and which of them say how many people of how many."""

from __future__ import annotations

import re

# Rates of people are said "in 100". Shares of cells ("1 in 10,000", "0.01 percent") are no rates.
MOST_PEOPLE = 1000

# Digits that belong to a name are no figures: CD19, 6-MP, BCR::ABL1, T(9;22).
_NUMBER = re.compile(r"(?<![A-Za-z\d.,-])\d[\d,]*(?:\.\d+)?(?![A-Za-z]|-[A-Z])")


def numbers_in(text: str) -> tuple[str, ...]:
    """The figures of a text, in plain form: "1,000" and "1000" are the same."""
    spaced = re.sub(r"(?<=\d)\s*(?:-|–|%)\s*", " ", text)
    return tuple(plain_number(match.group()) for match in _NUMBER.finditer(spaced))


def plain_number(number: str) -> str:
    """A figure without commas and without zeros at its end."""
    plain = number.rstrip(",").replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_RATE = re.compile(r"\d+(?:\.\d+)? in (\d[\d,]*)")
_PERCENT = re.compile(r"(?<![\d.])\d+ ?(?:%|percent\b)")


def denominators_in(text: str) -> tuple[str, ...]:
    """How the rates of a text are said: "100" for "44 in 100", "percent" for "44 percent"."""
    found = [match.group(1) for match in _RATE.finditer(text)]
    wholes = [plain_number(n) for n in found if int(n.replace(",", "")) <= MOST_PEOPLE]
    return (*wholes, *("percent" for _ in _PERCENT.finditer(text)))


def has_rate(text: str) -> bool:
    """Does the text say how many people of how many?"""
    return bool(denominators_in(text))


def says_rate(text: str, part: int, whole: int) -> bool:
    """Does the text say "44 in 100"?"""
    return re.search(rf"(?<![\d.,]){part} in {whole}(?![\d,])", text) is not None
