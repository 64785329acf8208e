"""The guided interview before a visit: its questions, the words around them, and symptom names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.interview_checks import script_faults
from bot.content.interview_items import (
    NAME,
    NEEDED,
    Commands,
    Group,
    Lines,
    Patient,
    Prompt,
    Question,
    Symptom,
)
from bot.content.summary import SummaryContent, read_summary
from bot.nlu.spelling import Spelling

Model = TypeVar("Model", bound=ContentModel)
INTERVIEW_FILE, SYMPTOMS_FILE = "interview.yml", "symptoms.yml"
_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)?")


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

    def first_of(self, group_id: str) -> str:
        """The question that begins a round of this group; taken out, the round is."""
        return next(q.id for q in self.questions if q.group == group_id)

    def is_of_symptom(self, question: Question) -> bool:
        """Is it asked once for each symptom?"""
        name = self.question(NAME)
        return question.group is not None and name is not None and question.group == name.group

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
