"""What is fuzzed: every pure function that reads what somebody sent, each as one call."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace
from typing import Any

from bot.channels.http import ClientError, bearer_token, check_origin, json_body
from bot.channels.slack_input import code_in, incoming_of, is_surely_code, read_body, written
from bot.channels.web_input import cleaned, read_feedback, read_message, read_session
from bot.content.all_content import Content, read_content
from bot.dialogue.visit_summary import local_time
from bot.interview.answers import Answer, is_clear_answer, parse_answer
from bot.interview.fhir_response import Reporter, questionnaire_response
from bot.interview.onset import find_onset, onset_in_passing, parse_onset, says_only_when
from bot.interview.prompts import split_questions
from bot.interview.script import next_question
from bot.interview.step import take_message
from bot.interview.summary import summary, to_json
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text
from bot.knowledge.from_content import catalogue_of
from bot.knowledge.glossary import word_question
from bot.nlu.audience import AudienceWords
from bot.nlu.encoder import shared_encoder
from bot.nlu.entities import NamedThings, as_rasa
from bot.nlu.intents import IntentModel
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.questions import QuestionWords
from bot.nlu.told import ToldWords
from bot.nlu.trained import trained_intents
from bot.nlu.understanding import understand
from bot.rendering.blocks import marked_sections, sections
from bot.reports.words import redactor_of
from bot.settings import ROOT
from bot.training import model_path, training_pairs, write_questions
from bot.triage.red_flags import RedFlagDetector

TODAY = datetime.date(2026, 11, 24)
NOW = datetime.datetime(2026, 11, 24, 12)
# What was answered before, so that a text meets every kind of question of the interview.
FULL = ("ask me all questions", *("skip",) * 7)
WAYS: tuple[tuple[str, ...], ...] = (
    (), ("fever",), ("fever", "skip"), ("fever", "skip", "skip"), ("skip",), ("skip", "no"),
    ("skip", "no", "chemo in 2019"), ("skip", "yes"), ("skip", "yes", "can I work?"),
    ("fever since Monday", "mild", "no", "yes", "none"), FULL[:1], FULL[:5], FULL[:7],
    (*FULL, "headache", "skip", "skip"), (*FULL, "fever", "skip", "skip", "skip"),
    (*FULL, "fever", *("skip",) * 6),
)  # fmt: skip
SUMMARY_EVERY = 20


@dataclass(frozen=True)
class Target:
    """`call` reads one input; `takes`: a text, a JSON value, or the bytes of a request. `share`:
    how many of the inputs it gets, beside the others."""

    name: str
    call: Callable[[Any], object]
    takes: str
    share: int


def targets() -> list[Target]:
    """All of them, over the shipped content."""
    content = read_content(ROOT / "content")
    return [
        *_reading(content),
        *_understanding(content),
        *_interview(content),
        Target("web: bodies", _web_body, "web", 10),
        Target("web: bytes and headers", _web_bytes, "bytes", 6),
        Target("Slack: payloads", _slack_payload, "slack", 16),
        Target("Slack: bytes", _slack_bytes, "bytes", 6),
        Target("Slack: text in and out", _slack_text, "text", 10),
    ]


def _reading(content: Content) -> list[Target]:
    detector = RedFlagDetector(content.red_flags)
    signs = sorted(content.red_flags.flags)
    audience = AudienceWords(content.audience)
    things = NamedThings(content.names, content.interview, content.red_flags, audience)
    illnesses = OtherIllnessWords(content.other_illnesses)
    glossary = catalogue_of(content.knowledge).glossary
    turn = count()

    def red_flags(text: str) -> None:
        detector.find(text)
        sign = signs[next(turn) % len(signs)]
        detector.find(text, already=signs[:5], confirming=sign, aside=len(text) % 2 == 0)

    def words(text: str) -> None:
        list(glossary.uses_in(text))
        word_question(text, glossary)
        audience.find(text)

    return [
        Target("red flags", red_flags, "text", 16),
        Target("named things", lambda t: [as_rasa(e) for e in things.find(t)], "text", 16),
        Target("other illnesses", illnesses.names_other_illness, "text", 12),
        Target("glossary, audience", words, "text", 10),
        Target("redaction for reports", redactor_of(content).redacted, "text", 6),
    ]


def _understanding(content: Content) -> list[Target]:
    model = _model(content)
    told = ToldWords.of_entries(content.knowledge)
    words = QuestionWords(content.follow_ups)
    illnesses = OtherIllnessWords(content.other_illnesses)
    encoder = shared_encoder()
    topics = content.knowledge.topics
    things = {topic.id: topic.thing for topic in topics.values() if topic.thing}
    follows = sorted(things)
    turn = count()

    def follow_ups(text: str) -> None:
        words.refers_back(text)
        words.asks(text)
        words.completed(text, "blinatumomab")
        words.parts(text)

    def whole(text: str) -> None:
        understand(
            cleaned(text),  # as both channels do: the tokenizer takes no halves of characters
            rank=lambda said: model.rank_all(said, encoder, told),
            words=words,
            things=things,
            follows=follows[next(turn) % len(follows)],
            other_illness=illnesses.names_other_illness,
        )

    return [
        Target("questions that go on", follow_ups, "text", 8),
        Target("intents, spelling", whole, "text", 4),
    ]


def _model(content: Content) -> IntentModel:
    """The trained model; where there is none, one of a few examples."""
    archive = model_path(write_questions(content.knowledge))
    trained = trained_intents(archive) if archive.exists() else None
    if trained is not None:
        return trained
    pairs = training_pairs(content.knowledge)[::40]
    return IntentModel.train([p[0] for p in pairs], [p[1] for p in pairs], shared_encoder())


def _interview(content: Content) -> list[Target]:
    script = content.interview
    spoken = [_history(content, way) for way in WAYS]
    turn = count()

    def dates(text: str) -> None:
        parse_onset(text, today=TODAY)
        find_onset(text, today=TODAY)
        onset_in_passing(text, today=TODAY)
        says_only_when(text, today=TODAY)

    def answers(text: str) -> None:
        question = script.questions[next(turn) % len(script.questions)]
        parse_answer(script, question, text, choice=None, today=TODAY, attempt=1 + len(text) % 3)
        parse_answer(script, question, "", choice=text, today=TODAY)
        is_clear_answer(script, question, text, today=TODAY)

    def steps(text: str) -> None:
        number = next(turn)
        history = spoken[number % len(spoken)]
        said = {"choice": text} if number % 11 == 0 else {"text": text}
        step = take_message(script, history, message_id="new", today=TODAY, **said)
        after = [*history, *step.answers]
        next_question(script, after)
        if number % SUMMARY_EVERY == 0:
            made = summary(script, after, reported_by="patient", today=TODAY)
            json.dumps(to_json(made))
            to_text(made)
            to_html(made)
            json.dumps(questionnaire_response(script, after, Reporter("patient", NOW, "1")))

    return [
        Target("dates", dates, "text", 24),
        Target("answers to one question", answers, "text", 24),
        Target("interview, summary", steps, "text", 24),
        Target("questions for the doctor", split_questions, "text", 4),
    ]


def _history(content: Content, way: tuple[str, ...]) -> list[Answer]:
    history: list[Answer] = []
    for number, text in enumerate(way):
        history += take_message(
            content.interview, history, text=text, message_id=f"m{number}", today=TODAY
        ).answers
    return history


def _refused(call: Callable[[], object]) -> object:
    """A refusal with a reason is an answer."""
    try:
        return call()
    except ClientError as error:
        if not (400 <= error.status_code < 500 and error.code and error.text):
            raise AssertionError(f"a refusal without a reason: {error!r}") from error
        return None


def _web_body(body: Any) -> None:
    if not isinstance(body, dict):
        body = {"id": "1", "text": body, "choice": body, "message": body, "timezone": body}
    for read in (read_message, read_session, read_feedback):
        said = _refused(lambda read=read: read(body))
        json.dumps(vars(said) if hasattr(said, "__dict__") else said).encode()
    zone = body.get("timezone")
    local_time(NOW, cleaned(zone)[:64] if isinstance(zone, str) else None)


def _web_bytes(body: bytes) -> None:
    header = body[:300].decode("latin-1")
    for kind in ("application/json", header):
        headers = {"content-type": kind, "authorization": header, "origin": header, "host": "a"}
        request: Any = SimpleNamespace(headers=headers, body=body)
        _refused(lambda request=request: json_body(request))
        _refused(lambda request=request: check_origin(request, frozenset({"https://b"})))
        bearer_token(request)


def _slack_payload(payload: Any) -> None:
    if isinstance(payload, dict):
        incoming_of(payload)


def _slack_bytes(body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        incoming_of(read_body(kind, body))


def _slack_text(text: str) -> None:
    plain = written(text)
    code_in(plain)
    is_surely_code(plain)
    for block in (*sections(plain), *marked_sections(plain.splitlines())):
        json.dumps(block).encode()
