"""Misspelt words in a message are mended before it is read; what is kept is what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.content.interview import Script
from bot.interview.answers import Answer, Value
from bot.interview.words import fold

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def mend(script: Script, text: str) -> tuple[str, dict[str, str]]:
    """The text with its slips mended, and what each mended word was written as."""
    plain = fold(text)
    written: dict[str, str] = {}
    parts: list[str] = []
    end = 0
    for match in _WORD.finditer(plain):
        word = script.speller.word(match.group())
        if word != match.group():
            parts += [text[end : match.start()], word]
            end = match.end()
            written[word] = text[match.start() : end]
    return "".join([*parts, text[end:]]), written


def as_written(
    script: Script, answers: Iterable[Answer], written: dict[str, str]
) -> tuple[Answer, ...]:
    """The answers with the person's own spelling put back."""
    return tuple(
        replace(a, text=_unmend(a.text, written), value=_value(script, a, written)) for a in answers
    )


def _value(script: Script, answer: Answer, written: dict[str, str]) -> Value:
    value = answer.value
    if isinstance(value, dict):
        return {**value, "text": _unmend(value.get("text") or "", written)}
    question = script.question(answer.link_id)
    is_text = question is not None and question.answer_type == "text"
    return _unmend(value, written) if is_text and isinstance(value, str) else value


def _unmend(text: str, written: dict[str, str]) -> str:
    for word, original in written.items():
        text = re.sub(rf"\b{re.escape(word)}\b", original.replace("\\", r"\\"), text)
    return text
