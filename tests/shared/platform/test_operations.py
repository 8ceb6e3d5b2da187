"""What `/health/ready` tells: what keeps a service from working, and what is to be looked at."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import FastAPI

from shared.platform.http import operations

FULL = "folder pudong-dms: No space left on device"


async def asked(troubles: Sequence[str], warnings: Sequence[str]) -> httpx.Response:
    async def readiness() -> list[str]:
        return [*troubles]

    app = FastAPI()
    app.include_router(operations(readiness, lambda: warnings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as http:
        return await http.get("/health/ready")


@pytest.mark.parametrize(
    ("troubles", "warnings", "status", "told"),
    [
        ([], [], 200, {"status": "ready"}),
        ([], [FULL], 200, {"status": "ready", "warnings": [FULL]}),
        (["away"], [], 503, {"status": "not ready", "because": ["away"]}),
        (["away"], [FULL], 503, {"status": "not ready", "because": ["away", FULL]}),
    ],
)
async def test_what_is_to_be_looked_at_keeps_nobody_from_being_served(
    troubles: Sequence[str], warnings: Sequence[str], status: int, told: object
) -> None:
    answer = await asked(troubles, warnings)
    assert (answer.status_code, answer.json()) == (status, told)
