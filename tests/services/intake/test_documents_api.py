"""`GET /v1/documents`, over a register and a publisher in memory."""

import httpx
import pytest

from services.intake.domain.decode.body import BATCH
from shared.platform.errors import TransientFailure
from tests.services.intake.given import (
    BERLIN,
    PUDONG,
    complaint,
    event,
    key,
    merge,
    visit,
)
from tests.services.intake.over_http import VISIT, post, problem
from tests.services.intake.world import World


async def test_while_the_database_is_away_all_is_503(http: httpx.AsyncClient, world: World) -> None:
    for path in (f"/v1/documents?dealer_id={PUDONG}", f"/v1/documents/{VISIT}"):
        world.register.fail_next = [TransientFailure("database: away")]
        problem(await http.get(path), 503)
    world.register.fail_next = [TransientFailure("database: away")]
    problem(await post(http, event("visit", visit())), 503)


async def test_a_document_is_shown_without_anything_personal(http: httpx.AsyncClient) -> None:
    await post(http, event("complaint", complaint()))
    shown = await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/K1")
    assert shown.status_code == 200
    assert shown.json()["roles"] == {"customer": key()}
    assert "narrative" not in shown.text
    assert "Li Lei" not in shown.text
    assert "Han Meimei" not in shown.text
    problem(await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/K9"), 404)


@pytest.mark.parametrize("asked", ["K%252F1", "K%2F1", "K/1"])
async def test_a_document_is_found_by_the_id_that_was_answered(
    http: httpx.AsyncClient, asked: str
) -> None:
    answered = (await post(http, event("complaint", complaint(case_no="K/1")))).json()
    shown = await http.get(f"/v1/documents/{PUDONG}/cdk/complaint/{asked}")
    assert (shown.status_code, shown.json()["document_id"]) == (200, answered["document_id"])


async def test_no_hash_of_a_person_is_shown(http: httpx.AsyncClient, world: World) -> None:
    await post(http, event("complaint", complaint()))
    profile = f"{PUDONG}/cdk/profile/C1"
    hashes = {row.content_hash for row in world.register.rows.values()}
    listed = await http.get("/v1/documents", params={"dealer_id": PUDONG, "kind": "profile"})
    assert [one["document_id"] for one in listed.json()] == [profile]
    for shown in (listed, await http.get(f"/v1/documents/{profile}")):
        assert shown.status_code == 200
        assert not [each for each in hashes if each in shown.text]
        assert not {"content_hash", "receipts"} & set(shown.text.split('"'))


async def test_a_step_shows_the_complaints_it_follows(http: httpx.AsyncClient) -> None:
    await post(http, event("complaint-step", merge()))
    shown = (await http.get(f"/v1/documents/{PUDONG}/cdk/complaint-step/K1/M1")).json()
    cases = (shown["parent"], shown["merged_into"])
    assert cases == (f"{PUDONG}/cdk/complaint/K1", f"{PUDONG}/cdk/complaint/K2")


async def test_an_encoded_document_id_is_found(http: httpx.AsyncClient) -> None:
    await post(http, event("visit", visit()))
    shown = await http.get(f"/v1/documents/{VISIT.replace('%', '%25')}")
    assert shown.json()["document_id"] == VISIT


async def test_documents_are_listed_by_dealer(http: httpx.AsyncClient) -> None:
    events = [event("visit", visit(ro_no=number)) for number in "cab"]
    await post(http, events, BATCH)
    query = {"dealer_id": PUDONG, "limit": "2"}
    first = (await http.get("/v1/documents", params=query)).json()
    rest = (
        await http.get("/v1/documents", params=query | {"after": first[-1]["document_id"]})
    ).json()
    assert [one["document_id"][-1] for one in first + rest] == ["a", "b", "c"]
    assert first[0]["customer_keys"] == [key()]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"dealer_id": "no/where"}, 404),
        ({"dealer_id": "sunrise"}, 422),
        ({"dealer_id": "sunrise/"}, 422),
        ({"dealer_id": f"{PUDONG}/cdk"}, 422),
        ({"dealer_id": f"{PUDONG}\n"}, 422),
        ({"dealer_id": PUDONG, "after": f"{BERLIN}/cdk/visit/1"}, 422),
        ({"dealer_id": PUDONG, "after": f"{PUDONG}0"}, 422),
        ({"dealer_id": PUDONG, "kind": "$ne"}, 422),
    ],
)
async def test_a_list_is_of_one_dealer_that_exists(
    http: httpx.AsyncClient, query: dict[str, str], status: int
) -> None:
    await post(http, event("visit", visit()))
    problem(await http.get("/v1/documents", params=query), status)


async def test_a_wrong_query_or_path_is_a_problem(http: httpx.AsyncClient) -> None:
    problem(await http.get("/v1/documents"), 422)
    found = await http.get("/v1/documents", params={"dealer_id": "a/b", "limit": "SECRET"})
    assert "query.limit" in problem(found, 422)["detail"]
    assert "SECRET" not in found.text
    wrong = [await http.get("/nowhere"), await http.get("/v1/events"), await http.options("/x")]
    for response in (*wrong, await http.request("TRACE", "/v1/events")):
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code
    assert wrong[1].headers["allow"] == "OPTIONS, POST"
