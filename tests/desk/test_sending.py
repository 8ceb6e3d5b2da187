"""A form that is sent more than once, in whichever way, is done once."""

import pytest
from playwright.sync_api import expect

from tests.desk.browsers import Somebody
from tests.desk.given import BASE, place_of
from tests.desk.sending import attempts, choose, opened_card, report
from tests.e2e.house import House

pytestmark = pytest.mark.long

CLICKED_TWICE, TWO_TABS, RELOADED = 39, 40, 21
"""The customers of these tests."""


def test_a_double_click_reports_once(somebody: Somebody, desk: House) -> None:
    page = opened_card(somebody(), CLICKED_TWICE)
    choose(page, "not_reached")
    page.locator("form[id^=outcome-] button.primary").first.dblclick()
    expect(page.locator("#decision")).to_contain_text("To be tried again from")
    assert attempts(desk, CLICKED_TWICE) == ["not_reached"]


def test_the_same_form_of_two_tabs_is_reported_once_and_the_second_is_told(
    somebody: Somebody, desk: House
) -> None:
    person = somebody()
    first = opened_card(person, TWO_TABS)
    second = first.context.new_page()
    second.goto(f"{person.url}{BASE}/calls/{place_of(TWO_TABS)}")
    choose(second, "postponed")
    second.locator("textarea[name=note]").first.fill("in the other tab")
    choose(first, "not_reached")
    report(first)
    expect(first.locator("#decision")).to_contain_text("To be tried again from")
    report(second)
    expect(second.get_by_role("alert").first).to_contain_text("has tried meanwhile")
    expect(second.locator("textarea[name=note]").first).to_have_value("in the other tab")
    assert attempts(desk, TWO_TABS) == ["not_reached"]


def test_what_was_sent_and_is_loaded_anew_is_not_done_again(
    somebody: Somebody, desk: House
) -> None:
    page = opened_card(somebody(), RELOADED)
    intake = desk.child("intake")
    intake.stop()
    try:
        choose(page, "postponed")
        report(page)
        expect(page.get_by_role("alert").first).to_contain_text("Nothing is lost")
    finally:
        intake.restart()
        desk.instance("intake").until_ready()
    page.reload()
    expect(page.locator("#decision")).to_contain_text("Wants it later")
    page.reload()
    expect(page.locator("#decision")).to_contain_text("Wants it later")
    page.go_back()
    assert attempts(desk, RELOADED) == ["postponed"]
