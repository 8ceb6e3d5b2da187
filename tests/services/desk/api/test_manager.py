"""The manager's pages, over the other services."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.desk.adapters.users import StoredUser
from services.desk.domain.people import CustomerCard
from services.desk.domain.users import User
from tests.access.dealers import MINE
from tests.services.desk.rig import BASE, Rig

MANAGER = f"manager@{MINE}"
PAGES = ("", "/satisfaction", "/customers", "/customers/list", "/tasks")


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    chen = User(username="chen", name="Chen Hao", staff_id="s-chen", grants=(f"agent@{MINE}",))
    await rig.users.save(StoredUser(user=chen))
    for number in ("C1", "C-1"):
        key = f"{MINE}/cdk/{number}"
        rig.directory.known[key] = CustomerCard(customer_key=key, name=f"Wang {number}")
    rig.houses.clock.set(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return rig


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_each_page_is_there_in_both_languages(rig: Rig, place: str, language: str) -> None:
    async with rig.browser(MANAGER, language="zh" if language == "zh" else "en") as browser:
        page = await browser.get(f"{BASE}/manager{place}")
    assert page.status_code == 200, page.text
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page.text
    assert len(page.content) <= 100_000
    assert " style=" not in page.text and "<script>" not in page.text


@pytest.mark.parametrize("place", PAGES)
async def test_they_are_for_managers(rig: Rig, place: str) -> None:
    async with rig.browser(f"agent@{MINE}") as browser:
        page = await browser.get(f"{BASE}/manager{place}")
    assert page.status_code == 403


async def test_broken_promises_and_who_has_how_much_are_shown(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(f"{BASE}/manager")
    assert 'data-live="cases"' in page.text and 'data-live="tasks"' in page.text
    assert f'<a href="{BASE}/cases/cdk/K-1">K-1</a>' in page.text
    assert "Wang C-1" in page.text
    assert "Chen Hao" in page.text
    assert f'href="{BASE}/manager/tasks?person=nobody' in page.text


@pytest.mark.parametrize("away", ["complaints", "followup"])
async def test_what_is_away_does_not_take_the_rest_with_it(rig: Rig, away: str) -> None:
    rig.away.add(away)
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(f"{BASE}/manager")
    assert page.status_code == 200
    assert "This cannot be had at present" in page.text
    shown = {"complaints": "Chen Hao", "followup": f"{BASE}/cases/cdk/"}[away]
    assert shown in page.text


async def test_customers_of_a_grade_are_listed_by_name(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        found = await browser.get(f"{BASE}/manager/customers/list", grade="", risk="", sort="score")
        wrong = await browser.get(f"{BASE}/manager/customers/list", grade="best")
    assert f'<a href="{BASE}/customers/cdk/C1">Wang C1</a>' in found.text
    assert wrong.status_code == 422
