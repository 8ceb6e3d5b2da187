"""Every number on the manager's screens leads to what it is made of: to exactly as many lines."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from services.desk.domain.people import CustomerCard
from services.desk.domain.users import Language
from tests.access.dealers import MINE
from tests.access.services import followup_with, scoring_with
from tests.services.desk.cases import Complaints, shown_after, step
from tests.services.desk.given_customers import ANOTHER, of_another
from tests.services.desk.rig import BASE, Browser, Rig
from tests.services.followup.given import outcome
from tests.services.scoring.given import sale, visit

MANAGER = f"manager@{MINE}"
KEY = f"{MINE}/cdk/C1"
LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(?:<span aria-hidden="true">.</span> )?(\d+)<')


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    for key in (KEY, ANOTHER):
        rig.directory.known[key] = CustomerCard(customer_key=key, name="王小明")
    return rig


async def links(browser: Browser, place: str, leading_to: str) -> list[tuple[str, int]]:
    """Where the numbers of a page lead, of those that lead there, and the numbers."""
    page = await browser.get(f"{BASE}/manager{place}")
    assert page.status_code == 200, page.text
    found = [(unescape(href), int(number)) for href, number in LINK.findall(page.text)]
    return [(href, number) for href, number in found if leading_to in href]


def lines(page: str) -> int:
    """How many a page of what a figure is made of has."""
    body = re.search(r'id="made-of">.*<tbody>(.*)</tbody>', page, re.DOTALL)
    return body[1].count("<tr>") if body else 0


@pytest.mark.parametrize(
    ("place", "leading_to", "least"),
    [
        ("/satisfaction", "/satisfaction/answers?", 2),
        ("/customers", "/customers/leads?", 1),
        ("/customers", "/customers/moves?", 1),
    ],
)
async def test_a_number_leads_to_as_many_lines(
    rig: Rig, place: str, leading_to: str, least: int
) -> None:
    more = [sale("2025-01-10", "D7"), visit("2025-02-20", "R7", paid="1000")]
    await rig.houses.tell("scoring", scoring_with(*map(of_another, more)))
    async with rig.browser(MANAGER) as browser:
        found = await links(browser, place, leading_to)
        assert len(found) >= least
        for href, number in found:
            page = await browser.client.get(href)
            assert page.status_code == 200, page.text
            assert lines(page.text) == number, href
            assert re.search(f'href="{BASE}/customers/cdk/C[17]">王小明<', page.text)


PAGES = (
    "satisfaction/answers?survey=csi&item=on_time&low=true&from=2025-05&to=2025-05",
    "satisfaction/answers?survey=ssi",
    "customers/leads?figure=bought&because=price&channel=web&grade=general",
    "customers/moves?of=grade&left=general&reached=potential",
    "customers/moves?of=risk",
    "done?person=s-lin",
)


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_each_page_is_there_in_both_languages(
    rig: Rig, place: str, language: Language
) -> None:
    async with rig.browser(MANAGER, language=language) as browser:
        page = await browser.client.get(f"{BASE}/manager/{place}")
    assert page.status_code == 200, page.text
    assert "There is nothing" not in page.text or language == "en"


@pytest.mark.parametrize(
    "place",
    [
        "satisfaction/answers?survey=nps",
        "satisfaction/answers?survey=csi&from=2025",
        "satisfaction/answers?survey=csi&after=nonsense",
        "customers/leads?figure=all",
        "customers/moves?of=age",
        "done",
    ],
)
async def test_what_cannot_be_asked_for_is_not_understood(rig: Rig, place: str) -> None:
    async with rig.browser(MANAGER) as browser:
        assert (await browser.client.get(f"{BASE}/manager/{place}")).status_code == 422


async def test_done_today_is_the_sum_of_the_rows_each_of_which_leads_to_the_customers(
    rig: Rig,
) -> None:
    about = "delivery_satisfaction/sale/D1"
    said = outcome("2025-06-01 09:00", about, "done", by="s-chen")
    await rig.houses.tell("followup", followup_with(said))
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(f"{BASE}/manager")
        assert re.search(r'href="#people"><strong>1</strong>', page.text)
        [(href, number)] = await links(browser, "", "/manager/done?")
        assert (href, number) == (f"{BASE}/manager/done?person=s-chen", 1)
        assert lines((await browser.client.get(href)).text) == 1


async def test_pages_go_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.desk.api.made_of.A_PAGE", 1)
    answers = rig.desk.services.answers

    async def two(*args: Any, **asked: Any) -> Any:
        found = await answers(*args, **{**asked, "after": None})
        after = None if asked["after"] else "a/b"
        return found.model_copy(update={"after": after})

    monkeypatch.setattr(rig.desk.services, "answers", two)
    async with rig.browser(MANAGER) as browser:
        place = f"{BASE}/manager/satisfaction/answers"
        page = await browser.get(place, survey="csi", low="false")
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        assert following is not None
        assert unescape(following[1]) == "?survey=csi&after=a%2Fb"
        last = await browser.client.get(place + unescape(following[1]))
    assert 'rel="next"' not in last.text and lines(last.text) == 1


async def test_what_became_of_a_clock_leads_to_the_complaints_that_it_counts(rig: Rig) -> None:
    complaints = Complaints.at(rig)
    kept = await complaints.filed("N1")
    await complaints.filed("N2")
    async with rig.browser(MANAGER) as browser:
        await shown_after(browser, await step(browser, kept, "contacted"))
    rig.houses.clock.set(rig.houses.clock.now() + timedelta(days=9))
    await complaints.store.wake()
    async with rig.browser(MANAGER) as browser:
        found = await links(browser, "", "/complaints?clock=")
        states = {re.search("clock_state=([a-z]+)", href)[1] for href, _ in found}  # type: ignore[index]  # or it fails
        assert states == {"kept", "broken"}
        for href, number in found:
            page = (await browser.client.get(href)).text
            assert page.count('<a class="row-main"') == number, href


async def test_of_more_broken_promises_than_are_shown_all_are_one_click_away(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.desk.api.manager.SHOWN_AT_ONCE", 1)
    complaints = Complaints.at(rig)
    await complaints.filed("N1")
    await complaints.filed("N2")
    rig.houses.clock.set(rig.houses.clock.now() + timedelta(days=9))
    async with rig.browser(MANAGER) as browser:
        page = (await browser.get(f"{BASE}/manager")).text
        tile = re.search(r'href="([^"]+show=broken)"><strong>(\d+)<', page)
        rest = re.search(r'href="([^"]+)">All (\d+)<', page)
        assert tile is not None and rest is not None
        assert tile.groups() == rest.groups(), "one set, wherever it is counted"
        shown = (await browser.client.get(tile[1])).text
    assert shown.count('<a class="row-main"') == int(tile[2]) > 1
