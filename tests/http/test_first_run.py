"""What a first visitor does, over HTTP against the bot as `make run` starts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Person, of_type, types
from tests.sealed import opened_file

NewPerson = Callable[..., Person]


def test_signs_of_a_relapse(person: Person) -> None:
    answer = of_type(person.say("What are the signs that my leukemia has come back?"), "answer")
    assert answer["topic"] == "symptoms"
    assert answer["sources"] and answer["checked_on"]
    assert all(s["facts"] and s["sources"] for s in answer["sentences"] if s.get("facts"))


def test_odds_in_children(person: Person) -> None:
    turn = person.say("what are the odds it returns in kids")
    answer = of_type(turn, "answer")
    assert (answer["topic"], answer["audience"]) == ("relapse_rates", "child")
    assert "10 in 100" in answer["text"]
    figure = next(s for s in answer["sentences"] if "10 in 100" in s["text"])
    assert "seed-article" in figure["sources"]
    assert turn["state"]["audience"] == "child"


def test_how_a_relapse_is_treated(person: Person) -> None:
    answer = of_type(person.say("how is a relapse treated"), "answer")
    assert answer["topic"] == "treatment_overview"


def test_the_last_topic_for_the_other_audience(person: Person) -> None:
    person.say("what are the odds it returns in kids")
    answer = of_type(person.say("and for adults?"), "answer")
    assert (answer["topic"], answer["audience"]) == ("relapse_rates", "adult")
    again = of_type(person.say("how many people relapse?"), "answer")
    assert again["audience"] == "adult", "the audience is remembered"


def test_tell_me_more_and_sources(person: Person) -> None:
    first = of_type(person.say("what is a relapse?"), "answer")
    more = of_type(person.say("tell me more"), "answer")
    assert more["entry"] == first["entry"]
    assert more["sentences"] != first["sentences"]
    sources = of_type(person.say("where is that from?"), "answer")
    assert sources["sources"]


def test_a_full_interview_in_12_turns_or_fewer(person: Person) -> None:
    said = [
        "I'd like to get ready for my appointment",
        "I am tired all the time",
        "about three weeks ago",
        "pretty bad, I sleep a lot",
        "much the same as back then",
        "no, that is all",
        "no, she is new",
        "vincristine and steroids in 2019, then radiation",
        "can I still work?",
        "yes, that is right",
    ]
    turns = [person.say(text) for text in said]
    assert len(said) <= 12
    assert of_type(turns[0], "question")["progress"]["step"] == 1
    assert types(turns[-1])[-1] == "summary"
    assert turns[-1]["state"]["interview"] is None
    summary = person.get("summary", format="json").json()
    text = person.get("summary", format="txt").text
    page = person.get("summary", format="html").text
    for words in (
        "tired all the time",
        "about three weeks ago",
        "pretty bad",
        "vincristine and steroids in 2019, then radiation",
        "can I still work?",
    ):
        assert words in text and words in page and words in str(summary)
    assert summary["symptoms"][0]["severity"]["value"] == "moderate"
    assert summary["symptoms"][0]["similar"]["value"] == "same"
    assert summary["doctor_knows"]["value"] == "no"


def test_control_of_the_interview(person: Person) -> None:
    person.tap("prepare_visit")
    person.say("bruises on my arms")
    onset = of_type(person.tap("back"), "question")
    assert onset["linkId"] == "sx.name"
    person.say("bruises on my arms")
    assert of_type(person.say("I don't know"), "question")["linkId"] == "sx.severity"
    asked = person.say("what does MRD mean?")
    assert of_type(asked, "answer")["topic"] == "mrd"
    assert of_type(asked, "question")["linkId"] == "sx.severity", "then the same question again"
    stopped = person.say("stop")
    assert stopped["state"]["interview"] is None
    assert of_type(person.tap("resume_interview"), "question")["linkId"] == "sx.severity"
    assert of_type(person.say("skip"), "question")["linkId"] == "sx.similar"
    assert "ruises" in person.get("summary", format="txt").text


def test_start_with_the_interview(new_person: NewPerson) -> None:
    opened = new_person(start="prepare_visit", timezone="Europe/Berlin", country="UK").session
    assert opened["messages"][-1]["type"] == "question"


def test_the_same_message_id_changes_nothing(person: Person) -> None:
    body = {"id": "one", "text": "what is a relapse?"}
    first, second = person.post(body).json(), person.post(body).json()
    assert first == second
    said = [m for m in person.get("history").json()["messages"] if m["type"] == "user"]
    assert len(said) == 1


def test_nothing_in_the_database_before_consent(
    bot: httpx.Client, new_person: NewPerson, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = next(tmp_path_factory.getbasetemp().glob("bot*/bot.db"))

    def is_stored(marker: str) -> bool:
        return marker in opened_file(database)

    marker = "zebrafish"
    person = new_person()
    person.say(f"what is a relapse, {marker}?")
    person.tap("prepare_visit")
    person.say(f"{marker} tiredness")
    assert not is_stored(marker) and not is_stored(person.session["session"])
    person.tap("consent_yes")
    assert is_stored(marker), "the conversation so far is stored with the consent"
    person.say("mild")
    assert marker in person.get("summary", format="txt").text
    refused = new_person()
    refused.tap("consent_no")
    assert of_type(refused.say("what is a quagga relapse?"), "answer")
    assert not is_stored("quagga") and not is_stored(refused.session["session"])
    assert bot.delete("/chat/session", headers=person.headers).status_code == 204
    assert not is_stored(marker)
    assert person.get("history").status_code == 401


def test_export_feedback_and_deletion_by_words(person: Person) -> None:
    answer = of_type(person.say("what is a relapse?"), "answer")
    given = person.client.post(
        "/chat/feedback",
        json={"message": answer["id"], "helpful": True, "comment": "clear"},
        headers=person.headers,
    )
    assert given.status_code == 204
    export: dict[str, Any] = person.get("export").json()
    assert export["feedback"][0]["comment"] == "clear"
    assert "token_hash" not in str(export)
    person.say("please delete my chat")
    person.tap("delete_conversation")
    assert person.get("history").status_code == 401
