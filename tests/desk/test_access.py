"""Keys, drafts, sessions that end in mid-work, and the pages of one's own access."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browsers import PHONE, Somebody
from tests.desk.given import BASE, case_of, name_of, place_of

pytestmark = pytest.mark.long

REVOKED, SEEN = 33, 5
"""The customers of these tests; the second has a complaint."""
CARD = f"{BASE}/calls/{place_of(REVOKED)}"
NOTE = "wants to be called by Mr Zhang, after six"


def chosen(page: Page) -> int:
    """Which row is; -1: none."""
    return int(
        page.evaluate(
            "[...document.querySelectorAll('.rows > .row')]"
            ".findIndex((row) => row.classList.contains('chosen'))"
        )
    )


def note_of(page: Page) -> str:
    return page.locator("form[id^=outcome-] textarea").first.input_value()


def test_single_keys_move_and_find_and_are_told(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=f"{BASE}/today")
    page = person.page
    expect(page.locator(".rows > .row").nth(2)).to_be_visible()
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert chosen(page) == row
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys dl")).to_contain_text("Find a customer")
    person.check()
    page.keyboard.press("j")
    assert chosen(page) == 1
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("j?k/")
    expect(page.locator("#find")).to_have_value("j?k/")
    assert chosen(page) == 1


def test_single_keys_can_be_switched_off(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=f"{BASE}/today")
    page = person.page
    page.locator("details.me summary").click()
    page.locator("[data-keys-switch]").uncheck()
    page.reload()
    expect(page.locator(".rows > .row").first).to_be_visible()
    page.keyboard.press("j")
    assert chosen(page) == -1


def test_who_is_signed_out_in_mid_work_loses_nothing(somebody: Somebody) -> None:
    person, elsewhere = somebody(), somebody()
    person.sign_in("agent", to=CARD)
    page = person.page
    page.locator("form[id^=outcome-] textarea").first.fill(NOTE)
    page.reload()
    assert note_of(page) == NOTE
    page.locator("form[id^=outcome-] input[name=outcome]").first.check()
    elsewhere.sign_in("agent", to="/password")
    elsewhere.page.get_by_role("button", name="Sign out everywhere else").click()
    expect(elsewhere.page.get_by_role("status").first).to_contain_text("signed out everywhere")
    page.get_by_role("button", name=re.compile("Report it")).first.click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    person.check()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    other = replace(person, page=opened.value)
    other.page.fill("#username", "agent")
    other.page.fill("#password", person.password)
    other.page.click("button.primary")
    other.page.wait_for_url(re.compile("/calls/"))
    page.go_back()
    assert note_of(page) == NOTE
    page.get_by_role("button", name=re.compile("Report it")).first.click()
    expect(page.locator("#decision")).to_be_visible()
    page.goto(f"{person.url}{CARD}")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => /^draft:/.test(key))") == []


def test_after_a_sign_out_no_way_back_shows_a_customer(somebody: Somebody) -> None:
    person, name = somebody(), name_of(SEEN)
    person.sign_in("manager", to=f"{BASE}/today")
    page = person.page
    seen = (
        f"calls/{place_of(SEEN)}",
        f"customers/{place_of(SEEN)}",
        f"cases/{case_of(SEEN)}",
        "complaints",
    )
    for place in seen:
        person.open(f"{BASE}/{place}")
        expect(page.locator("#main")).to_contain_text(name)
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    for place in reversed(seen):
        page.evaluate("history.back()")
        expect(page).to_have_url(re.compile(rf"/sign-in\?next={BASE}/{place}$"))
        assert name not in page.content()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("place", ["password", "trail"])
def test_the_pages_of_access_are_for_everybody(
    somebody: Somebody, place: str, language: str
) -> None:
    person = somebody(language=language)
    person.sign_in("manager", to=f"/{place}")
    page = person.page
    if page.locator("html").get_attribute("lang") != ("zh-CN" if language == "zh" else "en"):
        page.locator("details.me summary").click()
        page.locator("button[name=language]").click()
        page.wait_for_load_state()
    person.check()
    person.shoot(f"{place}-{language}")
    if place == "trail":
        page.locator("form[action='/trail/verify'] button").click()
        expect(page.locator(".notice.good")).to_be_visible()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
