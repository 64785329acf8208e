"""The made-up patients of tests/cases/summary_patients.yml, and the files made from them.

`python -m tests.interview.summary_examples` writes the golden files and docs/summary.png anew;
look at the changes before you commit them.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import yaml

from bot.content.files import Problems
from bot.content.interview import Script, read_interview
from bot.content.interview_items import Choice, Condition, Question
from bot.interview.answers import Answer
from bot.interview.fhir import questionnaire
from bot.interview.fhir_response import Reporter, questionnaire_response
from bot.interview.summary import Summary, summary, to_json
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text
from bot.interview.summary_pdf import to_pdf

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/summary_patients.yml"
GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Patient:
    """One made-up patient."""

    id: str
    today: datetime.date
    reported_by: str
    red_flags: tuple[str, ...]
    answers: tuple[Answer, ...]

    @property
    def summary(self) -> Summary:
        return summary(
            example_script(),
            self.answers,
            reported_by=self.reported_by,
            today=self.today,
            red_flags=self.red_flags,
        )

    @property
    def response(self) -> dict[str, Any]:
        authored = datetime.datetime.combine(
            self.today, datetime.time(9, 30), datetime.timezone.utc
        )
        reporter = Reporter(reported_by=self.reported_by, authored=authored, identifier=self.id)
        return questionnaire_response(example_script(), self.answers, reporter)


@cache
def example_script() -> Script:
    """The shipped symptoms and layout with the questions of the cases."""
    problems = Problems()
    shipped = read_interview(ROOT / "content", problems)
    assert problems.lines == []
    items = yaml.safe_load(CASES.read_text(encoding="utf-8"))["questions"]
    return replace(shipped, version="example", questions=tuple(map(_question, items)))


def _question(item: dict[str, Any]) -> Question:
    ask = item["ask"]
    return Question(
        id=item["id"],
        group=item.get("group"),
        label=item["label"],
        ask=ask,
        ask_proxy=ask,
        rephrase=ask,
        rephrase_proxy=ask,
        why="-",
        answer_type=item["type"],
        takes_questions=item.get("takes_questions", False),
        units=tuple(item.get("units", ())),
        choices=tuple(Choice(value=v, label=x) for v, x in item.get("choices", {}).items()),
        ask_when=tuple(
            Condition(question=q, operator=operator, answer=answer)
            for q, operator, answer in item.get("when", [])
        ),
        can_skip=True,
        reviewed_by=None,
    )


def patients() -> list[Patient]:
    """All of them."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))["patients"]
    return [
        Patient(
            case["id"],
            case["today"],
            case["reported_by"],
            tuple(case["red_flags"]),
            tuple(_answer(row, number) for number, row in enumerate(case["answers"])),
        )
        for case in cases
    ]


def _answer(row: list[Any], number: int) -> Answer:
    plain = {True: "yes", False: "no"}  # as YAML reads them
    name, text, *rest = [plain[v] if isinstance(v, bool) else v for v in row]
    link_id, _, repeat = name.partition(":")
    value = rest[0] if rest else text
    status = rest[1] if len(rest) > 1 else "given"
    return Answer(link_id, int(repeat or 0), f"m{number}", status, text, value)


def golden_files() -> dict[str, str]:
    """Name and text of each golden file, as it is made now."""

    def written(value: Any) -> str:
        return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

    made = {"questionnaire.fhir.json": written(questionnaire(example_script()))}
    for patient in patients():
        made[f"{patient.id}.txt"] = to_text(patient.summary)
        made[f"{patient.id}.html"] = to_html(patient.summary)
        made[f"{patient.id}.json"] = written(to_json(patient.summary))
        made[f"{patient.id}.fhir.json"] = written(patient.response)
    return made


def picture(pdf: bytes, *, scale: float = 1.6) -> Any:
    """The first page of a PDF as a picture."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil()


def main() -> None:
    """Write them."""
    GOLDEN.mkdir(exist_ok=True)
    for name, text in golden_files().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
    page = picture(to_pdf(patients()[0].summary))
    page.quantize(32).save(ROOT / "docs/summary.png", optimize=True)


if __name__ == "__main__":
    main()
