"""The summary in the widget: print, download, and going on in another browser."""

from __future__ import annotations

import re

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.interview.summary_examples import GOLDEN


def opened(bot: httpx.Client, browser: Browser, faults: list[str]) -> Page:
    """The chat page in a browser of its own (nothing shared with the other one)."""
    page = browser.new_context().new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{bot.base_url}/chat")
    return page


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_five_symptoms_print_on_one_sheet(browser: Browser, paper: str) -> None:
    page = browser.new_page()
    page.goto((GOLDEN / "adult_many_symptoms.html").as_uri())
    assert len(pypdfium2.PdfDocument(page.pdf(format=paper))) == 1


def say(page: Page, text: str) -> None:
    box = page.locator("relapse-chat textarea").first
    box.fill(text)
    box.press("Enter")


def test_print_download_and_go_on_elsewhere(bot: httpx.Client, browser: Browser) -> None:
    faults: list[str] = []
    page = opened(bot, browser, faults)
    page.get_by_role("button", name="Prepare a visit", exact=True).click()
    expect(page.get_by_text("What have you noticed?").first).to_be_visible()
    say(page, "tired all the time for 3 weeks, mild")
    expect(page.locator("li.question").last).to_be_visible()
    say(page, "show my summary")
    sheet = page.locator("li.summary").last
    expect(sheet).to_contain_text("tired all the time")

    with page.expect_popup() as popup:
        sheet.get_by_role("button", name="Print").click()
    expect(popup.value.get_by_role("table")).to_contain_text("tired all the time")
    expect(popup.value.get_by_role("img")).to_be_visible()
    popup.value.close()
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Save as PDF").click()
    assert download.value.suggested_filename == "visit-summary.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    sheet.get_by_role("button", name="Print").click()
    expect(page.locator("li.summary")).to_have_count(2)  # the link was used: a new summary

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Other device").click()
    page.get_by_role("button", name="Show me a code").click()
    shown = page.locator("output.code")
    expect(shown).to_have_text(re.compile(r"^\w{4} \w{4}$"))
    other = opened(bot, browser, faults)
    other.get_by_role("button", name="More", exact=True).click()
    other.get_by_role("button", name="Other device").click()
    other.get_by_label("I have a code").fill("wrong")
    other.get_by_role("button", name="Go on with it").click()
    expect(other.get_by_role("alert").filter(has_text="This code is not known")).to_be_visible()
    other.get_by_label("I have a code").fill(shown.inner_text())
    other.get_by_label("I have a code").press("Enter")
    expect(other.get_by_role("dialog")).to_have_count(0)
    expect(other.get_by_text("You are back in your conversation.")).to_be_visible()
    expect(other.locator("li.question").last).to_be_visible()
    expect(other.locator("li.person").filter(has_text="tired all the time")).to_have_count(1)
    refused = [fault for fault in faults if "400" not in fault]  # the wrong code, on purpose
    assert refused == [], "no script fault, nothing refused by the content security policy"
