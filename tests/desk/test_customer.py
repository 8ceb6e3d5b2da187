"""Finding a customer, and their page, as staff use them."""

import re

import pytest
from playwright.sync_api import expect

from tests.desk.browsers import PHONE, Somebody
from tests.desk.given import BASE, name_of, phone_of, place_of

pytestmark = pytest.mark.long

SEEN, CORRECTED, WITHOUT_SCRIPTS = 29, 30, 31
"""The customers of these tests."""
NOBODYS = "13911112222"


def page_of(number: int) -> str:
    return f"{BASE}/customers/{place_of(number)}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_sees_who_it_is_and_why(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    person.sign_in("manager", to=page_of(SEEN))
    expect(person.page.get_by_role("heading", level=1)).to_have_text(name_of(SEEN))
    person.check()
    person.shoot(f"customer-{language}")


def test_it_fits_a_phone_in_the_dark(somebody: Somebody) -> None:
    person = somebody(size=PHONE, dark=True)
    person.sign_in("agent", to=page_of(SEEN))
    assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    person.check()
    person.shoot("customer-phone-dark")


def test_who_is_looked_for_is_shown_while_somebody_types(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=f"{BASE}/today")
    page = person.page
    page.keyboard.press("/")
    page.keyboard.type(phone_of(SEEN)[-4:])
    hit = page.locator("#found a").first
    expect(hit).to_contain_text(name_of(SEEN))
    person.check()
    person.shoot("find-typing")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(SEEN)}")
    page.keyboard.press("/")
    page.keyboard.type(phone_of(SEEN)[-4:])
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#found a")).to_have_count(0)


def test_a_wrong_name_is_corrected_and_found_by_the_right_one(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=page_of(CORRECTED))
    page = person.page
    page.get_by_role("button", name=re.compile("^Show")).click()
    page.locator("summary", has_text="Correct").click()
    page.locator("#name").fill("欧阳文博")
    person.check()
    page.get_by_role("button", name="Send the correction").click()
    page.wait_for_url(re.compile(r"done=corrected"))
    expect(page.get_by_role("heading", level=1)).to_have_text("欧阳文博")
    page.locator("#find").fill("oywb")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(CORRECTED)}")


def test_a_consent_is_recorded_without_scripts(somebody: Somebody) -> None:
    person = somebody(scripts=False)
    person.sign_in("agent", to=page_of(WITHOUT_SCRIPTS))
    page = person.page
    page.locator("summary", has_text="Record what they allow").click()
    page.get_by_label("Is not to be contacted at all").check()
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("What they allow was recorded")).to_be_visible()
    expect(page.get_by_text("Nothing is to be done now.")).to_be_visible()


def test_a_caller_is_opened_by_their_number(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent")
    person.page.goto(f"{person.url}/find?phone={phone_of(SEEN)}")
    person.page.wait_for_url(f"**/calls/{place_of(SEEN)}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_number_of_a_caller_stays_in_the_browser(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    person.sign_in("agent", to=f"{BASE}/today")
    page = person.page
    for number in (NOBODYS, phone_of(SEEN)):
        page.goto(f"{person.url}/find?phone={number}")
        page.wait_for_url(re.compile(r"/(find|calls)/[\w/-]+$"))
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile(r"/find/[\w-]+$"))
    for _ in range(2):
        expect(page.get_by_role("status").first).to_be_visible()
        expect(page.locator("#asked")).to_have_value("")
        assert NOBODYS not in page.content()
        page.reload()
    person.check()
    person.shoot(f"find-nobody-{language}")
    page.evaluate("history.back()")
    expect(page).to_have_url(f"{person.url}{BASE}/today")


def test_what_is_typed_of_several_is_in_no_address(somebody: Somebody) -> None:
    person = somebody()
    person.sign_in("agent", to=f"{BASE}/today")
    person.page.locator("#find").fill("wang")
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".hits .row").nth(1)).to_be_visible()
    assert person.page.url == f"{person.url}{BASE}/find"
    person.check()
