"""Questions that go on from the last answer, two questions in one message, and questions that are
declined by their words (pure)."""

from __future__ import annotations

import re

from bot.content.follow_ups import FollowUpContent

MAX_CHARACTERS = 600
MIN_WORDS = 2
# "how long has he", and not "is it"
MIN_WORDS_AT_THE_END = 3


class QuestionWords:
    """Reads a message as a follow-up, and as parts that each ask."""

    def __init__(self, content: FollowUpContent) -> None:
        self._short = content.short_words
        self._aspects = {f"ask_{topic}" for topic in content.aspects}
        self._opener = re.compile(rf"^(?:{_either(content.openers)})\b[\s,]*")
        self._stands = re.compile(rf"\b(?:{_either(content.stands_for_something)})\b")
        asks = _either(content.asks)
        self._asks = re.compile(rf"^(?:(?:{_either(content.openers)})\s+)?(?:{asks})\b")
        self._between = re.compile(
            rf"(?:[,;]|(?<!\s))\s+(?:{_either(content.between)})\s+(?=(?:{asks})\b)", re.IGNORECASE
        )
        words = content.medicine_changes
        self._changes_medicine = re.compile(
            # "the doctor says he can skip it" asks nothing
            r"(?<!\bi )(?<!\bhe )(?<!\bshe )(?<!\bwe )(?<!\bthey )"
            rf"\b(?:{_either(words.asks)})\s+{_few(3)}(?:{_either(words.changes)})\s+{_few(4)}"
            rf"(?:{_either(words.medicines)})\b"
        )

    def changes_medicine(self, text: str) -> bool:
        """Does it ask whether a medicine is stopped, skipped or taken in another amount?"""
        return bool(self._changes_medicine.search(_plain(text)))

    def refers_back(self, text: str) -> bool:
        """May this be about what was answered last?"""
        plain = _plain(text)
        return self.is_short(text) or bool(self._opener.match(plain) or self._stands.search(plain))

    def stands_for_something(self, text: str) -> bool:
        """Does it hold a word such as "it", for what was spoken of before?"""
        return bool(self._stands.search(_plain(text)))

    def is_short(self, text: str) -> bool:
        """Only a few words?"""
        return 0 < len(_plain(text).split()) <= self._short

    def is_aspect(self, intent: str) -> bool:
        """Is this asked of anything: of what was answered last, if nothing else is named?"""
        return intent in self._aspects

    def asks(self, text: str) -> bool:
        """Is this a question by its own words, or does it point at something?"""
        plain = _plain(text)
        points = self._opener.match(plain) or self._stands.search(plain)
        return text.rstrip().endswith("?") or bool(points or self._asks.match(plain))

    def completed(self, text: str, thing: str) -> str:
        """The question with what it may be about: "how is it given (blinatumomab)"."""
        plain = _plain(text)
        return f"{self._opener.sub('', plain) or plain} ({thing})"

    def parts(self, text: str) -> tuple[str, ...]:
        """The questions of a message, each with the statement before it; one: no parts."""
        if len(text) > MAX_CHARACTERS:
            return ()
        sentences = re.split(r"(?<=[?!.])\s+|\n+", text.strip())
        parts: list[str] = []
        said = ""
        for sentence in sentences:
            for piece in self._between.split(sentence):
                whole = f"{said} {piece}".strip()
                if self.is_question(piece):
                    parts.append(whole)
                    said = ""
                else:
                    said = whole
        return tuple(parts) if len(parts) > 1 else ()

    def question_at_the_end(self, text: str) -> tuple[str, ...]:
        """What is asked after a story, without the story; empty where there is none."""
        pieces = re.split(r"(?<=[?!.,;])\s+|\n+", text[-MAX_CHARACTERS:].strip())
        last = pieces[-1]
        is_long_enough = len(_plain(last).split()) >= MIN_WORDS_AT_THE_END
        return (last,) if len(pieces) > 1 and is_long_enough and self.is_question(last) else ()

    def is_question(self, piece: str) -> bool:
        """Is this piece a question by its own words, whatever it points at?"""
        plain = _plain(piece)
        if len(plain.split()) < MIN_WORDS:
            return False
        return piece.rstrip().endswith("?") or bool(self._asks.match(plain))


def _plain(text: str) -> str:
    straight = text.replace("\u2019", "").replace("'", "").lower()
    return re.sub(r"\s+", " ", straight).strip(" .,;:!?")


def _either(words: tuple[str, ...]) -> str:
    return "|".join(_pattern(word) for word in sorted(words, key=len, reverse=True))


def _pattern(word: str) -> str:
    return rf"\w{{1,20}}{re.escape(word[1:])}" if word.startswith("~") else re.escape(word)


def _few(most: int) -> str:
    """Up to so many words of one clause."""
    return rf"(?:[\w-]{{1,30}}\s+){{0,{most}}}?"
