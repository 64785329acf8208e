"""Two questions in one message: two answers, in order."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.answering import PROGNOSIS, Response, answer_topic
from bot.dialogue.limits import decline_or_explain
from bot.dialogue.turn import Turn
from bot.runtime import Runtime


def with_second(first: Response, turn: Turn, parts: Runtime) -> Response:
    """What answers the first question, and after it what answers the second, if there is one."""
    if turn.second is None:
        return first
    replies, slots = first
    intent, text = turn.second
    asked = replace(
        turn,
        intent=intent,
        text=text,
        question=text,
        second=None,
        nearly=None,
        slots={**turn.slots, **slots},
    )
    is_topic = asked.topic is not None or intent == PROGNOSIS
    answer = answer_topic if is_topic else decline_or_explain
    more, more_slots = answer(asked, parts)
    return [*replies, *more], {**slots, **more_slots}
