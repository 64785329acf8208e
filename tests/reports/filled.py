"""A database as a month of use leaves it, always the same; for tests and for a look at the page:
`python -m tests.reports.filled FOLDER` writes report.html and its pictures."""

from __future__ import annotations

import datetime
import random
import sys
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from bot.content.interview import Script
from bot.content.kept import kept_content
from bot.database.engine import connect, connect_memory, metadata, upgrade
from bot.interview.answers import Answer
from bot.interview.script import pending
from bot.nlu.encoder import shared_encoder
from bot.records.store import Records
from bot.reports.figures import Figures, read_figures
from bot.reports.nearness import grouped
from bot.reports.page import page_of
from bot.reports.redaction import Redactor
from bot.reports.words import redactor_of
from tests.conftest import ROOT
from tests.sealed import KEYS

TODAY = datetime.date(2026, 11, 29)
DAYS = 30
# What is not answered: the question, and the topics that were offered (none: it was declined).
MISSED: list[tuple[str, tuple[str, ...]]] = [
    ("can my son Tom go swimming with a port", ("school_work", "treatment_overview")),
    ("is swimming okay with a port", ("school_work",)),
    ("swimming with a port in, allowed?", ()),
    ("is swimming ok if you have a port?", ("school_work",)),
    ("what does obecabtagene do", ("car_t",)),
    ("does obecabtagene work better than other car t", ("car_t", "clinical_trials")),
    ("how do i get a medical alert bracelet", ()),
    ("call me on 555 010 0100, i am Priyanka", ()),
    ("who won the cup on 3 May 2024", ()),
    ("can we fly to Lisbon in march", ("living_with_uncertainty",)),
    ("is it safe to fly 6 weeks after transplant", ("stem_cell_transplant",)),
    ("flying after a transplant, is it safe", ("stem_cell_transplant",)),
]
ENTRIES = {
    "mrd.overview": 0.9, "side_effects.overview": 0.72, "survival_outlook.overview": 0.35,
    "car_t.overview": 0.8, "symptoms.overview": 0.85, "fertility.overview": 0.55,
}  # fmt: skip
RULES = {"fever": "emergency", "bleeding": "urgent", "breathing": "emergency", "pain": "urgent"}


class Clock:
    """What time it is in the story (UTC)."""

    def __init__(self) -> None:
        self.now = datetime.datetime.combine(TODAY, datetime.time(9))

    def __call__(self) -> datetime.datetime:
        return self.now


def fill(engine: Engine, *, people: int = 120, seed: int = 7) -> None:
    """Talk for a month. One person of five does not agree to storing."""
    chance, clock = random.Random(seed), Clock()
    memory = connect_memory()
    metadata.create_all(memory)
    records = Records(engine, memory, clock)
    script = kept_content(ROOT / "content").interview
    for number in range(people):
        day = TODAY - datetime.timedelta(days=int(DAYS * chance.random() ** 1.3))
        clock.now = datetime.datetime.combine(day, datetime.time(chance.randrange(7, 22)))
        agrees = number % 5 != 4
        channel = "slack" if number % 6 == 0 else "web"
        name = f"person{number:04d}"
        records.open(name, channel=channel)
        if agrees:
            records.set_consent(name, given=True, wording="asked")
        for turn in range(chance.randrange(2, 9)):
            _a_turn(records, name, f"m{turn}", chance, secret="" if agrees else "unstored ")
        if chance.random() < 0.3:
            rule = chance.choice(list(RULES))
            card = {"type": "care_card", "text": "Call", "rule": rule, "level": RULES[rule]}
            _say(records, name, "red", "it is bad", [card])
            records.add_red_flag(name, rule=rule, signs=(rule,), level=RULES[rule], channel=channel)
        if agrees and chance.random() < 0.5:
            _interview(records, name, script, chance)


def _a_turn(records: Records, name: str, message: str, chance: random.Random, secret: str) -> None:
    kind = chance.random()
    if kind < 0.68:
        entry = chance.choice(list(ENTRIES))
        topic = entry.partition(".")[0]
        answer = {"type": "answer", "text": "So", "entry": entry, "topic": topic}
        shown = _say(records, name, message, "a question", [answer])
        if chance.random() < 0.4:
            helpful = chance.random() < ENTRIES[entry]
            records.add_feedback(name, message=shown[0]["id"], helpful=helpful, comment=None)
    elif kind < 0.9:
        text, offered = chance.choice(MISSED)
        reply: dict[str, Any] = {"type": "clarify", "text": "Which?", "topics": list(offered)}
        if not offered:
            reason = "unknown" if "swim" in text else "out_of_scope"
            reply = {"type": "declined", "text": "I cannot", "reason": reason}
        _say(records, name, message, secret + text, [reply])
    else:
        _say(records, name, message, "thanks", [{"type": "text", "text": "You are welcome"}])


def _say(
    records: Records, name: str, message: str, text: str, replies: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    said = {"type": "user", "text": text}
    turn = records.add_turn(
        name, message_id=message, said=said, replies=replies, state={}, choices={}
    )
    return turn.messages


def _interview(records: Records, name: str, script: Script, chance: random.Random) -> None:
    answers: list[Answer] = []
    for number in range(30):
        key = pending(script, answers)
        if key is None or chance.random() < 0.06:
            break
        answers.append(_answer(script, *key, f"i{number}", skips=chance.random() < 0.12))
    records.add_answers(f"visit{name}", [asdict(a) for a in answers], conversation=name)


def _answer(script: Script, link_id: str, repeat: int, message: str, *, skips: bool) -> Answer:
    question = script.question(link_id)
    assert question is not None
    if skips and link_id != "sx.name":
        return Answer(link_id, repeat, message, "skipped", "skip", None)
    value = question.choices[-1].value if question.choices else "fatigue"
    return Answer(link_id, repeat, message, "given", "words", value)


@lru_cache(maxsize=1)
def redactor() -> Redactor:
    """Made once: it reads all that the bot was taught."""
    return redactor_of(kept_content(ROOT / "content"))


def figures_of(engine: Engine, *, days: int = DAYS) -> Figures:
    """What the report reads."""
    content, redact = kept_content(ROOT / "content"), redactor().redacted
    since = TODAY - datetime.timedelta(days=days - 1)
    return read_figures(engine, content.interview, redact, since=since, until=TODAY)


def main(folder: Path) -> None:
    """Write the page and look at it in light, dark and on a phone."""
    from playwright.sync_api import sync_playwright

    from tests.web.conftest import ARGUMENTS, CHROMIUM

    folder.mkdir(parents=True, exist_ok=True)
    engine = connect(f"sqlite:///{folder}/filled.db", KEYS)
    upgrade(engine)
    fill(engine)
    found = figures_of(engine)
    page = folder / "report.html"
    page.write_text(page_of(found, grouped(found.unanswered, shared_encoder())), encoding="utf-8")
    looks: dict[str, dict[str, Any]] = {
        "light": {"viewport": {"width": 1200, "height": 900}},
        "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 800}, "device_scale_factor": 2},
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, look in looks.items():
            shown = browser.new_context(**look).new_page()
            shown.goto(page.as_uri())
            shown.screenshot(path=folder / f"{name}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
