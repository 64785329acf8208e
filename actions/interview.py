"""The guided interview: one form, asked again and again; the questions stand in content/."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, TurnAction, set_slot
from bot.dialogue import interviewing
from bot.dialogue.turn import Turn
from bot.rendering.reply import rendered
from bot.runtime import runtime


class StartInterview(TurnAction):
    """A new interview, or the unfinished one."""

    def name(self) -> str:
        return "action_start_interview"

    def respond(self, turn: Turn) -> Any:
        return interviewing.start(turn, runtime())


class ResumeInterview(TurnAction):
    """Go on where the person stopped."""

    def name(self) -> str:
        return "action_resume_interview"

    def respond(self, turn: Turn) -> Any:
        return interviewing.resume(turn, runtime())

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        """The form follows only when there is something to go on with."""
        events = super().run(dispatcher, tracker, domain)
        if not interviewing.can_resume(Turn.from_tracker(tracker)):
            return events
        return [*events, {"event": "followup", "name": "previsit_interview_form"}]


class AskInterviewQuestion(TurnAction):
    """The question that is pending now."""

    def name(self) -> str:
        return "action_ask_previsit_interview_form_interview_answer"

    def respond(self, turn: Turn) -> Any:
        return interviewing.ask(turn, runtime())


class ShowSummary(TurnAction):
    """The summary as it stands."""

    def name(self) -> str:
        return "action_show_summary"

    def respond(self, turn: Turn) -> Any:
        return interviewing.show_summary(turn, runtime())


class EndInterview(TurnAction):
    """All was asked, or the person stopped."""

    def name(self) -> str:
        return "action_end_interview"

    def respond(self, turn: Turn) -> Any:
        return interviewing.end(turn, runtime())


class NotInInterview(TurnAction):
    """A word that steers the interview, said outside it."""

    def name(self) -> str:
        return "action_not_in_interview"

    def respond(self, turn: Turn) -> Any:
        return interviewing.outside(turn, runtime())


class ReadInterviewAnswer(Action):
    """Reads a message inside the interview; its rows are written before anything is said."""

    def name(self) -> str:
        return "validate_previsit_interview_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        """Called by Rasa with the message in the slot interview_answer, and once at the start."""
        if tracker.slots.get("interview_answer") is None:
            return []
        turn = Turn.from_tracker(tracker)
        reading = interviewing.read(turn, runtime())
        for reply in reading.replies:
            message = rendered(reply, channel=turn.channel)
            dispatcher.utter_message(
                text=message.get("text"), json_message=message.get("custom") or {}
            )
        return [set_slot(name, value) for name, value in reading.slots.items()]


class KeepInterviewAnswer(TurnAction):
    """A message with a red flag that answers the question as well: the answer is not lost."""

    def name(self) -> str:
        return "action_keep_interview_answer"

    def respond(self, turn: Turn) -> Any:
        return interviewing.keep_answer(turn, runtime())


class TakeInterviewAnswer(TurnAction):
    """The message beside a confirm line is read and answered; the next question waits."""

    def name(self) -> str:
        return "action_take_interview_answer"

    def respond(self, turn: Turn) -> Any:
        return interviewing.take_beside(turn, runtime())
