"""The page of a case: all that is known of it; its narrative and it on paper, and who may see."""

import re
from pathlib import Path

import pytest

from services.desk.domain.find.documents import KeptDocument, KeptKind
from services.desk.domain.people import CustomerCard
from shared.contracts.intake import KnownVehicle
from tests.access.dealers import MINE
from tests.access.services import NOW
from tests.services.desk.cases import Complaints, shown_after, step
from tests.services.desk.forms import form_in
from tests.services.desk.rig import BASE, Rig


@pytest.fixture
async def complaints(tmp_path: Path) -> Complaints:
    return Complaints.at(await Rig.open(tmp_path))


CASE = f"{MINE}/cdk/complaint/K9"
CARS = (("LSRCB6C16S2100101", "沪A11111", "Lan"), ("LSRCB6C16S2100202", "沪A22222", "Ting"))


def order_of(key: str, kind: KeptKind, number: str, vin: str) -> KeptDocument:
    """A sale or a repair order of this customer's."""
    return KeptDocument(
        document_id=f"{MINE}/cdk/{kind}/{number}",
        customer_key=key,
        dealer_id=MINE,
        version="1",
        kind=kind,
        at=NOW,
        said={"vin": vin},
    )


async def test_it_shows_why_each_deadline_is_when_it_is(complaints: Complaints) -> None:
    place = await complaints.filed("K9", related_ro_no="RO-77", regulator_ref="12315-9")
    async with complaints.rig.browser() as browser:
        page = (await browser.get(place)).text
    assert "Why this deadline" in page and "the target" in page and "By the rules “2123”" in page
    assert "Who is told when" in page and "not reached" in page
    assert "RO-77" in page and "12315-9" in page
    assert f'data-live="case:{CASE}"' in page
    assert ("lin", MINE, "saw_customer", f"{MINE}/cdk/C1") in complaints.rig.trail.entries


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ({"related_ro_no": "RO-77"}, "沪A22222 · Ting"),
        ({"related_deal_no": "D-1"}, "沪A11111 · Lan"),
        ({"related_ro_no": "RO-88"}, "…100303"),
        ({"related_ro_no": "RO-99"}, None),
        ({}, None),
    ],
    ids=["repaired", "sold", "not theirs any more", "unknown", "not said"],
)
async def test_the_car_is_the_one_that_the_complaint_is_about(
    complaints: Complaints, named: dict[str, str], shown: str | None
) -> None:
    directory, key = complaints.rig.directory, f"{MINE}/cdk/C1"
    cars = {vin: KnownVehicle(plate=p, make="Sunrise", model=m) for vin, p, m in CARS}
    directory.known[key] = CustomerCard(customer_key=key, vehicles=cars)
    directory.kept += [
        order_of(key, "sale", "D-1", CARS[0][0]),
        order_of(key, "visit", "RO-77", CARS[1][0]),
        order_of(key, "visit", "RO-88", "LSRCB6C16S2100303"),
    ]
    place = await complaints.filed("K9", **named)
    async with complaints.rig.browser() as browser:
        page = (await browser.get(place)).text
    found = re.search(r"<dt>Car</dt><dd>([^<]*)</dd>", page)
    assert (found and found[1]) == shown


async def test_what_a_page_asks_for_by_itself_is_no_seeing(complaints: Complaints) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        await browser.get(place)
        page = await browser.client.get(place, headers={"x-by-itself": "1", "hx-request": "true"})
    assert page.status_code == 200 and "<html" not in page.text
    assert [each[2] for each in complaints.rig.trail.entries] == ["saw_customer"]


@pytest.mark.parametrize("role", ["head", "manager", "group"])
async def test_who_leads_reads_the_narrative_and_that_is_noted(
    complaints: Complaints, role: str
) -> None:
    place = await complaints.filed("K9", narrative="The brakes squeal.", desired_outcome="refund")
    async with complaints.rig.browser(f"{role}@{MINE}") as browser:
        closed = await browser.get(place)
        assert "The brakes squeal" not in closed.text and f'{place}/narrative"' in closed.text
        page = await browser.post(f"{place}/narrative")
        assert "The brakes squeal." in page.text and "money back" in page.text
        assert page.headers["cache-control"] == "no-store"
        back = await browser.get(f"{place}/narrative")
        assert (back.status_code, back.headers["location"]) == (303, place)
    assert ("lin", MINE, "saw_narrative", CASE) in complaints.rig.trail.entries


@pytest.mark.parametrize("role", ["agent", "advisor"])
async def test_who_is_responsible_reads_it_whatever_their_role(
    complaints: Complaints, role: str
) -> None:
    place = await complaints.filed("K9", narrative="The brakes squeal.", owner="s-lin")
    async with complaints.rig.browser(f"{role}@{MINE}") as browser:
        assert f'{place}/narrative"' in (await browser.get(place)).text
        page = await browser.post(f"{place}/narrative")
        assert page.status_code == 200 and "The brakes squeal." in page.text
        paper = await browser.get(f"{place}/print")
        assert "The brakes squeal." in paper.text and "Left out here" not in paper.text
    noted = [each[2] for each in complaints.rig.trail.entries]
    assert noted == ["saw_customer", "saw_narrative", "printed", "saw_narrative"]


@pytest.mark.parametrize("owner", [None, "s-chen", ""])
async def test_nobody_else_does(complaints: Complaints, owner: str | None) -> None:
    more = {"owner": owner} if owner != "" else {}
    place = await complaints.filed("K9", narrative="The brakes squeal.", **more)
    async with complaints.rig.browser() as browser:
        assert "/narrative" not in (await browser.get(place)).text
        assert (await browser.post(f"{place}/narrative")).status_code == 403
        paper = await browser.get(f"{place}/print")
    assert "The brakes squeal" not in paper.text and "Left out here" in paper.text
    assert not [each for each in complaints.rig.trail.entries if each[2] == "saw_narrative"]


async def test_on_paper_it_has_its_verdicts_and_lines_to_sign(complaints: Complaints) -> None:
    place = await complaints.filed("K9", narrative="The brakes squeal.")
    async with complaints.rig.browser(f"manager@{MINE}", language="zh") as browser:
        paper = await browser.get(f"{place}/print")
    assert paper.headers["cache-control"] == "no-store"
    for words in ("统一投诉处理单", "The brakes squeal.", "联系客户", "部门经理", "总经理", "签字"):
        assert words in paper.text, words
    noted = [each[2] for each in complaints.rig.trail.entries]
    assert noted == ["printed", "saw_narrative"]
    written = complaints.rig.trail.written
    assert {each.noted.customer for each in written} == {f"{MINE}/cdk/C1"}


async def test_paper_says_what_was_promised_and_done_and_has_room_for_more(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9")
    async with complaints.rig.browser() as browser:
        empty = (await browser.get(f"{place}/print")).text
        await shown_after(browser, await step(browser, place, "promised", reason="a loaner car"))
        await shown_after(browser, await step(browser, place, "resolved", reason="new pads"))
        paper = (await browser.get(f"{place}/print")).text
    assert "Nothing was done with the customer yet." in empty and 'id="treated"' not in empty
    treated = paper.partition('id="treated"')[2].partition("</table>")[0]
    rows = re.findall(r"<td>([^<]*)</td><td>([^<]*)</td></tr>", treated)
    assert rows == [
        ("s-lin made a promise", "a loaner car"),
        ("s-lin resolved it", "new pads"),
    ]
    for label in ("Measures", "Promised to the customer", "Result", "Customer"):
        assert f'<li><span>{label}</span><span class="line"></span>' in paper, label


async def test_a_case_that_is_not_filed_has_nothing_to_do(complaints: Complaints) -> None:
    async with complaints.rig.browser() as browser:
        page = await browser.get(f"{BASE}/cases/cdk/K-nowhere")
    assert page.status_code == 404


async def test_a_privacy_officer_reads_what_is_written_and_sees_no_case(
    complaints: Complaints,
) -> None:
    place = await complaints.filed("K9", narrative="The brakes squeal.", regulator_ref="12315-9")
    complaint = KeptDocument(
        document_id=CASE,
        customer_key=f"{MINE}/cdk/C1",
        dealer_id=MINE,
        version="1",
        kind="complaint",
        at=complaints.rig.desk.clock.now(),
    )
    complaints.rig.directory.kept.append(complaint)
    async with complaints.rig.browser(f"privacy@{MINE}") as browser:
        assert (await browser.get(place)).status_code == 403
        customer = await browser.get(f"{BASE}/customers/cdk/C1")
        assert f'href="{place}/narrative"' in customer.text
        closed = await browser.get(f"{place}/narrative")
        assert "The brakes squeal" not in closed.text
        page = await form_in(closed.text, f"{place}/narrative").send(browser)
    assert page.status_code == 200 and "The brakes squeal." in page.text
    assert "12315-9" not in page.text and page.headers["cache-control"] == "no-store"
    assert complaints.rig.trail.entries[-1] == ("lin", MINE, "saw_narrative", CASE)


async def test_a_number_with_signs_in_it_has_an_address(complaints: Complaints) -> None:
    await complaints.filed("K/9 %")
    async with complaints.rig.browser() as browser:
        listed = await browser.get(f"{BASE}/complaints")
        assert f'href="{BASE}/cases/cdk/K%252F9%2520%2525"' in listed.text
        page = await browser.get(f"{BASE}/cases/cdk/K%252F9%2520%2525")
    assert page.status_code == 200 and "K/9 %" in page.text
