"""The call card, over the services as they are."""

from pathlib import Path

import pytest

from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import CustomerCard
from shared.contracts.intake import PhoneNumber
from tests.access.dealers import MINE
from tests.access.services import NOW
from tests.services.desk.rig import BASE, Rig

KEY = f"{MINE}/cdk/C1"
CARD = f"{BASE}/calls/cdk/C1"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[KEY] = CustomerCard(
        customer_key=KEY,
        name="Wang Xiaoming",
        phones=(PhoneNumber(kind="mobile", e164="+8613812345678"),),
    )
    return found


async def test_a_card_has_all_for_one_call(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(CARD, outcome="not_reached")
    assert page.status_code == 200, page.text
    for words in (
        "Wang Xiaoming",
        'href="tel:+8613812345678"',
        "What came of the call",
        'value="not_reached" required data-key="2" data-key-words="Not reached" checked',
        'name="ssi-overall" value="10"',
        f'href="{BASE}/file-complaint/cdk/C1"',
    ):
        assert words in page.text, words


async def test_what_was_done_and_declined_at_visits_is_told(rig: Rig) -> None:
    said = {"status": "closed", "odometer_km": 30500, "paid": "800", "currency": "CNY"}
    rig.directory.kept.append(
        KeptDocument(
            document_id=f"{MINE}/cdk/visit/RO-7",
            customer_key=KEY,
            dealer_id=MINE,
            version="1",
            kind="visit",
            at=NOW,
            said={**said, "declined": ["BRAKES"]},
        )
    )
    async with rig.browser() as browser:
        page = await browser.get(CARD)
    known = page.text.partition('id="known"')[2]
    for told in ("1 Jun 2025, 18:00", "RO-7", "30,500 km", "CN¥800.00", "BRAKES"):
        assert told in known, told


async def test_whoever_opens_it_is_noted_but_not_what_a_page_asks_by_itself(rig: Rig) -> None:
    async with rig.browser() as browser:
        await browser.get(CARD)
        assert rig.trail.entries == [("lin", MINE, "saw_particulars", KEY)]
        await browser.client.get(CARD, headers={"x-by-itself": "1"})
    assert len(rig.trail.entries) == 1


async def test_a_customer_of_whom_nobody_knows_is_not_here(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/calls/cdk/C999")
    assert page.status_code == 404
    assert rig.trail.entries == []


async def test_who_is_known_without_a_task_has_a_card(rig: Rig) -> None:
    key = f"{MINE}/cdk/C5"
    rig.directory.known[key] = CustomerCard(customer_key=key, name="Li Na")
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/calls/cdk/C5")
    assert page.status_code == 200
    assert "Nothing is to be said now" in page.text


@pytest.mark.parametrize("service", ["scoring", "complaints"])
async def test_the_rest_is_there_while_a_service_is_away(rig: Rig, service: str) -> None:
    rig.away.add(service)
    async with rig.browser() as browser:
        page = await browser.get(CARD)
    assert page.status_code == 200
    said = "Whether a complaint is open cannot be told at present." in page.text
    assert said is (service == "complaints")


async def test_who_it_is_and_what_they_complain_of_is_there_while_followup_is_away(
    rig: Rig,
) -> None:
    key = f"{MINE}/cdk/C-1"
    rig.directory.known[key] = CustomerCard(customer_key=key, name="王小明")
    rig.away.add("followup")
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/calls/cdk/C-1")
    assert page.status_code == 200
    assert "王小明" in page.text and "A complaint is open: do not sell." in page.text
    assert "Tasks cannot be shown at present," in page.text
    assert "There is no open task" not in page.text


async def test_who_complains_is_not_to_be_sold_anything(rig: Rig) -> None:
    rig.directory.known[f"{MINE}/cdk/C-1"] = CustomerCard(customer_key=f"{MINE}/cdk/C-1")
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/calls/cdk/C-1")
        other = await browser.get(CARD)
    assert "A complaint is open: do not sell." in page.text
    assert f'href="{BASE}/cases/cdk/K-1"' in page.text
    assert "do not sell" not in other.text


async def test_it_is_all_chinese_in_chinese(rig: Rig) -> None:
    async with rig.browser(language="zh") as browser:
        page = await browser.get(CARD)
    for words in ("联系结果", "销售满意度", "提交结果"):
        assert words in page.text, words
    assert "Report it" not in page.text


async def test_who_may_not_assign_sees_no_choice_of_people(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(CARD)
    assert "Take it" in page.text
    assert 'id="person-' not in page.text
    async with rig.browser(f"head@{MINE}", username="boss") as browser:
        page = await browser.get(CARD)
    assert 'id="person-' in page.text


@pytest.mark.parametrize(
    "written",
    ["", "nonsense", f"{MINE}/cdk/task-outcome/x/y@v1", "sunrise/berlin/desk/task-outcome/x/y@v1"],
)
async def test_an_address_that_says_no_write_of_this_desk_is_a_card(rig: Rig, written: str) -> None:
    async with rig.browser() as browser:
        page = await browser.get(CARD, written=written)
    assert page.status_code == 200
    assert 'id="decision"' not in page.text
