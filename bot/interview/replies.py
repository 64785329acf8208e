"""The interview as replies: a question, and the summary."""

from __future__ import annotations

from typing import Any

from bot.interview.script import Asked
from bot.interview.summary import Summary, to_json
from bot.interview.summary_page import to_text
from bot.rendering.reply import Choice, Reply

INPUTS = {
    "choice": "choice", "boolean": "choice", "open_choice": "choice",
    "date": "date", "text": "text", "quantity": "number",
}  # fmt: skip
DOWNLOADS = (
    ("Print", "html"), ("Save as PDF", "pdf"), ("Plain text", "txt"),
    ("For the clinic’s computer (FHIR)", "fhir"), ("Data (JSON)", "json"),
)  # fmt: skip


def question_reply(asked: Asked, *, say: str = "") -> Reply:
    """A question of the contract; `say` is said before it (what was noted)."""
    progress: dict[str, Any] = {"step": asked.progress.step}
    if asked.progress.total is not None:
        progress["total"] = asked.progress.total
    return Reply(
        "question",
        f"{say}\n{asked.text}" if say else asked.text,
        tuple(Choice(choice.label, choice.value) for choice in asked.choices),
        {
            "linkId": asked.question.id,
            "input": "multi_choice"
            if asked.question.multiple
            else INPUTS[asked.question.answer_type],
            "progress": progress,
            "can_skip": asked.can_skip,
            "can_go_back": asked.can_go_back,
            **_scale(asked),
        },
    )


def _scale(asked: Asked) -> dict[str, Any]:
    """From where to where the scale goes whose points mean the choices of this question."""
    points = [c.scale for c in asked.question.choices if c.scale]
    if not points:
        return {}
    return {"scale": {"least": min(p[0] for p in points), "most": max(p[1] for p in points)}}


def summary_reply(summary: Summary) -> Reply:
    """The visit summary of the contract."""
    return Reply(
        "summary",
        to_text(summary),
        (),
        {
            "summary": to_json(summary),
            "downloads": [
                {"label": label, "url": f"/chat/summary?format={kind}", "format": kind}
                for label, kind in DOWNLOADS
            ],
        },
    )
