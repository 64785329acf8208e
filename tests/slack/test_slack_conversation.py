"""What people do in Slack, against the bot as `make run` starts it and a strict fake Slack."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Person
from tests.sealed import opened_file
from tests.slack.fake_slack import (
    FakeSlack,
    SlackPerson,
    elements_of,
    event_of,
    labels_of,
    post_signed,
    texts_of,
)

NewSlacker = Callable[[], SlackPerson]
PERSONAL = ("channel_links", "channel_consents", "conversations")
STEERING = {"Back", "I'm not sure", "Skip", "Stop"}


def is_question(message: dict[str, Any]) -> bool:
    return message["blocks"][0]["type"] == "context" and "Question" in str(message["blocks"][0])


def is_card(message: dict[str, Any]) -> bool:
    return any(b["type"] == "header" and "mergency care" in str(b) for b in message["blocks"])


def test_a_question_and_a_follow_up(slacker: SlackPerson) -> None:
    said = slacker.say("What are the signs that my leukemia has come back?", wait=3)
    greeting, consent, answer = said
    assert "automated program" in greeting["text"]
    assert "Slack keeps its own copy" in consent["text"]
    assert labels_of(consent) == ["Yes, store it", "No, do not store it"]
    assert answer["blocks"][0]["type"] == "header"
    assert any("Facts collected on" in str(block) for block in answer["blocks"])
    assert "<https://" in str(answer["blocks"]), "sources are links"
    (more,) = slacker.press("Tell me more")
    assert more["text"] != answer["text"]
    left = slacker.slack.of(slacker.user)[2]
    assert labels_of(left) == [] and "You chose: Tell me more" in str(left["blocks"])
    assert len(slacker.say("how is a relapse treated")) == 1, "no second greeting or consent"


def test_entities_formats_and_slashes_are_read_as_the_person_wrote_them(
    new_slacker: NewSlacker,
) -> None:
    for text in (
        "temp &gt; 38.6 &amp; chills",
        "/stop{} *chest pain*",
        "<@U0BOT> I cant _breathe_",
    ):
        said = new_slacker().say(text)
        assert is_card(said[0]), texts_of(said)


def test_an_emergency_comes_before_the_greeting(slacker: SlackPerson) -> None:
    card, *rest = slacker.say("I have chest pain", wait=3)
    assert is_card(card) and "Emergency care" in str(card["blocks"][0]), "urgency in words"
    assert "<tel:" in str(card["blocks"]) or "local emergency number" in card["text"]
    assert "automated program" in rest[-2]["text"]


def test_an_interview_with_every_input_and_an_emergency_in_the_middle(
    slacker: SlackPerson,
) -> None:
    slacker.say("hello", wait=3)
    slacker.press("Yes, store it")
    slacker.press("Prepare a doctor's visit", until=is_question)
    said = slacker.press("Ask me all questions", until=is_question)
    kinds: list[str] = []
    while is_question(said[-1]):
        assert len(kinds) < 80
        kinds.append(kind_of(said[-1], kinds))
        said = ANSWERS[kinds[-1]](slacker, said[-1])
        if is_card(said[0]):
            assert "paused" in said[-1]["text"]
            said = slacker.press("I have done that", until=is_question)
    assert set(kinds) == set(ANSWERS)
    summary = said[-1]
    assert summary["blocks"][0]["type"] == "header"
    assert "chest pain" in str(summary["blocks"]).lower() and "3 November 2026" in str(summary)
    until = time.monotonic() + 15
    while not (files := [f for f in slacker.slack.files if f["channel_id"] == slacker.channel]):
        assert time.monotonic() < until, "no file"
        time.sleep(0.05)
    assert files[0]["content"].startswith(b"%PDF") and files[0]["filename"].endswith(".pdf")


def kind_of(asked: dict[str, Any], before: list[str]) -> str:
    """By what a question is answered in Slack; an emergency and one change come once."""
    kinds = {element["type"] for element in elements_of(asked)}
    if len(before) == 2:
        return "emergency"
    if "Type the number" in str(asked["blocks"]):
        return "number"
    if any(label.startswith("Change 1") for label in labels_of(asked)):
        return "done" if "change" in before else "change"
    for kind in ("checkboxes", "datepicker"):
        if kind in kinds:
            return kind
    return "button" if set(labels_of(asked)) - STEERING else "text"


def is_end(message: dict[str, Any]) -> bool:
    is_paused = "paused" in message["text"]
    return is_question(message) or is_paused or "Notes for the doctor" in message["text"]


def press_first(slacker: SlackPerson, asked: dict[str, Any]) -> list[dict[str, Any]]:
    own = [label for label in labels_of(asked) if label not in STEERING]
    return slacker.press("No, that is all" if "No, that is all" in own else own[0], until=is_end)


ANSWERS: dict[str, Callable[[SlackPerson, dict[str, Any]], list[dict[str, Any]]]] = {
    "emergency": lambda person, _: person.say(
        "about a week ago, and now I have chest pain", until=is_end
    ),
    "number": lambda person, _: person.say("37.2 C", until=is_end),
    "change": lambda person, asked: person.press(
        next(label for label in labels_of(asked) if label.startswith("Change 2")), until=is_end
    ),
    "done": lambda person, _: person.press("Yes, this is right", until=is_end),
    "datepicker": lambda person, _: person.pick_date("2026-11-03", until=is_end),
    "checkboxes": lambda person, asked: person.tick(*labels_of(asked)[:2], until=is_end),
    "button": press_first,
    "text": lambda person, _: person.say("some words", until=is_end),
}


def test_going_on_with_a_conversation_of_the_web_page(
    slacker: SlackPerson, new_person: Callable[..., Person]
) -> None:
    web = new_person(start="prepare_visit")
    web.say("quokka tiredness since March")
    code = web.client.post("/chat/resume-code", headers=web.headers).json()["code"]
    said = slacker.say(f"{code[:4]} {code[4:]}", wait=2)
    assert "quokka" not in str(said), "nothing of it in Slack before the person agreed to Slack"
    assert labels_of(said[-1]) == ["Yes, store it", "No, do not store it"]
    said = slacker.press("Yes, store it", wait=3)
    assert "back in your conversation" in said[1]["text"]
    assert is_question(said[-1])
    slacker.press("Severe")
    assert "Severe" in web.get("summary", format="txt").text, "the same conversation"
    wish = web.client.post("/chat/resume-code", headers=web.headers).json()["code"]
    refuser = SlackPerson(slacker.slack, slacker.bot)
    refuser.say("hello", wait=3)
    refuser.press("No, do not store it")
    assert "May I also store" in refuser.say(f"resume {wish}", wait=2)[-1]["text"]
    refused = refuser.press("No, do not store it", wait=2)
    assert "leave your earlier conversation" in refused[-1]["text"]
    again = slacker.say(f"resume {code[:4]}-{code[4:]}")
    assert "not known" in again[0]["text"], "a code is good once"


def test_eight_letters_are_a_word_first(slacker: SlackPerson) -> None:
    slacker.say("hello", wait=3)
    slacker.press("No, do not store it")
    assert "code" not in slacker.say("headache")[0]["text"]


def test_consent_is_asked_once_and_a_no_is_kept_over_conversations(
    slacker: SlackPerson, database: Path
) -> None:
    slacker.say("what is a narwhal relapse?", wait=3)
    slacker.press("No, do not store it")
    slacker.say("what is a narwhal relapse?")
    assert not is_stored("narwhal", database)
    asked = [m for m in slacker.slack.of(slacker.user) if "May I also store" in m["text"]]
    assert len(asked) == 1


def test_deletion(slacker: SlackPerson, database: Path) -> None:
    slacker.say("what is an axolotl relapse?", wait=3)
    assert not is_stored("axolotl", database), "nothing is stored before consent"
    before = [rows_of(table, database) for table in PERSONAL]
    slacker.press("Yes, store it")
    assert is_stored("axolotl", database)
    assert [rows_of(table, database) for table in PERSONAL] == [count + 1 for count in before]
    (asked,) = answered_command(slacker, "delete")
    assert "The copy that Slack keeps stays" in asked["text"]
    (gone,) = slacker.press("Yes, delete it")
    assert "Slack still has its own copy" in gone["text"]
    assert not is_stored("axolotl", database)
    assert [rows_of(table, database) for table in PERSONAL] == before, "nothing of the person"
    *opening, old = slacker.press("Tell me more", wait=3)
    assert "conversation that is over" in old["text"] and "copy" in opening[1]["text"]


def test_slash_commands(slacker: SlackPerson) -> None:
    note = slacker.command("I have chest pain").json()
    assert note["response_type"] == "ephemeral" and "\n" in note["text"], "the card at once"
    assert is_card(slacker.heard(3)[0])
    slacker.settled(0)
    assert is_question(answered_command(slacker, "prepare")[-1])
    assert answered_command(slacker, "summary")[0]["blocks"][0]["type"] == "header"
    assert "in your own words" in answered_command(slacker, "")[0]["text"]
    assert answered_command(slacker, "what is MRD?")[0]["blocks"][0]["type"] == "header"
    code = re.search(r"\b([A-Z0-9]{4} [A-Z0-9]{4})\b", answered_command(slacker, "code")[0]["text"])
    assert code is not None
    resumed = Person(slacker.bot, resume=code[1]).session
    assert "back in your conversation" in resumed["messages"][0]["text"]
    public = [m for m in slacker.slack.messages if m["channel"].startswith("C")]
    assert public == [], "nothing is posted in a channel"


def test_a_mention_in_a_channel_gets_a_note_that_only_its_writer_sees(
    slacker: SlackPerson, slack: FakeSlack
) -> None:
    event = {
        "type": "app_mention", "channel": "C0PUBLIC", "user": slacker.user, "ts": "1.2",
        "text": "<@U0BOT> I have chest pain",
    }  # fmt: skip
    assert post_signed(slacker.bot, event_of(event)).status_code == 200
    until = time.monotonic() + 10
    while not (notes := [n for n in slack.notes if n["user"] == slacker.user]):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert "direct message" in notes[0]["text"] and "chest" not in notes[0]["text"]
    assert slack.of(slacker.user) == []


def test_the_home_says_what_it_does_and_begins(slacker: SlackPerson, slack: FakeSlack) -> None:
    opened = {"type": "app_home_opened", "user": slacker.user, "channel": slacker.channel,
              "tab": "home"}  # fmt: skip
    assert post_signed(slacker.bot, event_of(opened)).status_code == 200
    until = time.monotonic() + 10
    while slacker.user not in slack.homes:
        assert time.monotonic() < until
        time.sleep(0.02)
    view = slack.homes[slacker.user]
    assert "emergency number" in str(view) and "never in a channel" in str(view)
    button = next(e for e in elements_of(view) if e["value"] == "prepare_visit")
    press = {
        "type": "block_actions", "user": {"id": slacker.user}, "team": {"id": "T0TEAM"},
        "trigger_id": "1.home", "container": {"type": "view"}, "view": view,
        "actions": [{**button, "action_ts": "1.1"}],
    }  # fmt: skip
    assert post_signed(slacker.bot, press).status_code == 200
    assert is_question(slacker.heard(4)[-1])


@pytest.mark.parametrize("text", ["", "see my result"])
def test_a_file_is_not_read_and_that_is_said(slacker: SlackPerson, text: str) -> None:
    slacker.send(slacker.event(text, subtype="file_share", files=[{"id": "F1", "name": "x.png"}]))
    slacker.heard(3)
    assert "cannot open files" in slacker.settled(0)[-1]["text"]


def test_an_edit_is_not_read_but_screened(slacker: SlackPerson) -> None:
    slacker.say("what is MRD?", wait=3)

    def edit(text: str) -> dict[str, Any]:
        return event_of({
            "type": "message", "subtype": "message_changed", "hidden": True,
            "channel": slacker.channel, "channel_type": "im", "ts": "9.9",
            "message": {"user": slacker.user, "text": text, "ts": "1.1",
                        "edited": {"user": slacker.user, "ts": str(time.time())}},
            "previous_message": {"user": slacker.user, "text": "what is MRD?", "ts": "1.1"},
        })  # fmt: skip

    before = len(slacker.slack.of(slacker.user))
    slacker.send(edit("what is MRD in children?"))
    assert "send it again" in slacker.heard(1, before)[0]["text"]
    slacker.send(edit("I have chest pain"))
    assert is_card(slacker.heard(2, before)[1])


def answered_command(slacker: SlackPerson, text: str) -> list[dict[str, Any]]:
    before = len(slacker.slack.of(slacker.user))
    answered = slacker.command(text)
    assert answered.status_code == 200 and "direct message" in answered.json()["text"]
    slacker.heard(1, before)
    return slacker.settled(before)


def is_stored(marker: str, database: Path) -> bool:
    return marker in opened_file(database)


def rows_of(table: str, database: Path) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
