"""The visit summary as a file."""

from __future__ import annotations

from sanic import response
from sanic.response import HTTPResponse

from bot.dialogue.visit_summary import is_for_other, local_time, red_flag_lines, visit_summary
from bot.interview.answers import Answer
from bot.interview.fhir_response import Reporter, questionnaire_response
from bot.interview.summary import Summary, to_json
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text
from bot.interview.summary_pdf import to_pdf
from bot.records.store import Conversation, utc_now
from bot.runtime import Runtime

FORMATS = ("json", "html", "pdf", "fhir", "txt")
# The page carries its own style and nothing else.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def summary_file(parts: Runtime, conversation: Conversation, kind: str) -> HTTPResponse | None:
    """The summary of the interview begun last; None when there is none."""
    interview = parts.records.interview_of(conversation.id)
    if interview is None:
        return None
    rows = parts.records.answers(interview, conversation=conversation.id)
    answers = [Answer(**row) for row in rows]
    tracker = parts.records.tracker(conversation.id)
    audience = tracker.audience if tracker else None
    now, _ = local_time(utc_now(), conversation.timezone)
    if kind == "fhir":
        by = "caregiver" if is_for_other(audience) else "patient"
        made = questionnaire_response(
            parts.content.interview, answers, Reporter(by, now, interview)
        )
        headers = _as_file("fhir.json")
        return response.json(made, headers=headers, content_type="application/fhir+json")
    flags = parts.records.red_flags(conversation.id)
    summary = visit_summary(
        parts.content,
        answers,
        audience=audience,
        today=now.date(),
        red_flags=red_flag_lines(flags, parts.content, timezone=conversation.timezone),
    )
    return _file(summary, kind)


def _file(summary: Summary, kind: str) -> HTTPResponse:
    if kind == "json":
        return response.json(to_json(summary))
    if kind == "txt":
        return response.text(to_text(summary), headers=_as_file("txt"))
    if kind == "pdf":
        headers = _as_file("pdf")
        return response.raw(to_pdf(summary), headers=headers, content_type="application/pdf")
    headers = {**_as_file("html"), "Content-Security-Policy": _PAGE_POLICY}
    return response.html(to_html(summary), headers=headers)


def _as_file(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="visit-summary.{ending}"'}
