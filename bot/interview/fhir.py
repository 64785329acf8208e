"""The interview as a FHIR R4 Questionnaire, made from the script alone.

Every question becomes an item with its id as linkId. What a person said beside a coded answer
goes into an item of its own right after it ("sx.severity.words"), so no words are lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.content.interview import Script
from bot.content.interview_items import NAME, Condition, Question
from bot.content.summary import Code

TYPES = {
    "choice": "choice",
    "open_choice": "open-choice",
    "text": "text",
    "date": "date",
    "boolean": "boolean",
    "quantity": "quantity",
}
WORDS = ".words"
WORDS_TEXT = "In the person’s own words"
UCUM = "http://unitsofmeasure.org"
UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
Item = dict[str, Any]


def questionnaire(script: Script) -> Item:
    """The whole interview: groups, types, choices with codes, and when a question is asked."""
    fhir = script.output.fhir
    return {
        "resourceType": "Questionnaire",
        "id": "previsit-interview",
        "url": canonical(script),
        "version": script.version,
        "name": "PrevisitInterview",
        "title": fhir.title,
        "status": "draft",
        "experimental": True,
        "subjectType": ["Patient"],
        "item": list(_items(script)),
    }


def canonical(script: Script) -> str:
    """The address of the Questionnaire, without its version."""
    return f"{script.output.fhir.base}/Questionnaire/previsit-interview"


def choice_coding(script: Script, question: Question, value: str) -> Item | None:
    """The code of a choice or a symptom: one seen in HL7's guides, else one of our own system."""
    fhir = script.output.fhir
    symptom = script.symptom(value) if question.id == NAME else None
    choice = question.choice(value)
    known = fhir.symptoms.get(value) if symptom else fhir.choices.get(question.id, {}).get(value)
    if known is not None:
        return {**coding(script, known), "display": known.display}
    label = choice.label if choice else symptom.name.capitalize() if symptom else None
    if label is None:
        return None
    system = f"{fhir.base}/CodeSystem/{question.id.replace('.', '-')}"
    return {"system": system, "code": value, "display": label}


def coding(script: Script, code: Code) -> Item:
    """A code with the address of its system."""
    return {"system": script.output.fhir.systems[code.system], "code": code.code}


def has_words(question: Question) -> bool:
    """Is there an item for the person's words? A free text is its own words."""
    return question.answer_type != "text"


def repeats(question: Question) -> bool:
    """May there be several answers? Questions for the doctor are one answer each."""
    return question.takes_questions


def _items(script: Script) -> Iterator[Item]:
    done: set[str] = set()
    for question in script.questions:
        group = script.group(question.group)
        if group is None:
            yield from _question_items(script, question)
        elif group.id not in done:
            done.add(group.id)
            code = script.output.fhir.groups.get(group.id)
            members = [q for q in script.questions if q.group == group.id]
            yield {
                "linkId": group.id,
                **({"code": [coding(script, code)]} if code else {}),
                "text": (code.text if code else "") or group.id,
                "type": "group",
                "repeats": True,
                "item": [item for q in members for item in _question_items(script, q)],
            }


def _question_items(script: Script, question: Question) -> Iterator[Item]:
    code = script.output.fhir.questions.get(question.id)
    when = list(_enable_when(script, question))
    asked_when: Item = {}
    if when:
        behavior = "any" if _is_any_of(question) else "all"
        asked_when = {"enableWhen": when, **({"enableBehavior": behavior} if len(when) > 1 else {})}
    units = [
        {"url": UNIT_OPTION, "valueCoding": {"system": UCUM, "code": u}} for u in question.units
    ]
    options = [{"valueCoding": coded} for coded in _options(script, question)]
    yield {
        "linkId": question.id,
        **({"extension": units} if units and question.answer_type == "quantity" else {}),
        **({"code": [coding(script, code)]} if code else {}),
        "text": question_text(question),
        "type": TYPES[question.answer_type],
        **asked_when,
        **({"repeats": True} if repeats(question) else {}),
        **({"answerOption": options} if options else {}),
    }
    if has_words(question):
        yield {"linkId": question.id + WORDS, "text": WORDS_TEXT, "type": "string"}


def question_text(question: Question) -> str:
    """The question without the place where a symptom is named."""
    return question.ask.replace("{symptom}", "it").replace("{treatment}", "it")


def _options(script: Script, question: Question) -> Iterator[Item]:
    if question.answer_type not in ("choice", "open_choice"):
        return
    values = [choice.value for choice in question.choices]
    if question.id == NAME:
        values += [s.id for s in script.symptoms if s.id not in values]
    for value in values:
        coded = choice_coding(script, question, value)
        if coded is not None:
            yield coded


def _is_any_of(question: Question) -> bool:
    """One condition with several answers: any of them."""
    return (
        len(question.ask_when) == 1
        and question.ask_when[0].operator == "="
        and len(question.ask_when[0].answer) > 1
    )


def _enable_when(script: Script, question: Question) -> Iterator[Item]:
    """FHIR joins all conditions by one word, "all" or "any". Where several must hold, "one of
    these" is written as "answered, and none of the others"."""
    for condition in question.ask_when:
        other = script.question(condition.question)
        if other is None:
            continue
        if condition.operator == "=" and (len(condition.answer) == 1 or _is_any_of(question)):
            yield from _conditions(script, other, "=", condition.answer)
            continue
        yield {"question": other.id, "operator": "exists", "answerBoolean": True}
        yield from _conditions(script, other, "!=", _excluded(script, other, condition))


def _excluded(script: Script, other: Question, condition: Condition) -> Iterable[str]:
    if condition.operator == "!=":
        return condition.answer
    values = [choice.value for choice in other.choices]
    if other.id == NAME:
        values += [s.id for s in script.symptoms if s.id not in values]
    return [value for value in values if value not in condition.answer]


def _conditions(
    script: Script, other: Question, operator: str, values: Iterable[str]
) -> Iterator[Item]:
    for value in values:
        answer: Item | None
        if other.answer_type == "boolean":
            answer = {"answerBoolean": value == "yes"}
        elif other.answer_type == "text":
            choice = other.choice(value)
            answer = {"answerString": choice.label} if choice else None
        else:
            coded = choice_coding(script, other, value)
            answer = {"answerCoding": {k: coded[k] for k in ("system", "code")}} if coded else None
        if answer is not None:
            yield {"question": other.id, "operator": operator, **answer}
