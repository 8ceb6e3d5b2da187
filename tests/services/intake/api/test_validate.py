"""What would become of events, and nothing does: `?validate=true`."""

import json
from itertools import pairwise

import httpx
import pytest

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from shared.platform import metrics
from tests.services.intake.given import (
    BERLIN,
    PUDONG,
    Data,
    complaint,
    customer,
    event,
    lines,
    merge,
    step,
    visit,
)
from tests.services.intake.over_http import post, problem
from tests.services.intake.world import World

BAD = event("visit", visit(ro_no="2", vehicle={"vin": "1HGCM82643A004352"}))
MIXED: list[Data] = [
    event("complaint-step", step()),
    event("complaint-step", merge()),
    event("complaint", complaint()),
    event("visit", visit(customer=customer(phones=[{"number": "no number"}]))),
    event("visit", visit(customer=customer(phones=[{"number": "no number"}]))),
    BAD,
    event("visit", visit(dealer_id=BERLIN, unknown_field=1)),
]


async def validate(
    http: httpx.AsyncClient, body: object, media_type: str = BATCH, more: str = ""
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": media_type}
    return await http.post(f"/v1/events?validate=true{more}", content=content, headers=headers)


def without_versions(answer: dict[str, list[Data]]) -> list[Data]:
    return [
        {name: value for name, value in item.items() if name != "version"}
        for item in answer["items"]
    ]


def taken() -> float:
    samples = [
        sample
        for counter in (metrics.intake_events, metrics.intake_feed_events, metrics.intake_refused)
        for family in counter.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    ]
    return sum(sample.value for sample in samples)


async def test_what_is_foreseen_is_what_becomes_of_it(
    http: httpx.AsyncClient, world: World
) -> None:
    before = taken()
    for _ in range(2):
        foreseen = (await validate(http, MIXED)).json()
        assert (world.publisher.records, world.register.rows) == ([], {})
    assert taken() == before
    done = (await post(http, MIXED, BATCH)).json()
    assert without_versions(foreseen) == without_versions(done)
    assert foreseen["rejected"] == done["rejected"] == 1
    assert taken() > before
    assert all(
        "version" not in item or item["version"] is None
        for item in foreseen["items"]
        if item["outcome"] == "accepted"
    )


async def test_what_is_known_is_foreseen_as_a_duplicate(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, event("visit", visit()))
    rows, records = dict(world.register.rows), list(world.publisher.records)
    again = await validate(http, event("visit", visit()), SINGLE)
    assert again.status_code == 200
    assert (again.json()["outcome"], bool(again.json()["version"])) == ("duplicate", True)
    newer = await validate(http, event("visit", visit(status="voided"), id="2"), SINGLE)
    assert (newer.status_code, newer.json()["outcome"]) == (200, "accepted")
    assert (world.register.rows, world.publisher.records) == (rows, records)


async def test_one_wrong_event_is_refused_as_it_would_be(http: httpx.AsyncClient) -> None:
    foreseen = problem(await validate(http, BAD, SINGLE), 422)
    assert foreseen == problem(await post(http, BAD), 422)


async def test_strictness_is_foreseen_too(http: httpx.AsyncClient) -> None:
    body = lines([event("visit", visit(dealer_id=BERLIN, unknown_field=1))])
    loose, strict = [
        (await validate(http, body, NDJSON, more)).json()["items"][0]
        for more in ("", "&strict=true")
    ]
    assert (loose["outcome"], strict["outcome"]) == ("accepted", "rejected")


@pytest.mark.parametrize("body", [b"{", b"\xff", b""])
async def test_what_cannot_be_read_is_refused_and_not_counted(
    http: httpx.AsyncClient, body: bytes
) -> None:
    before = taken()
    assert problem(await validate(http, body, SINGLE), 400)
    assert taken() == before


@pytest.mark.parametrize(
    "query", ["validate=1", "validate=", "validate=true&validate=true", "validate=true&other=1"]
)
async def test_a_query_that_may_mean_it_takes_nothing(
    http: httpx.AsyncClient, world: World, query: str
) -> None:
    body = json.dumps(event("visit", visit())).encode()
    headers = {"content-type": SINGLE}
    problem(await http.post(f"/v1/events?{query}", content=body, headers=headers), 422)
    assert world.publisher.records == []


async def test_a_key_is_not_used_up_by_asking(http: httpx.AsyncClient, world: World) -> None:
    body = json.dumps(event("visit", visit())).encode()
    headers = {"content-type": SINGLE, "idempotency-key": "one"}
    await http.post("/v1/events?validate=true", content=body, headers=headers)
    assert world.answers.rows == {}
    done = await http.post("/v1/events", content=body, headers=headers)
    assert done.status_code == 202


async def test_a_batch_follows_itself(http: httpx.AsyncClient, world: World) -> None:
    """Portions of one batch see what those before them would have saved."""
    intake = world.intake().trial()
    batches = [[each] for each in MIXED[:3]]
    for _, batch in pairwise([None, *batches]):
        assert batch is not None
        items = await intake.receive(batch)
        assert items[0].outcome == "accepted"
    (again,) = await intake.receive(batches[-1])
    assert again.outcome == "duplicate"
    assert world.register.rows == {}
    assert PUDONG in (again.document_id or "")
