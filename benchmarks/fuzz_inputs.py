"""Inputs for fuzzing: real sentences, changed by dice; and strategies of hypothesis.

The same seed gives the same inputs.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from bot.settings import ROOT

LONGEST = 4000
# What has broken programs before: other digits, letters that grow in lower case, halves of
# characters, marks that turn or join, huge and impossible numbers, syntax of other languages.
PIECES = (
    "\u0000", "\u200b", "\u202e", "\ufeff", "\u0301" * 9, "İ", "ß", "ﬁ", "ǅ", "٣", "²", "½", "Ⅷ", "１２",
    "\ud800", "\U0001f600", "\U0001f469\u200d\U0001f467", "\u2028", "\u00a0", "\t", "\r\n", "\n\n",
    "0", "-1", "1e999", "NaN", "99999999999999999999", "0/0/0", "31/02/2023", "29.2.2100", "12/13/14",
    "1/1/0001", "1/1/9999", "99999 years ago", "0 days ago", "1.5.2 weeks", "in 10000 months",
    "since the 32nd of May", "24:60", "1/2 an hour", "a couple of hundred years", "38,5.5 °C",
    "500 F", "11 out of 10", "8/10/10", "between 3 and 300", "change 999", "remove 0", "1 and 1 and",
    "first_99", "sx.name:0=fever", "::=", "/restart", "<@U1|x>", "<!here>", "*_~`", "&amp;lt;", "```",
    "<script>", "{{7*7}}", "%s%n", "'; DROP TABLE x; --", "../../etc/passwd", "\\", "\\1", "(", ")[",
    "not not not", "no no", "?!?!", "...", ",,,", "''", "-" * 50, "a" * 300, "ALL all ALL",
)  # fmt: skip


@cache
def sentences() -> tuple[str, ...]:
    """What people say in the development cases and in the training data, each once."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "tests/cases").glob("*.yml")):
        found |= dict.fromkeys(_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for item in yaml.safe_load((ROOT / "data/nlu.yml").read_text(encoding="utf-8"))["nlu"]:
        found |= dict.fromkeys(line[2:] for line in item["examples"].splitlines())
    return tuple(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


# -- mutations -----------------------------------------------------------------------------------


def mutated(dice: random.Random) -> str:
    """A real sentence with one to four changes."""
    text = dice.choice(sentences())
    for _ in range(dice.choice((1, 1, 2, 3, 4))):
        text = dice.choice(_CHANGES)(text, dice)
    return text[:LONGEST]


def _cut(text: str, dice: random.Random) -> str:
    begin, end = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
    return text[:begin] + text[end:] if dice.random() < 0.5 else text[begin:end]


def _put(text: str, dice: random.Random) -> str:
    place = dice.randint(0, len(text))
    return f"{text[:place]}{dice.choice(('', ' '))}{dice.choice(PIECES)} {text[place:]}"


def _flip(text: str, dice: random.Random) -> str:
    place = dice.randint(0, max(0, len(text) - 2))
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _letter(text: str, dice: random.Random) -> str:
    place = dice.randint(0, len(text))
    return (
        text[:place]
        + chr(dice.choice((dice.randint(32, 126), dice.randint(1, 0x2FFFF))))
        + (text[place + 1 :])
    )


def _numbers(text: str, dice: random.Random) -> str:
    changed = [dice.choice(("9" * 30, "0", "-3", "٧", "1.")) if c.isdigit() else c for c in text]
    return "".join(changed)


def _shuffled(text: str, dice: random.Random) -> str:
    words = text.split()
    dice.shuffle(words)
    return " ".join(words)


def _joined(text: str, dice: random.Random) -> str:
    other = dice.choice(sentences())
    return f"{text}{dice.choice((' ', '. ', ', and ', chr(10), '?', ' or ', '/'))}{other}"


def _repeated(text: str, dice: random.Random) -> str:
    return text * dice.choice((2, 3, 20))


def _case(text: str, dice: random.Random) -> str:
    return dice.choice((str.upper, str.title, str.swapcase))(text)


def _bare(text: str, dice: random.Random) -> str:
    return text.translate({ord(c): dice.choice((None, " ")) for c in ".,?!'"})


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _cut, _put, _put, _flip, _letter, _numbers, _shuffled, _joined, _repeated, _case, _bare,
)  # fmt: skip


# -- what Slack and the web send -----------------------------------------------------------------

_OPTION = {"text": {"type": "plain_text", "text": "TEXT"}, "value": "sx.name:1=fever"}
_MESSAGE = {"type": "message", "user": "U1", "channel": "D1", "ts": "1.1", "text": "TEXT",
            "channel_type": "im"}  # fmt: skip
SLACK: tuple[dict[str, Any], ...] = (
    {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": _MESSAGE},
    {"type": "event_callback", "team_id": "T1", "event_id": "Ev2", "event": {
        "type": "message", "subtype": "message_changed", "channel": "D1", "hidden": True,
        "message": {**_MESSAGE, "edited": {"user": "U1", "ts": "2.1"}},
        "previous_message": {**_MESSAGE, "text": "before"}}},
    {"type": "event_callback", "team_id": "T1", "event_id": "Ev3", "event": {
        "type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0> TEXT",
        "thread_ts": "1.1"}},
    {"type": "event_callback", "team_id": "T1", "event_id": "Ev4", "event": {
        "type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}},
    {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2",
     "channel": {"id": "D1"}, "message": {"ts": "1.1", "text": "TEXT", "blocks": [
         {"type": "actions", "elements": [{"type": "button", "action_id": "send_chosen"}]}]},
     "state": {"values": {"b": {"c": {"type": "checkboxes", "selected_options": [_OPTION]}}}},
     "actions": [{"type": "button", "action_id": "a", "action_ts": "3.1", **_OPTION}]},
    {"type": "block_actions", "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1.3",
     "view": {"blocks": []}, "actions": [{"type": "static_select", "action_id": "b",
                                          "action_ts": "3.2", "selected_option": _OPTION}]},
    {"type": "block_actions", "user": {"id": "U1"}, "trigger_id": "1.4", "channel": {"id": "D1"},
     "actions": [{"type": "datepicker", "action_id": "d", "selected_date": "2026-02-31"}]},
    {"command": "/relapse", "text": "TEXT", "user_id": "U1", "team_id": "T1", "channel_id": "C1",
     "trigger_id": "1.5"},
)  # fmt: skip
WEB: tuple[dict[str, Any], ...] = (
    {"id": "m1", "text": "TEXT"},
    {"id": "m1", "choice": "sx.name:1=fever"},
    {"id": "m1", "choice": ["TEXT", "sx.name:1=fever"]},
    {"start": "prepare_visit", "timezone": "Europe/Berlin", "country": "US", "resume": "ABCD2345"},
    {"message": "m1", "helpful": True, "comment": "TEXT"},
)
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, "", "x", [], {}, [[]], {"": None}, ["a", 1], "\ud800", "9" * 400,
    {"id": {"id": []}}, "Europe/../../etc/passwd", "/etc/passwd", "\x00", "..", "GMT\x00",
)  # fmt: skip


def mutated_json(skeletons: tuple[dict[str, Any], ...], dice: random.Random) -> Any:
    """What is really sent, around a changed sentence; up to three values odd, moved or missing."""
    value = _filled(copy.deepcopy(dice.choice(skeletons)), mutated(dice))
    for _ in range(dice.randint(0, 3)):
        places = list(_places(value))
        holder, key = dice.choice(places) if places else (None, None)
        if holder is None:
            break
        if dice.random() < 0.25:
            del holder[key]
        elif dice.random() < 0.3:
            holder[key] = copy.deepcopy(_at(dice.choice(places)))
        else:
            holder[key] = copy.deepcopy(dice.choice(ODD))
    return value


def mutated_bytes(dice: random.Random) -> bytes:
    """The bytes of such a request, some of them changed."""
    value = mutated_json((*SLACK, *WEB), dice)
    body = bytearray(json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace"))
    if dice.random() < 0.3:
        body[:0] = b"payload="
    for _ in range(dice.randint(0, 6)):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body[: dice.choice((len(body), dice.randint(1, len(body))))])


def _filled(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return value.replace("TEXT", text)
    if isinstance(value, dict):
        return {key: _filled(part, text) for key, part in value.items()}
    return [_filled(part, text) for part in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key of every object and list in it, with what holds it."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _at(place: tuple[Any, Any]) -> Any:
    holder, key = place
    return holder.get(key) if isinstance(holder, dict) else None


# -- made up by hypothesis -----------------------------------------------------------------------

WORDS = [
    "since",
    "for",
    "about",
    "last",
    "ago",
    "week",
    "weeks",
    "days",
    "months",
    "years",
    "yesterday",
    "Monday",
    "May",
    "Easter",
    "2019",
    "12",
    "38.5",
    "C",
    "F",
    "degrees",
    "fever",
    "no",
    "not",
    "never",
    "pain",
    "chest",
    "mild",
    "severe",
    "worse",
    "better",
    "same",
    "yes",
    "my",
    "son",
    "he",
    "is",
    "6",
    "years",
    "old",
    "ALL",
    "all",
    "leukemia",
    "cancer",
    "breast",
    "relapse",
    "MRD",
    "chemo",
    "what",
    "does",
    "mean",
    "how",
    "is",
    "treated",
    "change",
    "remove",
    "add",
    "skip",
    "stop",
    "to",
    "and",
    "or",
    "but",
    ",",
    ".",
    "?",
    "!",
    "-",
    "/",
    "(",
    ")",
    "'",
    ":",
    "one",
    "two",
    "three",
    "half",
    "a",
    "couple",
    "of",
    "every",
    "between",
    "7",
    "out",
    "10",
    "first",
    "second",
    "don't",
    "remember",
    "blinatumomab",
    "transplant",
    "doctor",
    "code",
    "resume",
    "1st",
    "2/3",
    "christmas",
    "birthday",
    "i",
    "think",
    "u",
    "im",
]
TEXT = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from((*WORDS, *PIECES)), max_size=12).map(" ".join),
    st.text(max_size=60),
    st.text(alphabet=st.characters(max_codepoint=0x10FFFF), max_size=40),  # halves, too
    st.text(alphabet=" \n.,'-/0123456789abcALL?!<>&|*_~`", max_size=80),
)
_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(ODD)
_KEYS = sorted({key for skeleton in (*SLACK, *WEB) for key in skeleton} | {
    "event", "selected_option", "selected_options", "value", "blocks", "elements", "values", "edited",
    "message", "ts", "type", "user", "channel", "text", "files", "bot_id", "subtype", "tab", "thread_ts",
})  # fmt: skip
JSON = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6)
    ),
    max_leaves=12,
)
_KINDS = st.sampled_from(("event_callback", "block_actions", "url_verification", ""))
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "web": JSON,
    "slack": st.builds(
        lambda kind, made: {**made, "type": kind},
        _KINDS,
        st.dictionaries(st.sampled_from(_KEYS), JSON, max_size=8),
    ),
    "bytes": st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
}
MUTATIONS: dict[str, Callable[[random.Random], Any]] = {
    "text": mutated,
    "web": lambda dice: mutated_json(WEB, dice),
    "slack": lambda dice: mutated_json(SLACK, dice),
    "bytes": mutated_bytes,
}
