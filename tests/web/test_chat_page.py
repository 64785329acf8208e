"""The chat page in a real browser, against the started bot."""

from __future__ import annotations

import httpx
from playwright.sync_api import Browser, expect


def test_a_person_can_use_the_page(bot: httpx.Client, browser: Browser) -> None:
    page = browser.new_page()
    faults: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda request: hosts.add(httpx.URL(request.url).host))
    page.goto(f"{bot.base_url}/chat")
    box = page.locator("relapse-chat textarea").first
    box.fill("what are the odds it returns in kids")
    box.press("Enter")
    expect(page.get_by_text("About 10 in 100 children with ALL relapse.")).to_be_visible()
    box.fill("I have chest pain")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Call the emergency number now.")
    assert faults == [], "no script fault, nothing refused by the content security policy"
    assert hosts <= {"127.0.0.1", ""}, hosts
