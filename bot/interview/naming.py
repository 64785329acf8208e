"""Whom the questions are about ("your son"), and symptoms in a sentence ("your son's fever")."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.content.interview import Script
from bot.content.interview_items import WHO, Patient
from bot.interview.answers import Answer
from bot.interview.words import contains, fold

Answers = Mapping[tuple[str, int], Answer]
# Who is spoken to about somebody else; everyone else is asked about themselves.
PROXY_AUDIENCES = frozenset({"caregiver", "parent", "carer"})
_LEAD_IN = re.compile(
    r"^(?:(?:well|yes|yeah|also|and|hi|hello|so|i think|there is|there's|there are|it is|it's|a|"
    r"an|some|the|add)\s+|"
    r"(?:i|he|she|they|we)(?:'ve|'s|'m|\s+(?:have|has|had|am|is|are))?\s+(?:got|had|having|"
    r"been having|noticed|get)\s+|"
    r"(?:i|he|she|they)\s+(?:have|has|get|gets|noticed)\s+|i've\s+)+"
)
_DOES = (
    r"(?:'s|s'|\s+(?:also |just |really |now |still |always |keeps? )?(?:has|had|is|was|"
    r"isn't|feels?|"
    r"looks?|seems?|says?|complains?|gets?|got|can't|cannot|won't|doesn't|hasn't|started|stopped|"
    r"bruises|bleeds|hurts?|sleeps?|sweats?|limps?|refuses|vomits|coughs|threw|began|lost|wakes?|"
    r"woke|needs|developed|[a-z]+ing|\w+,?\s+(?:\w+,?\s+)?(?:has|had|is|was)))\b"
)
_FIRST_PERSON = re.compile(r"\b(?:i|i've|i'm|i have|my|me)\b")


# "My mom is worried because I have a fever."
_OWN = re.compile(
    r"\bi(?:'ve| have| had| got| get| feel)\b(?!\s+(?:been\s+|so\s+)?(?:worried|scared|"
    r"afraid|noticed|"
    r"seen|no idea|noticing)\b)|\bi(?:'m| am)\s+(?:so |very |really |always )?(?:tired|weak|"
    r"pale|sick|"
    r"dizzy|exhausted|bruising|bleeding|losing)\b"
)


def patient_of(script: Script, held: Answers, audience: str) -> Patient | None:
    """The person that the questions are about, or None when the patient answers."""
    who = held.get((WHO, 0))
    if who is not None and who.status == "given":
        if who.value == "self":
            return None
        named = named_patient(script, who.text)
        return named or _patient(script, "child" if who.value == "parent" else "someone")
    if audience not in PROXY_AUDIENCES:
        return None
    return _patient(script, "child" if audience == "parent" else "someone")


def named_patient(script: Script, text: str) -> Patient | None:
    """The relation that words name ("for my son")."""
    plain = fold(text)
    found = [
        (match.start(), -len(word), patient.id, patient)
        for patient in script.patients
        for word in patient.words
        if (match := contains(word).search(plain)) is not None
    ]
    return min(found, key=lambda item: item[:3])[3] if found else None


def patient_spoken_of(script: Script, text: str) -> tuple[Patient, str] | None:
    """Somebody else who has what the text tells ("my daughter is vomiting"), and the words for it;
    "he" and "she" count where nobody says "I"."""
    plain = fold(text)
    for patient in script.patients:
        for word in patient.words:
            match = re.search(rf"(?<![\w']){re.escape(word)}{_DOES}", plain)
            if match is None or (
                word in ("he", "she") and _FIRST_PERSON.search(plain[: match.start()] or "")
            ):
                continue
            if re.search(r"\b(?:from|gave|told|with|by|and|than|like)\s*$", plain[: match.start()]):
                continue
            if _OWN.search(plain[match.end() :]):
                continue
            return patient, text[match.start() : match.start() + len(word)]
    return None


def symptom_phrase(script: Script, answer: Answer | None, patient: Patient | None = None) -> str:
    """The symptom within a sentence: "the fever", "your son's fever", or own words in quotes."""
    if answer is None or answer.status != "given" or not isinstance(answer.value, str):
        return "this"
    symptom = script.symptom(answer.value)
    if symptom is None:
        return f"“{own_words(answer.text)}”"
    return f"{patient.whose if patient else 'the'} {symptom.name}"


def round_phrase(
    script: Script, held: Answers, key: tuple[str, int], patient: Patient | None
) -> str:
    """What this round of questions is about, within a sentence: "the fever", "the transplant"."""
    question = script.question(key[0])
    if question is None or question.group is None:
        return "this"
    first = script.first_of(question.group)
    named = held.get((first, key[1]))
    if script.is_of_symptom(question):
        return symptom_phrase(script, named, patient)
    about = script.question(first)
    value = named.value if named is not None and named.status == "given" else None
    choice = about.choice(value) if about is not None and isinstance(value, str) else None
    if choice is None:
        return "that treatment"
    label = choice.label
    return f"the {label[0].lower() if label[1:2].islower() else label[0]}{label[1:]}"


def symptom_name(script: Script, answer: Answer) -> str:
    """The symptom as a heading: its plain name, or the person's own words."""
    symptom = script.symptom(answer.value) if isinstance(answer.value, str) else None
    return symptom.name if symptom else own_words(answer.text)


def own_words(text: str) -> str:
    """A person's words for a symptom without "I have", shortened to fit a question."""
    words = text.strip().strip(' .,!"')
    lead = _LEAD_IN.match(fold(words))
    words = words[lead.end() :] if lead and lead.end() < len(words) else words
    return words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " …"


def filled(text: str, about: str, patient: Patient | None) -> str:
    """A question with its names: {symptom} or {treatment} (`about`), {person}, {they} and so on."""
    said = text.replace("{symptom}", about).replace("{treatment}", about)
    if patient is None:
        return said
    words = patient.dict(include={"person", "whose", "they", "them", "their"})
    is_plural = patient.they == "they"
    words |= {"have": "have" if is_plural else "has", "are": "are" if is_plural else "is"}
    words |= {"were": "were" if is_plural else "was", "do": "do" if is_plural else "does"}
    for name, word in words.items():
        said = said.replace(f"{{{name}}}", word)
    return said[:1].upper() + said[1:]


def _patient(script: Script, patient_id: str) -> Patient | None:
    return next((p for p in script.patients if p.id == patient_id), None)
