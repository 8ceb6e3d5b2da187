"""A read waits until what it shows holds what was reported, and says whether it does."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import islice
from typing import Any

import pytest
from fastapi import APIRouter
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY

from shared.contracts.identifiers import customer_key
from shared.platform.http import make_app
from shared.platform.needs import TO_ALL
from shared.platform.problems import Refusal, unknown
from shared.runtime.holds import (
    LONGEST_WAIT_SECONDS,
    WaitingRoom,
    holding,
    pauses,
    telling_holds,
)
from shared.runtime.reader import customer_facts
from shared.testing.doorman import KnowsEverybody
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.shared.runtime.toy import DEALER, START, TOY, ToyFacts, ToyPolicy, event, join, visit

CUSTOMER = customer_key(DEALER, "dms", "1 2")
AT_LAST = str(LONGEST_WAIT_SECONDS)
FIRST, SECOND = (visit(number, customer="1 2") for number in (1, 2))


def asked_for(document: Any) -> str:
    return f"{document.document_id}@{document.version}"


class Toy:
    """A service that holds visits of one customer, and how often it was looked at."""

    def __init__(self, *visits: Any) -> None:
        self.looks = 0
        self.looked = asyncio.Event()
        self.reader = MemoryReader[ToyFacts, ToyPolicy]([], policy=ToyPolicy(), dealers=DEALERS)
        if visits:
            self.know(*visits)
        self.app = make_app(title="toy", doorman=KnowsEverybody())
        self.app.include_router(self._routes())
        self.client = AsyncClient(transport=ASGITransport(self.app), base_url="http://toy")

    def know(self, *visits: Any) -> None:
        facts = {CUSTOMER: join(ToyFacts(), [event(each) for each in visits])}
        known = MemoryReader.deciding(TOY, facts, START, dealers=DEALERS)
        self.reader.snapshots.update(known.snapshots)

    def _routes(self) -> APIRouter:
        router = APIRouter()
        find = partial(customer_facts, self.reader)

        async def counted(given: str) -> ToyFacts | None:
            self.looks += 1
            self.looked.set()
            return await find(given)

        @router.get(
            "/v1/customers/{key:path}",
            dependencies=[TO_ALL, holding(counted, "key")],
            responses=telling_holds({404: {"description": "There is no such customer."}}),
        )
        async def customer(key: str) -> int:
            facts = await find(key)
            if facts is None:
                raise Refusal(unknown("no such customer"))
            return len(facts.visits)

        return router

    async def asked(self, *holds: str, wait: str = "0") -> tuple[int, str | None, Any]:
        answer = await self.client.get(
            f"/v1/customers/{CUSTOMER}", params={"holds": list(holds), "wait": wait}
        )
        return answer.status_code, answer.headers.get("aftercare-holds"), answer.json()


async def test_who_does_not_ask_is_told_nothing_of_it() -> None:
    toy = Toy(FIRST)
    assert await toy.asked() == (200, None, 1)
    assert toy.looks == 0


@pytest.mark.parametrize(
    ("revision", "is_held"), [(1, "true"), (2, "true"), (3, "false")], ids=["old", "held", "new"]
)
async def test_held_is_that_version_or_a_newer_one(revision: int, is_held: str) -> None:
    toy = Toy(visit(1, customer="1 2", revision=2))
    asked = asked_for(visit(1, customer="1 2", revision=revision))
    assert await toy.asked(asked) == (200, is_held, 1)


async def test_the_version_of_what_follows_from_three_documents_can_be_asked_for() -> None:
    merged = ".".join(["1748772000000.cdcedd72d3f1"] * 3)
    assert await Toy(FIRST).asked(f"{FIRST.document_id}@{merged}") == (200, "false", 1)


async def test_of_several_all_are_held() -> None:
    asked = (asked_for(FIRST), asked_for(SECOND))
    assert await Toy(FIRST).asked(*asked) == (200, "false", 1)
    assert await Toy(FIRST, SECOND).asked(*asked) == (200, "true", 2)


async def test_what_comes_meanwhile_is_waited_for_and_shown() -> None:
    toy = Toy(FIRST)
    asking = asyncio.create_task(toy.asked(asked_for(SECOND), wait=AT_LAST))
    await toy.looked.wait()
    assert not asking.done()
    toy.know(FIRST, SECOND)
    assert await asking == (200, "true", 2)


async def test_a_customer_of_whom_nothing_was_known_is_waited_for() -> None:
    toy = Toy()
    asking = asyncio.create_task(toy.asked(asked_for(FIRST), wait=AT_LAST))
    await toy.looked.wait()
    toy.know(FIRST)
    assert await asking == (200, "true", 1)


async def test_what_does_not_come_is_waited_for_no_longer_than_asked_and_not_without_pause() -> (
    None
):
    toy = Toy()
    status, is_held, _ = await toy.asked(asked_for(FIRST), wait="0.2")
    assert (status, is_held) == (404, "false")
    assert 2 <= toy.looks <= 6


@pytest.mark.parametrize(("asked", "is_held"), [(FIRST, "true"), (SECOND, "false")])
async def test_it_is_counted_how_long_they_waited_and_whether_in_vain(
    asked: Any, is_held: str
) -> None:
    def told(series: str) -> float:
        found = REGISTRY.get_sample_value(f"aftercare_holds_seconds_{series}", {"held": is_held})
        assert found is not None
        return found

    toy = Toy(FIRST)
    many, long = told("count"), told("sum")
    await toy.asked()
    await toy.asked(asked_for(asked), wait="0.1")
    assert told("count") == many + 1
    assert told("sum") - long < 0.1 if is_held == "true" else told("sum") - long >= 0.1


async def test_a_refusal_says_it_too() -> None:
    toy = Toy(FIRST)
    answer = await toy.client.get(
        "/v1/customers/sunrise/pudong/dms/none",
        params={"holds": asked_for(FIRST), "wait": "0"},
    )
    assert (answer.status_code, answer.headers["aftercare-holds"]) == (404, "false")


async def test_an_id_that_lost_its_encoding_on_the_way_is_understood() -> None:
    spaced = visit("a b", customer="1 2")
    written = asked_for(spaced)
    assert "%20" in written
    assert await Toy(spaced).asked(written.replace("%20", " ")) == (200, "true", 1)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        pytest.param({"holds": "R1"}, "holds", id="no id"),
        pytest.param({"holds": FIRST.document_id}, "holds", id="no version"),
        pytest.param({"holds": f"{FIRST.document_id}@latest"}, "holds", id="no such version"),
        pytest.param(
            {"holds": f"sunrise/berlin/dms/visit/R1@{FIRST.version}"}, "holds", id="another dealer"
        ),
        pytest.param({"holds": [asked_for(FIRST)] * 21}, "holds", id="too many"),
        pytest.param({"holds": asked_for(FIRST), "wait": "6"}, "wait", id="too long"),
        pytest.param({"holds": asked_for(FIRST), "wait": "-1"}, "wait", id="less than nothing"),
        pytest.param({"holds": asked_for(FIRST), "wait": "nan"}, "wait", id="no number"),
    ],
)
async def test_what_cannot_be_held_is_refused_and_says_why(
    query: dict[str, Any], named: str
) -> None:
    answer = await Toy(FIRST).client.get(f"/v1/customers/{CUSTOMER}", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{named}"
    assert "R1" not in answer.text


def test_a_pause_is_twice_the_one_before_up_to_the_last() -> None:
    assert list(islice(pauses(), 6)) == [0.01, 0.02, 0.04, 0.08, 0.1, 0.1]


def counting(answers: list[bool]) -> Callable[[], Awaitable[bool]]:
    async def is_there() -> bool:
        return answers.pop(0)

    return is_there


async def test_where_enough_wait_nobody_else_does() -> None:
    room = WaitingRoom(most=1)
    is_in, may_go = asyncio.Event(), asyncio.Event()

    async def is_there() -> bool:
        is_in.set()
        return may_go.is_set()

    first = asyncio.create_task(room.until(is_there, seconds=LONGEST_WAIT_SECONDS))
    await is_in.wait()
    assert not await room.until(counting([False]), seconds=LONGEST_WAIT_SECONDS)
    assert await room.until(counting([True]), seconds=LONGEST_WAIT_SECONDS)
    may_go.set()
    assert await first
    assert await room.until(counting([False, True]), seconds=LONGEST_WAIT_SECONDS)


def test_the_openapi_document_tells_of_it() -> None:
    told = Toy().app.openapi()["paths"]["/v1/customers/{key}"]["get"]
    assert {each["name"] for each in told["parameters"]} == {"key", "holds", "wait"}
    assert all(
        "Aftercare-Holds" in told["responses"][status]["headers"] for status in ("200", "404")
    )
