"""`Idempotency-Key`: the same request again is answered as the first time."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from services.intake.domain.decode.body import SINGLE
from services.intake.domain.first_answers import CLAIMED_FOR, KEPT_FOR
from shared.platform.errors import TransientFailure
from tests.services.intake.given import Data, event, visit
from tests.services.intake.over_http import problem
from tests.services.intake.world import World

EVENT = event("visit", visit())
OTHER = event("visit", visit(ro_no="other"))


async def post(
    http: httpx.AsyncClient, raw: Data | bytes = EVENT, key: str = "a key", query: str = ""
) -> httpx.Response:
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    headers = {"content-type": SINGLE, "Idempotency-Key": key}
    return await http.post(f"/v1/events{query}", content=body, headers=headers)


async def test_the_same_again_is_answered_as_the_first_time(
    http: httpx.AsyncClient, world: World
) -> None:
    first = await post(http)
    calls = len(world.register.calls)
    again = await post(http)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert ("Idempotent-Replayed" in first.headers, "Idempotent-Replayed" in again.headers) == (
        False,
        True,
    )
    assert len(world.register.calls) == calls, "nothing was done"


async def test_another_body_under_the_same_key_is_refused(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http)
    records = list(world.publisher.records)
    found = problem(await post(http, OTHER), 422)
    assert found["type"] == "urn:aftercare:problem:key-taken"
    problem(await post(http, query="?strict=true"), 422)
    assert world.publisher.records == records
    assert (await post(http, OTHER, key="another")).status_code == 202


@pytest.mark.parametrize(
    ("written", "same"), [('"a key"', True), (" a key ", True), ("A key", False)]
)
async def test_a_key_may_be_quoted(http: httpx.AsyncClient, written: str, same: bool) -> None:
    await post(http)
    again = await post(http, key=written)
    assert ("Idempotent-Replayed" in again.headers) is same


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 256, '""'])
async def test_a_key_that_is_none_is_refused(
    http: httpx.AsyncClient, world: World, key: str
) -> None:
    headers = {"content-type": SINGLE, "Idempotency-Key": key.encode("latin-1")}
    response = await http.post(
        "/v1/events",
        content=json.dumps(EVENT).encode(),
        headers=headers,  # type: ignore[arg-type] # bytes are taken
    )
    if key == '""':
        assert problem(response, 400)
    assert response.status_code == 400
    assert world.publisher.records == []


async def test_two_keys_are_refused(http: httpx.AsyncClient) -> None:
    headers = [("content-type", SINGLE), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    response = await http.post("/v1/events", content=json.dumps(EVENT).encode(), headers=headers)
    problem(response, 400)


async def test_what_is_in_hand_is_not_begun_again(http: httpx.AsyncClient, world: World) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()
    publish = world.publisher.publish

    async def slowly(records: object) -> None:
        arrived.set()
        await go_on.wait()
        await publish(records)  # type: ignore[arg-type] # as it came

    world.publisher.publish = slowly  # type: ignore[method-assign]
    first = asyncio.create_task(post(http))
    await arrived.wait()
    second = await post(http)
    assert problem(second, 409)["type"] == "urn:aftercare:problem:in-hand"
    assert second.headers["Retry-After"] == "1"
    go_on.set()
    assert (await first).status_code == 202
    assert (await post(http)).content == (await first).content


@pytest.mark.parametrize("trouble", ["broker", "register"])
async def test_what_was_not_taken_is_done_anew(
    http: httpx.AsyncClient, world: World, trouble: str
) -> None:
    fails = world.publisher if trouble == "broker" else world.register
    fails.fail_next = [TransientFailure("away")]
    assert problem(await post(http), 503)
    assert (await post(http)).status_code == 202


async def test_what_was_refused_may_be_mended_and_sent_again(http: httpx.AsyncClient) -> None:
    problem(await post(http, event("visit", visit(status="nonsense"))), 422)
    problem(await post(http, b"{"), 400)
    assert (await post(http)).status_code == 202


async def test_after_a_crash_it_is_done_anew(http: httpx.AsyncClient, world: World) -> None:
    await post(http)
    ((key, row),) = world.answers.rows.items()
    world.answers.rows[key] = row.__class__(
        digest=row.digest,
        token="of an instance that is no more",
        claimed_until=world.clock.now() + CLAIMED_FOR,
        expires_at=row.expires_at,
    )
    problem(await post(http), 409)
    world.clock.advance(CLAIMED_FOR)
    again = await post(http)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert (await post(http)).content == again.content


async def test_a_key_is_remembered_for_a_day(http: httpx.AsyncClient, world: World) -> None:
    await post(http)
    world.clock.advance(KEPT_FOR - timedelta(seconds=1))
    problem(await post(http, OTHER), 422)
    world.clock.advance(timedelta(seconds=1))
    assert (await post(http, OTHER)).status_code == 202


async def test_while_keys_cannot_be_looked_up_nothing_is_taken(
    http: httpx.AsyncClient, world: World
) -> None:
    world.answers.away = True
    assert problem(await post(http), 503)
    assert world.publisher.records == []


async def test_what_is_taken_stays_taken_if_its_answer_cannot_be_kept(
    http: httpx.AsyncClient, world: World
) -> None:
    world.register.before_save = [lambda: setattr(world.answers, "away", True)]
    assert (await post(http)).status_code == 202
    world.answers.away = False
    world.clock.advance(CLAIMED_FOR)
    assert (await post(http)).json()["outcome"] == "duplicate"


async def test_nothing_of_a_key_is_kept_as_it_was_sent(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, key="13812345678")
    assert "13812345678" not in repr(world.answers.rows)
