"""Words by which a message goes on from the last answer, asks two things, or asks for a change of a
medicine."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bot.content.files import ContentModel, Problems, build, read_yaml

FILE = "follow_ups.yml"


class MedicineChanges(ContentModel):
    """Words that ask, in this order, whether a medicine is stopped or its amount changed."""

    asks: tuple[str, ...]
    changes: tuple[str, ...]
    medicines: tuple[str, ...]


class FollowUpContent(ContentModel):
    """The word lists; the file says what each is for."""

    openers: tuple[str, ...]
    stands_for_something: tuple[str, ...]
    short_words: int = Field(ge=1, le=12)
    aspects: frozenset[str]
    asks: tuple[str, ...]
    between: tuple[str, ...]
    medicine_changes: MedicineChanges


def read_follow_ups(root: Path, problems: Problems) -> FollowUpContent | None:
    """Read and check the file; None when something in it is wrong (see `problems`)."""
    value = read_yaml(root / FILE, problems, root=root)
    return build(FollowUpContent, value, problems, file=FILE, item="words")
