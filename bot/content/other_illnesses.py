"""Names of illnesses other than ALL (content/other_illnesses.yml)."""

from __future__ import annotations

from pathlib import Path

from bot.content.files import ContentModel, Problems, build, read_yaml

Words = tuple[str, ...]


class OtherIllnessesContent(ContentModel):
    """Lay names; what each list is for stands in the file beside it."""

    not_another_illness: Words
    own: Words
    own_if_not_another_leukemia: Words
    leukemias: Words
    illnesses: Words
    conditions: Words
    care_words: Words
    about_all: Words
    belong_to_other_illnesses: Words
    conditions_in_capitals: Words
    illnesses_in_capitals: Words
    organs: Words
    organs_said_alone: Words
    comes_back: Words
    beside_treatment: Words
    treatment_words: Words
    late_effect_risk: Words
    late_effect_causes: Words
    late_effect_people: Words
    influence: Words
    influenced: Words
    course: Words
    somebody_else: Words
    own_matters: Words
    heredity: Words
    together: Words
    coming_back: Words


def read_other_illnesses(root: Path, problems: Problems) -> OtherIllnessesContent | None:
    """Read content/other_illnesses.yml."""
    value = read_yaml(root / "other_illnesses.yml", problems, root=root)
    return build(
        OtherIllnessesContent,
        value,
        problems,
        file="other_illnesses.yml",
        item="other illnesses",
    )
