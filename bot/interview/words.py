"""Reading a message: its plain form, whether it asks something, and which of its parts do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-"})
_POLITE = (
    r"(?:please|pls|thanks|thank you|now|for now|ok|okay|sorry|then|um+|uh+|well|oh|hmm+|"
    r"actually|and|so|but)"
)
_CHAT_WORDS = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "n": "and",
    "dont": "don't",
    "thats": "that's",
    "im": "i'm",
}
_CHAT = re.compile(r"\b(?:u|ur|r|n|dont|thats|im)\b(?!')")
_EDGES = re.compile(rf"^(?:{_POLITE}\b[\s,.!]*)+(?=\w)|(?<![\s,.!])(?:[\s,.!]+{_POLITE}){{1,12}}$")
_SUBJECT = (
    r"(?:i|you|we|he|she|it|they|this|that|these|those|there|the|a|an|my|our|your|his|her|their|"
    r"people|all|"
    r"everyone|some|any|most|having|being|(?!not\b|worse|better|getting|been|really|very|so\b|"
    r"about|just|bad\b|"
    r"mild|severe|moderate|pretty|quite|gone|have\b|over|around|say\b|call\b|guess\b|rate\b|put\b|"
    r"describe\b|think\b)[a-z]{3,})"
)
_ASKING = (
    r"(?:what(?:'?s|'re)?\b(?! (?:i (?:had|have|feel|felt)|bothers|worries|hurts|scares|annoys|"
    r"started|began|they call|we call|else can i say|can i say)\b)|why\b|how\b|"
    r"who(?:'s)?\b(?! knows)|where\b|which\b|"
    r"when (?:do|does|did|is|are|will|can|should|would)\b|"
    r"(?:is|are|am|do|does|can|could|should|shall|will|would|did)(?!')\s+" + _SUBJECT + r"\b|"
    r"(?:was|were|has|may|might)(?!')\s+(?:i|you|we|he|she|it|they|this|that|there)\b|"
    r"have (?:you|they)\b|(?:is|are|does|do|can|could|should|would|will|did)n?'t\s+"
    r"(?:i|you|we|he|she|it|they|this|that|there)\b|"
    r"tell me\b|explain\b|define\b|i(?:'d| would)? (?:like|want|need) to (?:know|ask)\b|"
    r"i(?:'m| am)? (?:just )?wonder(?:ing)?\b|wondering\b|any idea (?:what|why|how|if)\b|"
    r"can't you\b|"
    r"i have a question\b|question:)"
)
_LEAD = (
    r"(?:(?:and|but|so|ok(?:ay)?|hi|hey|hello|sorry|um+|also|wait|well|by the way|please|"
    r"quick question)\b[\s,:]*)*"
)
_STARTS_ASKING = re.compile(_LEAD + _ASKING)
# Said to oneself: "how do I say this, ...", "what would I say, ...".
_THINKING = re.compile(
    r"^\W*(?:how (?:do|can|shall|should) i (?:say|put|describe) (?:this|it|that)|"
    r"what (?:would|shall|"
    r"should|can) i say|let me (?:think|see)|is it ok(?:ay)? to (?:list|name|say)[\w ]*|"
    r"what else)\s*[,:;-]\s*"
)
# "I have a fever, is that bad": a question may begin after a comma or a joining word.
_TAIL = re.compile(
    r"(?:[,;:-]\s*(?:and\s+|but\s+|so\s+)?|\s(?:and|but|so)\s+)(?="
    r"(?:what(?:'s)?|why|how|which) (?!(?:i|they call|we call|else can i say|can i say)\b)|"
    r"(?:is|are|was|does|do|can|could|should|will|would|am|did)(?!')\s+"
    r"(?:i|you|we|it|he|she|they|this|that|these|those|there)\b|"
    r"i (?:want|need|would like) to (?:know|ask)\b|tell me\b)"
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.](?=\d)[^.!?\n]*)*(?:[.!?\n]+|$)")
_LIST_MARK = re.compile(r"^[^\S\n]*(?:[-*•]|\d{1,2}[.)])\s+(?=[^\W\d])", re.MULTILINE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SMALL_TALK = re.compile(
    r"(?:hi|hey|hello|yes|yeah|yep|no|nope|ok|okay|thanks|thank you|sure|good|fine|great|cool|"
    r"lol|hm+|um+|test|huh|"
    r"good (?:morning|afternoon|evening)|bye|help|what|maybe|right|true|same|me|it|this|that|"
    r"idk)[\s.!?]*"
)


@dataclass(frozen=True)
class Parts:
    """What a message states and what it asks; either may be empty."""

    statement: str
    question: str


def fold(text: str) -> str:
    """Lower case with plain quotes; every character keeps its place."""
    straight = text.translate(_QUOTES)
    return "".join(low if len(low := char.lower()) == 1 else char for char in straight)


def bare(text: str) -> str:
    """A short message without punctuation and polite words around it, for comparing."""
    plain = re.sub(r"\s+", " ", fold(text)).strip(" .,!?\"'-:;()")
    plain = _CHAT.sub(lambda match: _CHAT_WORDS[match.group()], plain)
    return _EDGES.sub("", plain).strip(" .,!?")


@lru_cache(maxsize=4096)
def bare_phrase(phrase: str) -> str:
    """`bare` for phrases of content/; never for what a person wrote, since it is remembered."""
    return bare(phrase)


def is_question(text: str) -> bool:
    """Does the text ask something, by its mark or by how it begins?"""
    return fold(text).strip().endswith("?") or starts_asking(text)


def starts_asking(text: str) -> bool:
    """Does the text ask something by how it begins?"""
    plain = _THINKING.sub("", fold(text).strip())
    return _STARTS_ASKING.match(plain) is not None


def split_parts(text: str) -> Parts:
    """Sort the sentences of a message into what it states and what it asks."""
    stated: list[str] = []
    asked: list[str] = []
    listed = _LIST_MARK.sub("", text) if len(_LIST_MARK.findall(text)) > 1 else text
    for match in _SENTENCE.finditer(listed):
        sentence = match.group().strip()
        if not sentence:
            continue
        tail = None if starts_asking(sentence) else _TAIL.search(_masked(sentence))
        if tail is not None:
            stated.append(sentence[: tail.start()].strip())
            asked.append(sentence[tail.end() :].strip())
        else:
            (asked if is_question(sentence) else stated).append(sentence)
    return Parts(" ".join(part for part in stated if part), " ".join(asked))


def _masked(sentence: str) -> str:
    """The folded sentence with what one says to oneself blanked out."""
    return _THINKING.sub(lambda match: " " * len(match.group()), fold(sentence))


def has_words(text: str) -> bool:
    """Could this be somebody's own words for something, rather than "ok" or "???"?"""
    return _LETTERS.search(text) is not None and _SMALL_TALK.fullmatch(fold(text).strip()) is None


@lru_cache(maxsize=4096)
def contains(phrase: str) -> re.Pattern[str]:
    """A pattern that finds a phrase of content/ as whole words; it is remembered."""
    inner = r"\s+".join(re.escape(part) for part in fold(phrase).split())
    return re.compile(rf"(?<![\w']){inner}(?![\w'])")
