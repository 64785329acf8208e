"""Red flags, how denial is worded, and whom to call: what stands in content/ about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, validator

from bot.content.files import ContentModel, between
from bot.content.knowledge import ID_PATTERN
from bot.content.sign_words import SignWords

Level = Literal["emergency", "urgent", "routine", "crisis"]
Outcome = Literal["card", "confirm", "none"]
Status = Literal[
    "said", "denied", "doubtful", "gone", "hypothetical", "asked", "past", "unclear_time", "other"
]


class Contact(ContentModel):
    """A line to call, text or chat with; null where no source gave it."""

    id: str
    country: str
    kind: str
    name: str
    call: str | None = None
    text: str | None = None
    chat: str | None = None
    url: str | None = None
    hours: str | None = None
    languages: str | None = None
    source: tuple[str, ...]
    note: str | None = None


class CardWords(ContentModel):
    """What a care card says. `problem` completes "I have leukemia and ..."."""

    title: str = Field(min_length=5, max_length=90)
    bullets: tuple[str, ...]
    problem: str = ""

    _bullets = validator("bullets", allow_reuse=True)(between(1, 4))


class Threshold(ContentModel):
    """A temperature at which a sign counts; `below` is the first value that no longer counts."""

    unit: Literal["C", "F"]
    at_least: float | None = None
    below: float | None = None


class RedFlag(ContentModel):
    """One sign: its words, its level and its card.

    `together` are rules without order (sign_words.py). `may_say` and `may_together` could mean it
    (a confirm line), `not_meant` are idioms. `event`: it still counts when it happened a moment
    ago. `context`: it counts only next to these words. `counts_as`: with this sign it is one, not
    two, when two urgent signs make an emergency. `of_others`: someone else has it (a contact).
    """

    id: str = Field(regex=ID_PATTERN)
    sign: int = Field(ge=0, le=30)
    level: Level
    name: str
    ask: str
    says: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    may_say: tuple[str, ...] = ()
    may_together: tuple[str, ...] = ()
    not_meant: tuple[str, ...] = ()
    counts_as: str | None = None
    temperature: tuple[Threshold, ...] = ()
    event: bool = False
    of_others: bool = False
    context: tuple[str, ...] = ()
    card: CardWords
    first_contact: Literal["care_team", "emergency_number", "crisis_line"]
    facts: tuple[str, ...]
    needs_clinician: bool = False
    reviewed_by: str | None = None


class Clue(ContentModel):
    """What is no sign by itself and counts in a combination only, such as a recent treatment.

    `also_past`: it counts when it is over, too.
    """

    id: str = Field(regex=ID_PATTERN)
    says: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    not_meant: tuple[str, ...] = ()
    also_past: bool = False


class Combination(ContentModel):
    """Signs and clues that together make another one: all of `all_of`, or so many of `some_of`."""

    becomes: str
    all_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    how_many: int = 1


class TemperatureWords(ContentModel):
    """How people write a temperature, and what other numbers look like."""

    subject: tuple[str, ...]
    readings: tuple[str, ...]
    between: tuple[str, ...]
    degrees: tuple[str, ...]
    celsius: tuple[str, ...]
    fahrenheit: tuple[str, ...]
    other_before: tuple[str, ...]
    other_after: tuple[str, ...]
    other_near: tuple[str, ...]
    reads_as: dict[Literal["C", "F"], tuple[float, float]]
    number_words: dict[str, int]
    point_words: tuple[str, ...]


class NegationWords(ContentModel):
    """How people deny, ask, suppose, date and attribute; every value is a list of phrases.

    `open_cues`: cues that leave open whether a sign is there now, wherever they stand.
    `answer_openers`: how a longer message begins that answers a confirm line before something else.
    """

    spellings: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]]
    cues: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]
    answer_openers: tuple[str, ...]
    open_cues: tuple[str, ...]
    real_words: tuple[str, ...]

    @validator("real_words", pre=True)
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value


CUES = (
    "contrast", "mine", "inverted", "present", "now", "yes_after", "no_after", "deny",
    "deny_next", "not_a_denial", "first_deny", "first_time", "reversal", "new_clause", "subject",
    "list_or", "list_and", "list_filler", "returned", "gone_before", "gone_after", "gone_last",
    "gone_ends", "not_gone", "recent", "unsure", "suppose", "suppose_after", "subject_after_comma",
    "other", "maybe_other", "past", "unclear_time", "had", "question", "question_start", "greeting",
    "reported", "elsewhere", "compared", "that_was", "resembling", "not_there", "stranger",
    "patient", "first_person", "well",
)  # fmt: skip


class Layout(ContentModel):
    """Which contacts stand on a card, by country, and the sentences around them."""

    country_names: dict[str, str]
    emergency: dict[str, str]
    crisis: dict[str, tuple[str, ...]]
    crisis_young: dict[str, tuple[str, ...]]
    support: dict[str, tuple[str, ...]]
    words: dict[str, str]


LAYOUT_WORDS = (
    "say_self", "say_other", "care_team", "care_team_number", "emergency_number",
    "emergency_unknown", "country_and_number", "crisis_call", "crisis_text", "crisis_both",
    "crisis_web", "crisis_call_or_text", "crisis_danger", "crisis_danger_unknown", "support",
    "repeated", "sources",
)  # fmt: skip


@dataclass(frozen=True)
class RedFlagContent:
    """Everything the detector and the cards say, in memory."""

    flags: dict[str, RedFlag]
    clues: dict[str, Clue]
    groups: dict[str, tuple[str, ...]]
    sign_words: SignWords
    common_words: frozenset[str]
    two_ambers: RedFlag
    combinations: tuple[Combination, ...]
    outcomes: dict[Level, dict[Status, Outcome]]
    temperature: TemperatureWords
    negation: NegationWords
    contacts: dict[str, Contact]
    layout: Layout
    sources: dict[str, tuple[str, ...]]

    def rule(self, rule_id: str) -> RedFlag:
        """The flag of this id, `two_ambers` included; KeyError for any other."""
        return self.two_ambers if rule_id == self.two_ambers.id else self.flags[rule_id]
