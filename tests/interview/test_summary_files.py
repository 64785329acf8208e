"""The summary as files of two made-up patients, and as a page that is looked at."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from bot.interview.answers import Answer
from bot.interview.summary import Summary
from bot.interview.summary_html import to_html
from bot.interview.summary_page import to_text
from bot.interview.summary_pdf import to_pdf
from bot.interview.timeline import timeline
from tests.interview.summary_examples import GOLDEN, golden_files, patients, picture

MADE = golden_files()
ADULT = patients()[0]


def told(*answers: tuple[str, str, Any], red_flags: tuple[str, ...] = ()) -> Summary:
    """The summary of the adult patient with these answers besides or instead."""
    rows = [
        Answer(q, 0, f"x{n}", "given", text, value) for n, (q, text, value) in enumerate(answers)
    ]
    return replace(ADULT, answers=(*ADULT.answers, *rows), red_flags=red_flags).summary


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("name", sorted(MADE))
def test_golden_file(name: str) -> None:
    """After a wanted change: `python -m tests.interview.summary_examples`, and look at the diff."""
    assert MADE[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_pdf_is_one_page_with_something_on_it() -> None:
    pdf = to_pdf(ADULT.summary)
    assert len(ADULT.summary.symptoms) == 5
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    page = picture(pdf, scale=1).convert("L")
    width, height = page.size
    assert (width, height) == (596, 842), "A4"
    inked = page.point(lambda tone: 255 if tone < 128 else 0).getbbox()
    assert inked[0] > 30 and inked[2] < width - 30, "nothing runs out at the sides"
    assert inked[1] < 60 and inked[3] > height - 40, "from the title to the foot"
    assert page.crop((60, 440, 500, 530)).getextrema()[0] < 128, "the timeline is drawn"


def test_pdf_is_tagged_and_selectable_with_its_fonts() -> None:
    pdf = to_pdf(ADULT.summary)
    document = pypdfium2.PdfDocument(pdf)
    raw = pypdfium2.raw
    assert raw.FPDFCatalog_IsTagged(document.raw), "tagged"
    assert b"pdfuaid" in pdf, "marked PDF/UA-1"
    text = re.sub(r"\s+", " ", text_of(pdf))
    for words in ("Reported by the patient by chatbot, not verified", "Tiredness", "my shins ache",
                  "Which tests do I need now, and when?", "about 10 November 2026"):  # fmt: skip
        assert words in text
    fonts = set()
    for part in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(part.raw)
        fonts.add(raw.FPDFFont_GetIsEmbedded(font))
    assert fonts == {1}, "embedded"


@pytest.mark.parametrize(
    "words",
    [
        "Очень болит спина", "Πονάει η πλάτη μου", "ظهري يؤلمني", "כואב לי הגב", "背中が痛い",
        "我的背很痛", "등이 아파요", "Źle się czuję, ąęłż", "đau lưng quá",
    ],
)  # fmt: skip
def test_letters_of_other_languages(words: str) -> None:
    pdf = to_pdf(told(("reason", words, words)))
    assert b"pdfuaid" in pdf, "every letter has a font"
    found = text_of(pdf)
    assert all(letter in found for letter in words if letter.isalnum())


@pytest.mark.parametrize(
    "words",
    [
        "</b><script>alert(1)</script>",
        "#panic() $x$ *b* _i_ `raw` @label <label> \\ #set page(fill: red) #read(\"/etc/passwd\")",
        "{{ 7*7 }} ${7*7} %s {0} {version}",
        "“quotes” 'and' \"more\" & ampersands &amp;",
        "\u202eright to left override\u202c",
        "🙂 emoji and \ue000 private letters",
        "line\nbreaks\r\nand\ttabs",
    ],
)  # fmt: skip
def test_words_stay_words(words: str) -> None:
    made = told(("reason", words, words), ("q", words, words), red_flags=(words,))
    page = to_html(made)
    assert "<script" not in page and "<label" not in page
    assert to_text(made).count(words.split()[0]) >= 2
    text = text_of(to_pdf(made))
    for word in words.split():
        assert not word.isascii() or word.strip("_") in text.replace("\u200b", "")


def test_very_long_words_stay_on_a_page() -> None:
    long = "terribly " * 400
    made = told(
        ("reason", long, long), ("meds", "x" * 4000, "x"), ("sx.name", long, "other"),
        ("sx.similar-note", long, long),
    )  # fmt: skip
    document = pypdfium2.PdfDocument(to_pdf(made))
    assert len(document) <= 2
    assert "shortened" not in to_text(made) and long.strip() in to_text(made), "whole as text"
    assert "in the text file" in to_html(made)
    pictures = [page.render(scale=1).to_pil().convert("L") for page in document]
    for page in pictures:
        inked = page.point(lambda tone: 255 if tone < 128 else 0).getbbox()
        assert inked[2] < page.size[0] - 30


def test_timeline_never_leaves_its_axis() -> None:
    for patient in patients():
        made = timeline(patient.summary.symptoms, patient.today)
        assert made is not None
        for bar in made.bars:
            assert 0 <= bar.earliest <= bar.latest <= 1
        places = [place for place, _ in made.ticks]
        assert places == sorted(places) and 2 <= len(places) <= 7 and places[-1] == 1


def test_no_date_no_timeline() -> None:
    empty = replace(ADULT, answers=()).summary
    assert timeline(empty.symptoms, ADULT.today) is None
    assert "<svg" not in to_html(empty)
    assert "not answered" in text_of(to_pdf(empty))
