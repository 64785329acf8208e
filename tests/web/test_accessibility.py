"""WCAG 2.2 AA, as far as a machine can tell: axe in every state and look, target sizes, reflow,
zoom, forced colours, everything by keyboard, and what a screen reader gets.

`make test` checks each state in light, and the contrast of each in the other looks;
`make test-web` runs all of axe in all of them.
`python -m pytest tests/web/test_accessibility.py --golden` writes the golden files anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import DESK, EVERY_TYPE, Chat

NewChat = Callable[..., Chat]
GOLDEN = Path(__file__).parent / "golden"
EVERYTHING = bool(os.environ.get("EVERY_LOOK"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "320 px": {"width": 320, "height": 640},
    "400 %": {"width": 320, "height": 200},  # 1280 by 800, four times as large
}
# What another look can change: colours in dark, the layout in a narrow window (layout_faults).
RULES_OF_LOOKS = {"dark": ["color-contrast"]}
# What axe cannot decide by itself, and why each is right.
EXPLAINED = {
    "color-contrast": "left undecided where something else overlaps the text (the header over what "
    "is scrolled, a dialog), and in forced colours, which are the person's own; every contrast is "
    "measured by contrast_faults as well",
}
TARGET_PX = 44


def run_axe(page: Page, rules: list[str] | None) -> tuple[list[str], dict[str, Any], int]:
    """Violations, what axe could not decide (rule: where), and how many checks passed."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(
        "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations', 'incomplete']})",
        only,
    )
    violations = [
        f"{v['id']}: {n['target']} {n['failureSummary']}"
        for v in found["violations"]
        for n in v["nodes"]
    ]
    undecided = {v["id"]: [n["target"] for n in v["nodes"]] for v in found["incomplete"]}
    return violations, undecided, len(found["passes"])


def states(one: Chat) -> Iterator[str]:
    """Every state of the chat, one after the other."""
    page = one.page
    launcher = page.get_by_role("button", name="Ask about ALL relapse")
    if launcher.count():
        yield "closed"
        launcher.click()
    expect(page.locator("li.bot")).to_have_count(len(EVERY_TYPE))
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    yield "every type of message"
    page.locator("li.answer").get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_label("A word on why")).to_be_visible()
    when = page.locator("li.question").filter(has_text="When did it begin?")
    when.get_by_role("button", name="Continue").click()
    several = page.locator("li.question").filter(has_text="Which of these?")
    several.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="More", exact=True).click()
    yield "faulty input, feedback, menu"
    page.get_by_role("button", name="Delete my conversation").click()
    yield "deletion"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Other device").click()
    yield "other device"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    held: list[Route] = []
    page.route("**/chat/message", lambda route: held.append(route))
    page.locator("textarea").fill("a question\nin two lines")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="looking this up")).to_be_visible()
    yield "answering"
    page.locator(".log").evaluate("log => log.scrollTo({top: 0, behavior: 'instant'})")
    held[0].abort()
    expect(page.get_by_role("button", name="Retry")).to_be_attached()
    one.faults.clear()
    yield "failed"


@pytest.fixture(params=["full page", "widget"])
def prepared(chat: NewChat, axe: str, request: pytest.FixtureRequest) -> Chat:
    """A chat with every type of message; the checker is put in past the page's own policy."""
    one = chat("clinic" if request.param == "widget" else "", bypass_csp=True)
    one.answer_with(EVERY_TYPE)
    one.context.route(
        "**/chat/feedback",
        lambda route: (
            route.fulfill(status=204, headers={"Access-Control-Allow-Origin": "*"})
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    one.page.goto(one.address)
    expect(one.page.locator(".app")).to_be_attached()
    one.page.evaluate(axe)
    return one


def look(page: Page, wanted: dict[str, Any]) -> None:
    """Change the device, not the conversation."""
    page.set_viewport_size(
        {
            "width": wanted.get("width", DESK["width"]),
            "height": wanted.get("height", DESK["height"]),
        }
    )
    page.emulate_media(
        color_scheme=wanted.get("color_scheme", "light"),
        forced_colors=wanted.get("forced_colors", "none"),
        reduced_motion="reduce",
    )


def test_axe_finds_nothing_in_any_state(prepared: Chat) -> None:
    page = prepared.page
    faults: list[str] = []
    for state in states(prepared):
        for name, wanted in LOOKS.items():
            look(page, wanted)
            measured = layout_faults(page) + (contrast_faults(page) if name != "forced" else [])
            faults += [f"{state}, {name}: {f}" for f in measured]
            rules = None if EVERYTHING or name == "light" else RULES_OF_LOOKS.get(name, [])
            if rules == []:
                continue
            violations, incomplete, passes = run_axe(page, rules)
            assert passes or state == "closed", "axe looked at something"
            faults += [f"{state}, {name}: {v}" for v in violations]
            for rule, where in incomplete.items():
                if rule not in EXPLAINED:
                    faults += [f"{state}, {name}: undecided {rule} at {where}"]
        look(page, LOOKS["light"])
    assert faults == [], "\n".join(dict.fromkeys(faults))


def layout_faults(page: Page) -> list[str]:
    """Controls smaller than 44 px, and anything that goes beyond the width of the window."""
    found: list[str] = page.evaluate(
        """(least) => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          const faults = [];
          const name = (e) => e.tagName + "." + e.className + " " + e.textContent.slice(0, 30);
          const controls = "button, a[href], summary, input, textarea, label.box";
          for (const e of root.querySelectorAll(controls)) {
            const box = e.getBoundingClientRect();
            const isInline = e.type === "checkbox" || e.closest("p");
            if (!box.width || isInline || !e.checkVisibility()) continue;
            if (Math.min(box.width, box.height) < least - 0.5)
              faults.push(`${Math.round(box.width)}x${Math.round(box.height)} px ${name(e)}`);
          }
          const frames = root.querySelectorAll(".panel, .log, li, .header, form");
          for (const e of [document.scrollingElement, ...frames]) {
            if (e.clientWidth && e.scrollWidth > e.clientWidth + 1)
              faults.push(`too wide ${name(e)}`);
          }
          return faults;
        }""",
        TARGET_PX,
    )
    return found


def contrast_faults(page: Page) -> list[str]:
    """Text below 4.5:1 (large text 3:1), and borders of inputs and buttons below 3:1."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          const light = (part) => {
            const value = part / 255;
            return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          };
          const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const luminance = (colour) => {
            const [r, g, b] = parts(colour).map(light);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ratio = (one, other) => {
            const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
          };
          const behind = (e) => {
            for (let up = e; up && up !== root; up = up.parentNode) {
              const colour = getComputedStyle(up).backgroundColor;
              if ((parts(colour)[3] ?? 1) === 1) return colour;
            }
            return "rgb(255, 255, 255)";
          };
          const faults = [];
          for (const e of root.querySelectorAll(".app *")) {
            const box = e.getBoundingClientRect();
            if (box.width <= 1 || !e.checkVisibility({visibilityProperty: true})) continue;
            const style = getComputedStyle(e);
            const words = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
            const size = parseFloat(style.fontSize);
            const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            const found = words.length ? ratio(style.color, behind(e)) : 99;
            if (found < (isLarge ? 3 : 4.5))
              faults.push(`contrast ${found.toFixed(2)} ${e.className} ${words[0].data}`);
            if (!e.matches("textarea, input:not([type=checkbox]), .choice")) continue;
            const border = ratio(style.borderTopColor, behind(e.parentNode));
            if (border < 3) faults.push(`border ${border.toFixed(2)} ${e.className}`);
          }
          return faults;
        }"""
    )
    return found


# -- by keyboard ---------------------------------------------------------------------------


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(
        page.evaluate(
            """() => {
              let e = document.activeElement;
              while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
              const label = e.labels?.[0]?.textContent ?? e.getAttribute("aria-label");
              return (label ?? e.textContent).trim();
            }"""
        )
    )


def ring(page: Page) -> bool:
    """Is the focus to be seen, not behind something that sticks? Scrolling may take a moment."""
    for _ in range(20):
        if ring_now(page):
            return True
        page.wait_for_timeout(50)
    return False


def ring_now(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => {
              const root = document.querySelector("relapse-chat").shadowRoot;
              const e = root.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(e);
              const box = e.getBoundingClientRect();
              const middle = box.x + box.width / 2;
              const top = root.elementFromPoint(middle, box.y + Math.min(box.height, 20) / 2);
              const isSeen = e.contains(top) || top?.contains(e);
              return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && isSeen;
            }"""
        )
    )


def tab_to(page: Page, name: str, key: str = "Tab", most: int = 40) -> None:
    """Press Tab until the thing with this name has the focus; each stop shows its ring."""
    for _ in range(most):
        page.keyboard.press(key)
        assert ring(page), f"no focus to be seen on {focused(page)!r}"
        if focused(page).startswith(name):
            return
    raise AssertionError(f"{name!r} is not reached by {key}; the focus is on {focused(page)!r}")


def test_everything_by_keyboard_on_the_page(chat: NewChat) -> None:
    one = chat(reduced_motion="reduce").open()
    page = one.page
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(focused(page))
    assert order == [
        "Call your care team +1 555 010 0100",
        "Prepare a visit",
        "More",
        "Leave this page",
        "Conversation",
        "Prepare a doctor's visit",
        "Signs of a relapse",
        "How a relapse is treated",
        "Outlook after a relapse",
        "Yes, store it",
        "No, do not store it",
        "Your message",
    ]
    page.keyboard.type("what is a relapse?")
    page.keyboard.press("Enter")
    expect(page.locator("li.answer")).to_be_visible()
    assert focused(page) == "Your message", "the focus stays where people write"
    tab_to(page, "Copy", "Shift+Tab")
    tab_to(page, "No", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you.", exact=True)).to_be_focused()
    tab_to(page, "A word on why")
    page.keyboard.type("hard words")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your word was kept.")).to_be_focused()
    page.locator("details.terms, .provenance details").last.locator("summary").focus()
    page.keyboard.press("Space")
    expect(page.locator("li.answer .provenance a").first).to_be_visible()

    page.get_by_label("Your message").focus()
    tab_to(page, "Yes, store it", "Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("You chose: Yes, store it")).to_be_focused()
    tab_to(page, "Prepare a visit", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("li.question")).to_be_visible()
    tab_to(page, "Your answer")
    page.keyboard.type("tired since March")
    page.keyboard.press("Enter")
    expect(page.locator("li.question").last).to_contain_text("how bad")
    for number, name in enumerate(("7", "Back", "Moderate", "I’m not sure", "Skip"), start=3):
        page.get_by_label("Your answer").focus()
        tab_to(page, name, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("li.question")).to_have_count(number)
    tab_to(page, "More", "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, "Delete my conversation")
    page.keyboard.press("Enter")
    for _ in range(4):  # the dialog keeps the focus (or gives it to the browser's own bar)
        assert focused(page) in ("Keep it", "Yes, delete it")
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert focused(page) == "Delete my conversation"
    page.keyboard.press("Escape")
    assert focused(page) == "More", "Escape folds the menu"
    expect(page.get_by_role("button", name="Delete my conversation")).to_be_hidden()


def test_the_widget_by_keyboard(chat: NewChat) -> None:
    one = chat("clinic", reduced_motion="reduce")
    page = one.page
    page.goto(one.address)
    expect(page.locator(".app")).to_be_attached()
    page.keyboard.press("Tab")
    assert focused(page) == "Ask about ALL relapse"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body"), "a closed panel is no stop"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.locator("li.bot").first).to_be_visible()
    page.keyboard.type("what is a relapse?")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_label("Your message")).to_have_value("what is a relapse?\n")
    page.keyboard.press("Enter")
    expect(page.locator("li.answer")).to_be_visible()
    tab_to(page, "Close chat", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ask about ALL relapse")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask about ALL relapse")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li.answer")).to_have_count(1)


# -- by ear --------------------------------------------------------------------------------


def golden(request: pytest.FixtureRequest, name: str, part: Locator) -> None:
    """Compare what a screen reader gets with the file."""
    file = GOLDEN / f"{name}.yml"
    found = part.aria_snapshot() + "\n"
    if request.config.getoption("--golden"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8"), f"{name}: see --golden"


def test_what_a_screen_reader_gets(chat: NewChat, request: pytest.FixtureRequest) -> None:
    one = chat()
    one.answer_with(EVERY_TYPE)
    one.open()
    page = one.page
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    golden(request, "messages", page.locator(".log"))
    page.get_by_role("button", name="More", exact=True).click()
    golden(request, "header", page.locator(".header"))
    golden(request, "composer", page.locator("form.composer"))
    page.get_by_role("button", name="Delete my conversation").click()
    golden(request, "deletion", page.get_by_role("dialog"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Other device").click()
    golden(request, "other_device", page.get_by_role("dialog"))


def test_the_frame_of_the_widget(chat: NewChat, request: pytest.FixtureRequest) -> None:
    one = chat("clinic")
    one.answer_with(EVERY_TYPE[:1])
    one.page.goto(one.address)
    expect(one.page.locator(".app")).to_be_attached()
    golden(request, "widget_closed", one.page.locator("body"))
    one.open()
    golden(request, "widget_open", one.page.get_by_role("dialog"))


def test_each_message_is_announced_once(chat: NewChat) -> None:
    """The log, there from the start, gets one item for each message and no letter by letter."""
    one = chat().open()
    page = one.page
    page.evaluate(
        """() => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          window.added = [];
          new MutationObserver((changes) => {
            for (const {addedNodes} of changes)
              for (const node of addedNodes) added.push(node.className);
          }).observe(root.querySelector("[role=log] ol"), {childList: true});
        }"""
    )
    one.say("what is a relapse?", "li.answer")
    one.say("I have chest pain", "li.care_card")
    assert page.evaluate("added") == ["person", "bot answer", "person", "bot care_card"]
    log = page.get_by_role("log")
    assert log.get_attribute("aria-label") == "Conversation"
    assert log.get_by_role("alert").count() == 1, "only the emergency is called out at once"


def test_nothing_moves_for_those_who_want_no_motion(chat: NewChat) -> None:
    one = chat(reduced_motion="reduce").open()
    moving = one.page.evaluate(
        """() => {
          const root = document.querySelector("relapse-chat").shadowRoot;
          root.querySelector(".status").classList.add("moving");
          const all = [...root.querySelectorAll("*")];
          return all.flatMap((e) => e.getAnimations({subtree: true})).length;
        }"""
    )
    assert moving == 0
    assert one.page.locator(".log").evaluate("e => getComputedStyle(e).scrollBehavior") == "auto"
