"""A dealer's customers in lists, as the endpoint answers them."""

from typing import Any

import pytest

from services.scoring.views.listing import AskedList
from shared.decider.asked_lines import cursor
from shared.decider.summary import Place
from tests.services.scoring.asked import Asking
from tests.services.scoring.given import DEALER, day, sale, visit
from tests.services.scoring.several import told_of

OTHER_DEALER = "sunrise/berlin"
NOW = day("2025-04-01")
LISTS = f"dealers/{DEALER}/customers"

CUSTOMERS = {
    f"{DEALER}/cdk/general": [sale("2025-01-10")],
    f"{DEALER}/cdk/potential": [sale("2025-01-10"), visit("2025-01-20", paid="1000")],
    f"{DEALER}/cdk/another": [sale("2025-01-10"), visit("2025-02-20", paid="1500")],
    f"{DEALER}/cdk/quality": [
        sale("2025-01-10"),
        *(visit(f"2025-0{month}-15", f"R{month}", paid="1000") for month in (1, 2, 3)),
    ],
    f"{OTHER_DEALER}/cdk/theirs": [sale("2025-01-10"), visit("2025-01-20", paid="9000")],
}
ASKING = Asking({key: told_of(key, *events) for key, events in CUSTOMERS.items()}, NOW)


def numbers(found: dict[str, Any]) -> list[str]:
    return [line["customer_key"].rpartition("/")[2] for line in found["customers"]]


async def pages(query: str) -> list[list[str]]:
    """All pages of a list, one after the other."""
    found = await ASKING.get(f"{LISTS}?{query}")
    read = [numbers(found)]
    while found["after"] is not None:
        found = await ASKING.get(f"{LISTS}?{query}&after={found['after']}")
        read.append(numbers(found))
        assert len(read) < 20
    return read


async def test_customers_come_by_score_the_highest_first() -> None:
    found = await ASKING.get(f"{LISTS}?sort=score")
    scores = [line["score"] for line in found["customers"]]
    assert numbers(found)[0] == "quality"
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 4
    rising = await ASKING.get(f"{LISTS}?sort=score&order=asc")
    assert numbers(rising) == numbers(found)[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("query", ["sort=score", "sort=points&period=2025-01"])
async def test_pages_go_on_where_the_one_before_ended(query: str, order: str) -> None:
    [whole] = await pages(f"{query}&order={order}")
    assert len(set(whole)) == len(whole) == 4
    by_one = await pages(f"{query}&order={order}&limit=1")
    assert [number for page in by_one for number in page] == whole
    assert all(len(page) == 1 for page in by_one)


async def test_a_grade_is_a_list_of_its_own() -> None:
    assert await pages("grade=quality") == [["quality"]]
    assert await pages("grade=potential&limit=1") == [["another"], ["potential"]]
    assert await pages("grade=general") == [["general"]]


async def test_a_grade_in_an_order_that_is_kept_for_all_is_sifted() -> None:
    found = await pages("sort=points&period=2025-01&grade=potential&limit=1")
    assert [number for page in found for number in page] == ["potential", "another"]


async def test_points_won_in_a_month_are_told() -> None:
    won = await ASKING.get(f"{LISTS}?period=2025-03")
    assert numbers(won) == ["quality"]
    assert won["customers"][0]["points_moved"] > 0
    assert numbers(await ASKING.get(f"{LISTS}?sort=points")) == [], "nothing in April so far"


async def test_a_list_says_how_old_it_is() -> None:
    asking = Asking({}, NOW)
    asking.reader.until = day("2025-03-31")
    found = await asking.get(f"{LISTS}?sort=score")
    assert (found["as_of"], found["behind_seconds"]) == ("2025-03-31T10:00:00.000Z", 86_400)
    asking.reader.until = None
    found = await asking.get(f"{LISTS}?sort=score")
    assert (found["as_of"], found["behind_seconds"]) == (None, None)


async def test_one_dealers_customers_are_in_no_list_of_another() -> None:
    for query in ("sort=key", "sort=score", "grade=potential", "period=2025-01"):
        theirs = await ASKING.get(f"dealers/{OTHER_DEALER}/customers?{query}")
        assert numbers(theirs) == ["theirs"]
        assert "theirs" not in numbers(await ASKING.get(f"{LISTS}?{query}"))


async def test_a_table_has_all_and_headings_in_the_language_asked_for() -> None:
    rows = await ASKING.table(f"{LISTS}?sort=score&format=csv")
    assert rows[0][:3] == ["customer key 客户键", "grade 级别", "score 评分"]
    assert rows[1][0] == f"{DEALER}/cdk/quality"
    assert len(rows) == 5
    rows = await ASKING.table(f"{LISTS}?grade=quality&format=csv&lang=zh")
    assert (rows[0][1], rows[1][1]) == ("级别", "优质")
    rows = await ASKING.table(f"{LISTS}?format=csv&lang=en")
    assert (rows[0][1], rows[1][1]) == ("grade", "potential")


@pytest.mark.parametrize("query", ["sort=key", "sort=score", "sort=points&period=2025-01"])
async def test_a_table_that_is_not_all_says_where_it_goes_on(query: str) -> None:
    asked, rows = f"?{query}&format=csv&limit=3", 0
    for length in (3, 1):
        answer = await ASKING.answer(f"{LISTS}{asked}")
        rows += len(answer.text.splitlines()) - 1
        assert rows == (3 if length == 3 else 4)
        if length == 3:
            following, rel = answer.headers["link"].split("; ")
            assert rel == 'rel="next"'
            asked = following.strip("<>")
    assert "link" not in answer.headers
    answer = await ASKING.answer(f"{LISTS}?{query}&limit=3")
    assert "link" not in answer.headers, "JSON says it itself"


@pytest.mark.parametrize(("limit", "rows"), [("", 1_203), ("&limit=1100", 1_100)])
async def test_a_table_by_key_is_read_in_pages_and_has_all(limit: str, rows: int) -> None:
    many = {f"{DEALER}/cdk/C{number:04}": [sale("2025-01-10")] for number in range(1_203)}
    asking = Asking({key: told_of(key, *events) for key, events in many.items()}, NOW)
    table = await asking.table(f"{LISTS}?sort=key&format=csv{limit}")
    assert [row[0] for row in table[1:]] == sorted(many)[:rows]


async def test_a_table_may_be_asked_for_by_the_header() -> None:
    answer = await ASKING.answer(LISTS, {"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].endswith('"customers-key-sunrise-pudong.csv"')
    for asked in ("text/csv, application/json", "*/*"):
        answer = await ASKING.answer(LISTS, {"accept": asked})
        assert answer.headers["content-type"] == "application/json"
    answer = await ASKING.answer(f"{LISTS}?format=json", {"accept": "text/csv"})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=1000000", "limit"),
        ("limit=10001&format=csv", "limit"),
        ("grade=best", "grade"),
        ("risk=gone", "risk"),
        ("sort=name", "sort"),
        ("order=up", "order"),
        ("format=xlsx", "format"),
        ("lang=de", "lang"),
        ("sort=key&grade=quality", "sort"),
        ("sort=key&risk=lost", "sort"),
        ("sort=key&order=desc", "sort"),
        ("sort=score&period=2025-01", "period"),
        ("period=2025-13", "period"),
        ("period=2025-1", "period"),
        ("period=25-01", "period"),
        ("period=2025-01-01", "period"),
        ("period=", "period"),
        ("period=2025-05", "period"),
        ("period=2024-03", "period"),
        ("period=0000-01", "period"),
        ("period=9999-12", "period"),
        ("after=sunrise/berlin/cdk/theirs", "after"),
        ("sort=score&after=1", "after"),
        ("sort=score&after=%00", "after"),
        ("sort=score&after=%E5%AE%A2", "after"),
        ("sort=score&after=c3VucmlzZQ", "after"),
        ("sort=score&after=" + "A" * 9000, "after"),
    ],
)
async def test_what_cannot_be_asked_for_is_told(query: str, wrong: str) -> None:
    assert await ASKING.refused(f"{LISTS}?{query}") == wrong


async def test_the_first_and_the_last_month_of_a_year_are_listed() -> None:
    for period in ("2024-04", "2025-04"):
        assert (await ASKING.get(f"{LISTS}?period={period}"))["customers"] == []


@pytest.mark.parametrize(
    "query",
    [
        "sort=score&order=asc",
        "sort=score&grade=general",
        "sort=next_visit",
        "sort=points&period=2025-01",
    ],
)
async def test_a_cursor_is_that_of_one_list(query: str) -> None:
    page = await ASKING.get(f"{LISTS}?sort=score&limit=1")
    assert await ASKING.refused(f"{LISTS}?{query}&after={page['after']}") == "after"
    theirs = f"dealers/{OTHER_DEALER}/customers?sort=score&after={page['after']}"
    assert await ASKING.refused(theirs) == "after"


async def test_a_cursor_that_names_another_dealers_customer_is_none() -> None:
    asked = AskedList(dealer_id=DEALER, sort="score", descending=True)
    forged = cursor(asked, str(Place.of(2**29, f"{OTHER_DEALER}/cdk/theirs")))
    assert await ASKING.refused(f"{LISTS}?sort=score&after={forged}") == "after"


async def test_there_is_no_list_of_no_dealer() -> None:
    for path in ("customers?sort=score", "grades", "analysis?by=age"):
        assert (await ASKING.answer(f"dealers/no/where/{path}")).status_code == 404
