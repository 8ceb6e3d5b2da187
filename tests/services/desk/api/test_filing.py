"""Filing a complaint: from the form to the case, once, and nothing that was written is lost."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.desk.api.filing import SentComplaint
from services.desk.domain.people import CustomerCard
from shared.contracts.intake import KnownVehicle
from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, hidden, shown_after
from tests.services.desk.given_staff import let_work
from tests.services.desk.rig import BASE, Browser, Rig

FORM = f"{BASE}/file-complaint/cdk/C1"
KEY = f"{MINE}/cdk/C1"
TYPED = {
    "narrative": "The brakes squeal.",
    "desired_outcome": "repair",
    "channel": "in_store",
    "category": "workshop-quality",
    "department": "service",
    "severity": "major",
    "received_at": "2025-06-01T17:30",
}


@pytest.fixture
async def complaints(tmp_path: Path) -> Complaints:
    return Complaints.at(await Rig.open(tmp_path))


async def filed(browser: Browser, **more: str) -> Any:
    page = await browser.get(FORM)
    assert page.status_code == 200, page.text
    return await browser.post(FORM, **{**hidden(page.text, "file-complaint"), **TYPED, **more})


def complaints_at_intake(complaints: Complaints) -> list[str]:
    records = complaints.rig.houses.intake.publisher.records
    found = [record.value.decode() for record in records if record.value]
    return [each for each in found if '"case_no":"D-' in each and '"channel"' in each]


async def test_it_becomes_a_case_of_that_customer(complaints: Complaints) -> None:
    async with complaints.rig.browser(f"head@{MINE}") as browser:
        answer = await filed(browser)
        page = await shown_after(browser, answer)
        place = answer.headers["location"].partition("?")[0]
        assert re.fullmatch(rf"{BASE}/cases/desk/D-[A-Z2-7]{{5}}-[A-Z2-7]{{5}}", place)
        assert "The complaint is filed" in page and "Quality of the repair · Service" in page
        assert f'href="{BASE}/customers/cdk/C1"' in page
        told = await browser.post(f"{place}/narrative")
        assert "The brakes squeal." in told.text
    noted = [each for each in complaints.rig.trail.entries if each[2] == "reported"]
    assert [each[3].split("/complaint/")[0] for each in noted] == [f"{MINE}/desk"]


async def test_what_was_written_goes_on_no_topic(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        await filed(browser)
    [record] = complaints_at_intake(complaints)
    assert "squeal" not in record


async def test_sent_twice_it_is_one_complaint(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        fields = {**hidden((await browser.get(FORM)).text, "file-complaint"), **TYPED}
        first, second = [await browser.post(FORM, **fields) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(complaints_at_intake(complaints)) == 1


async def test_what_is_missing_is_marked_and_all_stays(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        page = await filed(browser, category="", injuries="many")
    assert page.status_code == 422
    assert "This is needed." in page.text and "Write a whole number." in page.text
    assert "The brakes squeal." in page.text and 'value="in_store" selected' in page.text
    assert complaints_at_intake(complaints) == []


async def test_while_intake_is_away_nothing_is_lost(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        complaints.rig.away.add("intake")
        page = await filed(browser)
        assert page.status_code == 503
        assert "Nothing is lost" in page.text and "The brakes squeal." in page.text
        complaints.rig.away.clear()
        again = {**hidden(page.text, "file-complaint"), **TYPED}
        assert "The complaint is filed" in await shown_after(
            browser, await browser.post(FORM, **again)
        )
    assert len(complaints_at_intake(complaints)) == 1


async def test_while_complaints_has_not_heard_of_it_the_page_waits(complaints: Complaints) -> None:
    complaints.store.is_deaf = True
    async with complaints.rig.browser() as browser:
        page = await shown_after(browser, await filed(browser))
    assert "The complaint is taken and safe" in page


async def test_the_customer_s_cars_are_offered(complaints: Complaints) -> None:
    vin = "LSVAA4182E2184847"
    cars = {vin: KnownVehicle(plate="沪A12345", make="VW", model="ID.4")}
    complaints.rig.directory.known[KEY] = CustomerCard(
        customer_key=KEY, name="王小明", vehicles=cars
    )
    async with complaints.rig.browser() as browser:
        page = (await browser.get(FORM)).text
        assert "王小明" in page and f'<option value="{vin}">沪A12345 VW ID.4</option>' in page
        await shown_after(browser, await filed(browser, vin=vin))


async def test_who_may_not_cannot(complaints: Complaints) -> None:
    async with complaints.rig.browser(f"privacy@{MINE}") as browser:
        assert (await browser.get(FORM)).status_code == 403
        assert (await browser.post(FORM, **TYPED)).status_code == 403


async def test_whose_it_is_says_who_leads_or_takes_it(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        assert (await filed(browser, owner="s-other")).status_code == 403
        assert complaints_at_intake(complaints) == []
        assert (await filed(browser, owner="s-lin")).status_code == 303
    async with complaints.rig.browser(f"head@{MINE}", username="head") as browser:
        assert (await filed(browser, owner="s-other")).status_code == 303


async def test_it_is_given_to_nobody_who_may_not_work_on_it(complaints: Complaints) -> None:
    await let_work(complaints.rig, chen="agent", pia="privacy")
    async with complaints.rig.browser(f"head@{MINE}", username="head") as browser:
        page = (await browser.get(FORM)).text
        assert 'value="s-chen"' in page and "s-pia" not in page
        again = await filed(browser, owner="s-pia")
        assert again.status_code == 422 and "does not work on complaints here" in again.text
        assert "The brakes squeal." in again.text
        assert complaints_at_intake(complaints) == []
        assert (await filed(browser, owner="s-chen")).status_code == 303


def test_what_was_typed_is_in_no_repr() -> None:
    sent = SentComplaint(command=UUID(int=7), narrative="The brakes squeal.", owner="s-9")
    assert "squeal" not in repr(sent) + str(sent) + repr(sent.form(KEY))
