"""`python -m tests.web.pictures`: takes the pictures of the chat in docs/pictures anew, from a
started bot. `python -m tests.web.pictures FOLDER` puts them elsewhere."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT, started_bot
from tests.web.conftest import ARGUMENTS, CHROMIUM

DESK = {"width": 900, "height": 900}
TALL = {"width": 900, "height": 1200}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780}, "device_scale_factor": 2, "has_touch": True,
}  # fmt: skip


def say(page: Page, text: str) -> None:
    """Type a message and wait for the answer."""
    box = page.locator("relapse-chat textarea").first
    replies = page.locator("li.bot").count()
    box.fill(text)
    box.press("Enter")
    expect(page.locator("li.bot").nth(replies)).to_be_visible()
    expect(page.locator(".status")).to_be_empty()
    page.wait_for_timeout(700)  # smooth scrolling


def tap(page: Page, name: str) -> None:
    """Press a button of the chat."""
    replies = page.locator("li.bot").count()
    page.get_by_role("button", name=name, exact=True).last.click()
    expect(page.locator("li.bot").nth(replies)).to_be_visible()
    page.wait_for_timeout(700)


def greeting(page: Page) -> None:
    expect(page.get_by_text("May I store this conversation")).to_be_visible()
    page.wait_for_timeout(500)


def answer(page: Page) -> None:
    greeting(page)
    say(page, "what are the odds it returns in kids")
    page.locator(".provenance summary").click()
    page.locator("li.person").last.scroll_into_view_if_needed()
    page.wait_for_timeout(700)
    page.locator("textarea").focus()


def emergency(page: Page) -> None:
    greeting(page)
    say(page, "my son has a temperature of 38.6 and is shivering")


def question(page: Page) -> None:
    greeting(page)
    tap(page, "Prepare a visit")
    say(page, "tired all the time since March")


def summary(page: Page) -> None:
    question(page)
    for text in ("6", "much the same as back then", "no, that is all", "no, a new doctor"):
        say(page, text)
    for text in ("vincristine and steroids in 2019, then radiation", "can I still work?", "yes"):
        say(page, text)
    expect(page.locator("li.summary")).to_be_visible()


PICTURES: dict[str, tuple[Callable[[Page], None], dict[str, Any]]] = {
    "greeting": (greeting, {"viewport": DESK}),
    "answer": (answer, {"viewport": TALL}),
    "emergency": (emergency, {"viewport": DESK}),
    "question": (question, {"viewport": DESK}),
    "summary": (summary, {"viewport": TALL}),
    "dark": (answer, {"viewport": TALL, "color_scheme": "dark"}),
    "phone": (question, PHONE),
}


def take(browser: Browser, address: str, folder: Path, names: list[str]) -> None:
    """The named pictures, each from a browser of its own."""
    for name in names:
        walk, look = PICTURES[name]
        page = browser.new_context(**look).new_page()
        page.goto(f"{address}/chat")
        walk(page)
        page.mouse.move(5, 300)  # no button under the pointer
        page.screenshot(path=folder / f"{name}.png")
        page.close()


def main(arguments: list[str]) -> None:
    """Start a bot, take all pictures, stop it."""
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    phone = {"CARE_TEAM_PHONE": "+1 555 010 0100"}
    with (
        tempfile.TemporaryDirectory() as place,
        started_bot(Path(place), **phone) as bot,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, str(bot.base_url), folder, list(PICTURES))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
