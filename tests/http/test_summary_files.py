"""The summary as files, and going on from another device, over HTTP on the started bot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pypdfium2
import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from tests.conftest import Person, of_type, started_bot, types
from tests.sealed import opened_file

NewPerson = Callable[..., Person]
MEDIA = {
    "json": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
    "fhir": "application/fhir+json",
    "txt": "text/plain",
}


def begun(person: Person) -> Person:
    """An interview with its first answer."""
    person.tap("prepare_visit")
    person.say("bruises on my </b><script> legs since Monday")
    return person


def code_of(person: Person) -> str:
    answer = person.client.post("/chat/resume-code", json={}, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def test_no_interview_no_summary(person: Person) -> None:
    for kind in MEDIA:
        assert person.get("summary", format=kind).status_code == 404
    assert person.get("summary", format="docx").json()["error"]["code"] == "unknown_format"


def test_every_format_by_token(person: Person) -> None:
    begun(person)
    for kind, media in MEDIA.items():
        answer = person.get("summary", format=kind)
        assert answer.status_code == 200, kind
        assert answer.headers["content-type"].split(";")[0] == media
    page = person.get("summary", format="html")
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    response = QuestionnaireResponse.parse_obj(person.get("summary", format="fhir").json())
    assert response.status == "in-progress"
    pdf = pypdfium2.PdfDocument(person.get("summary", format="pdf").content)
    assert len(pdf) == 1
    assert "Bruises" in pdf[0].get_textpage().get_text_range()


def test_links_are_for_one_use_and_one_format(person: Person) -> None:
    begun(person)
    shown = of_type(person.say("show my summary"), "summary")
    links = {d["format"]: d["url"] for d in shown["downloads"]}
    assert set(links) == set(MEDIA)
    nobody = person.client
    forged = links["json"].replace("format=json", "format=html")
    assert nobody.get(forged).status_code == 410
    assert nobody.get(links["json"][:-4] + "AAAA").status_code == 410
    for kind, url in links.items():
        first = nobody.get(url)
        assert first.status_code == 200, kind
        assert first.headers["content-type"].startswith(MEDIA[kind])
        assert nobody.get(url).json()["error"]["code"] == "link_over"
    assert nobody.get("/chat/summary?format=json").status_code == 401
    assert "key_hash" not in person.get("export").text


def test_red_flags_stand_on_the_summary_with_advice_and_time(new_person: NewPerson) -> None:
    person = begun(new_person(timezone="America/New_York"))
    card = of_type(person.say("and I have chest pain"), "care_card")
    flags = person.get("summary").json()["red_flags"]
    assert "chest pain" in flags[-1] and card["title"] in flags[-1]
    assert "UTC" not in flags[-1]


def test_going_on_in_another_session(person: Person, new_person: NewPerson) -> None:
    begun(person)
    code = code_of(person)
    assert len(code) == 8 and not set(code) & set("01OILUV")
    elsewhere = new_person(resume=f" {code[:4].lower()}-{code[4:]} ")
    assert elsewhere.session["session"] == person.session["session"]
    asked = elsewhere.session["messages"][-1]
    assert (asked["type"], asked["linkId"]) == ("question", "sx.severity")
    assert of_type(elsewhere.say("mild"), "question")
    said = [m["text"] for m in person.get("history").json()["messages"] if m["type"] == "user"]
    assert "mild" in said, "one conversation, both sessions"
    again = person.client.post("/chat/session", json={"resume": code})
    assert (again.status_code, again.json()["error"]["code"]) == (400, "unknown_code")


def test_a_new_code_takes_the_place_of_the_old_one(person: Person) -> None:
    begun(person)
    old = code_of(person)
    code_of(person)
    assert person.client.post("/chat/session", json={"resume": old}).status_code == 400


def test_code_without_an_interview_and_without_a_session(person: Person) -> None:
    opened = person.client.post("/chat/session", json={"resume": code_of(person)})
    assert [m["type"] for m in opened.json()["messages"]] == ["notice"]
    assert person.client.post("/chat/resume-code", json={}).status_code == 401


def test_a_new_process_days_later(
    bot: httpx.Client, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A new process with the same database, as after a restart: with consent everything is there
    again; without it nothing was ever in the database."""
    stored, private = begun(Person(bot)), begun(Person(bot))
    private.say("moderate zebrafish")
    private_code, code = code_of(private), code_of(stored)
    stored.say("mild")
    stored.tap("consent_yes")  # the code moves to the database with the conversation
    with sqlite3.connect(tmp_path / "bot.db") as later:
        with sqlite3.connect(next(tmp_path_factory.getbasetemp().glob("bot*/bot.db"))) as now:
            now.backup(later)
        dump = "".join(later.iterdump()) + opened_file(tmp_path / "bot.db")
        assert "zebrafish" not in dump
        assert code not in dump and private_code not in dump, "only as hashes"
        later.execute("UPDATE conversations SET last_used_at = datetime(last_used_at, '-23 hours')")
        later.execute("UPDATE interview_answers SET at = datetime(at, '-9 days')")
    with started_bot(tmp_path) as client:
        stored.client = client
        assert client.get("/chat/history", headers=private.headers).status_code == 401
        assert client.post("/chat/session", json={"resume": private_code}).status_code == 400
        assert "Bruises" in stored.get("summary", format="txt").text
        fresh = Person(client, resume=code)
        again = fresh.session["messages"][-1]
        assert again["linkId"] == "sx.severity", "a week later it is asked again"
        assert "your answer was: “Mild”" in again["text"]
        done = fresh.tap(next(c["value"] for c in again["choices"] if c["value"].endswith("keep")))
        assert of_type(done, "question")["linkId"] == "sx.similar"
        for _ in range(40):
            if "summary" in types(done):
                break
            done = fresh.say("skip")
        last = Person(client, resume=code_of(fresh)).session["messages"][-1]
        assert last["type"] == "summary", "an interview that is over is shown, not begun again"
        assert client.delete("/chat/session", headers=fresh.headers).status_code == 204
        with sqlite3.connect(tmp_path / "bot.db") as database:
            assert fresh.session["session"] not in "".join(database.iterdump())
        tries = [client.post("/chat/session", json={"resume": "AAAAAAAA"}) for _ in range(40)]
        assert {t.status_code for t in tries} == {400, 429}, "codes cannot be tried out"
