"""People who answer the interview, each in a way of their own, with a truth of their own.

Nothing here imports the bot or reads content/: a person sees the text of a question, its id and
the choices, as a chat window shows them, and answers from what they know about themselves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

POOL = yaml.safe_load((Path(__file__).parents[1] / "cases" / "simulated_people.yml").read_text())
STYLES = (
    "terse", "chatty", "interrupting", "correcting", "caregiver", "misspelling",
    "everything at once", "refusing",
)  # fmt: skip
PEOPLE = 60


@dataclass
class Trouble:
    """One symptom as it truly is."""

    symptom: dict[str, Any]
    onset: dict[str, Any]
    severity: dict[str, Any]
    similar: dict[str, Any]
    refuses: set[str] = field(default_factory=set)

    @property
    def truth(self) -> tuple[str | None, str | None, str | None, str | None]:
        """Onset date, its precision, severity, similar; None for what was refused."""
        date, precision = self.onset["date"], self.onset["precision"]
        onset = (None, None) if "sx.onset" in self.refuses else (date and str(date), precision)
        severity = None if "sx.severity" in self.refuses else self.severity["value"]
        return (*onset, severity, None if "sx.similar" in self.refuses else self.similar["value"])


class SimulatedPerson:
    """Answers one question after the other; `truth` is what the summary has to say in the end."""

    def __init__(self, number: int) -> None:
        self.style = STYLES[number % len(STYLES)]
        self._dice = random.Random(number)
        pick = self._dice.choice
        codes = self._dice.sample(POOL["symptoms"], 2)
        self._troubles = [
            Trouble(s, pick(POOL["onsets"]), pick(POOL["severities"]), pick(POOL["similars"]))
            for s in codes
        ]
        self._has_new_doctor = pick([True, False])
        self._told: set[str] = set()
        self._asked_back = 0
        self._to_correct: tuple[str, str] | None = None
        if self.style == "refusing":
            for trouble in self._troubles:
                trouble.refuses = {pick(["sx.onset", "sx.severity", "sx.similar"])}

    @property
    def truth(self) -> dict[str, tuple[str | None, ...]]:
        """The coded fields by symptom."""
        return {t.symptom["code"]: t.truth for t in self._troubles}

    @property
    def doctor_knows(self) -> str:
        """The true answer about the doctor."""
        return "no" if self._has_new_doctor else "yes"

    def answer(self, link_id: str, text: str) -> str:
        """What this person types when they read this question."""
        if self.style == "interrupting" and self._asked_back < 4 and self._dice.random() < 0.4:
            self._asked_back += 1
            return str(self._dice.choice(POOL["questions"]))
        if self._to_correct is not None and link_id != "sx.onset" and self._dice.random() < 0.7:
            called, onset = self._to_correct
            self._to_correct = None
            return self._correction(called, onset)
        if link_id == "sx.name":
            return self._first()
        if link_id.startswith("sx."):
            return self._about(self._trouble_in(text), link_id)
        if link_id == "visit.doctor-knows":
            plain = {"yes": "yes", "no": "no"}[self.doctor_knows]
            long = {"yes": "yes, she treated me back then", "no": "no, the doctor is new"}
            return long[plain] if self.style in ("chatty", "everything at once") else plain
        if link_id == "tx.previous":
            return str(self._dice.choice(POOL["treatments"]))
        if link_id == "q":
            return str(self._dice.choice(POOL["wishes"]))
        if link_id == "confirm":
            return self._check(text)
        return "skip"

    def _first(self) -> str:
        first, second = self._troubles
        if self.style == "terse":
            return self._name(first)
        if self.style == "everything at once":
            self._told |= {first.symptom["code"], second.symptom["code"]}
            parts = [
                f"{self._name(t)} {self._when(t)}, {t.severity['say']}" for t in (first, second)
            ]
            return f"{parts[0]}. And {parts[1]}."
        if self.style in ("chatty", "caregiver"):
            self._told |= {second.symptom["code"]}
            start = "My son is not well: " if self.style == "caregiver" else "Hello! Well, "
            return f"{start}{self._name(first)} and {self._name(second)}"
        return self._name(first)

    def _name(self, trouble: Trouble) -> str:
        symptom = trouble.symptom
        if self.style == "caregiver":
            return str(symptom["other"])
        if self.style == "misspelling":
            return str(self._dice.choice(symptom["misspelt"]))
        choices = symptom["say"][:1] if self.style == "terse" else symptom["say"]
        return str(self._dice.choice(choices))

    def _when(self, trouble: Trouble) -> str:
        said = trouble.onset["misspelt" if self.style == "misspelling" else "say"]
        return str(said).replace("my", "his") if self.style == "caregiver" else str(said)

    def _trouble_in(self, text: str) -> Trouble:
        plain = text.lower()
        for trouble in self._troubles:
            if trouble.symptom["called"] in plain:
                return trouble
        return self._troubles[0]

    def _about(self, trouble: Trouble, link_id: str) -> str:
        if link_id in trouble.refuses:
            return str(self._dice.choice(["skip", "I'd rather not say", "skip this one please"]))
        is_long = self.style in ("chatty", "everything at once")
        if link_id == "sx.onset":
            return self._onset(trouble)
        if link_id == "sx.severity":
            return str(trouble.severity["chatty" if is_long else "say"])
        if link_id == "sx.similar":
            said = str(trouble.similar["chatty" if is_long else "say"])
            return said + self._further()
        return "skip"

    def _onset(self, trouble: Trouble) -> str:
        said = self._when(trouble)
        if self.style == "correcting" and self._to_correct is None:
            others = [o for o in POOL["onsets"] if o["precision"] in ("day", "week")]
            wrong = self._dice.choice([o for o in others if o["date"] != trouble.onset["date"]])
            if trouble.onset["precision"] in ("day", "week", "month", "season"):
                self._to_correct = (str(trouble.symptom["called"]), said)
                return str(wrong["say"])
        if self.style == "chatty":
            return f"I think I first noticed it {said}"
        return said

    def _correction(self, called: str, onset: str) -> str:
        words = {"bruis": "bruises", "tired": "tiredness", "bone": "bone pain", "pale": "pale skin"}
        name = words.get(called, called)
        forms = [f"change the {name} date to {onset}", f"actually the {name} started {onset}"]
        return str(self._dice.choice(forms))

    def _further(self) -> str:
        """The second symptom, added where more is asked for."""
        second = self._troubles[1]
        code = second.symptom["code"]
        if code in self._told or self.style in ("chatty", "caregiver", "everything at once"):
            return ""
        self._told.add(code)
        return f", and also {self._name(second)}"

    def _check(self, text: str) -> str:
        """The last look: what is wrong or missing is said now."""
        if self._to_correct is not None:
            called, onset = self._to_correct
            self._to_correct = None
            return self._correction(called, onset)
        further = self._further()
        return f"{further.removeprefix(', and ')}" if further else "yes, this is right"
