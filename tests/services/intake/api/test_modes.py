"""`POST /v1/events` in CloudEvents' three modes, and the handshake before webhooks."""

import json
from typing import Any

import httpx
import pytest

from services.intake.domain.decode.body import BATCH, SINGLE
from tests.services.intake.given import Data, event, visit
from tests.services.intake.over_http import VISIT, post, problem
from tests.services.intake.world import World


def headers_of(raw: Data) -> dict[str, str]:
    return {f"ce-{name}": str(value) for name, value in raw.items() if name != "data"}


async def post_binary(http: httpx.AsyncClient, raw: Data, **more: Any) -> httpx.Response:
    headers = {"content-type": "application/json", **headers_of(raw), **more}
    return await http.post("/v1/events", content=json.dumps(raw["data"]).encode(), headers=headers)


async def test_an_event_is_the_same_in_all_modes(http: httpx.AsyncClient) -> None:
    raw = event("visit", visit())
    first = await post_binary(http, raw)
    assert first.status_code == 202
    assert first.json()["document_id"] == VISIT
    structured = await post(http, raw, SINGLE)
    assert (structured.status_code, structured.json()["outcome"]) == (200, "duplicate")
    batch = await post(http, [raw], BATCH)
    assert batch.json()["duplicate"] == 1


async def test_an_event_in_binary_mode_says_where_it_is_wrong(http: httpx.AsyncClient) -> None:
    raw = event("visit", visit(vehicle={"vin": "SECRET-VIN"}), type="dev.aftercare.x.v1")
    found = problem(await post_binary(http, raw), 422)
    assert [error["pointer"] for error in found["errors"]] == ["/type"]
    raw = event("visit", visit(vehicle={"vin": "SECRET-VIN"}))
    found = problem(await post_binary(http, raw), 422)
    assert [error["pointer"] for error in found["errors"]] == ["/data/vehicle/vin"]
    assert "SECRET" not in json.dumps(found)


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"ce-subject": "%FF"}, 422, "ce-subject"),
        ({"ce-datacontenttype": "application/json"}, 422, "content-type"),
        ({"content-type": "text/xml"}, 415, "application/json"),
        ({"content-type": "application/json; charset=gbk"}, 415, "UTF-8"),
        ({"content-encoding": "gzip"}, 415, "not compressed"),
    ],
)
async def test_headers_that_are_wrong_are_told(
    http: httpx.AsyncClient, world: World, more: dict[str, str], status: int, says: str
) -> None:
    response = await post_binary(http, event("visit", visit()), **more)
    assert says in json.dumps(problem(response, status))
    assert world.publisher.records == []


async def test_a_value_is_percent_decoded(http: httpx.AsyncClient) -> None:
    raw = event("visit", visit())
    response = await post_binary(http, raw, **{"ce-id": "%E5%8F%B7%201"})
    assert response.json()["id"] == "号 1"


async def test_plain_json_without_headers_is_told_what_to_do(http: httpx.AsyncClient) -> None:
    response = await post(http, visit(), "application/json")
    said = problem(response, 415)["detail"]
    assert "ce- headers" in said
    assert "/v1/webhooks" in said


async def test_structured_mode_may_repeat_its_attributes_in_headers(
    http: httpx.AsyncClient,
) -> None:
    raw = event("visit", visit())
    headers = {"content-type": SINGLE, **headers_of(raw), "ce-subject": "%FF"}
    response = await http.post("/v1/events", content=json.dumps(raw).encode(), headers=headers)
    assert response.status_code == 202


@pytest.mark.parametrize("path", ["/v1/events", "/v1/webhooks/any-name"])
async def test_who_asks_may_send(http: httpx.AsyncClient, path: str) -> None:
    asking = {
        "WebHook-Request-Origin": "eventemitter.example.com",
        "WebHook-Request-Rate": "120",
        "WebHook-Request-Callback": "https://eventemitter.example.com/confirm?key=1",
    }
    answer = await http.options(path, headers=asking)
    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "eventemitter.example.com"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert "POST" in answer.headers["Allow"]
    wrong = await http.options(path, headers=asking | {"WebHook-Request-Rate": "0"})
    assert "WebHook-Request-Rate" in problem(wrong, 400)["detail"]
    nobody = await http.options(path)
    assert nobody.status_code == 200
    assert "WebHook-Allowed-Origin" not in nobody.headers
