"""Slow, failing and doubled requests, two tabs, and what the page weighs."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import Chat

NewChat = Callable[..., Chat]
WIDGET_KB, FIRST_PAINT_KB = 25, 100
INDICATOR_MS = 200


def test_it_shows_within_200_ms_that_it_answers(chat: NewChat) -> None:
    one = chat().open()
    held: list[Route] = []
    one.page.route("**/chat/message", lambda route: held.append(route))
    one.page.locator("textarea").fill("what is a relapse?")
    took = one.page.evaluate(
        """() => new Promise((done) => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          const status = root.querySelector("[role=status].status");
          const begun = performance.now();
          new MutationObserver(() => status.textContent && done(performance.now() - begun))
            .observe(status, {childList: true, characterData: true, subtree: true});
          root.querySelector("form.composer").requestSubmit();
        })"""
    )
    assert took < INDICATOR_MS
    expect(one.page.get_by_role("status").filter(has_text="looking this up")).to_be_visible()
    held[0].continue_()
    expect(one.page.locator("li.answer")).to_be_visible()


def test_a_failed_message_is_kept_and_sent_once(chat: NewChat) -> None:
    """The connection fails before, and then after the server took it."""
    one = chat().open()
    page = one.page
    ids: list[str] = []

    def fail(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        if len(ids) == 1:
            route.abort()
        elif len(ids) == 2:
            route.fetch()  # the server answers, the answer is lost
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/message", fail)
    page.locator("textarea").fill("what is a relapse?")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    for _ in range(2):
        expect(alert).to_contain_text("It is kept here.")
        page.get_by_role("button", name="Retry").click()
    expect(page.locator("li.answer")).to_have_count(1)
    expect(page.locator("li.person")).to_have_count(1)
    assert len(ids) == 3 and len(set(ids)) == 1, "one message under one id"
    assert len([f for f in one.faults if "ERR_FAILED" in f]) == len(one.faults)
    one.faults.clear()


def test_offline_until_sent(chat: NewChat) -> None:
    one = chat().open()
    one.context.set_offline(True)
    one.page.locator("textarea").fill("what is a relapse?")
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_role("alert")).to_contain_text("Check your connection")
    one.context.set_offline(False)  # it goes by itself
    expect(one.page.locator("li.answer")).to_have_count(1)
    one.faults.clear()


def test_what_the_server_refuses_comes_back_into_the_box(chat: NewChat) -> None:
    one = chat().open()
    page = one.page
    error = {"error": {"code": "too_large", "message": "The message is too long."}}
    page.route("**/chat/message", lambda route: route.fulfill(status=413, json=error))
    page.locator("textarea").fill("a long story")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The message is too long.")
    expect(page.locator("textarea")).to_have_value("a long story")
    one.faults.clear()


def test_a_turn_that_failed_can_be_tried_again(chat: NewChat) -> None:
    one = chat()
    one.answer_with(
        [{"type": "error", "text": "Something went wrong on our side."}], call="message"
    )
    one.open()
    one.say("what is a relapse?", "li.error")
    one.context.unroute("**/chat/message")
    one.tap("Try again", "li.answer")
    expect(one.page.locator("li.person")).to_have_count(1)


def test_nothing_is_sent_twice_by_quick_fingers(chat: NewChat) -> None:
    one = chat().open()
    bodies: list[str] = []
    one.page.on(
        "request", lambda r: r.url.endswith("/message") and bodies.append(r.post_data or "")
    )
    one.page.locator("textarea").fill("what is a relapse?")
    one.page.get_by_role("button", name="Send").dblclick()
    expect(one.page.locator("li.answer")).to_have_count(1)
    one.page.get_by_role("button", name="Yes, store it").dblclick()
    expect(one.page.get_by_text("Thank you. I store this conversation")).to_be_visible()
    one.page.get_by_role("button", name="Prepare a visit", exact=True).dblclick()
    expect(one.page.locator("li.question")).to_have_count(1)
    assert len(bodies) == 3
    expect(one.page.get_by_role("button", name="Show my summary")).to_be_visible()


def test_quick_messages_keep_their_order(chat: NewChat) -> None:
    one = chat().open()
    for number in range(4):
        one.page.locator("textarea").fill(f"hello number {number}")
        one.page.keyboard.press("Enter")
    expect(one.page.locator("li.bot")).to_have_count(2 + 4)
    said = one.page.locator("li.person p").all_inner_texts()
    assert said == [f"hello number {number}" for number in range(4)]


def test_two_tabs_of_one_conversation(chat: NewChat) -> None:
    one = chat().open()
    one.tap("Yes, store it")
    with one.context.expect_page():
        one.page.evaluate("window.open('/chat')")  # a new tab gets a copy of what this one stored
    other: Page = one.context.pages[-1]
    expect(other.locator("li.person, .chosen")).not_to_have_count(0)
    other.locator("textarea").fill("what is a relapse?")
    other.keyboard.press("Enter")
    expect(other.locator("li.answer")).to_have_count(1)
    one.say("how is a relapse treated", "li.answer")
    expect(one.page.locator("li.answer")).to_have_count(2)
    said = one.page.locator("li.person p").all_inner_texts()
    assert said[-2:] == ["what is a relapse?", "how is a relapse treated"]


def test_a_session_that_is_over_keeps_what_was_typed(chat: NewChat) -> None:
    one = chat().open()
    one.say("what is a relapse?", "li.answer")
    error = {"error": {"code": "unknown_session", "message": "Over."}}
    one.context.route("**/chat/message", lambda route: route.fulfill(status=401, json=error))
    one.page.locator("textarea").fill("and then?")
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_role("alert")).to_contain_text("It is kept in the box below.")
    expect(one.page.locator("textarea")).to_have_value("and then?")
    one.context.unroute("**/chat/message")
    expect(one.page.get_by_text("May I store this conversation")).to_have_count(2)
    one.page.keyboard.press("Enter")
    expect(one.page.locator("li.answer, li.clarify, li.declined, li.text").last).to_be_visible()
    one.faults.clear()


def test_what_the_page_weighs(chat: NewChat, clinic: tuple[str, str]) -> None:
    answer = httpx.get(f"{clinic[0]}/chat/widget.js", headers={"Accept-Encoding": "gzip"})
    widget = len(gzip.compress(answer.content, 9))
    assert int(answer.headers["content-length"]) <= widget + 100, "it is sent compressed"
    assert widget <= WIDGET_KB * 1000
    one = chat()
    sizes: list[int] = []
    one.page.on("requestfinished", lambda r: sizes.append(sum(r.sizes().values())))
    one.open()
    one.page.wait_for_load_state("networkidle")
    total = sum(sizes)
    assert 0 < total <= FIRST_PAINT_KB * 1000
    assert len(sizes) == 4, "page, style, script, session"
