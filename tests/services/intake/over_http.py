"""Intake over HTTP, for tests."""

import json
from typing import Any

import httpx

from services.intake.domain.decode.body import SINGLE
from tests.services.intake.given import (
    PUDONG,
)

VISIT = f"{PUDONG}/cdk/visit/RO%201"


async def post(http: httpx.AsyncClient, body: object, media_type: str = SINGLE) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await http.post("/v1/events", content=content, headers={"content-type": media_type})


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem details, after checking that they are what RFC 9457 wants."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert found["title"]
    assert found["type"].startswith("urn:aftercare:problem:")
    return found
