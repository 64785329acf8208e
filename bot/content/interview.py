"""The guided interview before a visit: its questions, the words around them, and symptom names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, validator

from bot.content.files import ContentModel, Problems, between, build, read_yaml
from bot.content.interview_checks import script_faults
from bot.content.summary import SummaryContent, read_summary
from bot.nlu.spelling import Spelling

Model = TypeVar("Model", bound=ContentModel)
AnswerType = Literal["choice", "text", "date", "boolean", "open_choice", "quantity"]
Operator = Literal["=", "!="]
INTERVIEW_FILE, SYMPTOMS_FILE = "interview.yml", "symptoms.yml"
_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)?")
LINK_ID = r"^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$"
# The summary is built from these; a script without them is refused.
NAME, ONSET, SEVERITY, SIMILAR, ANOTHER = (
    "sx.name", "sx.onset", "sx.severity", "sx.similar", "sx.another",
)  # fmt: skip
DOCTOR_KNOWS, TREATMENTS, QUESTIONS = "visit.doctor-knows", "tx.previous", "q"
# Read by the code when they are there: whom it is about, short or full, and the last look.
WHO, PATH, CONFIRM = "who", "path", "confirm"
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
    """One question. `{symptom}` in its words stands for "the fever".

    `takes_questions`: the answer itself may be a question ("what should I ask?"), `offers_prompts`:
    the prompts are offered with it, `lists_answers`: what was answered is shown with it. `asked`
    false: never asked by itself. `beside`: choices of it that are offered with another question.
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
    """Questions asked once per symptom; `again` asks for a further round, `most` rounds in all."""

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
    no_number: str
    quantity_range: str
    stale: str
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


@dataclass(frozen=True)
class Script:
    """The whole interview as data. Questions stand in the order in which they are asked."""

    version: str
    output: SummaryContent = field(repr=False)
    groups: tuple[Group, ...] = field(repr=False)
    questions: tuple[Question, ...] = field(repr=False)
    symptoms: tuple[Symptom, ...] = field(repr=False)
    lines: Lines = field(repr=False)
    commands: Commands = field(repr=False)
    patients: tuple[Patient, ...] = field(repr=False, default=())
    prompts: tuple[Prompt, ...] = field(repr=False, default=())
    most_prompts: int = 8
    spelling: tuple[str, ...] = field(repr=False, default=())
    common_words: frozenset[str] = field(repr=False, default=frozenset())

    def question(self, link_id: str) -> Question | None:
        """The question with this id."""
        return self._by_id.get(link_id)

    def group(self, group_id: str | None) -> Group | None:
        """The group with this id."""
        return next((group for group in self.groups if group.id == group_id), None)

    def symptom(self, symptom_id: str) -> Symptom | None:
        """The symptom with this id."""
        return self._symptoms_by_id.get(symptom_id)

    @cached_property
    def _by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def _symptoms_by_id(self) -> Mapping[str, Symptom]:
        return {symptom.id: symptom for symptom in self.symptoms}

    @cached_property
    def speller(self) -> Spelling:
        """Mends words that are a slip of a symptom's word or of one in `spelling`."""
        phrases = [word for symptom in self.symptoms for word in symptom.words]
        targets = [*self.spelling, *(w for phrase in phrases for w in _LETTERS.findall(phrase))]
        targets += [f"{word}s" for word in targets if len(word) > 6]
        choices = [choice for question in self.questions for choice in question.choices]
        known = [p for c in choices for p in (c.label.lower(), *c.synonyms, *c.volunteered)]
        known += [p for phrases in self.commands.dict().values() for p in phrases]
        right = {w for phrase in known for w in _LETTERS.findall(phrase)}
        return Spelling(
            dict.fromkeys(targets),
            {*self.common_words, *self.symptom_words, *targets, *right},
            one_slip_from=4,
            two_slips_from=8,
        )

    @cached_property
    def symptom_words(self) -> Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]:
        """Patterns of symptom names, longest first, with the symptom's id, by their first word."""
        table: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        pairs = [(word.lower(), symptom.id) for symptom in self.symptoms for word in symptom.words]
        for word, symptom_id in sorted(pairs, key=lambda pair: -len(pair[0])):
            first = re.match(r"[\w']+", word)
            pattern = re.compile(rf"{_word_pattern(word)}(?![\w'])")
            for start in {first.group() + end for end in ("", "s", "es")} if first else ():
                table.setdefault(start, []).append((pattern, symptom_id))
        return {start: tuple(patterns) for start, patterns in table.items()}


def _word_pattern(word: str) -> str:
    parts = [r"[\w']+(?:\s+[\w']+)?" if p == "*" else re.escape(p) for p in word.split()]
    return r"\s+".join(parts) + r"(?:s|es)?"


def read_interview(root: Path, problems: Problems) -> Script:
    """Read and check interview.yml and symptoms.yml below content/.

    When something is wrong, what is returned is only good for collecting more problems.
    """
    raw = read_yaml(root / INTERVIEW_FILE, problems, root=root)
    raw = raw if isinstance(raw, dict) else {}
    symptoms = _read_symptoms(root, problems)
    questions = tuple(_read_questions(raw.get("questions"), problems))
    groups = tuple(
        group
        for item in raw.get("groups") or []
        if (group := build(Group, item, problems, file=INTERVIEW_FILE, item=_id_of(item, "group")))
    )
    lines = build(Lines, raw.get("lines"), problems, file=INTERVIEW_FILE, item="lines")
    commands = build(Commands, raw.get("commands"), problems, file=INTERVIEW_FILE, item="commands")
    script = Script(
        version=str(raw.get("version", "")),
        output=read_summary(root, problems, [symptom.id for symptom in symptoms]),
        groups=groups,
        questions=questions,
        symptoms=symptoms,
        lines=lines or Lines.construct(),
        commands=commands or Commands.construct(),
        patients=tuple(_read_list(Patient, raw.get("patients"), "patients", problems)),
        prompts=tuple(_read_list(Prompt, raw.get("prompts"), "prompts", problems)),
        most_prompts=int(raw.get("most_prompts", 8)),
        spelling=tuple(raw.get("spelling") or ()),
        common_words=_common_words(root),
    )
    if not script.version:
        problems.add(INTERVIEW_FILE, "file", "version", "is missing; raise it with each change")
    for fault in script_faults(script, NEEDED):
        problems.add(INTERVIEW_FILE, *fault)
    return script


def _read_list(model: type[Model], items: object, name: str, problems: Problems) -> Iterable[Model]:
    for item in items if isinstance(items, list) else []:
        built = build(model, item, problems, file=INTERVIEW_FILE, item=_id_of(item, name))
        if built is not None:
            yield built


def _common_words(root: Path) -> frozenset[str]:
    """Everyday words, which are never a slip of another one (the file belongs to red_flags)."""
    path = root / "common_words.txt"
    return frozenset(path.read_text(encoding="utf-8").split() if path.exists() else ())


def _id_of(item: object, otherwise: str) -> str:
    return str(item.get("id", otherwise)) if isinstance(item, dict) else otherwise


def _read_questions(items: object, problems: Problems) -> Iterable[Question]:
    seen: set[str] = set()
    for item in items if isinstance(items, list) else []:
        name = _id_of(item, "question")
        question = build(Question, item, problems, file=INTERVIEW_FILE, item=name)
        if question is None:
            continue
        if question.id in seen:
            problems.add(INTERVIEW_FILE, name, "id", "is used twice; give it another name")
        seen.add(question.id)
        yield question


def _read_symptoms(root: Path, problems: Problems) -> tuple[Symptom, ...]:
    raw = read_yaml(root / SYMPTOMS_FILE, problems, root=root)
    found: list[Symptom] = []
    owners: dict[str, str] = {}
    for item in (raw.get("symptoms") or []) if isinstance(raw, dict) else []:
        name = _id_of(item, "symptom")
        symptom = build(Symptom, item, problems, file=SYMPTOMS_FILE, item=name)
        if symptom is None:
            continue
        if any(symptom.id == other.id for other in found):
            problems.add(SYMPTOMS_FILE, name, "id", "is used twice; give it another name")
        for word in symptom.words:
            owner = owners.setdefault(word.lower(), symptom.id)
            if owner != symptom.id:
                problems.add(
                    SYMPTOMS_FILE, name, "words", f"{word!r} also stands at {owner}; keep one"
                )
        found.append(symptom)
    return tuple(found)
