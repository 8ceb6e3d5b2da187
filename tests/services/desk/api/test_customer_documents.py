"""The documents of a customer's page: each says something, and each reason leads to one."""

from pathlib import Path
from typing import Any

import pytest

from services.desk.domain.find.documents import KeptDocument
from tests.access.dealers import MINE
from tests.access.services import NOW
from tests.services.desk.given_customers import VIN, WANG, customer
from tests.services.desk.rig import BASE, Rig

PAGE = f"{BASE}/customers/cdk/C1"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    found.directory.known[WANG] = customer()
    return found


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("sale", {"role": "buyer", "vin": VIN}, "Buyer · Sunrise Lanting 沪A***45"),
        (
            "task-outcome",
            {"outcome": "declined", "channel": "phone", "by": "s-1"},
            "Does not want it · Telephone · s-1",
        ),
        (
            "referral",
            {"role": "referrer", "other": f"{MINE}/cdk/C2"},
            f'Referred: <a href="{BASE}/customers/cdk/C2">C2</a>',
        ),
        (
            "referral",
            {"role": "referred", "other": "sunrise/berlin/cdk/C%202"},
            'Was referred by: C 2 <span class="quiet">(Berlin)</span>',
        ),
        ("lead", {"status": "lost", "channel": "web", "model": "S5"}, "By the web · S5"),
    ],
)
async def test_each_says_something(rig: Rig, kind: Any, said: dict[str, Any], told: str) -> None:
    document = KeptDocument(
        document_id=f"{MINE}/cdk/{kind}/1",
        customer_key=WANG,
        dealer_id=MINE,
        version="1",
        kind=kind,
        at=NOW,
        said=said,
    )
    rig.directory.kept.append(document)
    async with rig.browser() as browser:
        page = await browser.get(PAGE)
    row = page.text.partition('id="document-1"')[2].partition("</tr>")[0]
    assert told in " ".join(row.split()), row
