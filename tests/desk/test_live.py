"""What changes is shown on every screen by itself, and takes nothing away from who works there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browsers import Somebody, Staff
from tests.desk.given import BASE, DEALER, SOURCE, case_of, name_of, phone_of, place_of
from tests.e2e.house import House, ago, reported

pytestmark = pytest.mark.long

CALLED, CLOSED, SHOWN, FILED, LOOKED_AT = 34, 35, 36, 37, 38
"""The customers of these tests."""
STEPPED, OPENED_TWICE = 10, 11
"""The complaints of these tests."""
STAYS = "() => { window.stays = true; }"
STAYED = "() => window.stays === true"
WHERE = "element => element.getBoundingClientRect().top"
SOON = 60_000


def opened(person: Staff, place: str, username: str = "agent") -> Page:
    """A page that is never to be loaded anew."""
    person.sign_in(username, to=f"{BASE}/{place}")
    person.page.evaluate(STAYS)
    return person.page


def complain(desk: House, number: int, case_no: str) -> None:
    received = ago(minutes=1)
    answer = desk.send(
        reported(
            "complaint",
            f"live-{case_no}",
            dealer_id=DEALER,
            source=SOURCE,
            case_no=case_no,
            received_at=received,
            source_modified_at=received,
            channel="phone",
            category="noise",
            severity="normal",
            customer={"source_customer_id": f"C{number}", "name": name_of(number)},
        )
    )
    assert answer.json()["rejected"] == 0, answer.text


def test_a_complaint_is_told_on_an_open_call_card_and_what_is_typed_stays(
    somebody: Somebody, desk: House
) -> None:
    person = somebody()
    page = opened(person, f"calls/{place_of(CALLED)}")
    note = page.locator("textarea[name=note]").first
    note.fill("wants a quiet car")
    complain(desk, CALLED, "L-1")
    expect(page.locator("#mind")).to_contain_text("A complaint is open: do not sell.", timeout=SOON)
    expect(note).to_have_value("wants a quiet car")
    expect(note).to_be_focused()
    assert page.evaluate(STAYED), "it was reloaded"
    person.check()


def test_a_task_that_somebody_else_closes_leaves_an_open_call_card(somebody: Somebody) -> None:
    one, typing, other = somebody(), somebody(), somebody()
    mine = opened(one, f"calls/{place_of(CLOSED)}")
    typed = opened(typing, f"calls/{place_of(CLOSED)}")
    form = mine.locator("form[id^=outcome-]:has(input[name$=-overall])").first
    name = form.get_attribute("id")
    typed.locator(f"#{name} textarea[name=note]").fill("half a sentence")
    theirs = opened(other, f"calls/{place_of(CLOSED)}", "manager")
    theirs.locator(f"#{name} input[name=outcome][value=done]").check()
    theirs.locator(f"#{name}").get_by_role("button", name=re.compile("Report it")).click()
    expect(theirs.locator("#decision")).to_contain_text("The task is closed")
    expect(mine.locator(f"#{name}")).to_have_count(0, timeout=SOON)
    expect(mine.locator("#said")).to_contain_text("has changed meanwhile")
    expect(typed.locator("#said")).to_contain_text("This has changed meanwhile", timeout=SOON)
    expect(typed.locator(f"#{name} textarea[name=note]")).to_have_value("half a sentence")
    typed.locator(f"#{name} textarea[name=note]").fill("")
    typed.keyboard.press("Tab")
    typed.locator("h1").click()
    expect(typed.locator(f"#{name}")).to_have_count(0, timeout=SOON)
    assert mine.evaluate(STAYED) and typed.evaluate(STAYED), "it was reloaded"


def test_a_list_that_changes_leaves_everybody_where_they_are(somebody: Somebody) -> None:
    one, other = somebody(), somebody()
    page = opened(one, "today?whose=all", "manager")
    first = page.locator(".tasks > .row:not(:has-text('☺'))").first.get_attribute("id")
    twelfth = page.locator(".tasks > .row").nth(11).get_attribute("id")
    row = page.locator(f"#{twelfth}")
    row.locator("details.give summary").click()
    row.scroll_into_view_if_needed()
    page.mouse.wheel(0, 250)
    page.wait_for_timeout(300)
    take = row.locator(".claim form button").first
    take.focus()
    before = row.evaluate(WHERE)
    theirs = opened(other, "today?whose=all")
    theirs.locator(f"#{first}").get_by_role("button", name=re.compile("Take it")).click()
    expect(page.locator(f"#{first} .chips")).to_contain_text("☺", timeout=SOON)
    expect(take).to_be_focused()
    expect(row.locator("details.give")).to_have_attribute("open", "")
    assert abs(row.evaluate(WHERE) - before) < 2, "it was scrolled"
    assert page.evaluate(STAYED), "it was reloaded"
    one.check()


def test_a_customer_whose_particulars_are_shown_stays_shown(somebody: Somebody) -> None:
    one, other = somebody(), somebody()
    page = opened(one, f"customers/{place_of(SHOWN)}")
    page.get_by_role("button", name=re.compile("^Show")).click()
    expect(page.locator("#who-they-are")).to_contain_text(phone_of(SHOWN))
    page.evaluate(STAYS)
    theirs = opened(other, f"customers/{place_of(SHOWN)}")
    theirs.get_by_role("button", name=re.compile("^Show")).click()
    theirs.locator("#correcting summary").click()
    theirs.fill("#correction #name", "欧阳新")
    theirs.get_by_role("button", name="Send the correction").click()
    expect(page.locator("h1")).to_have_text("欧阳新", timeout=SOON)
    expect(page.locator("#who-they-are")).to_contain_text(phone_of(SHOWN))
    assert page.evaluate(STAYED), "it was reloaded"
    one.check()


def test_a_step_of_a_colleague_is_shown_and_what_is_folded_stays_so(somebody: Somebody) -> None:
    one, other = somebody(), somebody()
    page = opened(one, f"cases/{case_of(STEPPED)}")
    why = page.locator(f"#{page.locator('#clocks details').first.get_attribute('id')}")
    why.locator("summary").click()
    theirs = opened(other, f"cases/{case_of(STEPPED)}", "manager")
    theirs.locator("#step-contacted button").click()
    expect(theirs.locator("#decided")).to_contain_text("this counts")
    expect(page.locator("#timeline")).to_contain_text("contacted the customer", timeout=SOON)
    expect(why).to_have_attribute("open", "")
    assert page.evaluate(STAYED), "it was reloaded"


def test_a_complaint_that_comes_in_is_on_the_lists_by_itself(
    somebody: Somebody, desk: House
) -> None:
    head, boss = somebody(), somebody()
    listed, numbers = opened(head, "complaints", "manager"), opened(boss, "manager", "manager")
    counted = numbers.locator("#manager-numbers a[href$='/complaints'] strong")
    before = int(counted.inner_text())
    complain(desk, FILED, "L-2")
    expect(listed.locator(".cases > .row", has_text="L-2")).to_be_visible(timeout=SOON)
    expect(counted).not_to_have_text(str(before), timeout=SOON)
    assert listed.evaluate(STAYED) and numbers.evaluate(STAYED), "it was reloaded"


def test_what_is_missing_comes_back_by_itself(somebody: Somebody, desk: House) -> None:
    today, subject = somebody(), somebody()
    followup = desk.child("followup")
    followup.stop()
    try:
        page = opened(today, "today?whose=all", "manager")
        expect(page.locator("#tasks [role=status]")).to_contain_text("Follow-ups do not answer")
        expect(page.locator("#cases .need").first).to_be_visible()
        today.check()
        today.shoot("today-followup-away")
        other = opened(subject, "manager/satisfaction", "manager")
        expect(other.get_by_role("alert")).to_contain_text("Nothing is lost")
    finally:
        followup.restart()
        desk.instance("followup").until_ready()
    expect(page.locator(".tasks > .row").first).to_be_visible(timeout=SOON)
    expect(page.locator("#tasks [role=status]")).to_have_count(0)
    expect(page.locator("#tabs a").first).to_be_visible()
    assert page.evaluate(STAYED), "it was reloaded"
    expect(other.get_by_role("heading", level=1)).to_have_text("Satisfaction", timeout=SOON)


@pytest.mark.parametrize(
    "place",
    [
        f"calls/{place_of(LOOKED_AT)}",
        f"customers/{place_of(LOOKED_AT)}",
        f"cases/{case_of(OPENED_TWICE)}",
    ],
    ids=["call", "customer", "case"],
)
def test_who_else_looks_is_told_until_they_go(somebody: Somebody, place: str) -> None:
    one, other = somebody(), somebody()
    mine, theirs = opened(one, place), opened(other, place, "manager")
    for person in (one, other):
        expect(person.page.locator("#present strong")).to_be_visible(timeout=SOON)
        person.check()
    theirs.close()
    expect(mine.locator("#present")).to_be_hidden(timeout=SOON)
