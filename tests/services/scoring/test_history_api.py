"""How a customer's points went, as the endpoint answers it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as always

from services.scoring.domain.course import course
from services.scoring.views.history import local_day, series
from shared.contracts.envelope import Event
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import CUSTOMER, DEALER, POLICY, day, moved, sale, visit
from tests.services.scoring.several import told_of
from tests.services.scoring.stories import moments, stories

NOW = day("2025-04-01")
STORY = [sale("2025-01-10"), visit("2025-02-20", paid="1000")]
ASKING = Asking({CUSTOMER: told_of(CUSTOMER, *STORY)}, NOW)
HISTORY = f"customers/{CUSTOMER}/history"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def told(found: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [
        (each["period"] or each["at"], each["grade"], each["score"]) for each in found["moments"]
    ]


async def test_every_change_is_told() -> None:
    found = await ASKING.get(HISTORY)
    assert [each["at"] for each in found["moments"]] == [
        "2025-01-10T10:00:00.000Z",
        "2025-02-20T10:00:00.000Z",
    ]
    assert [each["grade"] for each in found["moments"]] == ["general", "potential"]
    assert found["customer_key"] == CUSTOMER
    for each in found["moments"]:
        assert each["score"] == each["value"] + each["loyalty"]


async def test_the_last_moment_is_how_the_customer_stands() -> None:
    score = await ASKING.get(f"customers/{CUSTOMER}")
    for by in ("change", "day", "month"):
        last = (await ASKING.get(f"{HISTORY}?by={by}"))["moments"][-1]
        assert (last["score"], last["grade"]) == (score["score"], score["grade"])


async def test_months_are_told_without_a_gap_up_to_the_present() -> None:
    found = told(await ASKING.get(f"{HISTORY}?by=month"))
    assert [each[:2] for each in found] == [
        ("2025-01", "general"),
        ("2025-02", "potential"),
        ("2025-03", "potential"),
        ("2025-04", "potential"),
    ]
    assert (await ASKING.get(f"{HISTORY}?by=month"))["moments"][0]["at"] == (
        "2025-01-31T16:00:00.000Z"
    )


async def test_days_are_those_of_the_dealer() -> None:
    found = told(await ASKING.get(f"{HISTORY}?by=day&from=2025-02-19&to=2025-02-21"))
    assert [each[:2] for each in found] == [
        ("2025-02-19", "general"),
        ("2025-02-20", "potential"),
        ("2025-02-21", "potential"),
    ]
    before = await ASKING.get(f"{HISTORY}?by=day&from=2025-01-08&to=2025-01-10")
    assert [each["period"] for each in before["moments"]] == ["2025-01-10"]


async def test_days_to_come_are_not_told() -> None:
    for by in ("change", "day", "month"):
        found = await ASKING.get(f"{HISTORY}?by={by}&to=2025-12-31")
        assert found["moments"][-1]["at"] <= "2025-04-01T10:00:00.000Z"


async def test_a_history_comes_as_a_table() -> None:
    rows = await ASKING.table(f"{HISTORY}?by=month&format=csv&lang=zh")
    assert rows[0] == ["时间 (Asia/Shanghai)", "期间", "评分", "价值", "忠诚", "级别"]
    assert rows[1][0] == "2025-02-01 00:00", "by the clocks of the dealer"
    assert [(row[1], row[5]) for row in rows[1:3]] == [("2025-01", "一般"), ("2025-02", "潜力")]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("by=year", "by"),
        ("from=2025-02-30", "from"),
        ("from=2025-02", "from"),
        ("to=yesterday", "to"),
        ("from=2025-02-02&to=2025-02-01", "to"),
        ("by=day&from=2020-01-01", "from"),
        ("from=1800-01-01", "from"),
    ],
)
async def test_what_cannot_be_asked_for_is_told(query: str, wrong: str) -> None:
    assert await ASKING.refused(f"{HISTORY}?{query}") == wrong


async def test_the_last_day_of_the_calendar_can_be_asked_for() -> None:
    for by in ("change", "month"):
        await ASKING.get(f"{HISTORY}?by={by}&from=1900-01-01&to=2199-12-31")


async def test_who_has_no_score_has_no_history() -> None:
    gone = Asking({CUSTOMER: told_of(CUSTOMER, moved("sale", "D1"))}, NOW)
    for asking, key in [(gone, CUSTOMER), (ASKING, f"{DEALER}/cdk/C2")]:
        assert (await asking.answer(f"customers/{key}/history")).status_code == 404


@pytest.mark.parametrize("number", ["history", "C%2Fhistory", "a%2Fb"])
async def test_whatever_the_customers_number_is_the_score_and_the_history_are_found(
    number: str,
) -> None:
    key = f"{DEALER}/cdk/{number}"
    asking = Asking({key: told_of(key, *STORY)}, NOW)
    asked = key.replace("%", "%25")
    assert (await asking.get(f"customers/{asked}"))["grade"] == "potential"
    assert len((await asking.get(f"customers/{asked}/history"))["moments"]) == 2


async def test_who_sold_nothing_that_counts_has_an_empty_history() -> None:
    asking = Asking({CUSTOMER: told_of(CUSTOMER, sale("2025-01-10", status="open"))}, NOW)
    for by in ("change", "day", "month"):
        assert (await asking.get(f"{HISTORY}?by={by}"))["moments"] == []


@always(stories(), moments)
def test_a_month_ends_as_it_is_reckoned_at_its_end(story: list[Event[Any]], now: datetime) -> None:
    documents = told_of(CUSTOMER, *story).documents
    way = course(documents, POLICY, now, in_full=True)
    today = local_day(now, SHANGHAI)
    first = today.replace(year=today.year - 3, day=1)
    for each in series(way.moments, "month", first, today, zone=SHANGHAI, now=now):
        stands = course(documents, POLICY, each.at if each.at == now else _before(each.at)).tally
        assert (each.value, each.loyalty, each.grade) == (
            stands.value,
            stands.loyalty,
            stands.grade,
        )


def _before(instant: datetime) -> datetime:
    return instant - timedelta(milliseconds=1)
