"""The widget on other websites, a hostile one among them; text that could be mistaken for code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import PHONE, Chat, missing
from tests.web.site import JQUERY

NewChat = Callable[..., Chat]
FIDELITY = '> 38 < 36 & * _ [ ] </b> "quoted" \\n `code` {{x}} ${x} é 😀 ‮ا \u00a0 two  spaces'
ATTACKS = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "<svg><script>window.hacked = 1</script></svg>",
    "<svg/onload=window.hacked=1>",
    "<math><mtext><table><mglyph><style><img src onerror=window.hacked=1>",
    '<noscript><p title="</noscript><img src=x onerror=window.hacked=1>">',
    "[click](javascript:window.hacked=1)",
    "\"><iframe srcdoc='<script>top.hacked = 1</script>'>",
    "{{constructor.constructor('window.hacked=1')()}}",
    'https://ok.example/"onmouseover="window.hacked=1',
    "javascript:window.hacked=1",
]
BAD_LINKS = [
    "javascript:window.hacked=1",
    "JaVaScRiPt:window.hacked=1",
    " javascript:window.hacked=1",
    "java\nscript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    "vbscript:x",
    "//evil.example",
    "http://evil.example",
]


def everything_with(text: str, href: str) -> list[dict[str, Any]]:
    """Each kind of message with this text in every field, and this address in every link."""
    choices = [{"label": text, "value": "v"}]
    source = {"id": "s", "title": text, "publisher": text, "url": href, "date": text}
    return [
        {"type": "text", "text": text},
        {"type": text, "text": text},
        {
            "type": "answer", "text": text, "title": text, "next": text, "checked_on": text,
            "sentences": [{"text": text}], "sources": [source], "choices": choices,
            "terms": [{"term": text, "means": text}],
            "figure": {"kind": text, "of": 3, "marked": 1, "label": text},
        },
        {"type": "choices", "text": text, "choices": choices, "multiple": True},
        {"type": "clarify", "text": text, "choices": choices},
        {"type": "declined", "text": text, "reason": text},
        {
            "type": "care_card", "text": text, "title": text, "level": "urgent", "bullets": [text],
            "contacts": [{"label": text, "href": href}, {"label": text, "href": href}],
            "sources": [source],
        },
        {"type": "confirm_red_flag", "text": text, "choices": choices},
        {
            "type": "question", "text": text, "input": "choice", "choices": choices,
            "progress": {"step": 1, "total": 2},
        },
        {
            "type": "summary", "text": f"{text}\n{text}\n- {text}",
            "downloads": [{"label": text, "url": href, "format": text}],
        },
        {"type": "notice", "text": text},
        {"type": "error", "text": text},
    ]  # fmt: skip


def test_no_text_is_code(chat: NewChat) -> None:
    """The attacks in every field of every kind, and in what the person types: all stay words."""
    one = chat()
    pairs = [(text, BAD_LINKS[number % len(BAD_LINKS)]) for number, text in enumerate(ATTACKS)]
    messages = [m for text, href in pairs for m in everything_with(text, href)]
    one.answer_with(messages)
    one.open()
    page = one.page
    expect(page.locator("li.bot")).to_have_count(len(messages))
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    for text, _ in pairs:
        assert page.get_by_text(text, exact=True).count() >= 15, text
    made = page.evaluate(
        """() => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          const bad = root.querySelectorAll("script, img, iframe, style, math, object, base");
          const links = [...root.querySelectorAll("[href], [src]")].map((e) => String(e.href));
          const handlers = [...root.querySelectorAll("*")].filter((e) =>
            e.getAttributeNames().some((name) => name.startsWith("on")));
          return {bad: bad.length, links, handlers: handlers.length, hacked: window.hacked};
        }"""
    )
    assert (made["bad"], made["handlers"], made.get("hacked")) == (0, 0, None)
    allowed = ("https://ok.example/", "tel:")
    assert all(link.startswith(allowed) for link in made["links"]), made["links"]


def test_a_real_answer_shows_every_character(chat: NewChat) -> None:
    """Through the running bot: what is typed, and what the summary quotes of it."""
    one = chat().open("?start=prepare_visit")
    page = one.page
    one.say(f"tired since March {FIDELITY}", "li.question")
    assert page.locator("li.person p").last.inner_text() == f"tired since March {FIDELITY}"
    one.say(ATTACKS[1], "li.bot")
    assert page.locator("li.person p").last.inner_text() == ATTACKS[1]
    one.say("show my summary", "li.summary")
    quoted = page.locator("li.summary").last.text_content() or ""
    for part in ("> 38 < 36 & * _ [ ] </b>", '"quoted"', "{{x}} ${x}", "😀"):
        assert part in quoted
    assert page.evaluate("window.hacked") is None


def test_every_character_of_an_answer(chat: NewChat) -> None:
    one = chat()
    one.answer_with(
        [{"type": "text", "text": FIDELITY}, {"type": "notice", "text": f"- {FIDELITY}"}]
    )
    one.open()
    shown = one.page.locator("li.bot .hidden-text + *").all_text_contents()
    assert [text.strip("\n") for text in shown] == [FIDELITY, FIDELITY]


def test_on_a_clinics_page_by_one_script_tag(chat: NewChat, clinic: tuple[str, str]) -> None:
    """The example of the embedding guide, from another origin, under its own strict policy."""
    one = chat("clinic").open()
    page = one.page
    expect(page.get_by_role("dialog", name="AfterALL")).to_be_visible()
    expect(page.get_by_role("link", name="Call your care team").first).to_have_attribute(
        "href", "tel:+15550100100"
    )
    assert PHONE in page.locator(".header a.phone").inner_text() or "Call" in page.content()
    one.tap("Yes, store it")
    one.say("what is a relapse?", "li.answer")
    colours = page.locator(".send").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colours == "rgb(31, 58, 104)", "the clinic's own"
    page.reload()
    page.get_by_role("button", name="Ask about ALL relapse").click()
    expect(page.locator("li.answer")).to_have_count(1)
    one.more("Delete my conversation")
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("Your conversation was deleted.")).to_be_visible()
    assert {host.split(":")[0] for host in one.hosts} <= {"127.0.0.1", "localhost", ""}


def test_a_website_that_was_not_allowed_shows_nothing(
    chat: NewChat, clinic: tuple[str, str]
) -> None:
    one = chat("clinic")
    one.address = one.address.replace("localhost", "127.0.0.1")
    one.page.goto(one.address)
    expect(one.page.get_by_role("heading", name="Leukemia service")).to_be_visible()
    one.page.wait_for_load_state("networkidle")
    assert one.page.locator("relapse-chat").count() == 0
    assert one.faults, "the browser says so"
    one.faults.clear()
    one.hosts.clear()


@pytest.fixture
def hostile(chat: NewChat) -> Page:
    if not JQUERY.exists():
        missing("npm package jquery")
    return chat("hostile").open().page


def test_on_a_hostile_page(hostile: Page) -> None:
    """A reset with !important, quirks mode, an old jQuery that grabs keys, clicks and focus."""
    panel = hostile.get_by_role("dialog", name="AfterALL")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None and box["width"] > 300 and box["height"] > 400
    area = hostile.get_by_label("Your message")
    area.press_sequentially("what is a relapse?")
    expect(area).to_have_value("what is a relapse?")
    area.press("Enter")
    expect(hostile.locator("li.answer")).to_be_visible()
    style = hostile.locator("li.answer p").first.evaluate(
        """(element) => {
          const { fontSize, textTransform, color, direction } = getComputedStyle(element);
          return [fontSize, textTransform, color, direction];
        }"""
    )
    assert style == ["17px", "none", "rgb(30, 43, 43)", "ltr"]
    hostile.get_by_role("button", name="No, do not store it").click()
    expect(hostile.get_by_text("Nothing is stored.")).to_be_visible()
    hostile.keyboard.press("Escape")
    expect(hostile.get_by_role("button", name="Ask about ALL relapse")).to_be_focused()
