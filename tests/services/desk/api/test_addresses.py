"""Every link about a customer leads to the same key, whatever their number is written with."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from services.desk.adapters.upstream import NotThere
from services.desk.views.today import row_of
from shared.contracts.identifiers import customer_key, lead_key, vin_key
from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, hidden, shown_after
from tests.services.desk.given_customers import VIN, customer
from tests.services.desk.given_tasks import line
from tests.services.desk.rig import BASE, Rig

CUSTOMERS = [customer_key(MINE, "cdk", "A/1"), customer_key(MINE, "cdk", "客1%")]
OTHERS = [vin_key(MINE, "cdk", VIN), lead_key(MINE, "cdk", "L1")]
SCREENS = "customers|calls|file-complaint|consents|assignments"
TYPED = {
    "narrative": "The brakes squeal.",
    "channel": "in_store",
    "category": "workshop-quality",
    "severity": "major",
    "received_at": "2025-06-01T17:30",
}


def keys_in(page: str) -> set[str]:
    """To whom the links and forms of a page lead, decoded once as a server does."""
    found = re.findall(rf'(?:href|action)="{BASE}/(?:{SCREENS})/([^"?#]+)', page)
    suffixes = r"/(show|correct|consent)$"
    return {f"{MINE}/{re.sub(suffixes, '', unquote(each))}" for each in found}


def place_in_today(key: str) -> str:
    """As the row of a task has it."""
    return row_of(line("a_task", key), None, "s-lin").place


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known |= {key: customer(key) for key in (*CUSTOMERS, *OTHERS)}
    return found


@pytest.mark.parametrize("key", [*CUSTOMERS, *OTHERS])
async def test_every_link_leads_to_the_same_key(rig: Rig, key: str) -> None:
    async with rig.browser() as browser:
        place = place_in_today(key)
        card = await browser.get(f"{BASE}/calls/{place}")
        page = await browser.get(f"{BASE}/customers/{place}")
    assert (card.status_code, page.status_code) == (200, 200)
    assert keys_in(card.text) == keys_in(page.text) == {key}
    assert {about for *_, about in rig.trail.entries} == {key}


@pytest.mark.parametrize("key", CUSTOMERS)
async def test_a_complaint_is_filed_of_the_customer_themselves(rig: Rig, key: str) -> None:
    complaints = Complaints.at(rig)
    async with complaints.rig.browser(f"head@{MINE}") as browser:
        form = f"{BASE}/file-complaint/{place_in_today(key)}"
        page = await browser.get(form)
        assert f'action="{form}"' in page.text
        fields = {**hidden(page.text, "file-complaint"), **TYPED}
        case = await shown_after(browser, await browser.post(form, **fields))
    assert keys_in(case) == {key}
    assert {each.customer_key for each in rig.reported()} == {key}


@pytest.mark.parametrize("key", OTHERS)
async def test_of_who_has_no_number_no_complaint_is_filed(rig: Rig, key: str) -> None:
    place = place_in_today(key)
    async with rig.browser(f"head@{MINE}") as browser:
        page = await browser.get(f"{BASE}/customers/{place}")
        form = await browser.get(f"{BASE}/file-complaint/{place}")
    assert "/file-complaint/" not in page.text
    assert form.status_code == 404


async def test_a_key_with_dots_is_asked_of_nobody(rig: Rig) -> None:
    async with rig.browser() as browser:
        with pytest.raises(NotThere):
            await rig.desk.services.plan(browser.user, f"{MINE}/cdk/..")
