"""A dealer's customers by grade and by month, as the endpoints answer them."""

import pytest

from tests.services.scoring.asked import Asking
from tests.services.scoring.given import DEALER, day, sale, visit
from tests.services.scoring.several import profile, told_of

MOVES = f"dealers/{DEALER}/moves"
GRADES, ANALYSIS = f"dealers/{DEALER}/grades", f"dealers/{DEALER}/analysis"
CUSTOMERS = {
    f"{DEALER}/cdk/C1": [
        sale("2025-01-10", vin="V1"),
        visit("2025-02-20", paid="1000"),
        profile(occupation="=teacher", birth_year=1985, cars={"V1": ("BYD", "Han")}),
    ],
    f"{DEALER}/crm/C2": [sale("2025-02-10")],
    "sunrise/berlin/cdk/C3": [sale("2025-02-10"), visit("2025-02-20", paid="50", currency="EUR")],
}
KNOWN = {key: told_of(key, *events) for key, events in CUSTOMERS.items()}
ASKING = Asking(KNOWN, day("2025-04-01"))
LATER = Asking(KNOWN, day("2026-02-01"))
"""When some are at risk."""


async def test_grades_are_told_now_and_by_month() -> None:
    found = await ASKING.get(f"{GRADES}?from=2025-01&to=2025-02")
    assert [month["month"] for month in found["months"]] == ["2025-01", "2025-02"]
    first, second = (month["figures"] for month in found["months"])
    assert (first["customers"], second["customers"]) == (1, 2)
    assert (first["new"], second["new"]) == (1, 1)
    assert second["grade_moves"] == [{"from": "general", "to": "potential", "customers": 1}]
    now = found["now"]["figures"]
    assert (found["now"]["month"], now["customers"], now["new"]) == ("2025-04", 2, 0)
    assert now["by_grade"] == {"quality": 0, "potential": 1, "general": 1}
    assert (found["dealer_id"], found["behind_seconds"]) == (DEALER, 0)


async def test_every_figure_of_moves_is_made_of_as_many_moves() -> None:
    compared = 0
    for month in (await LATER.get(f"{GRADES}?from=2025-02"))["months"]:
        for of in ("grade", "risk"):
            span = f"of={of}&from={month['month']}&to={month['month']}"
            total = 0
            for each in month["figures"][f"{of}_moves"]:
                found = await LATER.get(f"{MOVES}?{span}&left={each['from']}&reached={each['to']}")
                assert len(found["moves"]) == each["customers"]
                total += each["customers"]
            assert len((await LATER.get(f"{MOVES}?{span}"))["moves"]) == total
            compared += total
    assert compared > 1
    [moved] = (await LATER.get(f"{MOVES}?of=grade&from=2025-02"))["moves"]
    assert moved == {
        "customer_key": f"{DEALER}/cdk/C1",
        "at": "2025-02-20T10:00:00.000Z",
        "before": "general",
        "after": "potential",
    }


async def test_moves_come_in_pages() -> None:
    first = await LATER.get(f"{MOVES}?of=risk&limit=1")
    assert len(first["moves"]) == 1
    behind = await LATER.get(f"{MOVES}?of=risk&after={first['after']}")
    whole = await LATER.get(f"{MOVES}?of=risk")
    assert first["moves"] + behind["moves"] == whole["moves"]
    assert await LATER.refused(f"{MOVES}?of=grade&after={first['after']}") == "after"
    assert await LATER.refused(f"{MOVES}?of=grade&from=2025-01") == "from"


async def test_without_months_the_last_twelve_are_told() -> None:
    for path in (GRADES, f"{ANALYSIS}?by=area"):
        months = [month["month"] for month in (await ASKING.get(path))["months"]]
        assert (months[0], months[-1], len(months)) == ("2024-05", "2025-04", 12)


async def test_an_analysis_tells_each_group_by_month() -> None:
    found = await ASKING.get(f"{ANALYSIS}?by=occupation&from=2025-02&to=2025-02")
    [month] = found["months"]
    assert [group["group"] for group in month["groups"]] == ["=teacher", "unknown"]
    teacher, unknown = (group["figures"] for group in month["groups"])
    assert (teacher["customers"], teacher["visits"]) == (1, 1)
    assert teacher["paid"] == {"CNY": 1000}
    assert teacher["by_grade"] == {"quality": 0, "potential": 1, "general": 0}
    assert (unknown["customers"], unknown["visits"]) == (1, 0)
    assert month["total"]["customers"] == 2
    assert month["total"]["value"] == teacher["value"] + unknown["value"]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("age", ["40-49", "unknown"]),
        ("source", ["cdk", "crm"]),
        ("car", ["BYD Han", "unknown"]),
        ("grade", ["potential", "general"]),
        ("area", ["unknown"]),
    ],
)
async def test_customers_are_told_by_what_they_have_in_common(by: str, groups: list[str]) -> None:
    found = await ASKING.get(f"{ANALYSIS}?by={by}&from=2025-02&to=2025-02")
    assert [group["group"] for group in found["months"][0]["groups"]] == groups


async def test_another_dealers_money_is_not_counted() -> None:
    found = await ASKING.get(f"{ANALYSIS}?by=grade&from=2025-02")
    assert {code for month in found["months"] for code in month["total"]["paid"]} == {"CNY"}


async def test_a_table_has_a_row_for_each_group_and_the_total() -> None:
    rows = await ASKING.table(f"{ANALYSIS}?by=occupation&from=2025-02&to=2025-02&format=csv")
    assert rows[0][:2] == ["month 月份", "group 分组"]
    paid = rows[0].index("paid 付费 CNY")
    assert [row[1] for row in rows[1:]] == ["'=teacher", "unknown 未知", "total 合计"]
    assert [row[paid] for row in rows[1:]] == ["1000", "0", "1000"]
    rows = await ASKING.table(f"{ANALYSIS}?by=age&from=2025-02&to=2025-02&format=csv&lang=zh")
    assert rows[0][:3] == ["月份", "分组", "客户数"]


async def test_grades_come_as_a_table_too() -> None:
    rows = await ASKING.table(f"{GRADES}?from=2025-01&to=2025-02&format=csv&lang=en")
    column = rows[0].index("general > potential")
    assert [row[column] for row in rows[1:]] == ["0", "1"]
    assert rows[0][:4] == ["month", "customers", "new", "quality"]


@pytest.mark.parametrize("path", [f"{GRADES}?", f"{ANALYSIS}?by=age&"])
@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("from=2025-13", "from"),
        ("from=2025-00", "from"),
        ("from=January", "from"),
        ("to=2025-02-01", "to"),
        ("from=2025-03&to=2025-02", "to"),
        ("to=2025-05", "to"),
        ("to=2199-12", "to"),
        ("from=2022-03", "from"),
        ("to=2021-01", "to"),
    ],
)
async def test_months_that_cannot_be_asked_for_are_told(path: str, query: str, wrong: str) -> None:
    assert await ASKING.refused(f"{path}{query}") == wrong


async def test_the_earliest_month_is_counted_by_itself() -> None:
    found = await ASKING.get(f"{GRADES}?from=2022-04")
    assert (found["months"][0]["month"], len(found["months"])) == ("2022-04", 37)


@pytest.mark.parametrize("query", ["", "by=height", "by=age&by=height"])
async def test_it_must_be_said_by_what(query: str) -> None:
    assert await ASKING.refused(f"{ANALYSIS}?{query}") == "by"
