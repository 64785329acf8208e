"""Word groups of the red flags, and the rules that need no order: `lips & blue`.

A group holds what people say for one idea (sign_words.yml). `cough~` is the verb in all its
forms; `{group}` is any entry of another group. A rule names groups that must stand near each
other in one sentence, in any order: `breath & hard`. `@9` widens how many other words may stand
between them, `- toy` is a group that must not stand near.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.files import ContentModel

SIGN_WORDS_FILE = "sign_words.yml"
WITHIN = 6
_VOWELS = "aeiou"
_PART = re.compile(r"\s*([&@-])\s*")


class SignWords(ContentModel):
    """Groups of words; `apart` are words that part two ideas ("but")."""

    groups: dict[str, tuple[str, ...]]
    apart: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """Groups that must all stand near each other, in any order."""

    groups: tuple[str, ...]
    without: tuple[str, ...] = ()
    within: int = WITHIN


def parse_together(rule: str) -> Together:
    """Read `a & b - c @9`; ValueError when it does not have that form."""
    first, *rest = _PART.split(rule.strip())
    groups, without, within = [first], [], WITHIN
    for mark, name in zip(rest[::2], rest[1::2], strict=True):
        if mark == "&":
            groups.append(name)
        elif mark == "-":
            without.append(name)
        else:
            within = int(name)
    if not all(re.fullmatch(r"\w+", name) for name in (*groups, *without)):
        raise ValueError(f"{rule!r} is no rule; write `group & group`, `- group`, `@9`")
    return Together(tuple(groups), tuple(without), within)


def inflections(word: str) -> tuple[str, ...]:
    """A regular verb in all its forms: cough, coughs, coughed, coughing, coughin."""
    if word.endswith("e"):
        stem, ends = word[:-1], ("e", "es", "ed", "ing", "in")
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word, *(word[:-1] + end for end in ("ies", "ied")), word + "ing", word + "in")
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        stem, ends = word, ("", "es", "ed", "ing", "in")
    elif re.fullmatch(r"[a-z]?[^aeiou]*[aeiou][^aeiouwxy]", word):
        return (word, f"{word}s", *(word + word[-1] + end for end in ("ed", "ing", "in")))
    else:
        stem, ends = word, ("", "s", "ed", "ing", "in")
    return tuple(stem + end for end in ends)


_PIECE = re.compile(r"\(([^()]+)\)|([^\s()]+)")


def plain_groups(
    own: Mapping[str, tuple[str, ...]], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """All groups with every entry written out; a group may name any that stands before it."""
    groups = dict(known)
    for name, entries in own.items():
        written = (text for entry in entries for text in _written_out(entry, groups))
        groups[name] = tuple(dict.fromkeys(written))
    return groups


def _written_out(entry: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    choices: list[list[str]] = []
    for match in _PIECE.finditer(entry.lower().replace("'", "")):
        ways: list[str] = []
        for part in (match.group(1) or match.group(2)).split("/"):
            if part.startswith("{"):
                if part.strip("{}") not in groups:
                    raise ValueError(f"unknown group {part}; it must stand before this one")
                ways += groups[part.strip("{}")]
            else:
                head, _, last = part.rpartition(" ")
                forms = inflections(last[:-1]) if last.endswith("~") else (last,)
                ways += [f"{head} {form}".strip() for form in forms]
        choices.append([*ways, ""] if match.group(1) else ways)
    for parts in itertools.product(*choices):
        yield " ".join(" ".join(parts).split())
