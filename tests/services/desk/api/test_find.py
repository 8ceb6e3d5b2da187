"""Customers are found by what is typed, and by who calls; nothing of it is in an address."""

from pathlib import Path

import pytest

from services.desk.domain.find.callers import caller_asked
from services.desk.domain.find.matches import hit
from services.desk.domain.openings import HITS_TOLD_EVERY
from tests.access.dealers import MINE, SISTER
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Rig

FIND = f"{BASE}/find"
LI = f"{MINE}/cdk/C2"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known |= {WANG: customer(), LI: customer(LI, name="李小明", vehicles={})}
    return found


async def test_the_only_one_is_opened(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(FIND, asked="王小明")
    assert (page.status_code, page.headers["location"]) == (303, f"{BASE}/customers/cdk/C1")
    assert rig.trail.entries[-1] == ("lin", MINE, "searched", "customers")


async def test_of_several_there_is_a_list_that_hides_what_nobody_needs_yet(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.post(FIND, asked="1234")
    assert page.status_code == 200
    assert "王小明" in page.text
    assert "李小明" in page.text
    assert "+86****1234" in page.text
    for hidden in ("13812341234", "沪A12345", "LSRCB6C16S2100606"):
        assert hidden not in page.text


async def test_while_somebody_types_hits_are_shown_and_nothing_is_opened(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.client.post(
            FIND,
            data={"asked": "王小明"},
            headers={"HX-Request": "true", "X-CSRF": browser.csrf},
        )
    assert page.status_code == 200
    assert "王小明" in page.text
    assert "<html" not in page.text
    assert rig.trail.entries == [("lin", MINE, "saw_hits", "customers")]


async def test_what_is_shown_while_somebody_types_is_noted_once_a_minute(rig: Rig) -> None:
    """How many, and never what was typed."""
    async with rig.browser() as browser:

        async def types(text: str) -> None:
            sent = {"asked": text, "csrf": browser.csrf}
            page = await browser.client.post(FIND, data=sent, headers={"HX-Request": "true"})
            assert page.status_code == 200

        await types("赵钱孙")
        assert rig.trail.entries == []
        for text in ("1234", "王小明", "1234"):
            await types(text)
        rig.houses.clock.advance(HITS_TOLD_EVERY)
        await types("1234")
    noted = [each.noted for each in rig.trail.written]
    assert [(each.what, each.about, each.how) for each in noted] == [
        ("saw_hits", "customers", "hits: 2"),
        ("saw_hits", "customers", "hits: 5"),
    ]


async def test_nobody_is_said_and_so_is_too_little(rig: Rig) -> None:
    async with rig.browser() as browser:
        nobody = await browser.post(FIND, asked="赵钱孙")
        short = await browser.post(FIND, asked="1")
        form = await browser.get(FIND)
    assert "Nobody is found" in nobody.text
    assert "Two characters" in short.text
    assert form.status_code == 200
    assert "Nobody" not in form.text


async def test_who_may_not_see_customers_may_not_look_for_them(rig: Rig) -> None:
    async with rig.browser(f"admin@{MINE}") as browser:
        assert (await browser.post(FIND, asked="王小明")).status_code == 403
        assert (await browser.get("/find", phone="13812341234")).status_code == 403


async def test_a_caller_is_opened_on_the_call_card(rig: Rig) -> None:
    del rig.directory.known[LI]
    async with rig.browser() as browser:
        for told in ("13812341234", "+8613812341234", "tel:+8613812341234", "008613812341234"):
            page = await browser.get("/find", phone=told)
            assert (page.status_code, page.headers["location"]) == (303, f"{BASE}/calls/cdk/C1")


async def test_for_who_makes_no_calls_as_the_customer(rig: Rig) -> None:
    del rig.directory.known[LI]
    async with rig.browser(f"privacy@{MINE}") as browser:
        page = await browser.get("/find", phone="13812341234")
    assert page.headers["location"] == f"{BASE}/customers/cdk/C1"


async def test_several_who_have_the_number_are_listed_and_nobody_is_said(rig: Rig) -> None:
    async with rig.browser() as browser:
        several = await browser.get("/find", phone="13812341234")
        nobody = await browser.get("/find", phone="13812340000")
        none = await browser.get("/find", phone="1234")
    assert "Several customers" in several.text
    for page in (nobody, none):
        assert page.status_code == 200
        assert "No customer here has the number" in page.text
        assert "13812340000" not in page.text


async def test_a_caller_is_looked_for_at_the_dealers_of_the_user_alone(rig: Rig) -> None:
    async with rig.browser(f"agent@{SISTER}") as browser:
        page = await browser.get("/find", phone="13812341234")
        named = await browser.get("/find", phone="13812341234", dealer=MINE)
    assert "No customer here has the number" in page.text
    assert named.status_code == 403


@pytest.mark.parametrize("told", ["138 1234 1234", " 8613812341234", "86-13812341234"])
def test_numbers_of_callers_are_read_as_the_dealers_country_writes_them(told: str) -> None:
    meant = caller_asked(told, "CN")
    assert meant is not None
    assert hit(meant, customer()) is not None


def test_a_caller_without_the_whole_number_is_nobody() -> None:
    assert caller_asked("1234", "CN") is None
    assert caller_asked("anonymous", "CN") is None
