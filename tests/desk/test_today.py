"""Today, as staff use it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.desk.browsers import PHONE, Somebody
from tests.desk.given import BASE, place_of

TODAY = f"{BASE}/today"
ALL = f"{TODAY}?whose=all"
BY_HAND, WITHOUT_SCRIPTS = 22, 23
"""The customers of these tests."""


def row_of(page: Page, number: int) -> Locator:
    """The first of this customer's."""
    return page.locator(f".tasks > .row:has(a[href*='/calls/{place_of(number)}?'])").first


def shown(page: Page, number: int) -> Locator:
    """On whichever page of the list it is."""
    while not row_of(page, number).count():
        page.get_by_role("link", name=re.compile("^(More|更多)$")).click()
    return row_of(page, number)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_finds_what_to_do(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    person.sign_in("manager", to=ALL)
    expect(person.page.locator(".tasks > .row").first).to_be_visible()
    person.check()
    person.shoot(f"today-{language}")


def test_it_fits_a_phone_in_the_dark(somebody: Somebody) -> None:
    person = somebody(language="zh", size=PHONE, dark=True)
    person.sign_in("agent", to=ALL)
    expect(person.page.locator(".tasks > .row").first).to_be_visible()
    wide = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "it scrolls sideways"
    person.check()
    person.shoot("today-phone-dark")


def test_the_keyboard_alone_leads_to_a_card_with_its_outcome(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=ALL)
    page = person.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator(".tasks > .row.chosen")
    expect(chosen).to_have_count(1)
    person.check()
    page.keyboard.press("2")
    page.wait_for_url(re.compile("/calls/.*outcome=not_reached"))
    expect(page.locator("input[value=not_reached]").first).to_be_checked()


def test_a_task_is_taken_where_it_stands(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=ALL)
    page = person.page
    row = shown(page, BY_HAND)
    address = page.url
    row.get_by_role("button", name=re.compile("Take it")).click()
    expect(
        row_of(page, BY_HAND).get_by_role("button", name=re.compile("Give back"))
    ).to_be_visible()
    assert page.url == address
    person.check()
    person.open(f"{TODAY}?whose=mine")
    expect(row_of(page, BY_HAND)).to_be_visible()


def test_a_task_is_taken_without_scripts(somebody: Somebody) -> None:
    person = somebody(scripts=False)
    person.sign_in("agent", to=ALL)
    page = person.page
    shown(page, WITHOUT_SCRIPTS).get_by_role("button", name=re.compile("Take it")).click()
    person.open(f"{TODAY}?whose=mine")
    expect(row_of(page, WITHOUT_SCRIPTS)).to_be_visible()
