"""Red flags first: what a message raises, before Rasa sees it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.choices import says_nothing_new
from bot.channels.said import Said
from bot.dialogue.visit_summary import local_date
from bot.interview.answers import Answer
from bot.interview.onset import says_only_when
from bot.interview.screening import is_date_correction, is_measurement, is_plain_answer
from bot.records.store import Conversation, utc_now
from bot.runtime import Runtime
from bot.triage.raising import Finding
from bot.triage.red_flags import Reading
from bot.triage.replies import CONFIRM_WORDS

# For so long a card stands for its sign, when only the date of the sign is corrected.
CARD_HOLDS = datetime.timedelta(hours=12)
# A few words in answer to a question of the interview ("it keeps me up") mean less by themselves
# than they would as a message; the second reader, which sees only them, must be surer to ask.
SHORT_ANSWER = 8
# Not where the person is asked what they noticed: there anything may be named.
NAMES_SYMPTOMS = "sx.name"


@dataclass(frozen=True)
class Heard:
    """A text as it was read, and what it raises by itself, whatever was said before."""

    reading: Reading
    alone: Finding


@dataclass(frozen=True)
class Screened:
    """What the channel knows of a message before Rasa sees it: the red flag it raises, whether it
    is a clear "no" to our confirm line, the topic of the answer just before it, the signs that
    were raised or asked about before, whether it is a few words said to a question of ours, and
    whether a care card was the last thing said before it."""

    finding: Finding
    answered: bool
    follows: str | None
    known: frozenset[str]
    is_short_answer: bool = False
    follows_card: bool = False


class Screening:
    """Reads a message with what was shown and asked in its conversation."""

    def __init__(self, parts: Runtime) -> None:
        self._parts = parts
        self._records = parts.records

    def hear(self, text: str) -> Heard:
        """Read a text by itself."""
        reading = self._parts.detector.read(text)
        return Heard(reading, self._parts.detector.find(reading))

    def screen(self, conversation: Conversation, said: Said, text: str, heard: Heard) -> Screened:
        """What this message raises. `text`: what was typed, or what the tapped choice says.
        `heard`: the text that was typed."""
        last = self._records.last_reply(conversation.id) or {}
        is_alone = last.get("type") == "confirm_red_flag"
        confirming = last.get("rule") if is_alone else last.get("confirming")
        already = {sign for f in self._records.red_flags(conversation.id) for sign in f.signs}
        words = CONFIRM_WORDS.get(said.choice or "", text)
        words = "" if says_nothing_new(said.choice) else words
        finding = heard.alone
        if already or confirming is not None or words != said.text:
            finding = self._parts.detector.find(
                heard.reading if words == said.text else words,
                already=already,
                confirming=confirming,
                aside=not is_alone,
            )
        if finding.level is not None and self._dates_anew(conversation, finding, words):
            finding = Finding()
        asked = self._records.signs_asked(conversation.id)
        if finding.confirm in asked:
            finding = replace(finding, confirm=None)
        is_no = confirming is not None and finding == Finding() and _begins_with_no(words)
        follows = last.get("topic") if last.get("type") == "answer" else None
        # The second reader would read a plain answer without its question: nothing is asked.
        is_plain = self._is_plain(last, said, judged=finding == Finding())
        known = set(self._parts.content.red_flags.flags) if is_plain else asked
        is_about_one = _is_asked(last, said) and last["linkId"] != NAMES_SYMPTOMS
        is_short = is_about_one and len(text.split()) <= SHORT_ANSWER
        after_card = last.get("type") == "care_card"
        return Screened(finding, is_no, follows, frozenset(already | known), is_short, after_card)

    def _is_plain(self, last: dict[str, Any], said: Said, *, judged: bool) -> bool:
        """`judged`: the rules find nothing in it, so a temperature is none to worry about, and a
        bare date ("3 weeks ago", where a confirm line has taken the place of its question) tells of
        no sign."""
        is_after_line = said.choice is None and last.get("confirming") is not None
        if judged and is_after_line and says_only_when(said.text, today=utc_now().date()):
            return True
        if not _is_asked(last, said):
            return False
        script, today = self._parts.content.interview, utc_now().date()
        link_id = str(last.get("linkId"))
        return is_plain_answer(script, link_id, said.text, today=today) or (
            judged and is_measurement(script, link_id, said.text, today=today)
        )

    def _dates_anew(self, conversation: Conversation, finding: Finding, text: str) -> bool:
        """Does the message only correct when a sign began, whose card was shown a short time ago?
        Then there is nothing new to warn of."""
        soon = utc_now() - CARD_HOLDS
        shown = {
            s for f in self._records.red_flags(conversation.id) if f.at > soon for s in f.signs
        }
        if not set(finding.signs) <= shown:
            return False
        interview = self._records.interview_of(conversation.id)
        if interview is None:
            return False
        rows = self._records.answers(interview, conversation=conversation.id)
        script, today = self._parts.content.interview, local_date(conversation.timezone)
        return is_date_correction(script, [Answer(**row) for row in rows], text, today=today)


def _is_asked(last: dict[str, Any], said: Said) -> bool:
    return last.get("type") == "question" and said.choice is None


def _begins_with_no(words: str) -> bool:
    plain = words.strip().lower()
    return plain.startswith(("no", "nah", "nope")) and len(plain.split()) <= 6
