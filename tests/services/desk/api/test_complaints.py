"""The list of complaints: what is due first comes first, filtered and in pages."""

import re
from pathlib import Path

import pytest

from services.desk.domain.people import CustomerCard
from services.desk.domain.users import Language
from services.desk.views import complaints as views
from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, shown_after, step
from tests.services.desk.rig import BASE, Rig


@pytest.fixture
async def complaints(tmp_path: Path) -> Complaints:
    return Complaints.at(await Rig.open(tmp_path))


def numbers(page: str) -> list[str]:
    """Of the cases in the list, in their order."""
    return re.findall(r'<a class="row-main" href="[^"]*/([^"/]+)"', page)


async def test_what_is_due_first_comes_first(complaints: Complaints) -> None:
    await complaints.filed("N1")
    await complaints.filed("N2", received_at="2025-06-01T09:30:00Z")
    async with complaints.rig.browser() as browser:
        page = (await browser.get(f"{BASE}/complaints")).text
    assert numbers(page) == ["K1", "N1", "N2"]
    assert 'data-live="cases"' in page and "Overdue" in page


async def test_names_come_from_the_directory(complaints: Complaints) -> None:
    key = f"{MINE}/cdk/C1"
    complaints.rig.directory.known[key] = CustomerCard(customer_key=key, name="王小明")
    await complaints.filed("N1")
    async with complaints.rig.browser() as browser:
        assert "王小明" in (await browser.get(f"{BASE}/complaints")).text


async def test_filters_show_what_they_count(complaints: Complaints) -> None:
    await complaints.filed("N1", owner="s-lin", severity="major", department="body")
    await complaints.filed("N2", owner=None)
    async with complaints.rig.browser() as browser:
        for asked, found in {
            "mine": ["N1"],
            "nobody": ["N2"],
            "held": [],
            "open&severity=major": ["N1"],
            "open&department=body": ["N1"],
        }.items():
            page = await browser.client.get(f"{BASE}/complaints?show={asked}")
            shown = [each for each in numbers(page.text) if each in ("N1", "N2")]
            assert shown == found, asked
        assert (await browser.get(f"{BASE}/complaints", show="strange")).status_code == 422


async def test_closed_ones_are_under_all(complaints: Complaints) -> None:
    place = await complaints.filed("N1")
    async with complaints.rig.browser() as browser:
        await shown_after(browser, await step(browser, place, "withdrawn"))
        assert numbers((await browser.get(f"{BASE}/complaints")).text) == ["K1"]
        page = (await browser.get(f"{BASE}/complaints", show="all")).text
    assert numbers(page) == ["K1", "N1"] and "Withdrawn" in page


async def test_pages_have_all_of_them_once(
    complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {f"N{number}" for number in range(7)}
    for number in sorted(wanted):
        await complaints.filed(number)
    monkeypatch.setattr("services.desk.api.complaints.PAGE", 3)
    assert views.PAGE == 50
    async with complaints.rig.browser() as browser:
        for show in ("open", "all"):
            found: list[str] = []
            address: str | None = f"{BASE}/complaints?show={show}"
            while address:
                page = (await browser.client.get(address)).text
                found += numbers(page)
                following = re.search(r'rel="next" href="([^"]+)"', page)
                more = following[1].replace("&amp;", "&") if following else None
                address = f"{BASE}/complaints{more}" if more else None
            assert wanted <= set(found) and len(found) == len(set(found)), show


async def test_a_privacy_officer_sees_none(complaints: Complaints) -> None:
    async with complaints.rig.browser(f"privacy@{MINE}") as browser:
        assert (await browser.get(f"{BASE}/complaints")).status_code == 403


async def test_while_complaints_is_away_the_page_says_so(complaints: Complaints) -> None:
    complaints.rig.away.add("complaints")
    async with complaints.rig.browser() as browser:
        page = await browser.get(f"{BASE}/complaints")
    assert page.status_code == 503 and "Nothing is lost" in page.text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("written", "shown"),
    [("50 % Service", "50 % Service"), ("<i>x", "&lt;i&gt;x")],
    ids=["percent", "markup"],
)
async def test_a_department_is_shown_as_it_was_written(
    complaints: Complaints, language: Language, written: str, shown: str
) -> None:
    await complaints.filed("N1", department=written)
    async with complaints.rig.browser(language=language) as browser:
        page = await browser.get(f"{BASE}/complaints")
    assert page.status_code == 200
    assert f">{shown}</a>" in page.text and "<i>x" not in page.text
