"""The call card, as staff use it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browsers import PHONE, Somebody, Staff
from tests.desk.given import BASE, place_of
from tests.desk.sending import choose
from tests.e2e.house import House

pytestmark = pytest.mark.long

SEEN, BY_KEYS, WITHOUT_SCRIPTS, AWAY, TWO = 24, 25, 26, 27, 28
"""The customers of these tests."""


def card_of(number: int) -> str:
    return f"{BASE}/calls/{place_of(number)}"


def opened(person: Staff, number: int, username: str = "agent") -> Page:
    person.sign_in(username, to=card_of(number))
    expect(person.page.locator("form[id^=outcome-]").first).to_be_visible()
    return person.page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_sees_what_the_call_is_for(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    opened(person, SEEN, "manager")
    person.check()
    person.shoot(f"call-{language}")


def test_it_fits_a_phone_in_the_dark(somebody: Somebody) -> None:
    person = somebody(size=PHONE, dark=True)
    page = opened(person, SEEN)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    person.check()
    person.shoot("call-phone-dark")


def test_the_keyboard_alone_reports_and_sees_what_was_decided(somebody: Somebody) -> None:
    person = somebody()
    page = opened(person, BY_KEYS)
    page.keyboard.press("2")
    page.keyboard.press("s")
    expect(page.locator("#decision")).to_contain_text("To be tried again from")
    person.check()
    person.shoot("call-decided")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/calls/(?!.*" + place_of(BY_KEYS) + r"\b)"))


def test_an_outcome_with_answers_is_reported_without_scripts(somebody: Somebody) -> None:
    person = somebody(scripts=False)
    page = opened(person, WITHOUT_SCRIPTS)
    form = page.locator("form[id^=outcome-]:has(input[name$=-overall])").first
    form.locator("input[name=outcome][value=done]").check()
    form.locator("input[name$=-overall][value='9']").first.check()
    form.get_by_role("button", name=re.compile("Report it")).click()
    expect(page.locator("#decision")).to_contain_text(
        "The task is closed: the survey was answered."
    )


def test_what_was_typed_outlives_an_intake_that_is_away(somebody: Somebody, desk: House) -> None:
    person = somebody()
    page = opened(person, AWAY)
    choose(page, "postponed")
    page.locator("textarea[name=note]").first.fill("after lunch")
    intake = desk.child("intake")
    intake.stop()
    try:
        page.keyboard.press("Tab")
        page.get_by_role("button", name=re.compile("Report it")).first.click()
        expect(page.get_by_role("alert").first).to_contain_text("Nothing is lost")
        expect(page.locator("textarea[name=note]").first).to_have_value("after lunch")
        person.check()
    finally:
        intake.restart()
        desk.instance("intake").until_ready()
    page.get_by_role("button", name=re.compile("Report it")).first.click()
    expect(page.locator("#decision")).to_contain_text("Wants it later")


def test_two_at_one_customer_are_told_of_each_other(somebody: Somebody) -> None:
    first, second = somebody(), somebody()
    mine, theirs = opened(first, TWO), opened(second, TWO, "manager")
    choose(mine, "not_reached")
    mine.locator("textarea[name=note]").first.fill("nobody there")
    choose(theirs, "not_reached")
    theirs.get_by_role("button", name=re.compile("Report it")).first.click()
    expect(theirs.locator("#decision")).to_contain_text("To be tried again from")
    mine.get_by_role("button", name=re.compile("Report it")).first.click()
    expect(mine.get_by_role("alert").first).to_contain_text("Somebody else has tried meanwhile.")
    expect(mine.locator("textarea[name=note]").first).to_have_value("nobody there")
    first.check()
    mine.get_by_role("button", name=re.compile("Send all the same")).click()
    expect(mine.locator("#decision")).to_contain_text("Not reached")
