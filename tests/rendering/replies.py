"""The reply cases of tests/cases/replies.yml, and what the bot really says, for every renderer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.content.all_content import Content
from bot.content.red_flags import RedFlagContent
from bot.dialogue.visit_summary import visit_summary
from bot.interview.answers import Answer
from bot.interview.replies import question_reply, summary_reply
from bot.interview.script import next_question
from bot.knowledge.from_content import catalogue_of
from bot.knowledge.replies import answer_reply
from bot.rendering.reply import Choice, Reply, choices_of
from bot.triage.raising import Finding
from bot.triage.replies import card_reply, confirm_reply

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests/cases/replies.yml").read_text(encoding="utf-8"))
LONG = "words & < > " * 40
TODAY = datetime.date(2026, 11, 29)


def reply_of(case: dict[str, Any]) -> Reply:
    """A case as a reply."""
    fields = {k: v for k, v in case.items() if k not in ("type", "text", "choices")}
    choices = tuple(Choice(label, value) for value, label in case.get("choices", {}).items())
    return Reply(case["type"], case["text"], choices, fields)


def said_of_content(content: Content) -> Iterator[tuple[str, Reply]]:
    """Everything that content/ can make the bot say."""
    for text in content.texts.texts.values():
        yield text.id, Reply("choices", text.text, choices_of(text.choices, content.texts.labels))
    catalogue = catalogue_of(content.knowledge)
    for entry in [*catalogue.entries.values(), *catalogue.meanings.values()]:
        for part in ("short", "more", "all"):
            yield f"{entry.id} {part}", answer_reply(entry, catalogue, part=part, more_label="More")
    yield from _cards(content.red_flags, content)
    yield from _interview(content)


def _cards(red_flags: RedFlagContent, content: Content) -> Iterator[tuple[str, Reply]]:
    for rule, flag in red_flags.flags.items():
        finding = Finding(flag.level, rule, (rule,))
        for country in (None, "US", "CA", "UK", "IE", "AU", "EU"):
            yield (
                f"{rule} {country}",
                card_reply(finding, content, country=country, care_team_phone="+1 555 0100"),
            )
        if flag.ask:
            yield f"{rule} asked", confirm_reply(rule, content)


def _interview(content: Content) -> Iterator[tuple[str, Reply]]:
    """Every question as it comes, its first choice (or words) as the answer, on the full list."""
    script = content.interview
    answers = [Answer("path", 0, "m", "given", "Ask me all questions", "full")]
    for number in range(200):
        asked = next_question(script, answers)
        if asked is None:
            break
        yield f"question {number} {asked.link_id}", question_reply(asked)
        text, value = LONG, LONG
        if asked.question.answer_type == "date":
            value = {"text": LONG, "date": "2026-11-20", "precision": "day"}
        elif asked.question.choices:
            text, value = asked.question.choices[0].label, asked.question.choices[0].value
        answers.append(Answer(asked.link_id, asked.repeat, f"m{number}", "given", text, value))
    made = visit_summary(content, answers, audience=None, today=TODAY, red_flags=["One. " * 900])
    yield "summary", summary_reply(made)
