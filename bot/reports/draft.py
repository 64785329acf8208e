"""From a question that got no answer to a draft: an example of an intent in data/nlu.yml."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from rapidfuzz import fuzz, utils

from bot.errors import BotError
from bot.nlu.encoder import Encoder
from bot.reports.redaction import NAME, is_redacted

# So alike in letters (of 100) or in meaning (cosine) a further example teaches nothing.
LETTERS, MEANING = 92, 0.95
_GAPS = re.compile(r" {2,}| (?=[,.?!;:])")


def wording(redacted: str, says: str | None) -> str:
    """What becomes the draft: the editor's own words, or the question without its names. Raises
    BotError when it would hold a mark such as [number]."""
    if says is not None:
        return " ".join(says.split())
    text = _GAPS.sub(lambda gap: " " if gap.group().isspace() and len(gap.group()) > 1 else "",
                     redacted.replace(NAME, ""))  # fmt: skip
    if is_redacted(text):
        raise BotError(
            f"something was taken out of this question: {redacted!r}. "
            "Put it in your own words: --says '...'"
        )
    return text.strip()


def with_example(nlu: str, intent: str, text: str, encoder: Encoder) -> str:
    """The text of data/nlu.yml with a further example at the end of an intent. Raises BotError
    when the intent is unknown or the example is there, or nearly."""
    by_intent = examples_of(nlu)
    if intent not in by_intent:
        near = difflib.get_close_matches(intent, by_intent, 3)
        raise BotError(f"unknown intent {intent!r}; perhaps one of: {' '.join(near or by_intent)}")
    if text.startswith("/") or "[" in text or "](" in text:
        raise BotError("an example must not begin with / or hold [: Rasa reads these as marks")
    for other, examples in by_intent.items():
        for example in _alike(text, examples):
            raise BotError(f"nearly there already, as an example of {other}: {example!r}")
    near_in_meaning = _nearest(text, by_intent[intent], encoder)
    if near_in_meaning is not None:
        raise BotError(f"an example of {intent} means the same: {near_in_meaning!r}")
    lines = nlu.splitlines(keepends=True)
    lines.insert(_end_of(intent, lines), f"    - {text}\n")
    return "".join(lines)


def examples_of(nlu: str) -> dict[str, list[str]]:
    """Intent -> its examples."""
    found: dict[str, list[str]] = {}
    for item in yaml.load(nlu, Loader=yaml.CSafeLoader)["nlu"]:
        if "intent" in item:
            lines = str(item["examples"]).splitlines()
            found.setdefault(item["intent"], []).extend(
                line.removeprefix("- ") for line in lines if line.strip()
            )
    return found


def diff(path: Path, before: str, after: str) -> str:
    """What changes, as `diff -u` shows it."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), str(path), str(path), lineterm="", n=2
    )
    return "\n".join(lines)


def _alike(text: str, examples: Sequence[str]) -> Iterator[str]:
    plain = utils.default_process(text)
    for example in examples:
        if fuzz.ratio(plain, utils.default_process(example)) >= LETTERS:
            yield example


def _nearest(text: str, examples: Sequence[str], encoder: Encoder) -> str | None:
    vectors = encoder.encode_all([text, *examples])
    near = vectors[1:] @ vectors[0]
    best = int(near.argmax())
    return examples[best] if near[best] >= MEANING else None


def _end_of(intent: str, lines: Sequence[str]) -> int:
    """The line after the last example of this intent."""
    start = next(n for n, line in enumerate(lines) if line.rstrip() == f"- intent: {intent}")
    end = start + 2
    while end < len(lines) and lines[end].startswith("    - "):
        end += 1
    return end
