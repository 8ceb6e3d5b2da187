"""The manager's screens in Chromium, and what changes on them by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.desk.browsers import PHONE, Somebody, Staff
from tests.desk.given import BASE

pytestmark = pytest.mark.long

PAGES = ("manager", "manager/satisfaction", "manager/customers", "manager/tasks", "exports")
OPENED = "() => { window.opened = performance.timeOrigin; }"
SAME = "() => window.opened === performance.timeOrigin"
TAGS = {"en": "en", "zh": "zh-CN"}


def speak(person: Staff, language: str) -> None:
    """In this language from now on: it is kept for the user."""
    if person.page.locator("html").get_attribute("lang") != TAGS[language]:
        person.page.locator("details.me summary").click()
        person.page.locator(f"button[name=language][value={language}]").click()
        person.page.locator(f"html[lang={TAGS[language]}]").wait_for(state="attached")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_screen_is_for_everybody(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    person.sign_in("manager", to=f"{BASE}/manager")
    speak(person, language)
    try:
        for place in PAGES:
            page = person.open(f"{BASE}/{place}")
            assert page.locator("html").get_attribute("lang") == TAGS[language]
            person.check()
            person.shoot(f"{place.replace('/', '-')}-{language}")
    finally:
        speak(person, "en")


def test_on_a_phone_in_the_dark_nothing_is_wider_than_it(somebody: Somebody) -> None:
    person = somebody(size=PHONE, dark=True)
    person.sign_in("manager", to=f"{BASE}/manager")
    for place in PAGES:
        page = person.open(f"{BASE}/{place}")
        person.check()
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE[0], place
        person.shoot(f"{place.replace('/', '-')}-phone")


def test_what_one_gives_another_sees_without_reloading(somebody: Somebody) -> None:
    looks, gives = somebody(), somebody()
    looks.sign_in("manager", to=f"{BASE}/manager")
    looks.page.evaluate(OPENED)
    mine = looks.page.locator("#team tbody tr", has=looks.page.locator("text=Reassign")).last
    nobodys = mine.locator("td").first
    before = int(nobodys.inner_text())
    gives.sign_in("manager", to=f"{BASE}/manager/tasks")
    page = gives.page
    page.locator("input[name=task]").first.check()
    page.locator("#to").select_option(index=1)
    page.get_by_role("button", name=re.compile("^Give$|^分配$")).click()
    page.locator("#came").wait_for()
    gives.check()
    expect(looks.page.locator("#team tbody tr").last.locator("td").first).to_have_text(
        str(before - 1), timeout=60_000
    )
    assert looks.page.evaluate(SAME), "it was reloaded"
    looks.check()


def test_a_number_leads_to_what_it_is_made_of(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("manager", to=f"{BASE}/manager")
    for place in (
        "#manager-numbers a[href*='show=broken'] strong",
        "section:has(#kept) a[href*='clock_state=broken']",
    ):
        page = person.open(f"{BASE}/manager")
        number = page.locator(place).first
        count = int(re.sub(r"\D", "", number.inner_text()))
        assert count > 0, "or this test shows little"
        number.click()
        expect(page.locator("li.row")).to_have_count(count)
        person.check()
    person.open(f"{BASE}/manager/customers/moves?of=grade")
    person.check()
    page = person.open(f"{BASE}/manager/satisfaction")
    page.emulate_media(media="print")
    expect(page.locator("details li").last).to_be_visible()


def test_without_scripts_tasks_are_given_all_the_same(somebody: Somebody) -> None:
    person = somebody(scripts=False)
    person.sign_in("manager", to=f"{BASE}/manager/tasks")
    page = person.page
    page.locator("input[name=task]").last.check()
    page.locator("#to").select_option(index=1)
    page.locator("#give button.primary").click()
    expect(page.locator("#came ~ table .chip.good, section:has(#came) .chip.good")).to_have_count(1)


def test_a_table_is_taken_away(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("manager", to=f"{BASE}/exports")
    with person.page.expect_download() as taken:
        person.page.locator("button[value=xlsx]").first.click()
    assert re.fullmatch(r"tasks-sunrise-pudong-[\d-]+\.xlsx", taken.value.suggested_filename)


def test_who_is_signed_out_meanwhile_is_told_and_stays_on_the_page(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("manager", to=f"{BASE}/manager")
    elsewhere = person.page.context.new_page()
    elsewhere.goto(f"{person.url}{BASE}/manager")
    elsewhere.locator("details.me summary").click()
    elsewhere.get_by_role("button", name=re.compile("Sign out|退出")).click()
    elsewhere.wait_for_url(re.compile("/sign-in"))
    expect(person.page.locator("#said")).not_to_be_empty(timeout=60_000)
    assert person.page.url.endswith("/manager")
