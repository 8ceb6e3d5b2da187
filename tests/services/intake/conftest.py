"""Intake over a register and a publisher in memory, and a client that asks its endpoints."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.app import make_app
from services.intake.settings import IntakeSettings
from tests.services.intake.given import DEALERS
from tests.services.intake.world import World


@pytest.fixture
def world() -> World:
    """Nothing is known yet."""
    return World()


async def _ready() -> list[str]:
    return []


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client of intake over the world."""
    app = make_app(
        world.intake(),
        register=world.register,
        answers=world.answers,
        publisher=world.publisher,
        dealers=DEALERS,
        settings=IntakeSettings(max_body_bytes=200_000, max_batch_items=20),
        readiness=_ready,
        expecting=world.expecting(),
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield client
