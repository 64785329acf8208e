"""The order of the questions for the doctor: the first three stand at the top of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.content.interview import Script
from bot.content.interview_items import QUESTIONS
from bot.interview.answers import Answer
from bot.interview.prompts import split_questions
from bot.interview.rows import Key

TOP = 3
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "last": 0,
}  # fmt: skip
_PLACE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(_ORDINALS)})"
# "Put 4 first", "the third one first please", "move number 5 to the top", "start with the last".
_FIRST = re.compile(
    r"^(?:\W*\b(?:please|can (?:you|we)|could you|i (?:want|would like) to|i want|i'd like|let's|"
    r"ok|and|no|actually)\b)*\W*"
    rf"(?:(?:put|move|make|take|bring)\s+)?(?:the\s+)?(?:(?:number|question|no\.?|#)\s*)?"
    rf"(?P<place>{_PLACE})\s+(?:(?:one|question)\s+)?(?:in (?:the )?(?:first )?place|"
    r"(?:goes |comes |should be |to be |is )?(?:the\s+)?first|to the (?:top|front)|"
    r"(?:on|at) (?:the )?top|"
    r"up(?: to the top)?|is (?:the )?most important)(?:\s+please)?\W*$"
    rf"|^\W*(?:start|begin) with (?:the )?(?:(?:number|question)\s+)?(?P<start>{_PLACE})"
    r"(?:\s+(?:one|question))?\W*$"
)
# "The order should be 3, 1, 2", "order: 2 4 1".
_ORDER = re.compile(
    r"^\W*(?:the\s+)?(?:(?:right|new|best)\s+)?(?:order|sort|reorder|put them in (?:this )?order)\b"
    r"[^\d]{0,30}(?P<numbers>\d{1,2}(?:\s*(?:,|and|then|\s)\s*\d{1,2})+)\W*$"
)


def noted_questions(held: Mapping[Key, Answer]) -> tuple[str, ...]:
    """The questions noted so far, in their order."""
    told = held.get((QUESTIONS, 0))
    if told is None or told.status != "given" or told.value == "none":
        return ()
    return split_questions(told.text)


def wanted_order(text: str, count: int) -> tuple[int, ...] | None:
    """The places (from 0) that a folded text wants in front, of `count` questions; empty when it
    names one that is not there, None when it is about something else."""
    match = _FIRST.match(text)
    if match is not None:
        place = match["place"] or match["start"]
        number = _ORDINALS.get(place)
        if number is None:
            number = int(re.sub(r"\D", "", place))
        places: tuple[int, ...] = (number - 1 if number else count - 1,)
    elif (match := _ORDER.match(text)) is not None:
        places = tuple(int(n) - 1 for n in re.findall(r"\d+", match["numbers"]))
    else:
        return None
    return places if all(0 <= place < count for place in places) else ()


def in_front(questions: tuple[str, ...], places: tuple[int, ...]) -> tuple[str, ...]:
    """The questions with those at these places moved to the front."""
    return tuple(dict.fromkeys((*(questions[place] for place in places), *questions)))


def order_line(script: Script, questions: tuple[str, ...]) -> str:
    """Which questions stand at the top, and how to change that; nothing when all of them do."""
    if len(questions) <= TOP:
        return ""
    top = " ".join(f"{n}. {question}" for n, question in enumerate(questions[:TOP], start=1))
    return script.lines.top.format(questions=top)


def later_questions(questions: tuple[str, ...]) -> list[tuple[str, int, str]]:
    """What is not among the first three: the value of its button, its number, and the question."""
    return [
        (f"first_{number}", number, question)
        for number, question in enumerate(questions, start=1)
        if number > TOP
    ]


def place_of(value: str) -> int | None:
    """The place (from 0) that a button of `later_questions` moves to the front."""
    match = re.fullmatch(r"first_(\d{1,2})", value)
    return int(match[1]) - 1 if match else None
