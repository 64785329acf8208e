"""Changing what was said before, by naming it: "change 3", "change the fever date to last Friday",
"the fever started on Monday, not Sunday", "remove the bruises", "add headaches", "put 4 first"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.interview import Script
from bot.content.interview_items import (
    ANOTHER,
    KIND,
    NAME,
    ONSET,
    QUESTIONS,
    SEVERITY,
    SIMILAR,
    TREATMENTS,
    Question,
)
from bot.interview.answers import OTHER, Answer, NotUnderstood, Parsed, parse_answer
from bot.interview.collect import put_symptoms, take_details
from bot.interview.corrections import corrections
from bot.interview.mentions import find_mentions, find_symptoms
from bot.interview.onset import Found, find_onset
from bot.interview.prompts import joined_questions
from bot.interview.question_order import in_front, noted_questions, order_line, wanted_order
from bot.interview.rows import Message, Rows
from bot.interview.script import (
    Key,
    current_answers,
    latest_answers,
    numbered_lines,
    own_words,
    symptom_name,
)
from bot.interview.treatment_edits import add_treatment, remove_treatment, treatment_meant
from bot.interview.treatments import retell_treatments
from bot.interview.words import contains, fold, is_question

_LEAD = (
    r"^\W*(?:(?:please|can (?:you|i|we)|could (?:you|i|we)|i (?:want|need|would like) to|"
    r"i'd like to|let me|let's|no|actually|sorry|wait|oh|ok|okay|and|well|oops|hm+|also|but)\b\W*)*"
)
_CHANGE = re.compile(
    _LEAD + r"(?:change|correct|edit|fix|update|redo|modify)\b(?!\s+(?:in|of)\b)\s*(?P<what>.*?)"
    r"(?:\s+(?:to|into|as)\s+(?P<to>.+?))?[\s.!?]*$",
    re.DOTALL,
)
_WRONG = re.compile(
    _LEAD + r"(?P<what>(?:line|number|answer|no\.?|#)\s*\d+|the .+?)\s+(?:is|was|are) (?:wrong|not "
    r"right|incorrect)(?:\W+it (?:is|was|should be)\s+(?P<to>.+?))?[\s.!]*$"
)
_REMOVE = re.compile(
    _LEAD + r"(?:remove|delete|drop|take (?:out|off|away)|forget(?: about)?|scratch|cross out|"
    r"leave out)\s+(?P<what>.+?)[\s.!?]*$"
)
_NOT_THERE = re.compile(
    r"\b(?:i|he|she|they)\s+(?:do not|don't|doesn't|does not|did not|didn't|never)\b.{0,200}\b"
    r"(?P<end>after all|actually)\b|\bno\b.{0,200}\bafter all\b"
)
_ADD = re.compile(
    _LEAD.replace("|also", "")
    + r"(?:(?:also )?add|i forgot(?: to (?:say|mention))?(?: about)?|i also "
    r"(?:have|had|noticed|get|got|feel|feel like)|(?:he|she|they) also (?:has|have|had|"
    r"gets?|feels?)|"
    r"also|one more (?:thing|symptom)|another (?:thing|symptom)|there is (?:also|more)|"
    r"there's (?:also|"
    r"more)|plus)\b\W*(?P<what>.*)$",
    re.DOTALL,
)
_ADD_PLAINLY = re.compile(
    r"^(?:(?:a|an|another|one|some|the|my)\s+)*(?:new\s+|more\s+|other\s+)*(?:symptoms?|thing|"
    r"something(?: else| i noticed)?|one|more)?\W*$"
)
_ADD_QUESTION = re.compile(
    r"^(?:a |another |one more |my |this )?question\b\W*(?P<own>.*)$", re.DOTALL
)
_NUMBER = re.compile(r"^(?:(?:line|number|answer|question|no\.?|#|point)\s*)*(?P<n>\d{1,2})$")


@dataclass(frozen=True)
class Edit:
    """What such a message does; `say` tells it. No rows: it could not be done."""

    rows: tuple[Answer, ...]
    say: str
    kind: Literal["changed", "asked_again", "told"]


def find_edit(
    script: Script, history: tuple[Answer, ...], now: Key | None, message: Message
) -> Edit | None:
    """The change that a message asks for; None when it is about something else."""
    editor = _Editor(script, history, now, message)
    for find in (editor.first, editor.change, editor.remove, editor.add, editor.correct):
        edit = find()
        if edit is not None:
            return edit
    return None


class _Editor:
    def __init__(
        self, script: Script, history: tuple[Answer, ...], now: Key | None, message: Message
    ) -> None:
        self._script = script
        self._history = history
        self._now = now
        self._message = message
        self._plain = fold(message.text).strip()
        self._held = current_answers(script, history)
        self._latest = latest_answers(history)
        self._symptoms = {
            repeat: answer
            for (link_id, repeat), answer in self._held.items()
            if link_id == NAME and answer.status == "given" and answer.value != "none"
        }

    # -- change ----------------------------------------------------------------------------

    def change(self) -> Edit | None:
        """ "Change 3", "change the fever date to last Friday", "the date is wrong"."""
        match = _CHANGE.match(self._plain) or _WRONG.match(self._plain)
        if match is None:
            return None
        what = re.sub(
            r"^(?:(?:my|the|his|her|their|your|answer|for|about|to|of)\s+)+", "", match["what"]
        )
        to = self._message.text.strip()[match.start("to") : match.end("to")] if match["to"] else ""
        number = _NUMBER.match(what.strip())
        if number is not None:
            lines = numbered_lines(self._script, self._history)
            index = int(number["n"]) - 1
            if not 0 <= index < len(lines):
                return self._told(self._script.lines.no_number)
            return self._set(lines[index].key, to)
        key = self._target(what, to)
        return self._set(key, to) if key is not None else None

    def _target(self, what: str, to: str) -> Key | None:
        """The answer that words name: "fever date", "how bad the headache was", "doctor"."""
        rounds = self._rounds_named(what)
        if not rounds and (treated := self._treatment_meant(what, to)) is not None:
            return treated
        question = self._question_named(what, in_group=bool(rounds))
        if rounds and question is None:
            question = self._meant_by(to)
        if question is None:
            return None
        if question.group is None:
            return (question.id, 0) if (question.id, 0) in self._held else None
        if not rounds:
            rounds = [r for r in self._symptoms if (question.id, r) in self._held][-1:]
        return (question.id, rounds[0]) if rounds else None

    def _treatment_meant(self, what: str, to: str) -> Key | None:
        if self._script.question(KIND) is None:
            return None
        is_date = bool(to) and isinstance(find_onset(to, today=self._message.today), Found)
        return treatment_meant(self._script, self._held, what, is_date=is_date)

    def _rounds_named(self, what: str) -> list[int]:
        ids = [m.symptom.id for m in find_mentions(self._script, fold(what))]
        rounds = [r for r, answer in self._symptoms.items() if answer.value in ids]
        if rounds:
            return rounds
        return [
            r
            for r, answer in self._symptoms.items()
            if answer.value == OTHER and fold(own_words(answer.text)) in fold(what)
        ]

    def _question_named(self, what: str, *, in_group: bool) -> Question | None:
        plain = fold(what)
        found = [
            (len(name), question)
            for question in self._script.questions
            for name in question.names
            if contains(name).search(plain) and (question.group is not None or not in_group)
        ]
        return max(found, key=lambda item: item[0])[1] if found else None

    def _meant_by(self, to: str) -> Question | None:
        """Which detail of a symptom a new value is: a time, how bad, or another symptom."""
        for link_id in (SEVERITY, ONSET, SIMILAR) if to else ():
            question = self._script.question(link_id)
            if question is not None and isinstance(self._read(question, to), Parsed):
                return question
        return self._script.question(NAME)

    def _read(self, question: Question, text: str) -> Parsed | NotUnderstood:
        return parse_answer(self._script, question, text, choice=None, today=self._message.today)

    def _set(self, key: Key, to: str) -> Edit | None:
        """Put the new value in, or ask for it."""
        question = self._script.question(key[0])
        old = self._latest.get(key)
        if question is None or old is None:
            return None
        lines = self._script.lines
        read = self._read(question, to) if to else None
        if isinstance(read, Parsed):
            row = Answer(*key, self._message.message_id, "given", read.text, read.value)
            if key[0] == NAME and read.value == OTHER:
                row = replace(row, text=to)
            rows = Rows(self._message, dict(self._latest), {key: row})
            if key == (TREATMENTS, 0):
                retell_treatments(self._script, rows, to)
            return Edit(tuple(rows.new.values()), "", "changed")
        row = replace(old, message_id=self._message.message_id, status="reopened")
        say = (
            f"{lines.change_to} {lines.earlier.format(words=old.text)}"
            if old.text
            else lines.change_to
        )
        if isinstance(read, NotUnderstood):
            say = read.text
        return Edit((row,), say, "asked_again")

    # -- remove and add --------------------------------------------------------------------

    def remove(self) -> Edit | None:
        """Take a symptom out; with none left, ask for one."""
        match = _REMOVE.match(self._plain)
        if match is not None:
            number = _NUMBER.match(re.sub(r"^(?:the|my)\s+", "", match["what"]))
            lines = numbered_lines(self._script, self._history)
            if number is not None and 0 < int(number["n"]) <= len(lines):
                key = lines[int(number["n"]) - 1].key
                rounds = [key[1]] if key[1] in self._symptoms and key[0].startswith("sx.") else []
            else:
                rounds = self._rounds_named(match["what"])
            if not rounds and self._script.question(KIND) is not None:
                gone = remove_treatment(self._script, self._held, match["what"], self._message)
                if gone is not None:
                    return Edit(*gone, "changed")
            if not rounds and find_mentions(self._script, match["what"]):
                return self._told(self._script.lines.removed_none)
        elif _NOT_THERE.search(self._plain):
            rounds = self._rounds_named(self._plain)
        else:
            return None
        if not rounds:
            return None
        name = self._symptoms[rounds[0]]
        rows = [replace(name, message_id=self._message.message_id, status="removed")]
        if len(self._symptoms) == 1:
            rows.append(self._another(max(self._symptoms)))
        said = self._script.lines.removed.format(symptom=symptom_name(self._script, name))
        return Edit(tuple(rows), said, "changed")

    def add(self) -> Edit | None:
        """A further symptom, or a further question for the doctor."""
        match = _ADD.match(self._plain)
        if match is None or (self._now is not None and self._now[0] in (NAME, ANOTHER)):
            return None
        text = self._message.text.strip()
        what = text[match.start("what") :].strip()
        is_add = re.search(r"\badd\W*$", self._plain[: match.start("what")]) is not None
        question = self._script.question(self._now[0]) if self._now else None
        if not is_add and question is not None and question.group is not None:
            return None  # "No, and also a rash" answers the question as well.
        treated = self._treatments_in(what) if is_add else ()
        if treated:
            return Edit(treated, "", "changed")
        own = _ADD_QUESTION.match(fold(what))
        if own is not None and is_add:
            return self._add_question(what[own.start("own") :].strip())
        if _ADD_PLAINLY.match(fold(what)) and (is_add or what or "more" in self._plain):
            if not self._symptoms:
                return None
            return Edit((self._another(max(self._symptoms)),), self._script.lines.add, "told")
        if is_question(what):
            return None
        rows = Rows(self._message, dict(self._latest), {})
        known = {str(answer.value) for answer in self._symptoms.values()}
        said = find_symptoms(self._script, what)
        fresh = tuple(one for one in said if one.symptom.id not in known)
        if fresh:
            put_symptoms(self._script, rows, fresh, first=None)
            return Edit(tuple(rows.new.values()), "", "changed")
        if is_add and not said and self._symptoms and re.search(r"\w{3}", what):
            last = max(self._symptoms)
            further = rows.next_repeat()
            row = Answer(NAME, further, self._message.message_id, "given", what, OTHER)
            rows.new[NAME, further] = row
            take_details(self._script, rows, further, what)
            return Edit((self._another(last), *rows.new.values()), "", "changed")
        return None

    def _treatments_in(self, what: str) -> tuple[Answer, ...]:
        if self._script.question(KIND) is None or find_symptoms(self._script, what):
            return ()
        return add_treatment(self._script, self._held, self._latest, what, self._message)

    def _another(self, last: int) -> Answer:
        return Answer(ANOTHER, last, self._message.message_id, "given", "", "yes")

    # -- questions for the doctor ------------------------------------------------------------

    def _add_question(self, own: str) -> Edit | None:
        if not own or (self._now is not None and self._now[0] == QUESTIONS):
            return None
        return self._put_questions(joined_questions(*noted_questions(self._held), own), "")

    def first(self) -> Edit | None:
        """ "Put 4 first"."""
        questions = noted_questions(self._held)
        places = wanted_order(self._plain, len(questions)) if questions else None
        if places is None:
            return None
        if not places:
            return self._told(self._script.lines.no_number)
        ordered = in_front(questions, places)
        said = self._script.lines.first.format(question=ordered[0])
        line = order_line(self._script, ordered)
        return self._put_questions("\n".join(ordered), f"{said} {line}".strip())

    def _put_questions(self, text: str, say: str) -> Edit:
        row = Answer(QUESTIONS, 0, self._message.message_id, "given", text, text)
        return Edit((row,), say, "changed")

    def correct(self) -> Edit | None:
        """ "The fever started on Monday, not Sunday", at any later question."""
        changed = corrections(self._script, self._held, self._latest, self._now, self._message)
        return Edit(changed, "", "changed") if changed else None

    def _told(self, say: str) -> Edit:
        return Edit((), say, "told")
