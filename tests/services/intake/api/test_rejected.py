"""`/v1/rejected`: what was rejected is kept, shown, corrected, replayed and discarded."""

import json
from datetime import timedelta

import httpx
import pytest

from services.intake.domain.decode.body import BATCH, NDJSON
from services.intake.settings import IntakeSettings
from shared.platform import metrics
from shared.platform.errors import RefusedMessage, TransientFailure
from tests.services.intake.given import BERLIN, PUDONG, event, lines, visit
from tests.services.intake.given_rejected import (
    NAME,
    NUMBER,
    TELEPHONE,
    content_of,
    mended,
    one_rejected,
    rejected,
    replay,
    wrong,
)
from tests.services.intake.over_http import VISIT, post, problem
from tests.services.intake.world import World


async def test_what_is_rejected_is_kept_whatever_the_mode(http: httpx.AsyncClient) -> None:
    await post(http, wrong("1"))
    await post(http, [event("visit", visit()), wrong("2")], BATCH)
    await post(http, lines([wrong("3")]) + b"\nnonsense\n", NDJSON)
    headers = {"ce-specversion": "1.0", "ce-id": "4", "ce-source": "/a", "ce-type": wrong()["type"]}
    data = json.dumps(wrong("4")["data"])
    binary = headers | {"content-type": "application/json"}
    await http.post("/v1/events", content=data, headers=binary)
    kept = [await content_of(http, each["rejected_id"]) for each in await rejected(http)]
    assert sorted(each["data"]["ro_no"] for each in kept) == ["1", "2", "3", "4"]
    (nobodys,) = (await http.get("/v1/rejected")).json()["rejected"]
    assert await content_of(http, nobodys["rejected_id"]) == "nonsense"


async def test_it_says_what_is_wrong_and_nothing_of_the_content(http: httpx.AsyncClient) -> None:
    await post(http, wrong())
    (found,) = await rejected(http)
    assert (found["reason"], found["door"], found["source"]) == (
        "invalid-event/vehicle",
        "events",
        "cdk",
    )
    assert found["places"][0]["pointer"] == "/data/vehicle/vin"
    told = json.dumps(found, ensure_ascii=False)
    assert not any(value in told for value in (NAME, TELEPHONE, "NOT A VIN", "RO 1", NUMBER))


async def test_nothing_is_kept_of_what_was_not_rejected_by_itself(
    http: httpx.AsyncClient, world: World
) -> None:
    await post(http, event("visit", visit()))
    await post(http, b"[nonsense", BATCH)
    await post(http, wrong(), "text/csv")
    await http.post(
        "/v1/events?validate=true",
        json=wrong(),
        headers={"content-type": "application/cloudevents+json"},
    )
    await post(http, lines([wrong()] * 21), NDJSON)
    assert not world.rejected.rows
    assert "keep" not in world.rejected.calls, "nothing is written where nothing is rejected"


async def test_a_batch_is_kept_at_once(http: httpx.AsyncClient, world: World) -> None:
    await post(http, lines([wrong(str(number)) for number in range(20)]), NDJSON)
    assert world.rejected.calls.count("keep") == 1
    assert len(world.rejected.rows) == 20


async def test_the_same_again_is_one(http: httpx.AsyncClient, world: World) -> None:
    await post(http, [wrong(), wrong()], BATCH)
    world.clock.advance(timedelta(hours=1))
    await post(http, wrong())
    (found,) = await rejected(http)
    assert (found["times"], found["first_at"] < found["last_at"]) == (3, True)


async def test_where_it_cannot_be_kept_nothing_is_said_to_be_taken_care_of(
    http: httpx.AsyncClient, world: World
) -> None:
    world.rejected.fail_next = [TransientFailure("away")]
    batch = [event("visit", visit()), wrong("2")]
    answer = await post(http, batch, BATCH)
    assert problem(answer, 503)["type"].endswith("unavailable")
    again = (await post(http, batch, BATCH)).json()
    assert [item["outcome"] for item in again["items"]] == ["duplicate", "rejected"]
    assert len(await rejected(http)) == 1


async def test_a_valid_event_that_the_broker_refuses_is_kept_too(
    http: httpx.AsyncClient, world: World
) -> None:
    world.publisher.fail_next = [RefusedMessage([0])]
    answer = await post(http, event("visit", visit()))
    assert problem(answer, 413)
    (found,) = await rejected(http)
    assert found["reason"] == "too-large"
    assert (await replay(http, found["rejected_id"]))["document_ids"] == [VISIT]


async def test_corrected_by_hand_it_is_taken_and_not_kept_any_more(
    http: httpx.AsyncClient, world: World
) -> None:
    id_ = await one_rejected(http)
    instead = mended(await content_of(http, id_))
    tried = await replay(http, id_, instead, validate=True)
    assert (tried["outcome"], world.publisher.records) == ("accepted", [])
    done = await replay(http, id_, instead)
    assert (done["outcome"], done["document_ids"]) == ("accepted", [VISIT])
    assert world.publisher.records
    assert await rejected(http) == []
    problem(await http.get(f"/v1/rejected/{id_}"), 404)
    problem(await http.post(f"/v1/rejected/{id_}/replay"), 404)


async def test_rejected_again_it_stays_with_the_new_reasons(
    http: httpx.AsyncClient, world: World
) -> None:
    id_ = await one_rejected(http)
    world.clock.advance(timedelta(days=2))
    done = await replay(http, id_)
    assert (done["outcome"], done["reason"]) == ("rejected", "invalid-event/vehicle")
    (found,) = await rejected(http)
    assert found["tried_at"] is not None
    assert found["times"] == 1, "a replay is not another arrival"
    other = mended(wrong())
    del other["data"]["ro_no"]
    done = await replay(http, id_, other)
    assert done["places"][0]["pointer"] == "/data/ro_no"
    (found,) = await rejected(http)
    assert found["places"][0]["pointer"] == "/data/vehicle/vin", "of what is kept"


async def test_what_was_refused_for_what_is_mended_meanwhile_is_taken_as_it_came(
    http: httpx.AsyncClient, world: World
) -> None:
    early = visit(opened_at="2026-11-29T08:00:00Z", closed_at="2026-11-29T09:00:00Z")
    await post(http, event("visit", early))
    (found,) = await rejected(http)
    world.clock.advance(timedelta(days=20))
    assert (await replay(http, found["rejected_id"]))["outcome"] == "accepted"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"dealer_id": BERLIN}, "/data/dealer_id"), ({"source": "crm"}, "/data/source")],
)
async def test_a_correction_speaks_for_no_other_dealer_or_source(
    http: httpx.AsyncClient, world: World, change: dict[str, str], pointer: str
) -> None:
    id_ = await one_rejected(http)
    other = mended(wrong())
    other["data"] |= change
    done = await replay(http, id_, other)
    assert (done["outcome"], done["places"][0]["pointer"]) == ("rejected", pointer)
    assert not world.publisher.records


async def test_of_an_unknown_source_it_may_be_any_of_the_dealer(http: httpx.AsyncClient) -> None:
    nameless = mended(wrong())
    del nameless["data"]["source"]
    id_ = await one_rejected(http, nameless)
    elsewhere = mended(wrong())
    elsewhere["data"]["dealer_id"] = BERLIN
    assert (await replay(http, id_, elsewhere))["outcome"] == "rejected"
    assert (await replay(http, id_, mended(wrong())))["outcome"] == "accepted"


async def test_what_nobody_knows_is_the_operators(http: httpx.AsyncClient) -> None:
    stranger = mended(wrong())
    stranger["data"]["dealer_id"] = "nobody/knows"
    await post(http, stranger)
    assert await rejected(http) == []
    (found,) = (await http.get("/v1/rejected")).json()["rejected"]
    assert (found["dealer_id"], found["source"]) == ("", "")
    assert (await replay(http, found["rejected_id"], mended(wrong())))["outcome"] == "accepted"


async def test_two_replays_at_once_take_it_once(http: httpx.AsyncClient, world: World) -> None:
    id_ = await one_rejected(http)
    kept = dict(world.rejected.rows)
    first = await replay(http, id_, mended(wrong()))
    records = len(world.publisher.records)
    world.rejected.rows = kept  # as if the instance had been killed before it was marked
    second = await replay(http, id_, mended(wrong()))
    assert (first["outcome"], second["outcome"]) == ("accepted", "duplicate")
    assert len(world.publisher.records) == records
    assert await rejected(http) == []


async def test_what_fails_while_it_is_replayed_stays(http: httpx.AsyncClient, world: World) -> None:
    id_ = await one_rejected(http)
    world.publisher.fail_next = [TransientFailure("away")]
    answer = await http.post(f"/v1/rejected/{id_}/replay", json=mended(wrong()))
    assert problem(answer, 503)["type"].endswith("unavailable")
    assert (await replay(http, id_, mended(wrong())))["outcome"] == "accepted"


async def test_unknown_fields_reject_again_where_they_did(http: httpx.AsyncClient) -> None:
    odd = event("visit", visit(colour="red"))
    headers = {"content-type": "application/cloudevents+json"}
    await http.post("/v1/events?strict=true", json=odd, headers=headers)
    (found,) = await rejected(http)
    assert (await replay(http, found["rejected_id"]))["outcome"] == "rejected"
    assert (await replay(http, found["rejected_id"], strict=False))["outcome"] == "accepted"


async def test_many_are_replayed_page_by_page(http: httpx.AsyncClient, world: World) -> None:
    for number in range(5):
        await post(http, wrong(str(number)))
        world.clock.advance(timedelta(seconds=1))
    early = visit(opened_at="2026-11-29T08:00:00Z", closed_at="2026-11-29T09:00:00Z")
    await post(http, event("visit", early))
    world.clock.advance(timedelta(days=20))
    after, counts, pages = "", [0, 0], 0
    while after is not None:
        query = {"dealer_id": PUDONG, "limit": "2", "after": after}
        page = (await http.post("/v1/rejected/all/replay", params=query)).json()
        counts = [counts[0] + page["accepted"], counts[1] + page["rejected"]]
        after, pages = page["after"], pages + 1
    assert (counts, pages) == ([1, 5], 3)
    assert world.rejected.calls.count("tried") == 3, "a page is marked at once"
    assert len(await rejected(http)) == 5


async def test_of_a_list_one_source_and_one_reason(http: httpx.AsyncClient) -> None:
    await post(http, wrong())
    assert len(await rejected(http, source="cdk", reason="invalid-event")) == 1
    assert await rejected(http, source="crm") == []
    assert await rejected(http, reason="too-large") == []
    assert await rejected(http, dealer_id=BERLIN) == []


async def test_a_list_goes_on_and_is_a_table_where_that_is_asked(
    http: httpx.AsyncClient, world: World
) -> None:
    for number in range(3):
        await post(http, wrong(str(number)))
        world.clock.advance(timedelta(seconds=1))
    query = {"dealer_id": PUDONG, "limit": "2"}
    first = (await http.get("/v1/rejected", params=query)).json()
    rest = (await http.get("/v1/rejected", params=query | {"after": first["after"]})).json()
    assert (len(first["rejected"]), len(rest["rejected"]), rest["after"]) == (2, 1, None)
    table = await http.get("/v1/rejected", params=query | {"format": "csv", "lang": "en"})
    assert table.text.count("/data/vehicle/vin") == 2
    assert first["after"] in table.headers["link"]


async def test_what_is_discarded_is_gone(http: httpx.AsyncClient) -> None:
    await post(http, [wrong("1"), wrong("2"), wrong("3")], BATCH)
    id_ = (await rejected(http))[0]["rejected_id"]
    assert (await http.delete(f"/v1/rejected/{id_}")).json() == {"discarded": 1}
    problem(await http.delete(f"/v1/rejected/{id_}"), 404)
    others = await http.delete("/v1/rejected", params={"dealer_id": PUDONG, "source": "cdk"})
    assert others.json() == {"discarded": 2}
    assert await rejected(http) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/rejected?dealer_id=nobody/knows", 404),
        ("GET", "/v1/rejected?dealer_id=sunrise", 422),
        ("GET", "/v1/rejected?after=nonsense", 422),
        ("GET", "/v1/rejected?limit=0", 422),
        ("GET", "/v1/rejected?reason=A", 422),
        ("GET", "/v1/rejected/nonsense", 422),
        ("GET", f"/v1/rejected/{'0' * 32}", 404),
        ("POST", f"/v1/rejected/{'0' * 32}/replay", 404),
        ("POST", f"/v1/rejected/{'0' * 32}/replay?mapping=nonsense", 422),
        ("POST", "/v1/rejected/all/replay?dealer_id=nobody/knows", 404),
        ("POST", "/v1/rejected/all/replay?mapping=Nonsense", 422),
    ],
)
async def test_what_is_wrongly_asked(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    problem(await http.request(method, path), status)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"nonsense", 400), (b"\xff", 400), (b'{"a": 1, "a": 2}', 400), (b"x" * 300_000, 413)],
)
async def test_a_correction_that_is_none(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    id_ = await one_rejected(http)
    problem(await http.post(f"/v1/rejected/{id_}/replay", content=body), status)
    assert len(await rejected(http)) == 1


async def test_without_a_key_nothing_is_kept_and_it_says_so(world: World) -> None:
    intake = world.app(IntakeSettings(), quarantine=world.quarantine(seal=None))
    transport = httpx.ASGITransport(intake)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
        await post(http, wrong())
        page = (await http.get("/v1/rejected", params={"dealer_id": PUDONG})).json()
    assert (page["rejected"], page["is_kept"]) == ([], False)


async def test_under_another_key_it_is_listed_and_not_opened(world: World) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(world.app()), base_url="http://intake"
    ) as http:
        id_ = await one_rejected(http)
    intake = world.app(quarantine=world.quarantine(seal=None))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(intake), base_url="http://intake"
    ) as http:
        assert len(await rejected(http)) == 1
        assert problem(await http.get(f"/v1/rejected/{id_}"), 409)["type"].endswith("sealed")
        page = (await http.post("/v1/rejected/all/replay", params={"dealer_id": PUDONG})).json()
    assert [item["outcome"] for item in page["items"]] == ["rejected"]


async def test_nothing_personal_is_outside_of_what_is_sealed(
    http: httpx.AsyncClient, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = wrong()
    odd["data"] |= {f"{NAME} {TELEPHONE}": 1}
    await post(http, lines([wrong(), odd]) + f"\n{NAME} {TELEPHONE}\n".encode(), NDJSON)
    id_ = (await rejected(http))[0]["rejected_id"]
    await replay(http, id_)
    await replay(http, id_, odd)
    assert len(world.rejected.rows) == 3
    for row, sealed in world.rejected.rows.values():
        stored = row.model_dump_json().encode() + sealed
        assert not any(value.encode() in stored for value in (NAME, TELEPHONE, "NOT A VIN", NUMBER))
    labels = str([list(metric.collect()) for metric in (metrics.intake_rejected,)])
    said = capsys.readouterr().out + capsys.readouterr().err + labels
    assert NAME not in said
    assert TELEPHONE not in said
