"""The visit summary as a file."""

from __future__ import annotations

from sanic import response
from sanic.response import HTTPResponse

from bot.channels.conversations import local_date
from bot.dialogue.visit_summary import red_flag_lines, visit_summary
from bot.interview.answers import Answer
from bot.interview.summary import to_html, to_json, to_text
from bot.records.store import Conversation
from bot.runtime import Runtime

FORMATS = ("json", "html", "txt")
# The page carries its own style and nothing else.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def summary_file(parts: Runtime, conversation: Conversation, kind: str) -> HTTPResponse | None:
    """The summary of the interview begun last; None when there is none."""
    interview = parts.records.interview_of(conversation.id)
    if interview is None:
        return None
    rows = parts.records.answers(interview, conversation=conversation.id)
    tracker = parts.records.tracker(conversation.id)
    made = visit_summary(
        parts.content,
        [Answer(**row) for row in rows],
        audience=tracker.audience if tracker else None,
        today=local_date(conversation.timezone),
        red_flags=red_flag_lines(parts.records.red_flags(conversation.id), parts.content),
    )
    if kind == "json":
        return response.json(to_json(made))
    if kind == "txt":
        return response.text(to_text(made), headers=_as_file("txt"))
    headers = {**_as_file("html"), "Content-Security-Policy": _PAGE_POLICY}
    return response.html(to_html(made), headers=headers)


def _as_file(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="visit-summary.{ending}"'}
