"""The picture of a rate and the folded list of words, in a real browser."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

COLOURS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}


@pytest.fixture(params=COLOURS)
def page(bot: httpx.Client, browser: Browser, request: pytest.FixtureRequest) -> Page:
    page = browser.new_page(**COLOURS[request.param])
    page.goto(f"{bot.base_url}/chat")
    return page


def ask(page: Page, text: str) -> None:
    box = page.locator("relapse-chat textarea").first
    box.fill(text)
    box.press("Enter")


def test_the_picture_of_a_rate(page: Page) -> None:
    ask(page, "what are the odds it returns in kids")
    name = "About 10 of 100 children with ALL relapse; some sources say up to 15"
    picture = page.get_by_role("img", name=name, exact=True)
    expect(picture).to_be_visible()
    people = picture.locator("g")
    expect(people).to_have_count(100)
    expect(picture.locator("g.marked")).to_have_count(10)
    rows = picture.evaluate(  # at one moment: the page may still scroll
        "svg => [...svg.querySelectorAll('g')].map(g => Math.round(g.getBoundingClientRect().y))"
    )
    assert len(set(rows)) == 10, "ten rows of ten"
    colours = [
        person.evaluate("element => getComputedStyle(element).fill")
        for person in (people.nth(0), people.nth(99))
    ]
    assert colours[0] != colours[1], "a marked person looks different"


def test_the_words_of_an_answer_are_explained(page: Page) -> None:
    ask(page, "who can get blinatumomab")
    folded = page.locator("li.answer details.terms")
    meaning = page.get_by_text("Refractory means that the leukemia did not respond to treatment.")
    expect(folded).to_have_count(1)
    expect(meaning).to_be_hidden()
    folded.get_by_text("Words used").press("Enter")
    expect(meaning).to_be_visible()
    expect(folded.locator("dt")).to_contain_text(["blinatumomab", "refractory"])
