"""All answers that one free-text message holds, also to questions that were not yet asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.content.interview import Script
from bot.content.interview_items import (
    ANOTHER,
    KIND,
    NAME,
    ONSET,
    OTHER_TREATMENT,
    SIMILAR,
    TREATMENTS,
    Question,
)
from bot.interview.answers import (
    OTHER,
    Answer,
    NotUnderstood,
    Parsed,
    explain_failure,
    parse_answer,
    read_quantity,
)
from bot.interview.choices import volunteered
from bot.interview.mentions import Said, denies_symptom, find_symptoms, split_before
from bot.interview.naming import patient_of
from bot.interview.onset import onset_in_passing
from bot.interview.prompts import joined_questions, offered_prompts, prompt_text, read_picks
from bot.interview.rows import Key, Message, Rows
from bot.interview.script import latest_answers
from bot.interview.treatments import retell_treatments, take_treatments
from bot.interview.words import bare, fold, has_words

_WITHOUT_PRONOUNS = re.compile(r"\b(?:it|i|i've|is|was|has|had|have|been|started|began)\b", re.I)
_SAME_TIME = re.compile(
    r"(?:(?:about|around|at|on|since|probably|i think)\s+)*(?:the\s+)?same(?:\s+(?:day|time|date|"
    r"week|month|as (?:the )?(?:other|first|last|one before)(?: one)?|as that|as before|then))*"
    r"(?:\s+too)?"
)
_MORE = re.compile(r"\b(?:also|too|as well|plus|another|additionally|on top of that|and now|new)\b")
# At "was it like this then?" another symptom is one of now, unless the answer tells of then.
_THEN = re.compile(
    r"\b(?:then|back then|that time|before|used to|had|was|were|first time|years ago)\b"
)
_ALSO = re.compile(
    r"(?:(?:[,.;]|(?<!\s))\s*\b(?:and|but|plus)\s+)?\balso\b[\s,:]*(?P<own>\D.+)$", re.I | re.S
)
_CORRECTS = re.compile(
    r"\b(?:started|began|noticed|since|first|actually|not|instead|meant|came on)\b"
)


def collect_answers(
    script: Script, answers: Sequence[Answer], now: Key | None, message: Message
) -> tuple[Answer, ...] | NotUnderstood:
    """Read a statement as the answer to the question `now`, and as whatever else it says."""
    rows = Rows(message, latest_answers(answers), {})
    question = script.question(now[0]) if now else None
    if now is None or question is None:
        _take_corrections(script, rows, message.text, None)
        return tuple(rows.new.values()) or NotUnderstood(script.lines.summary)
    if question.id == NAME:
        fault = _take_names(script, rows, question, now[1])
    elif question.id == ANOTHER:
        fault = _take_another(script, rows, question, now[1])
    else:
        fault = _take_plain(script, rows, question, now[1])
    return tuple(rows.new.values()) if rows.new else fault or NotUnderstood("")


def _read(script: Script, rows: Rows, question: Question, text: str) -> Parsed | NotUnderstood:
    m = rows.message
    return parse_answer(script, question, text, choice=None, today=m.today, attempt=m.attempt)


def _take_names(
    script: Script, rows: Rows, question: Question, repeat: int
) -> NotUnderstood | None:
    """One symptom or several; the first belongs to this round, each further one to a new round."""
    text = rows.message.text
    read = _read(script, rows, question, text)
    if isinstance(read, NotUnderstood):
        return read
    said = find_symptoms(script, text)
    if not said or (isinstance(read.value, str) and question.choice(read.value) and len(said) < 2):
        if read.value == OTHER:
            if not _put_own_words(script, rows, repeat, read.text):
                rows.new.clear()
                return explain_failure(script, question, rows.message.attempt)
        else:
            rows.put(NAME, repeat, read.value, read.text)
            take_details(script, rows, repeat, text)
        return None
    put_symptoms(script, rows, said, first=repeat)
    return None


def _take_another(
    script: Script, rows: Rows, question: Question, repeat: int
) -> NotUnderstood | None:
    """Yes, no, or a further symptom typed directly."""
    text = rows.message.text
    read = _read(script, rows, question, text)
    if isinstance(read, NotUnderstood):
        return read
    said = find_symptoms(script, text)
    if said and read.value == "yes":
        known = _known_symptoms(rows)
        fresh = tuple(s for s in said if s.symptom.id not in known) or said
        put_symptoms(script, rows, fresh, first=None)
        rows.put(ANOTHER, repeat, "yes", text)
        return None
    rows.put(ANOTHER, repeat, read.value, read.text)
    plain = re.sub(r"^\W*(?:yes|yeah|yep|yup|sure|also)\b\W*", "", fold(text).strip())
    is_just_yes = not has_words(plain) or _is_tapped_text(question, text)
    if read.value == "yes" and not is_just_yes and not denies_symptom(script, text):
        further = rows.next_repeat()
        words = text.strip()[len(text.strip()) - len(plain) :]
        _put_own_words(script, rows, further, words)
    return None


def _put_own_words(script: Script, rows: Rows, repeat: int, text: str) -> bool:
    """A symptom that no list holds: its name is the text without when and how bad.

    False, and nothing noted, when nothing but that is said ("mild").
    """
    rows.put(NAME, repeat, OTHER, text)
    take_details(script, rows, repeat, text)
    details = [key for key in rows.new if key[1] == repeat and key[0] not in (NAME, ANOTHER)]
    name = text
    for key in details:
        name = name.replace(rows.new[key].text, " ")
    name = re.sub(r"\s+", " ", name).strip(" ,.;")
    if details and not has_words(_WITHOUT_PRONOUNS.sub("", name)):
        for key in [*details, (NAME, repeat)]:
            del rows.new[key]
        return False
    rows.put(NAME, repeat, OTHER, name)
    return True


def _is_tapped_text(question: Question, text: str) -> bool:
    plain = fold(text).strip(" .,!")
    return any(plain in (fold(c.label), *map(fold, c.synonyms)) for c in question.choices)


def _take_plain(
    script: Script, rows: Rows, question: Question, repeat: int
) -> NotUnderstood | None:
    """Any other question; within a symptom also its details, further symptoms and corrections."""
    text = rows.message.text
    if question.offers_prompts:
        return _take_questions(script, rows, question, text)
    if not script.is_of_symptom(question):
        return _take_other(script, rows, question, repeat)
    invited = question.id == SIMILAR and _THEN.search(fold(text)) is None
    others = _others(script, rows, text, repeat, adds=invited)
    about_this, about_others = split_before(
        script, text, ids=frozenset(s.symptom.id for s in others)
    )
    own = _ALSO.search(about_this) if invited and not others else None
    own_words = own["own"].strip() if own and has_words(own["own"]) else ""
    if own is not None and own_words:
        about_this = about_this[: own.start()]
    fault: NotUnderstood | None = None
    if about_this:
        read = _as_before(rows, question, repeat, about_this) or _read(
            script, rows, question, about_this
        )
        if isinstance(read, Parsed):
            rows.put(question.id, repeat, read.value, read.text)
            take_details(script, rows, repeat, about_this)
        else:
            fault = read
    _put_others(script, rows, _others(script, rows, about_others, repeat, adds=bool(others)))
    if own_words and find_symptoms(script, own_words) == ():
        further = rows.next_repeat()
        if _put_own_words(script, rows, further, own_words):
            rows.put(ANOTHER, further - 1, "yes", "")
    if not rows.new:
        _take_corrections(script, rows, text, repeat)
        take_details(script, rows, repeat, text)
    return fault


def _as_before(rows: Rows, question: Question, repeat: int, text: str) -> Parsed | None:
    """ "The same day", said of a further symptom: when the one before it began."""
    if question.id != ONSET or _SAME_TIME.fullmatch(bare(text)) is None:
        return None
    told = [
        answer
        for (link_id, other), answer in rows.held.items()
        if link_id == ONSET and other != repeat and answer.status == "given"
    ]
    if not told or not isinstance(told[-1].value, dict):
        return None
    return Parsed({**told[-1].value, "text": text.strip()}, text.strip())


def _take_other(
    script: Script, rows: Rows, question: Question, repeat: int
) -> NotUnderstood | None:
    """A question that is about no symptom; treatments that are named begin rounds of their own."""
    text = rows.message.text
    if question.id in (KIND, OTHER_TREATMENT):
        first = repeat if question.id == KIND else None
        if take_treatments(script, rows, text, first=first):
            if question.id == OTHER_TREATMENT:
                rows.put(question.id, repeat, "yes", text)
            return None
    read = _read(script, rows, question, text)
    if isinstance(read, NotUnderstood):
        return read
    rows.put(question.id, repeat, read.value, read.text)
    if question.id == TREATMENTS:
        retell_treatments(script, rows, text)
    return None


def _take_questions(
    script: Script, rows: Rows, question: Question, text: str
) -> NotUnderstood | None:
    """Numbers of the offered questions, own words, or both; "done" when some were noted before."""
    held = {key: a for key, a in rows.held.items() if a.status in ("given", "more")}
    before = rows.held.get((question.id, 0))
    noted = before.text if before is not None and before.status == "more" else ""
    patient = patient_of(script, held, rows.message.audience)
    offered = [prompt_text(p, patient) for p in offered_prompts(script, held, patient)]
    picked = read_picks(tuple(offered), text)
    read = _read(script, rows, question, text)
    if picked is not None:
        added = "\n".join(picked)
    elif isinstance(read, NotUnderstood):
        return read
    elif read.value == "none":
        rows.put(question.id, 0, noted or "none", noted or read.text)
        return None
    else:
        added = read.text
    text = joined_questions(noted, added)
    rows.put(question.id, 0, text, text)
    return None


def _others(
    script: Script, rows: Rows, text: str, repeat: int, *, adds: bool = False
) -> tuple[Said, ...]:
    """Other symptoms in the message: known ones, and new ones that are added ("also bruises")."""
    known = _known_symptoms(rows)
    current = rows.held.get((NAME, repeat))
    mine = current.value if current else None
    adds = adds or _MORE.search(fold(text)) is not None
    return tuple(
        said
        for said in find_symptoms(script, text)
        if said.symptom.id != mine and (said.symptom.id in known or adds)
    )


def _known_symptoms(rows: Rows) -> dict[str, int]:
    """Symptoms named so far and the round in which each was."""
    return {
        str(answer.value): repeat
        for (link_id, repeat), answer in rows.held.items()
        if link_id == NAME and answer.status == "given"
    }


def _put_others(script: Script, rows: Rows, others: tuple[Said, ...]) -> None:
    known = _known_symptoms(rows)
    for said in others:
        if said.symptom.id in known:
            take_details(script, rows, known[said.symptom.id], said.words, may_correct=True)
        else:
            put_symptoms(script, rows, (said,), first=None)


def put_symptoms(script: Script, rows: Rows, said: tuple[Said, ...], *, first: int | None) -> None:
    """Give each symptom a round of its own and take what is said about it."""
    rounds: list[int] = []
    for index, one in enumerate(said):
        repeat = first if first is not None and index == 0 else rows.next_repeat()
        rounds.append(repeat)
        if repeat != first and repeat > 0:
            before = rows.held.get((ANOTHER, repeat - 1))
            if before is None or before.value != "yes" or before.status != "given":
                rows.put(ANOTHER, repeat - 1, "yes", "")
        rows.put(NAME, repeat, one.symptom.id, one.words)
        take_details(script, rows, repeat, one.words)
    _share_details(script, rows, said, rounds)


def _share_details(script: Script, rows: Rows, said: tuple[Said, ...], rounds: list[int]) -> None:
    """ "Fever and bruises for a week": what is said at one end of a list is about all."""
    telling = [i for i, one in enumerate(said) if one.is_before or one.is_after]
    if len(telling) != 1 or len(said) < 2:
        return
    one = said[telling[0]]
    is_behind = telling[0] == len(said) - 1 and not one.is_before
    is_in_front = telling[0] == 0 and not one.is_after
    if not (is_behind or is_in_front):
        return
    source = rounds[telling[0]]
    for repeat in rounds:
        for (link_id, other), answer in list(rows.new.items()):
            if other == source and link_id not in (NAME, ANOTHER) and not rows.has(link_id, repeat):
                rows.new[link_id, repeat] = replace(answer, repeat=repeat)


def take_details(
    script: Script, rows: Rows, repeat: int, text: str, *, may_correct: bool = False
) -> None:
    """Onset, severity and the like, where the text says them and they are not yet known."""
    name = rows.new.get((NAME, repeat)) or rows.held.get((NAME, repeat))
    if name is None or name.value == "none":
        return
    for question in script.questions:
        key = (question.id, repeat)
        is_known = key in rows.new or (rows.has(*key) and not may_correct)
        if not script.is_of_symptom(question) or question.id in (NAME, ANOTHER) or is_known:
            continue
        if question.answer_type == "quantity":
            read = read_quantity(question, text, in_passing=True)
            if isinstance(read, Parsed):
                rows.put(question.id, repeat, read.value, read.text)
        elif question.answer_type == "date":
            found = onset_in_passing(text, today=rows.message.today)
            if found is not None:
                rows.put(question.id, repeat, found.onset.to_json(), found.onset.text)
        else:
            hit = volunteered(question, text)
            if hit is not None:
                rows.put(question.id, repeat, hit[0].value, hit[1])


def _take_corrections(script: Script, rows: Rows, text: str, repeat: int | None) -> None:
    """ "The fever started on Monday, not Sunday", said at a later question."""
    if _CORRECTS.search(fold(text)) is None:
        return
    known = _known_symptoms(rows)
    mentioned = [known[s.symptom.id] for s in find_symptoms(script, text) if s.symptom.id in known]
    for target in mentioned or ([] if repeat is None else [repeat]):
        take_details(script, rows, target, text, may_correct=True)
