"""Tables leave the desk: for who may, with the names that they may see; it is written down."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from services.desk.domain.people import CustomerCard
from services.desk.views.exports import EXPORTS
from tests.access.dealers import MINE
from tests.access.services import scoring_with
from tests.services.desk.cases import Complaints
from tests.services.desk.given_customers import of_another
from tests.services.desk.rig import BASE, Rig
from tests.services.scoring.given import sale, visit

MANAGER = f"manager@{MINE}"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    for key in (f"{MINE}/cdk/C1", f"{MINE}/cdk/C-1"):
        rig.directory.known[key] = CustomerCard(customer_key=key, name="=Wang Fang")
    return rig


@pytest.mark.parametrize("table", EXPORTS)
async def test_each_table_is_a_workbook_and_a_csv(rig: Rig, table: str) -> None:
    if table == "clocks":
        complaints = Complaints.at(rig)
        await complaints.filed("N1")
        await complaints.store.wake()
    if table == "moves":
        more = [sale("2025-01-10", "D7"), visit("2025-02-20", "R7", paid="1000")]
        await rig.houses.tell("scoring", scoring_with(*(of_another(each) for each in more)))
    async with rig.browser(MANAGER) as browser:
        book = await browser.post(f"{BASE}/exports", table=table, form="xlsx")
        text = await browser.post(f"{BASE}/exports", table=table, form="csv")
    assert (book.status_code, text.status_code) == (200, 200), book.text
    day = rig.houses.clock.now().astimezone(rig.desk.dealers.zone_of(MINE)).date()
    assert (
        book.headers["content-disposition"]
        == f'attachment; filename="{table}-sunrise-pudong-{day}.xlsx"'
    )
    page = load_workbook(io.BytesIO(book.content)).active
    lines = text.content.decode("utf-8-sig").splitlines()
    assert page.max_row == len(lines) > 1
    assert lines[0].split(",") == [cell.value for cell in page[1]]
    assert rig.trail.entries == [
        ("lin", MINE, "exported", f"{table}.xlsx"),
        ("lin", MINE, "exported", f"{table}.csv"),
    ]


@pytest.mark.parametrize("table", ["tasks", "cases", "customers", "answers", "leads"])
async def test_names_are_in_it_and_are_no_formulas(rig: Rig, table: str) -> None:
    async with rig.browser(MANAGER) as browser:
        book = await browser.post(f"{BASE}/exports", table=table, form="xlsx")
        text = await browser.post(f"{BASE}/exports", table=table, form="csv")
    page = load_workbook(io.BytesIO(book.content)).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value == "=Wang Fang"]
    assert cells and all(cell.data_type == "s" for cell in cells)
    assert "'=Wang Fang" in text.text


async def test_headings_are_in_the_readers_language(rig: Rig) -> None:
    async with rig.browser(MANAGER, language="zh") as browser:
        text = await browser.post(f"{BASE}/exports", table="tasks", form="csv")
    assert text.content.decode("utf-8-sig").splitlines()[0].startswith("来源,客户编号,姓名,任务")


@pytest.mark.parametrize("role", ["agent", "advisor", "head", "privacy", "admin"])
async def test_only_who_may_takes_anything_away(rig: Rig, role: str) -> None:
    async with rig.browser(f"{role}@{MINE}") as browser:
        page = await browser.get(f"{BASE}/exports")
        file = await browser.post(f"{BASE}/exports", table="tasks", form="csv")
    assert (page.status_code, file.status_code) == (403, 403)
    assert rig.trail.entries == []


async def test_what_is_no_table_is_not_understood(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        page = await browser.post(f"{BASE}/exports", table="passwords", form="csv")
    assert page.status_code == 422
