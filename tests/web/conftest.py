"""Real Chromium, from the system; no download."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.conftest import ROOT, free_port, started_bot
from tests.web.site import served

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]
PHONE = "+1 555 010 0100"
DESK = {"width": 1000, "height": 800}
# One message of every kind, as the contract has them; no real content, so that this stays as it is.
EVERY_TYPE = yaml.safe_load((Path(__file__).parent / "messages.yml").read_text(encoding="utf-8"))
LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP " + event.violatedDirective + " " + event.blockedURI));
"""


def missing(what: str) -> None:
    """Skip the test where something it needs is not installed; fail it in CI."""
    message = f"{what} is missing: run `make test-services`"
    (pytest.fail if os.environ.get("CI") else pytest.skip)(message)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser; without one the test is skipped, and fails in CI."""
    if CHROMIUM is None:
        missing("chromium")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A bot as a clinic sets it up, and the websites that use it: (bot, websites)."""
    port = free_port()
    settings = {
        "CARE_TEAM_PHONE": PHONE,
        "ALLOWED_ORIGINS": f"http://localhost:{port}",
        "LEAVE_PAGE_URL": f"http://localhost:{port}/elsewhere",
    }
    with started_bot(tmp_path_factory.mktemp("clinic"), **settings) as bot:
        address = str(bot.base_url).rstrip("/")
        with served(port, address) as sites:
            yield address, sites


class Chat:
    """The chat in a browser of its own, and all that must not happen in it."""

    def __init__(self, browser: Browser, address: str, **look: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESK, **look})
        self.context.add_init_script(LISTEN)
        self.address = address
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self.page = self.tab()

    def tab(self) -> Page:
        """A further tab."""
        page = self.context.new_page()
        page.on("console", lambda m: m.type == "error" and self.faults.append(m.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        return page

    def open(self, more: str = "") -> Chat:
        """Go to the page, and open the panel where there is a button for it."""
        self.page.goto(self.address + more)
        launcher = self.page.get_by_role("button", name="Ask about ALL relapse")
        expect(self.page.locator(".app")).to_be_attached()
        if launcher.count():
            launcher.click()
        expect(self.page.locator("li.bot").first).to_be_visible()
        return self

    def say(self, text: str, then: str = "li.bot") -> None:
        """Type a message and wait until what it brings is there."""
        shown = self.page.locator(then).count()
        box = self.page.locator("textarea")
        box.fill(text)
        box.press("Enter")
        expect(self.page.locator(then).nth(shown)).to_be_attached()
        expect(self.page.locator(".status")).to_be_empty()

    def tap(self, name: str, then: str = "li.bot") -> None:
        """Press a button and wait until what it brings is there."""
        shown = self.page.locator(then).count()
        self.page.get_by_role("button", name=name, exact=True).last.click()
        expect(self.page.locator(then).nth(shown)).to_be_attached()
        expect(self.page.locator(".status")).to_be_empty()

    def more(self, name: str) -> None:
        """Press a button of the menu."""
        button = self.page.get_by_role("button", name=name, exact=True)
        if not button.is_visible():
            self.page.get_by_role("button", name="More", exact=True).click()
        button.click()

    def answer_with(self, messages: list[dict[str, Any]], *, call: str = "session") -> None:
        """Let the server begin with these messages (or answer with them: call="message")."""
        first = 1 if call == "session" else 4  # after the greeting and what the person said
        numbered = [{"id": f"m{n}", "seq": n, **m} for n, m in enumerate(messages, start=first)]
        body: dict[str, Any] = {"messages": numbered, "token": "t", "session": "s", "turn": 1}
        body["state"] = {"interview": None, "audience": None, "red_flag": None}

        def fulfil(route: Route) -> None:
            if route.request.method == "OPTIONS":
                route.fallback()
                return
            origin = route.request.headers.get("origin", "*")
            headers = {"Access-Control-Allow-Origin": origin}
            route.fulfill(status=201, json=body, headers=headers)

        self.context.route(f"**/chat/{call}", fulfil)


@pytest.fixture
def chat(browser: Browser, clinic: tuple[str, str]) -> Iterator[Callable[..., Chat]]:
    """Chats on the bot's own page, or with site="clinic" and the like on another website. What
    the browser complains about fails the test, unless the test takes it out of `faults`."""
    opened: list[Chat] = []

    def begin(site: str = "", **look: Any) -> Chat:
        bot, sites = clinic
        opened.append(Chat(browser, f"{sites}/{site}/" if site else f"{bot}/chat", **look))
        return opened[-1]

    yield begin
    known = {address.split("/")[2] for address in clinic} | {""}
    for one in opened:
        one.context.close()
        assert one.faults == [], "no script fault, nothing refused by the content security policy"
        assert one.hosts <= known, "nothing is asked of any other host"


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script; it is never shipped."""
    file = ROOT / "var/npm/axe-core/axe.min.js"
    if not file.exists():
        missing("npm package axe-core")
    return file.read_text(encoding="utf-8")
