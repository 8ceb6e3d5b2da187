"""Intake over a register and a publisher in memory, and a client that asks its endpoints."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.settings import IntakeSettings
from tests.services.intake.world import World


@pytest.fixture
def world() -> World:
    """Nothing is known yet."""
    return World()


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client of intake over the world."""
    app = world.app(IntakeSettings(max_body_bytes=200_000, max_batch_items=20))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield client
