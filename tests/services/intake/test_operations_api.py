"""What operators see of intake: counts, logs, health, the OpenAPI document."""

import json

import httpx
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from tests.services.intake.given import (
    PUDONG,
    event,
    visit,
)
from tests.services.intake.over_http import post


def counted(outcome: str, kind: str, dealer: str) -> float:
    labels = {"outcome": outcome, "type": kind, "dealer": dealer}
    return REGISTRY.get_sample_value("aftercare_intake_events_total", labels) or 0.0


async def test_a_request_that_is_refused_as_a_whole_is_logged_and_counted(
    http: httpx.AsyncClient,
) -> None:
    def refused(reason: str) -> float:
        labels = {"dealer": "unknown", "source": "unknown", "reason": reason}
        return REGISTRY.get_sample_value("aftercare_intake_refused_total", labels) or 0.0

    before = refused("media-type"), refused("unreadable")
    with capture_logs() as logged:
        await post(http, {}, "text/csv")
        await post(http, b"\x1f\x8b\x08SECRET", NDJSON)
    assert (refused("media-type"), refused("unreadable")) == (before[0] + 1, before[1] + 1)
    assert [entry["reason"] for entry in logged] == ["media-type", "unreadable"]
    assert "SECRET" not in str(logged)


async def test_the_openapi_document_describes_the_events(http: httpx.AsyncClient) -> None:
    openapi = (await http.get("/openapi.json")).json()
    content = openapi["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    assert set(content) == {SINGLE, BATCH, NDJSON, "application/json"}, "the last: binary mode"
    schemas = openapi["components"]["schemas"]
    text = json.dumps(openapi)
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= schemas.keys()
    assert {"SaleReported", "ComplaintStepReported", "CloudEvent", "Problem"} <= used


async def test_operations_are_served(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/ready")).status_code == 200
    assert "aftercare_intake_events" in (await http.get("/metrics")).text


async def test_events_are_counted_by_known_names_only(http: httpx.AsyncClient) -> None:
    kind = "dev.aftercare.visit.reported.v1"
    accepted, unknown = counted("accepted", kind, PUDONG), counted("rejected", "unknown", "unknown")
    await post(http, event("visit", visit()))
    await post(http, {"type": "made.up", "data": {"dealer_id": "made/up"}})
    assert counted("accepted", kind, PUDONG) == accepted + 1
    assert counted("rejected", "unknown", "unknown") == unknown + 1


async def test_a_fast_clock_is_counted(http: httpx.AsyncClient) -> None:
    def fast() -> float:
        name = "aftercare_clock_fast_events_total"
        return REGISTRY.get_sample_value(name, {"service": "intake"}) or 0.0

    before = fast()
    await post(http, event("visit", visit(source_modified_at="2026-11-21T10:04:59Z")))
    assert fast() == before + 1


async def test_the_openapi_document_tells_of_parameters(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()
    for path, more in (
        ("/v1/events", []),
        ("/v1/webhooks/{name}", ["name", "webhook-id", "webhook-timestamp", "webhook-signature"]),
    ):
        parameters = described["paths"][path]["post"]["parameters"]
        names = [each["name"] for each in parameters]
        assert sorted(names) == sorted([*more, "strict", "validate", "Idempotency-Key"])


@pytest.mark.parametrize(
    ("path", "more"), [("/v1/events", set()), ("/v1/webhooks/{name}", {"name"})]
)
async def test_the_openapi_document_tells_with_what_a_handshake_asks(
    http: httpx.AsyncClient, path: str, more: set[str]
) -> None:
    described = (await http.get("/openapi.json")).json()
    parameters = described["paths"][path]["options"]["parameters"]
    asking = {f"WebHook-Request-{part}" for part in ("Origin", "Rate", "Callback")}
    assert {each["name"] for each in parameters} == asking | more
    assert {each["name"] for each in parameters if each["in"] == "header"} == asking
    assert all(each["description"] for each in parameters if each["name"] in asking)
