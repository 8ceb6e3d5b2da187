"""`POST /v1/republish`, over a register and a publisher in memory."""

import httpx
import pytest

from services.intake.domain.decode.body import BATCH
from shared.platform.errors import TransientFailure
from tests.services.intake.given import (
    PUDONG,
    complaint,
    event,
    visit,
)
from tests.services.intake.over_http import post, problem
from tests.services.intake.world import World


async def test_what_is_kept_is_republished_page_by_page(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, [event("visit", visit()), event("complaint", complaint())], BATCH)
    published, after, documents = len(world.publisher.records), "", 0
    while after is not None:
        answer = await http.post("/v1/republish", params={"after": after, "limit": 1})
        assert answer.status_code == 200
        page = answer.json()
        assert set(page) == {"documents", "records", "not_kept", "next"}
        after, documents = page["next"], documents + page["documents"]
    assert documents == len(world.register.rows)
    assert len(world.publisher.records) == 2 * published


async def test_republishing_is_asked_for_one_dealer_or_since_an_instant(
    http: httpx.AsyncClient,
) -> None:
    await post(http, event("visit", visit()))
    for asked, count in (
        ({"dealer_id": PUDONG}, 1),
        ({"dealer_id": "sunrise/berlin"}, 0),
        ({"since": "2026-11-21T10:00:00Z"}, 1),
        ({"since": "2026-11-21T12:00:00+01:00"}, 0),
    ):
        answer = await http.post("/v1/republish", params=asked)
        assert answer.json()["documents"] == count, asked


@pytest.mark.parametrize(
    "asked",
    [
        {"dealer_id": "sunrise"},
        {"dealer_id": "Sunrise/*"},
        {"since": "yesterday"},
        {"since": "2026-11-21T10:00:00"},
        {"limit": "0"},
        {"limit": "1001"},
        {"after": "elsewhere:x"},
    ],
)
async def test_a_wrong_question_republishes_nothing(
    http: httpx.AsyncClient, world: World, asked: dict[str, str]
) -> None:
    await post(http, event("visit", visit()))
    published = len(world.publisher.records)
    problem(await http.post("/v1/republish", params=asked), 422)
    assert len(world.publisher.records) == published


async def test_of_a_dealer_that_is_not_known_nothing_is_republished(
    http: httpx.AsyncClient,
) -> None:
    problem(await http.post("/v1/republish", params={"dealer_id": "sunrise/nowhere"}), 404)


async def test_republishing_without_a_broker_is_to_be_asked_again(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, event("visit", visit()))
    world.publisher.fail_next = [TransientFailure("away")]
    answer = await http.post("/v1/republish")
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
