"""Phrases of the content files: `a/b` is one word or the other, `(a)` may be missing, `{group}` is
any entry of a word group, `...` stands for up to three other words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from bot.content.sign_words import inflections

GAP_WORDS = 3
_PIECE = re.compile(r"\.\.\.|\(([^()]+)\)|([^\s()]+)")


def phrase_variants(
    phrase: str, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[frozenset[str] | None, ...]]:
    """The ways a phrase can be said, as word sets in order; None stands for `...`.

    Raises ValueError for an unknown group or a phrase without a word of its own.
    """
    choices: list[list[tuple[frozenset[str] | None, ...]]] = []
    for match in _PIECE.finditer(phrase.lower()):
        if match.group() == "...":
            choices.append([(None,)])
            continue
        ways: list[tuple[frozenset[str] | None, ...]] = list(
            _piece(match.group(1) or match.group(2), groups)
        )
        choices.append([*ways, ()] if match.group(1) else ways)
    for parts in itertools.product(*choices):
        steps = tuple(itertools.chain.from_iterable(parts))
        if not steps or steps[0] is None or steps[-1] is None:
            raise ValueError(
                f"{phrase!r} needs a word that is not optional, first and last; reword it"
            )
        yield steps


def _piece(
    piece: str, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[frozenset[str], ...]]:
    single: set[str] = set()
    for part in piece.split("/"):
        name = part.strip("{}")
        if part.startswith("{") and name not in groups:
            raise ValueError(f"unknown group {part}; groups stand in negation.yml")
        for entry in groups[name] if part.startswith("{") else _forms(part):
            words = entry.lower().replace("'", "").split()
            if len(words) == 1:
                single.add(words[0])
            else:
                yield tuple(frozenset({word}) for word in words)
    if single:
        yield (frozenset(single),)


def _forms(part: str) -> tuple[str, ...]:
    return inflections(part[:-1]) if part.endswith("~") else (part,)
