"""Red flags over HTTP: in every state, and with the actions dead or hanging."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.conftest import Person, free_port, of_type, started_bot, types

ROOT = Path(__file__).resolve().parents[2]
SIGNS = [
    ("I have a temperature of 38.6", "fever", "emergency"),
    ("my nose bleed wont stop", "bleeding", "emergency"),
    ("I cant breathe", "breathing", "emergency"),
    ("chest pain", "chest_pain", "emergency"),
    ("my husband is suddenly confused", "confusion", "emergency"),
    ("she is having a seizure", "seizure", "emergency"),
    ("I want to kill myself", "crisis", "crisis"),
]


@pytest.mark.parametrize(("text", "rule", "level"), SIGNS)
def test_outside_and_inside_the_interview(
    new_person: Callable[..., Person], text: str, rule: str, level: str
) -> None:
    person = new_person()
    turn = person.say(text)
    card = of_type(turn, "care_card")
    assert turn["messages"][0] is card, "the card comes first"
    assert (card["rule"], card["level"]) == (rule, level)
    assert card["contacts"][0]["label"]
    assert not any("url" in source for source in card["sources"])
    assert turn["state"]["red_flag"] == level

    inside = new_person()
    inside.tap("prepare_visit")
    inside.say("I am very tired")
    turn = inside.say(text)
    assert types(turn)[0] == "care_card"
    assert types(turn).count("care_card") == 1
    assert turn["state"]["interview"] is None, "the interview stops"
    again = of_type(inside.tap("resume_interview"), "question")
    assert again["linkId"].startswith("sx.")
    assert "very tired" in inside.get("summary", format="txt").text, "answers are kept"


def test_after_the_call_no_interview_begins_by_itself(person: Person) -> None:
    person.say("my temperature is 38.9")
    turn = person.say("ok, I have done that")
    assert types(turn) == ["choices"]
    assert turn["state"]["interview"] is None


@pytest.mark.parametrize("text", ['/stop{"a":1} chest pain', "/restart chest pain", "/chest pain"])
def test_a_slash_is_just_words(person: Person, text: str) -> None:
    assert of_type(person.say(text), "care_card")["rule"] == "chest_pain"


def test_restart_does_not_restart(person: Person) -> None:
    person.tap("prepare_visit")
    person.say("I am very tired")
    turn = person.say("/restart")
    assert turn["messages"]
    assert of_type(person.say("/session_start"), "question")
    assert "very tired" in person.get("summary", format="txt").text


def test_a_tapped_choice_is_screened(person: Person) -> None:
    person.tap("prepare_visit")
    assert types(person.tap("sx.name:0=fever"))[0] == "care_card"


def test_confirm_line(person: Person) -> None:
    asked = of_type(person.say("I'm not sure if it is a fever"), "confirm_red_flag")
    assert asked["rule"] == "fever"
    assert types(person.tap("confirm_no")) == ["text"]
    second = person.say("I dont know if this is a seizure")
    assert of_type(second, "confirm_red_flag")["rule"] == "seizure"
    assert of_type(person.say("yes"), "care_card")["rule"] == "seizure"


def test_an_urgent_card_comes_with_the_question_about_an_emergency(person: Person) -> None:
    turn = person.say("There is a new lump under my arm. I'm not sure if it is a fever")
    assert types(turn) == ["care_card", "confirm_red_flag"]
    assert of_type(turn, "care_card")["level"] == "urgent"
    assert of_type(person.say("yes"), "care_card")["rule"] == "fever"


BESIDE = yaml.safe_load((ROOT / "tests/cases/confirm_beside.yml").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", BESIDE, ids=lambda case: case["says"])
def test_the_answer_stands_beside_the_confirm_line(person: Person, case: dict[str, Any]) -> None:
    if "interview" in case:
        person.tap("prepare_visit")
        for said in case["interview"]:
            person.say(said)
    turn = person.say(case["says"])
    assert types(turn) == case["replies"]
    assert of_type(turn, "confirm_red_flag")["rule"] == case["asks"]
    if "topic" in case:
        assert of_type(turn, "answer")["topic"] == case["topic"]
    for then in case.get("then", []):
        turn = person.tap(then["tap"]) if "tap" in then else person.say(then["says"])
        assert types(turn) == then["replies"], then
        assert then.get("rule") in (None, turn["messages"][0].get("rule"))
        assert then.get("linkId") in (None, turn["messages"][-1].get("linkId"))
    for told in case.get("kept", []):
        assert told in person.get("summary", format="txt").text


def test_the_second_reader_asks_where_the_rules_have_no_words(person: Person) -> None:
    """One of its own examples: what it makes of others is measured, not tested here."""
    strange = "feels like theres a lid on my lungs"
    assert of_type(person.say(strange), "confirm_red_flag")["rule"] == "breathing"
    assert types(person.tap("confirm_no")) == ["text"]
    assert "confirm_red_flag" not in types(person.say(strange)), "once a sign and conversation"


def test_a_line_that_the_second_reader_takes_for_needless_is_not_said(person: Person) -> None:
    """One of its own examples, about which the rules would ask."""
    turn = person.say("at what platelet number does spontaneous bleeding begin")
    assert "confirm_red_flag" not in types(turn)


def test_the_same_sign_again_is_short_but_never_silent(person: Person) -> None:
    first = of_type(person.say("I have chest pain"), "care_card")
    again = of_type(person.say("I have chest pain"), "care_card")
    assert len(again["text"]) < len(first["text"])


def test_a_bare_date_after_a_confirm_line_tells_of_no_sign(person: Person) -> None:
    for text in ("my bones ache and im tired all the time, is it back?", "yes"):
        person.say(text)
    asked = types(person.say("bones in my legs"))
    assert "confirm_red_flag" in asked, "the line takes the place of the question since when"
    assert "confirm_red_flag" not in types(person.say("3 weeks ago"))


def test_numbers_of_the_own_country(new_person: Callable[..., Person]) -> None:
    card = of_type(new_person(country="UK").say("chest pain"), "care_card")
    assert card["contacts"][0]["href"] == "tel:999"


@pytest.mark.parametrize("says", ["no we called them already", "no", "ok", "they know about it"])
def test_a_word_after_the_card_is_no_question(person: Person, says: str) -> None:
    assert types(person.say("he has a temp of 38.6 since lunch")) == ["care_card"]
    (reply,) = person.say(says)["messages"]
    assert reply["type"] == "text"
    assert "still holds" in reply["text"] or reply["text"].startswith("All right"), reply


@contextmanager
def hanging_server() -> Iterator[str]:
    """Takes every connection and never answers."""
    port = free_port()
    listening = socket.create_server(("127.0.0.1", port))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        listening.close()
        for connection in held:
            connection.close()


@pytest.mark.parametrize("kind", ["dead", "hanging"])
def test_actions_are_gone(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with hanging_server() as hanging:
        url = hanging if kind == "hanging" else f"http://127.0.0.1:{free_port()}/webhook"
        folder = tmp_path_factory.mktemp(kind)
        settings = {"ACTION_ENDPOINT_URL": url, "ACTION_TIMEOUT_S": "1"}
        with started_bot(folder, ready="/healthz", **settings) as client:
            outside = Person(client)
            assert types(outside.say("what is a relapse?")) == ["error"], "said, not silent"
            for person in (outside, _in_the_interview(client)):
                begun = time.monotonic()
                assert types(person.say("I have chest pain"))[0] == "care_card"
                assert time.monotonic() - begun < 2.5
                begun = time.monotonic()
                assert types(person.say("now I cant breathe"))[0] == "care_card"
                assert time.monotonic() - begun < 2.5, "the next message is not held up"


def _in_the_interview(client: httpx.Client) -> Person:
    person = Person(client)
    person.tap("prepare_visit")
    return person
