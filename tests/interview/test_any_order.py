"""Whatever is said in whatever order, nothing is lost, asked twice or counted wrong."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from interview_person import TODAY, Person, shipped_script

from bot.interview.answers import Answer
from bot.interview.script import current_answers, latest_answers, numbered_lines, pending
from bot.interview.step import Step
from bot.interview.summary import summary
from bot.interview.summary_page import to_text

ANSWERS = """fever | bruises since Monday | my hair hurts | 2 weeks ago | since my last chemo | mild
7 | yes | no | the same | none | fever and chills for a week, really bad | chemo in 2019
1 and 3 | can I work? | no, and also night sweats | he has had a rash since Easter
38.5 | better | every day | 12/03 | banana | my daughter has a cough | no, that is all | all of them
not measured | remission"""
QUESTIONS = ["what does MRD mean?", "how is a relapse treated?", "is a transplant dangerous?"]
TOLD = ["how many questions are left?", "why do you ask?"]
CHANGES = """change 1 | change 2 to last Friday | change 3 to severe | change 99 | remove the fever
remove 1 | add headaches since May | add something | the fever started on Monday, not Sunday
change the fever date to last Friday | put 2 first | add a question: what about school?
ask me all questions | short | it is about me | keep"""


def listed(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([part.strip() for part in text.replace("\n", " | ").split(" | ")])


class AnyOrder(RuleBasedStateMachine):
    """A person who does anything that the interview allows."""

    @initialize(audience=st.sampled_from(["any", "caregiver", "parent"]))
    def begin(self, audience: str) -> None:
        self.person = Person(shipped_script(), audience=audience)

    def _after(self, before: list[Answer], step: Step) -> None:
        history = self.person.history
        assert history[: len(before)] == before, "what was said stays in the history"
        new = history[len(before) :]
        keys = [(a.link_id, a.repeat, a.message_id) for a in history]
        assert len(keys) == len(set(keys)), "one row for a question, repeat and message"
        held = current_answers(self.person.script, history)
        on_the_way = {(a.link_id, a.repeat): a for a in new}
        for key, row in on_the_way.items():
            if row.status in ("given", "skipped", "unknown") and key in held:
                assert held[key].value == row.value, "the latest answer holds"

    @rule(text=listed(ANSWERS) | listed(CHANGES) | st.text(max_size=20))
    def says(self, text: str) -> None:
        before, now = list(self.person.history), pending(self.person.script, self.person.history)
        step = self.person.says(text)
        self._after(before, step)
        rows = {(a.link_id, a.repeat): a for a in step.answers}
        if now in rows and rows[now].status in ("given", "skipped", "unknown"):
            after = pending(self.person.script, self.person.history)
            assert after != now, "an answered question is not asked again"

    @rule(place=st.integers(0, 40))
    def taps(self, place: int) -> None:
        asked = self.person.asked
        if asked is not None and asked.choices:
            before = list(self.person.history)
            step = self.person.taps(asked.choices[place % len(asked.choices)].value)
            assert step.outcome != "not_understood", "every button does something"
            self._after(before, step)

    @rule(command=st.sampled_from(["skip", "I'm not sure", "back"]))
    def steers(self, command: str) -> None:
        before = list(self.person.history)
        self._after(before, self.person.says(command))

    @rule(text=st.sampled_from([*QUESTIONS, *TOLD, "stop", "show my summary"]))
    def digresses(self, text: str) -> None:
        now = pending(self.person.script, self.person.history)
        question = self.person.script.question(now[0]) if now else None
        if question is None or question.takes_questions:
            return
        before = list(self.person.history)
        step = self.person.says(text)
        assert self.person.history == before, f"{text} is no answer"
        assert step.asked is not None and (step.asked.link_id, step.asked.repeat) == now

    @rule()
    def comes_back_later(self) -> None:
        """Only the rows are kept; the same question comes from them."""
        asked = self.person.asked
        self.person = Person(
            self.person.script,
            audience=self.person.audience,
            history=list(self.person.history),
            count=self.person.count,
        )
        assert self.person.asked == asked

    @invariant()
    def asks_only_what_is_open(self) -> None:
        asked = self.person.asked
        if asked is None:
            return
        key = (asked.link_id, asked.repeat)
        old = latest_answers(self.person.history).get(key)
        assert old is None or old.status in ("reopened", "more", "removed"), "asked twice"
        assert "{symptom}" not in asked.text and "{their}" not in asked.text
        assert asked.progress.step >= 1
        assert asked.progress.total is None or asked.progress.step <= asked.progress.total

    @invariant()
    def summary_is_what_was_answered(self) -> None:
        history = self.person.history
        held = current_answers(self.person.script, history)
        assert all(a.status in ("given", "skipped", "unknown") for a in held.values())
        made = summary(self.person.script, history, reported_by="patient", today=TODAY)
        names = [a for (link, _), a in held.items() if link == "sx.name" and a.status == "given"]
        assert len(made.symptoms) == len([a for a in names if a.value != "none"])
        text = to_text(made).lower()
        for (link, _), answer in held.items():
            if answer.status == "given" and link in ("sx.onset", "sx.severity", "tx.previous"):
                assert answer.text.strip(" .,!").lower() in text
        lines = numbered_lines(self.person.script, history)
        assert {line.key for line in lines} <= set(held)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=50, stateful_step_count=25, deadline=None, derandomize=True, database=None
)
