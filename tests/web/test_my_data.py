"""All that is kept, as a file, from the chat."""

from __future__ import annotations

import json

import httpx
from playwright.sync_api import Browser, expect

from tests.web.test_summary_on_page import opened, say


def test_everything_that_is_kept_can_be_downloaded(bot: httpx.Client, browser: Browser) -> None:
    faults: list[str] = []
    page = opened(bot, browser, faults)
    expect(page.locator("li.bot").last).to_be_visible()
    say(page, "what is a quokka relapse?")
    expect(page.locator("li.person").last).to_contain_text("quokka")
    say(page, "show my data")
    page.get_by_role("button", name="Download my data").last.click()
    notice = page.locator("li.notice").last
    expect(notice).to_contain_text("everything that is kept")
    for _ in range(2):  # it is no link that is used up
        with page.expect_download() as download:
            notice.get_by_role("button", name="Download my data").click()
        assert download.value.suggested_filename == "my-data.json"
        kept = json.loads(download.value.path().read_bytes())
        assert "quokka" in str(kept["messages"]) and "token_hash" not in str(kept)
    assert faults == []
    page.context.close()
