"""Words that tell whom a question is about (content/audience.yml)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bot.content.files import ContentModel, Problems, build, read_yaml


class AudienceContent(ContentModel):
    """Lay words for each audience; under `child_below_years` an age means a child.
    `not_the_patient`: words for children of the person who asks."""

    child: tuple[str, ...]
    adult: tuple[str, ...]
    caregiver: tuple[str, ...]
    not_the_patient: tuple[str, ...]
    child_below_years: int = Field(ge=1, le=30)


def read_audience(root: Path, problems: Problems) -> AudienceContent | None:
    """Read content/audience.yml."""
    value = read_yaml(root / "audience.yml", problems, root=root)
    return build(AudienceContent, value, problems, file="audience.yml", item="audience")
