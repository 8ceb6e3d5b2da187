"""What is answered to the key of a dealer has nothing of another's: not its answers, cursors and
tables, nor what it can be made to say by an odd address."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.access.dealers import EVERY, MINE, SISTER, STRANGER, bearer, marks_in
from tests.access.services import SERVICES, Houses
from tests.access.table import HEALTH, ROWS, Row

OTHERS = (SISTER, STRANGER)
READS = [row for row in ROWS if row.method == "GET" and row.whose == "a dealer's"]
each_read = pytest.mark.parametrize("row", READS, ids=str)


@pytest.fixture
async def houses(tmp_path: Path, request: pytest.FixtureRequest) -> Houses:
    """The service that the test is about."""
    about = request.node.callspec.params
    return await Houses.open(tmp_path, about["row"].service if "row" in about else about["service"])


def key_of(houses: Houses, dealers: str) -> dict[str, str]:
    """May everything there."""
    return bearer(houses.holders.key(*EVERY, dealers=[dealers]))


def leaked(answer: httpx.Response, asked: str = "") -> list[str]:
    """What of the other dealers' is in it, headers too."""
    text = f"{answer.text} {answer.headers}"
    return [mark for other in OTHERS for mark in marks_in(text, other, asked=asked)]


@each_read
async def test_what_is_answered_to_a_dealer_is_theirs(houses: Houses, row: Row) -> None:
    for accept in ("application/json", "text/csv", "text/calendar", "*/*"):
        headers = {**key_of(houses, MINE), "accept": accept}
        answer = await row.answer(houses, MINE, headers)
        assert answer.status_code in (row.good, 406)
        assert not leaked(answer)


@each_read
async def test_who_may_see_all_sees_the_others_there(houses: Houses, row: Row) -> None:
    """Or nothing would be proved of what is not seen: the marks are in what others have."""
    answer = await row.answer(houses, SISTER, key_of(houses, "*"))
    assert answer.status_code == row.good
    if row.good == 200 and not row.path.endswith(
        ("statistics.csv", "/progress", "/records", "/rhythms")
    ):
        assert marks_in(f"{answer.text} {answer.headers}", SISTER)


@each_read
async def test_a_place_in_another_dealers_list_leads_nowhere(houses: Houses, row: Row) -> None:
    theirs = await row.answer(houses, SISTER, key_of(houses, "*"), more="limit=1")
    places = {f"{SISTER}/", f"{SISTER}/berlinonly/", "sunrise/a", "", *_places(theirs)}
    for place in places:
        asked = str(httpx.QueryParams({"after": place, "limit": "5"}))
        answer = await row.answer(houses, MINE, key_of(houses, MINE), more=asked)
        assert answer.status_code in (200, 404, 422)
        assert not leaked(answer, asked=place)


def _places(answer: httpx.Response) -> list[str]:
    try:
        found: Any = answer.json()
    except ValueError:
        return []
    names = ("after", "next")
    return [found[each] for each in names if isinstance(found, dict) and found.get(each)]


@each_read
async def test_naming_a_dealer_twice_opens_neither(houses: Houses, row: Row) -> None:
    """Whichever of two counts, both have to be allowed."""
    shown = key_of(houses, MINE)
    for name in ("dealer_id", "dealer", "source"):
        for value in (SISTER, STRANGER, "*", "sunrise/*", f"{MINE},{SISTER}"):
            answer = await row.answer(houses, MINE, shown, more=f"{name}={value}")
            assert not leaked(answer, asked=value)
            is_told_by_query = f"{name}=" in row.ask(houses, MINE).url and name != "source"
            assert not is_told_by_query or answer.status_code == 403


def odd(url: str) -> list[bytes]:
    """Other ways to write an address of the sister's, and ways from the own to there."""
    path, _, query = url.partition("?")
    tail = f"?{query}" if query else ""
    found = [
        path.replace(SISTER, "sunrise%2Fberlin"),
        path.replace(SISTER, "sunrise%252Fberlin"),
        path.replace(SISTER, "sunrise//berlin"),
        path.replace(SISTER, "/sunrise/berlin"),
        path.replace(SISTER, "Sunrise/Berlin"),
        path.replace(SISTER, "sunrise/berlin%20"),
        path.replace(SISTER, "sunrise/berlin%00"),
        path.replace(SISTER, "sunrise/berlin%0A"),
        path.replace(SISTER, "%20sunrise/berlin"),
        path.replace(SISTER, "sunrise/b%65rlin"),
        path.replace(SISTER, "sunrise/%EF%BD%82erlin"),
        path.replace(SISTER, "sunrise/*"),
        path.replace(SISTER, "*"),
        path.replace(SISTER, "*/*"),
        path.replace(SISTER, "sunrise/pudong/../berlin"),
        path.replace(SISTER, "sunrise/pudong/%2E%2E/berlin"),
        path.replace(SISTER, "sunrise/pudong%2F..%2Fberlin"),
        path.replace(SISTER, "sunrise/pudong|sunrise/berlin"),
        path.replace(SISTER, f"{MINE}%7C{SISTER}"),
        path.replace(SISTER, f"{MINE};{SISTER}"),
        path + "/",
        path + "%20",
        path + "%00",
        path + "%2F..",
        "//" + path.lstrip("/"),
        "/." + path,
        path.upper(),
    ]
    return [(each + tail).encode("latin-1") for each in dict.fromkeys(found)]


@each_read
async def test_no_way_of_writing_an_address_leads_to_another_dealer(
    houses: Houses, row: Row
) -> None:
    shown = key_of(houses, MINE)
    async with houses.client(row.service) as client:
        for raw in odd(row.ask(houses, SISTER).url):
            url = httpx.URL("http://aftercare").copy_with(raw_path=raw)
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
                answer = await client.request(method, url, headers=shown)
                assert answer.status_code >= 300, (method, raw)
                assert not leaked(answer, asked=raw.decode("latin-1")), (method, raw)
                stranger = await client.request(method, url)
                assert stranger.status_code == 401, (method, raw)


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_open_and_what_all_may_see_has_nothing_of_anybodys(
    houses: Houses, service: str
) -> None:
    async with houses.client(service) as client:
        for path in (*HEALTH, "/docs", "/openapi.json", "/none", "/v1/dealers"):
            answer = await client.get(path, headers=key_of(houses, MINE))
            assert not leaked(answer)
            assert not marks_in(answer.text, MINE)
