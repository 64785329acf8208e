"""Questions for the doctor: which ones are offered, and which ones a message picks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.content.interview import Script
from bot.content.interview_items import Patient, Prompt
from bot.interview.answers import Answer
from bot.interview.naming import filled
from bot.interview.words import contains, fold

Answers = Mapping[tuple[str, int], Answer]
_PICKS = re.compile(
    r"^\W*(?:(?:i(?:'d| would) like|please|numbers?|questions?|ask|no\.?)\s+)*"
    r"(?P<numbers>\d{1,2}(?:(?:\s*(?:,|;|&|\+|\band\b|\bthen\b)\s*(?:and\s+)?|\s+)(?:number\s+)?"
    r"\d{1,2}\b)*)(?P<rest>$|\s*[.!]*$|\s*(?:,|;|&|\n|\band\b|\balso\b|\bplus\b).*)",
    re.DOTALL,
)
_ALL = re.compile(r"^\W*(?:all|all of (?:them|these)|every one|all please)\W*$")
_REST = re.compile(r"^(?:[\s,;&.]|(?:and|also|plus|then|my own:?)\b)+", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


def offered_prompts(
    script: Script, held: Answers, patient: Patient | None = None
) -> tuple[Prompt, ...]:
    """Those that fit the situation first, then the general ones, up to the most."""
    told = fold("\n".join(a.text for a in held.values() if a.status == "given"))
    fitting = [p for p in script.prompts if (p.when or p.words) and _fits(p, held, told, patient)]
    general = [p for p in script.prompts if not p.when and not p.words]
    return tuple((fitting[: script.most_prompts - 3] + general)[: script.most_prompts])


def prompt_text(prompt: Prompt, patient: Patient | None) -> str:
    """The question in words."""
    return filled(prompt.ask_proxy if patient else prompt.ask, "", patient)


def read_picks(offered: tuple[str, ...], text: str) -> tuple[str, ...] | None:
    """What a message asks for when it names numbers of the list, own questions after them."""
    plain = fold(text)
    if _ALL.match(plain):
        return offered
    match = _PICKS.match(plain)
    if match is None:
        return None
    numbers = [int(n) for n in re.findall(r"\d+", match["numbers"])]
    if not all(1 <= n <= len(offered) for n in numbers):
        return None
    own = _REST.sub("", text[match.start("rest") :]).strip()
    picked = [offered[n - 1] for n in dict.fromkeys(numbers)]
    return (*picked, *([own] if re.search(r"\w", own) else []))


def joined_questions(*told: str) -> str:
    """Questions told at several times as one text, each on a line and once."""
    return "\n".join(dict.fromkeys(line for text in told for line in text.splitlines()))


def split_questions(text: str) -> tuple[str, ...]:
    """Each question on its own line; the words are left as they are."""
    lines = [part for line in text.splitlines() for part in re.split(r"(?<=\?)\s+", line)]
    return tuple(line for part in lines if (line := _MARK.sub("", part).strip()))


def _fits(prompt: Prompt, held: Answers, told: str, patient: Patient | None) -> bool:
    if any(contains(word).search(told) for word in prompt.words):
        return True
    for condition in prompt.when:
        answer = held.get((condition.question, 0))
        value = answer.value if answer is not None and answer.status == "given" else None
        if value is None and condition.question == "who" and patient is not None:
            value = "parent" if patient.who == "parent" else "carer"
        if isinstance(value, str) and (value in condition.answer) == (condition.operator == "="):
            return True
    return False
