"""When entries are read again, how plain they must be, and which facts rest unused."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.knowledge import Entry, Knowledge

REVIEW_FILE, UNUSED_FILE = "review.yml", "unused_facts.yml"


class Limits(ContentModel):
    """Highest reading grades (Flesch-Kincaid) and words a sentence."""

    grade_median: float = Field(gt=0)
    grade_worst: float = Field(gt=0)
    words_median: float = Field(gt=0)
    words_worst: int = Field(ge=1)


class ReviewRules(ContentModel):
    """content/review.yml. `explained_names` do not count for the reading grade."""

    facts_collected_on: datetime.date
    review_after_days: int = Field(ge=1)
    limits: Limits
    explained_names: tuple[str, ...]

    @property
    def explained(self) -> re.Pattern[str]:
        """Matches each explained name as a whole word."""
        names = sorted(self.explained_names, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(map(re.escape, names))})\b", re.IGNORECASE)

    def due_on(self, entry: Entry) -> datetime.date:
        """The day from which an entry should be read again."""
        return entry.dated + datetime.timedelta(days=self.review_after_days)


class _UnusedGroup(ContentModel):
    why: str = Field(min_length=10)
    facts: tuple[str, ...]


class _UnusedFacts(ContentModel):
    unused_facts: tuple[_UnusedGroup, ...]


@dataclass(frozen=True)
class Review:
    """The rules, and why each fact named here is used nowhere."""

    rules: ReviewRules
    unused_facts: dict[str, str]


def read_review(root: Path, problems: Problems, knowledge: Knowledge) -> Review | None:
    """Read review.yml and unused_facts.yml, and check the entries' signatures against them."""
    value = read_yaml(root / REVIEW_FILE, problems, root=root)
    rules = build(ReviewRules, value, problems, file=REVIEW_FILE, item="review")
    value = read_yaml(root / UNUSED_FILE, problems, root=root)
    unused = build(_UnusedFacts, value, problems, file=UNUSED_FILE, item="unused facts")
    if rules is None or unused is None:
        return None
    reasons = {fact: group.why for group in unused.unused_facts for fact in group.facts}
    for fact in reasons:
        if fact not in knowledge.facts:
            problems.add(UNUSED_FILE, fact, "facts", "unknown fact; delete it here")
    for entry in knowledge.entries.values():
        for field, message in _signature_faults(entry, rules):
            problems.add(entry.file, entry.id, field, message)
    return Review(rules, reasons)


def _signature_faults(entry: Entry, rules: ReviewRules) -> Iterator[tuple[str, str]]:
    """The date that readers see moves only with a signature, or with newly collected facts."""
    if entry.reviewed_on is None and entry.checked_on > rules.facts_collected_on:
        yield (
            "checked_on",
            f"is later than the facts ({rules.facts_collected_on}, {REVIEW_FILE}) and nobody has "
            "signed; sign with reviewed_by and reviewed_on, or put the facts' date back",
        )
    if entry.reviewed_on is not None and entry.reviewed_on < entry.checked_on:
        yield "reviewed_on", f"is before checked_on ({entry.checked_on}); correct the date"
