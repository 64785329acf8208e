"""What the interview is made of: questions, choices, groups, and the words around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, validator

from bot.content.files import ContentModel, between

AnswerType = Literal["choice", "text", "date", "boolean", "open_choice", "quantity"]
Operator = Literal["=", "!="]
LINK_ID = r"^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$"
# The summary is built from these; a script without them is refused.
NAME, ONSET, SEVERITY, SIMILAR, ANOTHER = (
    "sx.name", "sx.onset", "sx.severity", "sx.similar", "sx.another",
)  # fmt: skip
DOCTOR_KNOWS, TREATMENTS, QUESTIONS = "visit.doctor-knows", "tx.previous", "q"
# Read by the code when they are there: whom it is about, short or full, the last look, and the
# first and last question about one treatment.
WHO, PATH, CONFIRM = "who", "path", "confirm"
KIND, OTHER_TREATMENT = "tx.kind", "tx.another"
NEEDED = (NAME, ONSET, SEVERITY, SIMILAR, ANOTHER, DOCTOR_KNOWS, TREATMENTS, QUESTIONS)


class Choice(ContentModel):
    """One answer that is offered.

    `synonyms` count when the question was just asked, `volunteered` in any message; `scale` are
    the first and last point of a 0 to 10 scale that mean this choice.
    """

    value: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1, max_length=40)
    synonyms: tuple[str, ...] = ()
    volunteered: tuple[str, ...] = ()
    scale: tuple[int, int] | None = None


class Condition(ContentModel):
    """One condition of FHIR's enableWhen: holds when the answer is (not) one of `answer`."""

    question: str
    operator: Operator
    answer: tuple[str, ...]

    @validator("answer", pre=True)
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Question(ContentModel):
    """One question. `{symptom}` in its words stands for "the fever", `{treatment}` likewise.

    `takes_questions`: the answer itself may be a question ("what should I ask?"), `offers_prompts`:
    the prompts are offered with it, `lists_answers`: what was answered is shown with it. `asked`
    false: never asked by itself. `beside`: choices of it that are offered with another question.
    `multiple`: several choices in one message. `recall_days`: how long an answer is good for.
    """

    id: str = Field(regex=LINK_ID)
    group: str | None = None
    label: str = ""
    ask: str
    ask_proxy: str
    rephrase: str
    rephrase_proxy: str
    why: str
    answer_type: AnswerType
    takes_questions: bool = False
    multiple: bool = False
    recall_days: int | None = None
    offers_prompts: bool = False
    lists_answers: bool = False
    asked: bool = True
    beside: Mapping[str, tuple[str, ...]] = {}
    names: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    range_c: tuple[float, float] = (0, 0)
    choices: tuple[Choice, ...] = ()
    ask_when: tuple[Condition, ...] = ()
    can_skip: bool
    reviewed_by: str | None

    @validator("ask", "ask_proxy", "rephrase", "rephrase_proxy")
    def _short(cls, value: str) -> str:
        if len(value.split()) > 20:
            raise ValueError("has more than 20 words; ask one thing, in fewer words")
        return value

    @validator("choices", always=True)
    def _has_choices(
        cls, value: tuple[Choice, ...], values: dict[str, object]
    ) -> tuple[Choice, ...]:
        if values.get("answer_type") in ("choice", "boolean") and not value:
            raise ValueError(f"is empty; answer_type {values['answer_type']} needs some")
        return value

    def choice(self, value: str) -> Choice | None:
        """The choice with this value."""
        return next((choice for choice in self.choices if choice.value == value), None)


class Group(ContentModel):
    """Questions asked once per symptom or treatment; `again` asks for a further round, `most`
    rounds in all."""

    id: str
    again: str
    most: int = Field(ge=1, le=50)


class NotUnderstoodLines(ContentModel):
    """Two texts for each type of answer: the first time and every later time."""

    choice: tuple[str, str]
    text: tuple[str, str]
    date: tuple[str, str]
    boolean: tuple[str, str]
    open_choice: tuple[str, str]
    quantity: tuple[str, str]


class Lines(ContentModel):
    """What the bot says around the questions."""

    noted: str
    kept: str
    skipped: str
    unsure: str
    none_noted: str
    dropped: str
    earlier: str
    stale: str
    stale_answer: str
    still: str
    back: str
    no_back: str
    stopped: str
    start_over: str
    summary: str
    left: str
    left_one: str
    why: str
    about: str
    about_self: str
    changed: str
    change_to: str
    removed: str
    removed_none: str
    add: str
    full: str
    short: str
    nothing_more: str
    prompt_added: str
    first: str
    top: str
    put_first: str
    no_number: str
    quantity_range: str
    old_button: str
    severity_scale: str
    date_future: str
    date_ambiguous: str
    two_choices: str
    not_understood: NotUnderstoodLines


class Commands(ContentModel):
    """Whole messages that steer the interview."""

    skip: tuple[str, ...]
    stop: tuple[str, ...]
    back: tuple[str, ...]
    not_sure: tuple[str, ...]
    start_over: tuple[str, ...]
    summary: tuple[str, ...]
    left: tuple[str, ...]
    why: tuple[str, ...]
    keep: tuple[str, ...]
    go_on: tuple[str, ...]


class Patient(ContentModel):
    """Somebody else whom the questions may be about: the words for them, and how to name them."""

    id: str
    who: Literal["parent", "carer"]
    words: tuple[str, ...]
    person: str
    whose: str
    they: str
    them: str
    their: str


class Prompt(ContentModel):
    """A question that is offered for the doctor. It fits when a condition of `when` holds or one
    of `words` was said; without either it always may be offered."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    ask: str = Field(max_length=120)
    ask_proxy: str = Field(max_length=120)
    facts: tuple[str, ...]
    when: tuple[Condition, ...] = ()
    words: tuple[str, ...] = ()

    _facts = validator("facts", allow_reuse=True)(between(1))


class Symptom(ContentModel):
    """A symptom by its plain name ("the <name>") and the words people use for it."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    name: str
    words: tuple[str, ...]
    facts: tuple[str, ...]

    _words = validator("words", allow_reuse=True)(between(1))
