"""Everything below content/, read and checked together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.content.audience import AudienceContent, read_audience
from bot.content.entry_checks import check_entries
from bot.content.figures import FigureWords, read_figure_words
from bot.content.files import Problems
from bot.content.follow_ups import FollowUpContent, read_follow_ups
from bot.content.interview import Script, read_interview
from bot.content.knowledge import Knowledge, read_knowledge
from bot.content.names import NamesContent, read_names
from bot.content.other_illnesses import OtherIllnessesContent, read_other_illnesses
from bot.content.red_flag_files import read_red_flags
from bot.content.red_flags import RedFlagContent
from bot.content.review import Review, read_review
from bot.content.texts import Texts, read_texts
from bot.errors import ContentError


@dataclass(frozen=True)
class Content:
    """All clinical content and all words of the bot."""

    knowledge: Knowledge
    review: Review
    texts: Texts
    figure_words: FigureWords
    follow_ups: FollowUpContent
    audience: AudienceContent
    other_illnesses: OtherIllnessesContent
    red_flags: RedFlagContent
    interview: Script
    names: NamesContent


def read_content(root: Path) -> Content:
    """Read content/. Raises ContentError with every problem: file, item, field, what to do."""
    problems = Problems()
    knowledge = read_knowledge(root, problems)
    check_entries(knowledge, problems)
    review = read_review(root, problems, knowledge)
    texts = read_texts(root, problems, knowledge.topics)
    figure_words = read_figure_words(root, problems)
    follow_ups = read_follow_ups(root, problems)
    audience = read_audience(root, problems)
    other_illnesses = read_other_illnesses(root, problems)
    try:
        red_flags = read_red_flags(root, problems, knowledge.facts)
        interview = read_interview(root, problems)
        names = read_names(root, problems, interview.symptoms)
    except ContentError as error:
        raise ContentError(
            [*problems.lines, *(p for p in error.problems if p not in problems.lines)]
        ) from error
    problems.raise_if_any()
    if review is None or figure_words is None or follow_ups is None:
        raise AssertionError("a missing part is always a problem")
    if audience is None or other_illnesses is None or names is None:
        raise AssertionError("a missing part is always a problem")
    return Content(
        knowledge=knowledge,
        review=review,
        texts=texts,
        figure_words=figure_words,
        follow_ups=follow_ups,
        audience=audience,
        other_illnesses=other_illnesses,
        red_flags=red_flags,
        interview=interview,
        names=names,
    )
