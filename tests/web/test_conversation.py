"""A whole conversation in a real browser against the started bot, and what people do with it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.web.conftest import EVERY_TYPE, PHONE, Chat

NewChat = Callable[..., Chat]


def test_from_two_answers_to_deletion(chat: NewChat) -> None:
    one = chat().open()
    page = one.page
    one.tap("Yes, store it")
    one.say("what is a relapse?", "li.answer")
    one.say("how is a relapse treated", "li.answer")
    expect(
        page.locator("li.answer").last.get_by_text(re.compile(r"^\d+ sources?$"))
    ).to_be_visible()

    one.tap("Prepare a visit", "li.question")
    one.say("tired all the time since March", "li.question")
    expect(page.get_by_label("Your answer")).to_be_visible()
    one.say("what does MRD mean?", "li.question")
    expect(page.locator("li.answer")).to_have_count(3)
    asked = page.locator("li.question").last
    expect(asked).to_contain_text("how bad")
    asked.get_by_role("button", name="6", exact=True).click()
    expect(page.locator("li.question").last).not_to_contain_text("how bad")

    one.say("I have chest pain", "li.care_card")
    expect(page.get_by_role("alert")).to_contain_text("Call the emergency number now.")
    expect(page.get_by_role("link", name=re.compile("Call your care team")).first).to_be_visible()

    page.reload()
    expect(page.get_by_text("Welcome back. You began to prepare a visit")).to_be_visible()
    expect(page.locator("li.answer")).to_have_count(3)
    one.tap("Go on with the questions", "li.question")
    one.say("much the same as back then", "li.question")
    page.reload()
    expect(page.get_by_text(re.compile(r"You were at question \d+"))).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_visible()
    page.get_by_role("button", name="Go on with the questions").click()
    expect(page.locator("li.question").last).to_be_focused()
    one.tap("Back", "li.question")
    one.say("the same", "li.question")
    one.tap("Skip", "li.question")
    one.say("show my summary", "li.summary")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PDF").last.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    one.more("Delete my conversation")
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator("li.notice").filter(has_text="Your conversation was")).to_be_focused()
    expect(page.locator("li.answer")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("May I store this conversation")).to_be_visible()
    expect(page.locator("li.person")).to_have_count(0)


def test_start_with_the_interview_by_a_link(chat: NewChat) -> None:
    one = chat().open("?start=prepare_visit")
    expect(one.page.locator("li.question")).to_contain_text("What have you noticed?")


def test_feedback_with_a_word(chat: NewChat, clinic: tuple[str, str]) -> None:
    one = chat().open()
    one.say("what is a relapse?", "li.answer")
    answer = one.page.locator("li.answer")
    answer.get_by_role("button", name="No", exact=True).focus()
    with one.page.expect_response("**/chat/feedback") as sent:
        one.page.keyboard.press("Enter")
    assert sent.value.status == 204
    expect(answer.get_by_text("Thank you.", exact=True)).to_be_focused()
    answer.get_by_label("A word on why").fill("too long for me")
    with one.page.expect_response("**/chat/feedback") as sent:
        one.page.keyboard.press("Enter")
    assert sent.value.request.post_data_json["comment"] == "too long for me"
    assert sent.value.request.post_data_json["helpful"] is False
    expect(answer.get_by_text("Thank you. Your word was kept.")).to_be_focused()
    token = sent.value.request.headers["authorization"]
    kept = one.page.request.get(f"{clinic[0]}/chat/export", headers={"Authorization": token})
    assert [f["comment"] for f in kept.json()["feedback"]] == ["too long for me"]


def test_copy_and_print(chat: NewChat) -> None:
    one = chat(permissions=["clipboard-read", "clipboard-write"])
    # Paper is not to be had here: what would be printed is kept instead.
    one.context.add_init_script("window.print = () => { top.printed = document.body.innerText; }")
    one.open()
    one.say("what is a relapse? > 38 < 36", "li.answer")
    page = one.page
    page.locator("li.answer").get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    answer = page.evaluate("navigator.clipboard.readText()")
    assert "sources" in answer and "https://" in answer
    one.more("Copy the chat")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    whole = page.evaluate("navigator.clipboard.readText()")
    assert whole.startswith("AfterALL said: Hello.")
    assert "You said: what is a relapse? > 38 < 36" in whole and answer in whole
    one.more("Print the chat")
    printed = page.evaluate("window.printed")
    assert "printed on" in printed and "You said: what is a relapse? > 38 < 36" in printed


def test_text_size_is_kept_and_follows_nobody_else(chat: NewChat) -> None:
    one = chat().open()

    def size() -> float:
        return float(
            one.page.locator("li.bot p").first.evaluate(
                "e => parseFloat(getComputedStyle(e).fontSize)"
            )
        )

    normal = size()
    for _ in range(5):
        one.more("Larger text")
    expect(one.page.get_by_role("status").filter(has_text="Text size 200 %")).to_be_visible()
    assert size() == normal * 2
    one.page.reload()
    expect(one.page.locator("li.bot").first).to_be_visible()
    assert size() == normal * 2
    one.more("Smaller text")
    assert size() < normal * 2


def test_leave_this_page_by_button_and_by_key(chat: NewChat, clinic: tuple[str, str]) -> None:
    one = chat().open()
    page = one.page
    one.tap("Yes, store it")
    page.get_by_label("Your message").fill("SHORT")
    page.keyboard.type("Two Capitals ")
    assert page.url.endswith("/chat"), "capital letters do not leave"
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/elsewhere")
    expect(page.get_by_role("heading", name="Sunny")).to_be_visible()
    page.goto(f"{clinic[0]}/chat")
    expect(page.get_by_text("May I store this conversation")).to_be_visible()
    page.get_by_role("button", name="Leave this page").click()
    page.wait_for_url("**/elsewhere")


def test_new_messages_while_reading_further_up(chat: NewChat) -> None:
    one = chat(viewport={"width": 600, "height": 500}).open()
    page = one.page
    for _ in range(2):
        one.say("what is a relapse?", "li.answer")
    held: list[object] = []
    page.route("**/chat/message", lambda route: held.append(route))
    page.locator("textarea").fill("how is a relapse treated")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    page.locator(".log").evaluate("log => log.scrollTo({top: 0, behavior: 'instant'})")
    held[0].continue_()  # type: ignore[attr-defined]
    button = page.get_by_role("button", name="New messages")
    expect(button).to_be_visible()
    assert page.locator(".log").evaluate("log => log.scrollTop") == 0, "not torn away"
    button.click()
    expect(page.locator("li.answer").last).to_be_focused()
    expect(page.locator("li.answer").last.get_by_role("heading")).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_what_is_not_stored_ends_with_a_warning(chat: NewChat) -> None:
    one = chat()
    one.page.clock.install()
    one.open()
    one.page.clock.fast_forward(51 * 60 * 1000)
    expect(one.page.get_by_role("alert")).to_contain_text("ends in 10 minutes")
    with one.page.expect_response("**/chat/history") as kept:
        one.page.get_by_role("button", name="Keep it open").click()
    assert kept.value.ok
    expect(one.page.get_by_role("alert")).to_have_count(0)
    one.page.route("**/chat/message", lambda route: None)
    one.page.locator("textarea").fill("a slow question")
    one.page.keyboard.press("Enter")
    one.page.clock.fast_forward(6000)
    expect(one.page.get_by_text("Still working on it")).to_be_visible()
    one.page.clock.fast_forward(51 * 60 * 1000)
    expect(one.page.get_by_role("alert")).to_contain_text("ends in 10 minutes")


def test_the_phone_number_stays_where_it_is(chat: NewChat) -> None:
    one = chat()
    one.answer_with(EVERY_TYPE[:8], call="message")
    one.open()
    phone = one.page.locator(".header a.phone")
    place = phone.bounding_box()
    expect(phone).to_have_attribute("href", "tel:" + re.sub(r"[^\d+]", "", PHONE))
    one.more("Larger text")
    one.more("Smaller text")
    one.page.get_by_role("button", name="More", exact=True).click()
    one.say("anything")
    assert phone.bounding_box() == place


def test_dates_numbers_and_several_choices(chat: NewChat) -> None:
    """Each input sends words that the server reads like typed ones."""
    one = chat()
    one.answer_with([m for m in EVERY_TYPE if m["type"] == "question"])
    one.open()
    page = one.page
    sent: list[str] = []
    page.route(
        "**/chat/message",
        lambda route: (sent.append(route.request.post_data_json.get("text")), route.abort()),
    )
    asked = page.locator("li.question")
    expect(asked.first).to_contain_text("Question 3 of 9")
    when = asked.filter(has_text="When did it begin?")
    when.get_by_role("button", name="Continue").click()
    expect(when.get_by_text("Choose a date, or type it below")).to_be_visible()
    expect(when.get_by_label("Date")).to_be_focused()
    when.get_by_label("Date").fill("2026-03-02")
    when.get_by_role("button", name="Continue").click()
    expect(page.locator("li.person").last).to_contain_text("March 2, 2026")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    one.faults.clear()  # the refused call, on purpose
    assert sent == ["2026-03-02"]
