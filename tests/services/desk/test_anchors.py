"""Every link of a page into a page leads to a place that is there."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from services.desk.domain.find.documents import KeptDocument
from tests.access.dealers import MINE
from tests.access.services import NOW
from tests.services.desk.given_customers import WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig
from tests.services.desk.routes_table import ROUTES, DeskRoute

GROUP, DEALER = MINE.split("/")
FILLED = {"group": GROUP, "dealer": DEALER, "source": "cdk", "number": "C1"}
CASE = {**FILLED, "number": "K-1"}
_LINK = re.compile(r'(?:href|action)="([^"]*)#([^"]+)"')


def address_of(route: DeskRoute) -> str:
    filled = CASE if "/cases/" in route.path else FILLED
    return route.url or re.sub(r"\{(\w+)(:path)?\}", lambda name: filled[name[1]], route.path)


PAGES = sorted(
    {
        address_of(route)
        for route in ROUTES
        if route.method == "GET" and not route.streams and "a key" not in route.needs
    }
)


async def broken(browser: Browser, address: str) -> list[str]:
    """The links of the page at this address that lead to no place."""
    page = await browser.client.get(address, follow_redirects=True)
    if "text/html" not in page.headers.get("content-type", ""):
        return []
    texts, found = {str(page.url.copy_with(query=None)): page.text}, []
    for leads_to, place in _LINK.findall(page.text):
        target = urljoin(str(page.url), leads_to).partition("?")[0]
        if target not in texts:
            texts[target] = (await browser.get(target)).text
        if f'id="{place}"' not in texts[target]:
            found.append(f"{leads_to}#{place}")
    return found


@pytest.mark.parametrize("address", [*PAGES, f"{BASE}/calls/cdk/C-1", f"{BASE}/customers/cdk/C-1"])
async def test_every_link_leads_somewhere(tmp_path: Path, address: str) -> None:
    rig = await Rig.open(tmp_path)
    rig.directory.known[WANG] = customer()
    rig.directory.kept.append(
        KeptDocument(
            document_id=f"{MINE}/cdk/visit/RO-1",
            customer_key=WANG,
            dealer_id=MINE,
            version="1",
            kind="visit",
            at=NOW,
            said={"declined": ["BRAKES"]},
        )
    )
    async with rig.browser(f"manager@{MINE}", "admin@*") as browser:
        assert await broken(browser, address) == []
