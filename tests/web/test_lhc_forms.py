"""Questionnaire and answers load in LHC-Forms, the form widget of the US National Library of
Medicine, in a real browser; nothing is fetched from elsewhere."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bot.content.kept import kept_content
from bot.interview.fhir import questionnaire
from bot.settings import ROOT
from tests.interview.summary_examples import example_script, patients

LFORMS = ROOT / "var/npm/lforms/dist/lforms"
HOST = "http://lforms.test"
PAGE = """<!doctype html><html lang="en"><head><title>Form</title>
<link rel="stylesheet" href="/webcomponent/styles.css"></head><body><div id="form"></div>
<script src="/webcomponent/assets/lib/zone.min.js"></script>
<script src="/webcomponent/lhc-forms.js" type="module"></script>
<script src="/fhir/R4/lformsFHIR.min.js" type="module"></script></body></html>"""
LOAD = """async ([asked, given]) => {
  let form = LForms.Util.convertFHIRQuestionnaireToLForms(asked, "R4");
  if (given) form = LForms.Util.mergeFHIRDataIntoLForms("QuestionnaireResponse", given, form, "R4");
  await LForms.Util.addFormToPage(form, "form");
  return LForms.Util.getFormFHIRData("QuestionnaireResponse", "R4");
}"""


@pytest.fixture
def forms(browser: Browser) -> Page:
    """A page with LHC-Forms; without it the test is skipped, and fails in CI."""
    if not LFORMS.exists():
        missing = "npm package lforms is missing: run `make test-services`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto(f"{HOST}/")
    page.wait_for_function("window.LForms?.Util && window.LForms?.FHIR?.R4", timeout=20_000)
    return page


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(HOST).split("?")[0]
    file = Path(f"{LFORMS}{path}")
    if path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    elif route.request.url.startswith(HOST) and file.is_file():
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(body=file.read_bytes(), content_type=kind)
    else:
        route.abort()


def told(item: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    """Each answer of a response, with the linkIds that lead to it; units as their codes."""
    found = []
    for child in item.get("item", []):
        place = f"{path}/{child['linkId']}"
        found += told(child, place)
        for answer in child.get("answer", []):
            value = next(iter(v for k, v in answer.items() if k.startswith("value")))
            keys = ("code", "value") if isinstance(value, dict) else ()
            found.append((place, str([value.get(k) for k in keys] if keys else value)))
    return found


def test_questionnaire_and_answers_load(forms: Page) -> None:
    """The shipped interview is drawn; answers come back as they went in."""
    forms.evaluate(LOAD, [questionnaire(kept_content(ROOT / "content").interview), None])
    expect(forms.get_by_text("What have you noticed?").first).to_be_visible()
    given = patients()[0].response
    back = forms.evaluate(LOAD, [questionnaire(example_script()), given])
    expect(forms.get_by_text("Which leukemia?").first).to_be_visible()
    lost = [answer for answer in told(given) if answer not in told(back)]
    # Its date field has no months or years alone; the words beside the date come back.
    assert all(re.fullmatch(r"\d{4}(-\d\d)?", value) for _, value in lost), lost
    assert len(told(given)) > 50
