"""The FHIR R4 export: valid, in step with the script, no code that was not read in a guide."""

from __future__ import annotations

import copy
import datetime
import json
import subprocess
import sys

import pytest
import yaml
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from interview_person import Person
from r4_checks import questionnaire_faults, response_faults, walk

from bot.content.interview import Script
from bot.interview.fhir import TYPES, questionnaire
from bot.interview.fhir_response import Reporter, questionnaire_response
from tests.interview.summary_examples import ROOT, Patient, example_script, patients

NOW = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.timezone.utc)
BY_PATIENT = Reporter("patient", NOW, "interview-1")
SEEN = yaml.safe_load((ROOT / "tests/cases/fhir_codes.yml").read_text(encoding="utf-8"))
SYMPTOMS = {
    "fever": "386661006", "chills": "43724002", "fatigue": "84229001", "headache": "25064002",
    "night_sweats": "42984000", "breathlessness": "267036007", "chest_pain": "29857009",
    "confusion": "40917007", "dizziness": "404640003", "rash": "271807003", "cough": "49727002",
    "sore_throat": "267102003", "diarrhea": "62315008", "appetite_loss": "64379006",
}  # fmt: skip
SEVERITIES = {
    "none": "2667000", "mild": "255604002", "moderate": "1255665007", "severe": "24484000",
}  # fmt: skip


@pytest.fixture(params=["shipped", "example"])
def any_script(request: pytest.FixtureRequest, script: Script) -> Script:
    return script if request.param == "shipped" else example_script()


def test_questionnaire_is_valid(any_script: Script) -> None:
    made = questionnaire(any_script)
    Questionnaire.parse_obj(made)
    assert list(questionnaire_faults(made)) == []


def test_every_question_is_there_with_its_type(any_script: Script) -> None:
    items = {item["linkId"]: item for item in walk(questionnaire(any_script))}
    for question in any_script.questions:
        assert items[question.id]["type"] == TYPES[question.answer_type]
        if question.answer_type in ("choice", "open_choice"):
            assert len(items[question.id]["answerOption"]) >= len(question.choices)


@pytest.mark.parametrize("patient", patients(), ids=lambda patient: patient.id)
def test_response_is_valid(patient: Patient) -> None:
    QuestionnaireResponse.parse_obj(patient.response)
    assert list(response_faults(patient.response, questionnaire(example_script()))) == []


@pytest.mark.parametrize("patient", patients(), ids=lambda patient: patient.id)
def test_no_answer_and_no_word_is_lost(patient: Patient) -> None:
    told = json.dumps(patient.response, ensure_ascii=False)
    for answer in patient.answers:
        for line in answer.text.splitlines():
            assert json.dumps(line, ensure_ascii=False)[1:-1] in told or answer.status == "skipped"


def test_a_date_says_no_more_than_the_person_did() -> None:
    dates: dict[str, list[str]] = {}
    for item in walk(patients()[0].response):
        for answer in item.get("answer", []):
            if "valueDate" in answer:
                dates.setdefault(item["linkId"], []).append(answer["valueDate"])
    assert dates["sx.onset"] == ["2026", "2026-11", "2026-11-16", "2026"]  # season week day year
    assert dates["dx.date"] == ["2019-03"]


def test_only_codes_that_were_seen(any_script: Script) -> None:
    own = any_script.output.fhir.base
    fhir = any_script.output.fhir
    assert {name: code.code for name, code in fhir.symptoms.items()} == SYMPTOMS
    assert {name: code.code for name, code in fhir.choices["sx.severity"].items()} == SEVERITIES
    for item in walk(questionnaire(any_script)):
        codings = [*item.get("code", []), *(o["valueCoding"] for o in item.get("answerOption", []))]
        for coding in codings:
            is_own = coding["system"].startswith(own)
            assert is_own or coding["code"] in SEEN[coding["system"]], coding


def test_who_reported(person: Person) -> None:
    by_carer = questionnaire_response(person.script, [], Reporter("caregiver", NOW, "x"))
    assert by_carer["source"]["reference"] == "#carer"
    carer = by_carer["contained"][1]
    assert (carer["resourceType"], carer["patient"]) == ("RelatedPerson", {"reference": "#patient"})
    assert patients()[1].response["source"]["display"] == "Reported by the parent, not verified"
    assert list(response_faults(by_carer, questionnaire(person.script))) == []


def test_status_follows_the_interview(person: Person) -> None:
    asked = questionnaire(person.script)

    def status() -> str:
        made = questionnaire_response(person.script, person.history, BY_PATIENT)
        QuestionnaireResponse.parse_obj(made)
        assert list(response_faults(made, asked)) == []
        return str(made["status"])

    assert status() == "in-progress"
    person.says("fever for 2 weeks")
    assert status() == "in-progress"
    for _ in range(40):
        if person.asked is None:
            break
        person.says("skip")
    assert person.asked is None and status() == "completed"
    severity = next(a for a in person.history if a.link_id == "sx.severity")
    changed = type(severity)(
        **{**vars(severity), "message_id": "later", "status": "given", "value": "mild"}
    )
    person.history.append(changed)
    assert status() == "amended"


def test_the_own_checks_find_faults() -> None:
    """They are worth something: each of these is refused."""
    asked, good = questionnaire(example_script()), patients()[0].response
    broken = {
        "status": lambda r: r.update(status="done"),
        "unknown": lambda r: r["item"].append({"linkId": "x", "text": "x", "answer": []}),
        "order": lambda r: r["item"].reverse(),
        "more than one": lambda r: r["item"][0]["answer"].append(r["item"][0]["answer"][0]),
        "option": lambda r: r["item"][0]["answer"][0]["valueCoding"].update(code="no"),
        "authored": lambda r: r.update(authored="24.11.2026"),
        "contained": lambda r: r["contained"].append({"resourceType": "Patient", "id": "b"}),
    }
    for name, spoil in broken.items():
        spoilt = copy.deepcopy(good)
        spoil(spoilt)
        assert any(name in fault for fault in response_faults(spoilt, asked)), name


def test_the_command_prints_it() -> None:
    command = [sys.executable, "-m", "bot.interview", "questionnaire"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert json.loads(printed)["resourceType"] == "Questionnaire"
