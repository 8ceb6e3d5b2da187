"""Forms of a call card, and what came of them."""

import re

from playwright.sync_api import Page, expect

from tests.desk.browsers import Staff
from tests.desk.given import BASE, DEALER, place_of
from tests.e2e.house import House


def opened_card(person: Staff, number: int) -> Page:
    """The call card of this customer, at somebody who signs in for it."""
    person.sign_in("agent", to=f"{BASE}/calls/{place_of(number)}")
    expect(person.page.locator("form[id^=outcome-]").first).to_be_visible()
    return person.page


def choose(page: Page, outcome: str) -> None:
    page.locator(f"input[name=outcome][value={outcome}]").first.check()


def report(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Report it")).first.click()


def attempts(desk: House, number: int) -> list[str]:
    """What was tried with this customer, as followup has it."""
    tasks = desk.get("followup", f"/v1/customers/{DEALER}/{place_of(number)}").json()["tasks"]
    return [each["outcome"] for task in tasks for each in task["attempts"]]
