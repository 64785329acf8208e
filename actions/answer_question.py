"""Answers from the knowledge base, and what people say about an answer ("tell me more")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.base import TurnAction
from bot.dialogue.answering import (
    answer_again,
    answer_for_audience,
    answer_topic,
    show_figures,
    spare_figures,
)
from bot.dialogue.second_question import with_second
from bot.dialogue.turn import Turn
from bot.rendering.reply import Reply
from bot.runtime import runtime

Response = tuple[Iterable[Reply], dict[str, Any]]


class AnswerQuestion(TurnAction):
    """Topic and audience lead to an entry."""

    def name(self) -> str:
        return "action_answer_question"

    def respond(self, turn: Turn) -> Response:
        return with_second(answer_topic(turn, runtime()), turn, runtime())


class ShowFigures(TurnAction):
    """Yes, show me figures."""

    def name(self) -> str:
        return "action_show_figures"

    def respond(self, turn: Turn) -> Response:
        return show_figures(turn, runtime())


class SpareFigures(TurnAction):
    """No, tell me without figures."""

    def name(self) -> str:
        return "action_spare_figures"

    def respond(self, turn: Turn) -> Response:
        return spare_figures(turn, runtime())


class SetAudience(TurnAction):
    """ "It is for my son, 6"; "and for children?" answers the last topic anew."""

    def name(self) -> str:
        return "action_set_audience"

    def respond(self, turn: Turn) -> Response:
        return answer_for_audience(turn, runtime())


class MoreDetail(TurnAction):
    """The fuller part of the last answer."""

    def name(self) -> str:
        return "action_more_detail"

    def respond(self, turn: Turn) -> Response:
        return answer_again(turn, runtime(), part="more")


class Repeat(TurnAction):
    """The last answer once more."""

    def name(self) -> str:
        return "action_repeat"

    def respond(self, turn: Turn) -> Response:
        return answer_again(turn, runtime(), part="short")


class Simplify(TurnAction):
    """The last answer in its shortest form."""

    def name(self) -> str:
        return "action_simplify"

    def respond(self, turn: Turn) -> Response:
        return answer_again(turn, runtime(), part="short", intro="simpler")


class ShowSources(TurnAction):
    """The last answer with all its sources."""

    def name(self) -> str:
        return "action_show_sources"

    def respond(self, turn: Turn) -> Response:
        return answer_again(turn, runtime(), part="all")
