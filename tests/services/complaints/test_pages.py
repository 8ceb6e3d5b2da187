"""What staff and operators can read of a dealer: its cases in pages, and its statistics."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.adapters.reading import LISTINGS_PAGE
from services.complaints.domain.rulebook import rulebook_of
from services.complaints.views import cursor
from shared.decider.decision import NOTHING_DUE
from shared.time.zones import moment_of
from tests.services.complaints.given import DEALER, RULES, at, filed, given, step
from tests.services.complaints.reading import CASES, ID, STATISTICS, OneDealer, client
from tests.services.complaints.rules import BUSINESS, CALENDAR


def five() -> OneDealer:
    """By deadline: K3 passed, K1, K2, then K0 of which nothing is due; K4 is closed."""
    hold, contact = step("held", "10m"), step("contacted", "5m")
    cases = {
        "K0": given(filed(), contact, hold),
        "K1": given(filed(received="30m")),
        "K2": given(filed(), contact),
        "K3": given(filed()),
        "K4": given(filed(), step("withdrawn", "1h")),
    }
    return OneDealer({f"{DEALER}/cdk/C|{name}": case.when("140m") for name, case in cases.items()})


async def _pages(
    reader: OneDealer, limit: int, **params: str
) -> tuple[list[str], list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    after = ""
    async with client(reader, at("140m")) as asked:
        while True:
            query = {"after": after, "limit": str(limit), **params}
            page = (await asked.get(CASES, params=query)).json()
            found += page["cases"]
            if page["next"] is None:
                return [line["id"].partition("|")[2] for line in found], found
            after = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
async def test_open_cases_come_by_deadline_in_pages(limit: int) -> None:
    names, found = await _pages(five(), limit)
    assert names == ["K3", "K1", "K2", "K0"]
    assert [line["status"] for line in found] == [
        "escalated",
        "open",
        "under_review",
        "pending_customer",
    ]
    assert found[0]["running"][0] == {
        "clock": "contact",
        "title_en": "Contact",
        "title_zh": "联系客户",
        "generation": 1,
        "state": "broken",
        "due_at": "2026-11-21T04:00:00.000Z",
    }
    assert found[-1]["deadline"] is None


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
async def test_all_cases_come_by_id_in_pages(limit: int) -> None:
    names, _ = await _pages(five(), limit, status="all")
    assert names == ["K0", "K1", "K2", "K3", "K4"]


def of_two() -> OneDealer:
    """C has an open case and a closed one, and their key begins as that of C1, who has one."""
    withdrawn = given(filed(), step("withdrawn", "1h"))
    cases = {"C|K1": given(filed()), "C|K2": withdrawn, "C1|K3": given(filed())}
    return OneDealer({f"{DEALER}/cdk/{name}": case.when("140m") for name, case in cases.items()})


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(
    ("status", "names"), [("all", ["K1", "K2"]), ("open", ["K1"])], ids=["all", "open"]
)
async def test_a_customers_cases_come_by_id(limit: int, status: str, names: list[str]) -> None:
    found, _ = await _pages(of_two(), limit, status=status, customer=f"{DEALER}/cdk/C")
    assert found == names


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_the_open_cases_of_one_of_the_staff_come_by_deadline(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many others there are."""
    monkeypatch.setattr("services.complaints.adapters.reading.READ_AT_ONCE", 2)
    given_to_me = step("reassigned", "55m", to="s-1")
    cases = {f"K{number}": given(filed(received=f"{number}m")) for number in range(5)}
    cases |= {"K5": given(filed(), given_to_me)}
    cases |= {"K6": given(filed(received="50m"), given_to_me)}
    cases |= {"K7": given(filed(), given_to_me, step("withdrawn", "1h"))}
    reader = OneDealer({f"{DEALER}/cdk/C|{n}": case.when("140m") for n, case in cases.items()})
    names, _ = await _pages(reader, limit, owner="s-1")
    assert names == ["K5", "K6"]


async def test_cases_are_those_that_statistics_count() -> None:
    async with client(five(), at("140m")) as asked:
        total = (await asked.get(STATISTICS)).json()
        compared = 0
        for period in (*total["periods"], total["total"]):
            days = {"from": period["from"], "to": period["to"]}
            for name, clock in period["clocks"].items():
                for state in ("kept", "broken", "running", "ended"):
                    query = {**days, "clock": name, "clock_state": state, "status": "all"}
                    found = (await asked.get(CASES, params=query)).json()["cases"]
                    assert len(found) == clock[state], (name, state)
                    compared += len(found)
            received = (await asked.get(CASES, params={**days, "status": "all"})).json()["cases"]
            assert len(received) == period["received"]
        open_ones = await asked.get(CASES, params={"from": total["total"]["from"]})
        assert len(open_ones.json()["cases"]) == total["total"]["open"]
    assert compared > 4


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_cases_that_are_counted_come_by_id_in_pages(limit: int) -> None:
    names, found = await _pages(five(), limit, status="all", clock="contact", clock_state="broken")
    assert names == ["K3"]
    assert found[0]["status"] == "escalated"


@pytest.mark.parametrize(
    "params",
    [
        {"owner": "s-1", "status": "all"},
        {"owner": "s-1", "clock": "contact"},
        {"owner": "s-1", "customer": f"{DEALER}/cdk/C"},
        {"clock_state": "broken", "customer": f"{DEALER}/cdk/C"},
        {"clock_state": "late"},
        {"clock": "contact", "from": "2026-11-02", "to": "2026-11-01"},
        {"clock": "contact", "after": "sunrise/berlin/cdk/C|K"},
    ],
)
async def test_cases_that_cannot_be_asked_for_are_refused(params: dict[str, str]) -> None:
    async with client(five(), at("1h")) as asked:
        assert (await asked.get(CASES, params=params)).status_code == 422


async def test_a_customer_of_another_dealer_is_none_of_this_ones() -> None:
    async with client(of_two(), at("1h")) as asked:
        for query in ({"customer": "sunrise/berlin/cdk/C"}, {"customer": f"{DEALER}/cdk/C"}):
            after = {"after": f"{DEALER}/cdk/C1|K3"}
            page = await asked.get(CASES, params=query | after)
            assert page.status_code == 422


async def test_another_dealers_list_is_empty() -> None:
    async with client(five(), at("1h")) as asked:
        for status in ("open", "all"):
            page = await asked.get("/v1/dealers/sunrise/berlin/cases", params={"status": status})
            assert page.json() == {"cases": [], "next": None}


@pytest.mark.parametrize(
    "params",
    [
        {"after": "nonsense"},
        {"after": "ü"},
        {"after": "9999"},
        {"after": f"{DEALER}/cdk/C|K1"},
        {"after": cursor.written((at("1h"), "sunrise/berlin/cdk/C|K"))},
        {"after": cursor.written((at("1h"), f"{DEALER}/cdk/C|K")), "status": "all"},
        {"after": "sunrise/berlin/cdk/C|K", "status": "all"},
    ],
)
async def test_a_wrong_cursor_is_refused_with_a_clear_message(params: dict[str, str]) -> None:
    async with client(five(), at("1h")) as asked:
        answer = await asked.get(CASES, params=params)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "/query/after"
    assert fault["detail"].startswith("not the `next` of a page")


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 501}, {"status": "lost"}])
async def test_other_wrong_requests_are_refused(params: dict[str, str]) -> None:
    async with client(five(), at("1h")) as asked:
        assert (await asked.get(CASES, params=params)).status_code == 422


@for_all(
    st.integers(-2_000_000_000_000, 7_000_000_000_000).map(moment_of),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_cursor_comes_back_as_it_was(moment: datetime, case: str) -> None:
    place = (moment, f"{DEALER}/{case}")
    assert cursor.read(cursor.written(place), DEALER) == place


@for_all(st.text(max_size=40))
def test_no_text_crashes_the_reading_of_a_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        cursor.read(text, DEALER)


def test_nothing_due_has_a_cursor() -> None:
    place = (NOTHING_DUE, f"{DEALER}/cdk/C|K")
    assert cursor.read(cursor.written(place), DEALER) == place


async def test_statistics_count_the_cases_of_the_time_asked_for() -> None:
    async with client(five(), at("140m")) as asked:
        answer = await asked.get(STATISTICS, params={"by": "month", "from": "2026-11-01"})
        assert answer.status_code == 200
    found = answer.json()
    [november] = found["periods"]
    assert (november["period"], november["from"], november["to"]) == (
        "2026-11",
        "2026-11-01",
        "2026-11-21",
    )
    assert (november["received"], november["open"], november["closed"]) == (5, 4, 1)
    assert november["clocks"]["contact"]["broken"] == 1
    assert found["total"]["repeat_complainers"] == 1


@pytest.mark.parametrize(
    ("by", "first", "number"), [("week", "2026-08-31", 12), ("month", "2025-12-01", 12)]
)
async def test_by_default_the_last_twelve_are_shown(by: str, first: str, number: int) -> None:
    async with client(five(), at("140m")) as asked:
        found = (await asked.get(STATISTICS, params={"by": by})).json()
    assert (found["periods"][0]["from"], len(found["periods"])) == (first, number)
    assert found["periods"][-1]["received"] == 5


async def test_today_is_the_dealers_own_where_its_calendar_is_known() -> None:
    shanghai = rulebook_of(BUSINESS, CALENDAR)
    for rules, expected in [(RULES, "2026-11-22"), (shanghai, "2026-11-21")]:
        async with client(OneDealer({}, rules), at("9h")) as asked:  # 19:00 in Shanghai
            assert (await asked.get(STATISTICS)).json()["total"]["to"] == expected


async def test_a_case_counts_by_the_dealers_local_date() -> None:
    """Received at 18:00 in UTC on the 20th: in Shanghai it is the 21st."""
    reader = OneDealer({ID: given(filed(received="-8h")).when("1h")})
    for day, expected in [("2026-11-20", 0), ("2026-11-21", 1)]:
        async with client(reader, at("1d")) as asked:
            found = await asked.get(STATISTICS, params={"from": day, "to": day})
        assert found.json()["total"]["received"] == expected


async def test_statistics_are_read_page_by_page() -> None:
    reader = OneDealer({ID: given(filed()).when("1h")})
    listing = reader.snapshots[ID].listing
    assert listing is not None
    reader.more = [
        (f"{DEALER}/cdk/{number:05d}", replace(listing, since=at("0s") + timedelta(seconds=number)))
        for number in range(2 * LISTINGS_PAGE + 10)
    ]
    async with client(reader, at("1d")) as asked:
        found = (await asked.get(STATISTICS)).json()
    assert found["total"]["received"] == 2 * LISTINGS_PAGE + 11
    assert reader.read == 3


async def test_too_many_cases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.complaints.api.LISTINGS_PAGE", 1)
    monkeypatch.setattr("services.complaints.api.MOST_CASES", 3)
    async with client(five(), at("1d")) as asked:
        answer = await asked.get(STATISTICS)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"].startswith("more than 3 complaints")


@pytest.mark.parametrize(
    "params",
    [
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-11-01"},
        {"from": "yesterday"},
        {"from": "1800-01-01", "to": "1800-02-01"},
        {"by": "year"},
    ],
)
async def test_a_wrong_time_is_refused(params: dict[str, str]) -> None:
    async with client(five(), at("1d")) as asked:
        for path in (STATISTICS, f"{STATISTICS}.csv"):
            assert (await asked.get(path, params=params)).status_code == 422


async def test_the_same_comes_as_a_table() -> None:
    async with client(five(), at("140m")) as asked:
        by_path = await asked.get(f"{STATISTICS}.csv")
        by_header = await asked.get(STATISTICS, headers={"accept": "text/csv;q=0.9, */*;q=0.1"})
        as_json = await asked.get(STATISTICS, headers={"accept": "application/json, text/csv"})
    assert by_path.content == by_header.content
    assert by_path.content.startswith(b"\xef\xbb\xbf")
    assert by_path.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_path.headers["content-disposition"] == (
        'attachment; filename="complaints-sunrise-pudong-2026-08-31-2026-11-21.csv"'
    )
    table = list(csv.reader(io.StringIO(by_path.content.decode("utf-8-sig"), newline="")))
    assert len(table) == 1 + 12 + 1
    assert as_json.headers["content-type"] == "application/json"
