"""The interview within the dialogue: begin, ask, read, digress, end. The questions themselves and
how answers are read: bot/interview."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.content.interview_items import CONFIRM
from bot.dialogue.answering import (
    PROGNOSIS,
    answer_again,
    answer_by_words,
    answer_topic,
    show_figures,
    spare_figures,
)
from bot.dialogue.limits import clarify, contact_lines, decline
from bot.dialogue.own_words import own_reply
from bot.dialogue.turn import Turn
from bot.dialogue.visit_summary import is_for_other, visit_summary
from bot.interview.answers import Answer, is_clear_answer
from bot.interview.mentions import find_symptoms
from bot.interview.recall import stale_answers
from bot.interview.replies import question_reply, summary_reply
from bot.interview.script import next_question, pending
from bot.interview.step import Step, reopen, take_message
from bot.rendering.reply import Reply
from bot.runtime import Runtime

Response = tuple[list[Reply], dict[str, Any]]
COMMANDS = ("skip", "back", "not_sure", "stop")
DONE = "done"
# Said inside the interview, these are surely no answer to its question.
DIGRESSIONS = frozenset(
    {"more_detail", "repeat", "simplify", "show_sources", "contact_human", "bot_challenge",
     "show_my_data", "delete_my_data", "help", "medication_advice", "show_summary",
     "personal_prognosis"}
)  # fmt: skip
SURE = 0.5
_STEERS = ("interview_answer", "requested_slot")


@dataclass(frozen=True)
class Reading:
    """What one message in the interview did: replies to say now, slots to set."""

    replies: list[Reply]
    slots: dict[str, Any]
    is_understood: bool = True


def answers_in(turn: Turn) -> tuple[Answer, ...]:
    """The rows that records hold of this interview (added to the call of the action)."""
    return tuple(Answer(**row) for row in turn.slots.get("interview_answers") or ())


def start(turn: Turn, parts: Runtime) -> Response:
    """A new interview; the unfinished one goes on unless the person wants to start again."""
    script = parts.content.interview
    answers = answers_in(turn)
    if turn.intent == "resume_interview" and (checked := _check_again(turn, parts)):
        return [own_reply("interview_check", parts, "notice")], checked
    is_begun = bool(turn.slots.get("interview_id")) and turn.choice != "start_over"
    if is_begun and (not answers or next_question(script, answers) is not None):
        stale = _stale(turn, parts, answers)
        notes = [Reply("text", script.lines.stale)] if stale else []
        kept = _kept(turn, stale) if stale else {}
        return [own_reply("interview_resumed", parts, "notice"), *notes], {
            "interview_attempt": 1,
            **kept,
        }
    return _begin(turn, parts)


def offer(turn: Turn, parts: Runtime) -> Response:
    """Symptoms were told outside the interview: offer it, and keep what was told for it."""
    told = {"text": turn.text, "message_id": turn.message_id}
    has_symptoms = bool(find_symptoms(parts.content.interview, turn.text))
    return [own_reply("offer_interview", parts)], {"reported": told if has_symptoms else None}


def _begin(turn: Turn, parts: Runtime) -> Response:
    """A new interview, with what was told with or before the wish for it."""
    slots = {**_new_interview(), "reported": None}
    replies = [own_reply("interview_intro", parts, "text")]
    script = parts.content.interview
    told = turn.slots.get("reported") or {}
    if turn.choice is None and find_symptoms(script, turn.text):
        told = {"text": turn.text, "message_id": turn.message_id}
    if told:
        step = take_message(
            script,
            (),
            text=told["text"],
            message_id=told["message_id"],
            today=_today(turn),
            audience=_audience(turn),
        )
        if step.answers:
            slots["interview_answers"]["answers"] = [asdict(answer) for answer in step.answers]
            replies.append(Reply("text", step.say))
    return replies, slots


def can_resume(turn: Turn) -> bool:
    """False after a care card outside the interview: "I have called them" begins nothing."""
    return bool(turn.slots.get("interview_id")) or not turn.red_flags


def resume(turn: Turn, parts: Runtime) -> Response:
    """Go on at the pending question; begin when there is none."""
    if not can_resume(turn):
        return [own_reply("after_card", parts, "choices")], {}
    return start(turn, parts)


def _check_again(turn: Turn, parts: Runtime) -> dict[str, Any]:
    """A finished interview is opened at "check your answers"; nothing when it is not finished."""
    script, answers = parts.content.interview, answers_in(turn)
    if not answers or next_question(script, answers) is not None:
        return {}
    row = reopen(answers, CONFIRM, 0, turn.message_id)
    if row is None:
        return {}
    kept = _kept(turn, (row, *_stale(turn, parts, answers)))
    return {"interview_attempt": 1, "interview_answer": None, **kept}


def _stale(turn: Turn, parts: Runtime, answers: Sequence[Answer]) -> tuple[Answer, ...]:
    script = parts.content.interview
    return stale_answers(script, answers, today=_today(turn), message_id=turn.message_id)


def _kept(turn: Turn, rows: Sequence[Answer]) -> dict[str, Any]:
    """The slot by which rows are written to records."""
    answers = [asdict(row) for row in rows]
    return {"interview_answers": {"interview": turn.slots["interview_id"], "answers": answers}}


def ask(turn: Turn, parts: Runtime) -> Response:
    """The pending question."""
    asked = next_question(
        parts.content.interview,
        answers_in(turn),
        audience=_audience(turn),
        attempt=_attempt(turn),
    )
    return ([question_reply(asked)] if asked else []), {}


def read(turn: Turn, parts: Runtime) -> Reading:
    """Take one message at the pending question."""
    answers = answers_in(turn)
    if _is_digression(turn) and not _is_answer(turn, parts):
        replies, slots = _digress(turn, parts)
        stale = _stale(turn, parts, answers)
        if stale:
            slots = {**slots, **_kept(turn, stale)}
            replies = [*replies, Reply("text", parts.content.interview.lines.stale)]
        return Reading(replies, {**slots, "interview_answer": None})
    step = take_message(
        parts.content.interview,
        answers,
        text=turn.text,
        choice=turn.choices or turn.choice,
        message_id=turn.message_id,
        today=_today(turn),
        attempt=_attempt(turn),
        audience=_audience(turn),
    )
    return _after(step, turn, parts, answers)


def keep_answer(turn: Turn, parts: Runtime) -> Response:
    """Write what the message answers, and say nothing: a care card was just shown. What is told
    before an interview waits for it."""
    if not turn.slots.get("interview_id"):
        return [], offer(turn, parts)[1]
    kept = read(turn, parts).slots.get("interview_answers")
    return [], ({"interview_answers": kept} if kept else {})


def take_beside(turn: Turn, parts: Runtime) -> Response:
    """Take a message with which a confirm line was asked, and say what it calls for, but put no
    question: one at a time. The interview neither ends nor counts a try."""
    reading = read(turn, parts)
    if not reading.is_understood:
        return [], {}
    kept = {name: slot for name, slot in reading.slots.items() if name not in _STEERS}
    return [reply for reply in reading.replies if reply.type != "clarify"], kept


def _after(step: Step, turn: Turn, parts: Runtime, answers: tuple[Answer, ...]) -> Reading:
    slots: dict[str, Any] = {
        "interview_answer": None,
        "interview_attempt": _attempt(turn) + 1 if step.outcome == "not_understood" else 1,
    }
    stale = _stale(turn, parts, (*answers, *step.answers))
    if step.answers or stale:
        slots |= _kept(turn, (*step.answers, *stale))
    said = [step.say, parts.content.interview.lines.stale if stale else ""]
    replies = [Reply("text", line) for line in said if line]
    is_understood = step.outcome != "not_understood"
    is_asked = not is_understood and turn.topic and turn.confidence >= SURE
    if step.outcome == "question" or is_asked or (step.question and turn.topic):
        if is_asked:
            replies = []
            slots["interview_attempt"] = _attempt(turn)
        digression, further = _digress(turn, parts)
        replies += digression
        slots.update(further)
    elif step.outcome == "stop":
        slots["requested_slot"] = None
        replies = []
    elif step.outcome == "summary":
        replies.append(_summary(turn, parts, (*answers, *step.answers)))
    elif step.outcome == "start_over":
        slots.update(_new_interview())
        return Reading(replies, slots)
    if step.asked is None and not stale:
        slots["interview_answer"] = DONE
    return Reading(replies, slots, bool(is_understood or is_asked))


def show_summary(turn: Turn, parts: Runtime) -> Response:
    """The summary as it stands; an offer to begin when there is none."""
    if not turn.slots.get("interview_id"):
        return [own_reply("interview_none", parts, "choices")], {}
    return [_summary(turn, parts, answers_in(turn))], {}


def end(turn: Turn, parts: Runtime) -> Response:
    """After the last question the summary; after "stop" what is kept."""
    answers = answers_in(turn)
    if answers and next_question(parts.content.interview, answers) is None:
        shown = _summary(turn, parts, answers)
        return [own_reply("interview_done", parts, "choices"), shown], {}
    return [own_reply("interview_kept", parts, "notice")], {}


def outside(turn: Turn, parts: Runtime) -> Response:
    """Words that steer the interview, while it is not running."""
    if not turn.slots.get("interview_id"):
        return [own_reply("not_in_interview", parts, "choices")], {}
    answers = answers_in(turn)
    finished = bool(answers) and next_question(parts.content.interview, answers) is None
    changed = _change_after(turn, parts, answers) if finished else None
    if changed is not None:
        return changed
    return [own_reply("interview_over" if finished else "interview_paused", parts, "choices")], {}


def _change_after(turn: Turn, parts: Runtime, answers: tuple[Answer, ...]) -> Response | None:
    """ "Change the fever date to last Friday", said when all was answered."""
    step = take_message(
        parts.content.interview,
        answers,
        text=turn.text,
        message_id=turn.message_id,
        today=_today(turn),
        audience=_audience(turn),
    )
    if not step.answers or step.asked is not None:
        return None
    replies = [Reply("text", step.say), _summary(turn, parts, (*answers, *step.answers))]
    return replies, _kept(turn, step.answers)


def _summary(turn: Turn, parts: Runtime, answers: Sequence[Answer]) -> Reply:
    made = visit_summary(
        parts.content,
        answers,
        audience=turn.audience,
        today=_today(turn),
        red_flags=turn.red_flags,
    )
    return summary_reply(made)


def _is_answer(turn: Turn, parts: Runtime) -> bool:
    """The pending question's own parser decides first, whatever the words are classified as."""
    now = pending(parts.content.interview, answers_in(turn))
    question = parts.content.interview.question(now[0]) if now else None
    return (
        turn.choice is None
        and question is not None
        and not question.takes_questions
        and is_clear_answer(parts.content.interview, question, turn.text, today=_today(turn))
    )


def _is_digression(turn: Turn) -> bool:
    if turn.choice is not None:
        return "=" not in turn.choice and turn.choice not in COMMANDS
    return turn.intent in DIGRESSIONS and turn.confidence >= SURE


def _digress(turn: Turn, parts: Runtime) -> Response:
    """Answer what was asked in between; the pending question is put again afterwards."""
    intent = turn.intent
    if intent in ("more_detail", "repeat", "simplify", "show_sources"):
        part = {"more_detail": "more", "show_sources": "all"}.get(intent, "short")
        return answer_again(turn, parts, part=part)
    if turn.topic is not None or intent == PROGNOSIS:
        return answer_topic(turn, parts)
    if intent in ("figures_yes", "figures_no"):
        return (show_figures if intent == "figures_yes" else spare_figures)(turn, parts)
    return answer_by_words(turn, parts) or (_other_digression(turn, parts), {})


def _other_digression(turn: Turn, parts: Runtime) -> list[Reply]:
    intent = turn.intent
    if intent in (
        "medication_advice",
        "lab_results",
        "other_cancer",
        "ask_is_it_relapse",
        "out_of_scope",
    ):
        return [decline(turn, parts)]
    if intent == "contact_human":
        return [contact_lines(turn, parts)]
    if intent == "show_summary":
        return show_summary(turn, parts)[0]
    if intent in ("prepare_visit", "resume_interview"):
        return []
    if intent in parts.content.texts.texts:
        return [own_reply(intent, parts)]
    return [clarify(turn, parts)]


def _new_interview() -> dict[str, Any]:
    interview = uuid.uuid4().hex
    return {
        "interview_id": interview,
        "interview_answer": None,
        "interview_attempt": 1,
        "interview_answers": {"interview": interview, "answers": []},
    }


def _audience(turn: Turn) -> str:
    """Questions are put to the helper when the patient is a child or cared for."""
    if not is_for_other(turn.audience):
        return "any"
    return "parent" if turn.audience == "child" else "caregiver"


def _attempt(turn: Turn) -> int:
    return int(turn.slots.get("interview_attempt") or 1)


def _today(turn: Turn) -> datetime.date:
    if turn.today:
        return datetime.date.fromisoformat(turn.today)
    return datetime.datetime.now(datetime.timezone.utc).date()
