"""Saying back what was noted: "fever, since about 10 November 2026, moderate"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.content.interview import Script
from bot.content.interview_items import ANOTHER, KIND, NAME, ONSET, SEVERITY, SIMILAR
from bot.interview.answers import UNSETTLED, Answer
from bot.interview.naming import symptom_name
from bot.interview.say_dates import format_date, long_date, say_onset
from bot.interview.script import latest_answers


def play_back(
    script: Script, answers: Sequence[Answer], new: Sequence[Answer], *, is_proxy: bool = False
) -> str:
    """One line about the new answers, so that a misunderstanding shows at once."""
    held = latest_answers([*answers, *new])
    rounds = sorted({a.repeat for a in new if a.link_id in (NAME, ONSET, SEVERITY, SIMILAR)})
    parts = []
    for repeat in rounds:
        name = held.get((NAME, repeat))
        if name is None or name.status not in ("given", *UNSETTLED):
            continue
        if name.value == "none":
            return script.lines.none_noted
        said = [_detail(script, a, is_proxy) for a in new if a.repeat == repeat]
        parts.append(", ".join([symptom_name(script, name), *(d for d in said if d)]))
    parts += _treatments(script, held, new)
    if parts:
        return script.lines.noted.format(noted="; ".join(parts))
    if all(a.link_id == ANOTHER for a in new):
        return ""
    return script.lines.kept


def _treatments(
    script: Script, held: Mapping[tuple[str, int], Answer], new: Sequence[Answer]
) -> list[str]:
    """Each treatment that was told with its time: "transplant, 2020"."""
    kind = script.question(KIND)
    members = {q.id for q in script.questions if kind is not None and q.group == kind.group}
    said = []
    for repeat in sorted({a.repeat for a in new if a.link_id in members}):
        named = held.get((KIND, repeat))
        choice = kind.choice(str(named.value)) if kind and named is not None else None
        if choice is None or named is None or named.status == "removed":
            continue
        dates = [format_date(a.value) for a in new if a.repeat == repeat and a.link_id in members]
        said.append(", ".join([choice.label.lower(), *(date for date in dates if date)]))
    return said


def _detail(script: Script, answer: Answer, is_proxy: bool) -> str:
    if answer.link_id == ONSET:
        return say_onset(answer.value, is_proxy=is_proxy)
    question = script.question(answer.link_id)
    if answer.link_id not in (SEVERITY, SIMILAR) or question is None:
        return ""
    choice = question.choice(answer.value) if isinstance(answer.value, str) else None
    if choice is None:
        return ""
    label = choice.label[0].lower() + choice.label[1:]
    return label if answer.link_id == SEVERITY else f"like before the first diagnosis: {label}"


__all__ = ["format_date", "long_date", "play_back", "say_onset"]
