"""Complaints and one case, as staff use them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browsers import PHONE, Somebody, Staff
from tests.desk.given import BASE, case_of, place_of

pytestmark = pytest.mark.long

LIST = f"{BASE}/complaints"
SEEN, BY_KEYS, TWO, WITHOUT_SCRIPTS, PRINTED, FILED = 4, 5, 6, 7, 8, 9
"""The complaints of these tests, and the customer of whom one more is filed."""


def address_of(number: int) -> str:
    return f"{BASE}/cases/{case_of(number)}"


def opened(person: Staff, number: int, username: str = "agent", language: str = "en") -> Page:
    person.sign_in(username, to=address_of(number))
    page = spoken(person.page, language)
    expect(page.locator("#clocks .clock").first).to_be_visible()
    return page


def spoken(page: Page, language: str) -> Page:
    """The page, in that language from now on: the desk keeps what somebody chose before."""
    if not (page.locator("html").get_attribute("lang") or "").startswith(language):
        page.locator("details.me summary").click()
        page.locator("button[name=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    return page


def fits(page: Page) -> bool:
    """It does not scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_sees_what_is_due_and_why(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    person.sign_in("manager", to=LIST)
    page = spoken(person.page, language)
    expect(page.locator(".cases > .row").first).to_be_visible()
    person.check()
    person.shoot(f"complaints-{language}")
    person.open(address_of(SEEN))
    page.locator("#clocks details summary").first.click()
    expect(page.locator("#clocks table").first).to_be_visible()
    page.locator("#narrative button").click()
    expect(page.locator("#narrative .prose").first).to_contain_text("scratch")
    person.check()
    person.shoot(f"case-{language}")


def test_they_fit_a_phone_in_the_dark(somebody: Somebody) -> None:
    person = somebody(size=PHONE, dark=True)
    page = opened(person, SEEN)
    assert fits(page)
    person.check()
    person.shoot("case-phone-dark")
    person.open(LIST)
    assert fits(page)
    person.check()
    person.shoot("complaints-phone-dark")


def test_the_keyboard_alone_takes_a_step_and_sees_what_was_decided(somebody: Somebody) -> None:
    person = somebody()
    page = opened(person, BY_KEYS)
    page.locator("#act-contacted summary").focus()
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#decided")).to_contain_text("Customer contacted: this counts")
    expect(page.locator("#decided")).to_be_focused()
    person.check()
    person.shoot("case-decided")


def test_two_at_one_case_hear_of_each_other_before_anything_is_sent(somebody: Somebody) -> None:
    one, other = somebody(), somebody()
    mine = opened(one, TWO)
    mine.locator("#act-answered summary").click()
    mine.fill("#answered-at", "2020-01-01T10:00")  # typed: what others do does not take it away
    theirs = opened(other, TWO, "manager")
    theirs.locator("#step-contacted button").click()
    expect(theirs.locator("#decided")).to_contain_text("this counts")
    mine.fill("#answered-at", "")
    mine.locator("#step-answered button").click()
    expect(mine.locator(".notice")).to_contain_text("Somebody else has worked on this case")
    expect(mine.locator(".timeline")).to_contain_text("contacted the customer")
    one.check()
    one.shoot("case-changed")
    mine.get_by_role("button", name="Send all the same").click()
    expect(mine.locator("#decided")).to_contain_text("Customer answered: this counts")


def test_a_step_is_taken_and_the_narrative_read_without_scripts(somebody: Somebody) -> None:
    person = somebody(scripts=False)
    page = opened(person, WITHOUT_SCRIPTS, "manager")
    page.locator("#step-contacted button").click()
    expect(page.locator("#decided")).to_contain_text("this counts")
    page.locator("#narrative button").click()
    expect(page.locator("#narrative .prose").first).to_contain_text("rattles")


def test_the_unified_form_is_printed_with_lines_to_sign(somebody: Somebody) -> None:
    person = somebody(language="zh")
    page = opened(person, PRINTED, "manager", "zh")
    page.locator("a[href$='/print']").click()
    expect(page.locator("h1")).to_have_text("统一投诉处理单")
    person.check()
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator(".signatures li")).to_have_count(4)
    person.shoot("case-printed-zh")


def test_a_complaint_is_filed_and_leads_to_its_case(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("manager", to=f"{BASE}/file-complaint/{place_of(FILED)}")
    page = spoken(person.page, "en")
    person.check()
    page.fill("#narrative", "The radio is silent.")
    page.select_option("#category", "vehicle-quality")
    person.shoot("file-complaint")
    page.get_by_role("button", name="File the complaint").click()
    page.wait_for_url(re.compile(r"/cases/desk/D-"))
    expect(page.locator("#clocks .clock").first).to_be_visible()
    expect(page.locator(".notice.good")).to_contain_text("The complaint is filed")


def test_what_is_not_taken_is_said_in_chinese_at_its_field_on_a_phone(somebody: Somebody) -> None:
    person = somebody(size=PHONE, language="zh")
    person.sign_in("manager", to=f"{BASE}/file-complaint/{place_of(FILED)}")
    page = spoken(person.page, "zh")
    assert fits(page)
    person.check()
    page.fill("#narrative", "收音机没有声音。")
    page.select_option("#category", "vehicle-quality")
    page.locator("details", has=page.locator("#component")).locator("summary").click()
    page.fill("#component", "13812345678")
    page.locator("button.primary").click()
    expect(page.locator("#component-more")).to_have_text("这像是电话号码，请改用简短词语。")
    expect(page.locator("#component")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#narrative")).to_have_value("收音机没有声音。")
    assert fits(page)
    person.check()
