"""Who may see one source alone is shown that one, and need not name it."""

import httpx
import pytest

from shared.auth.principal import Grant
from shared.testing.doorman import KnowsEverybody
from tests.services.intake.given import PUDONG, Data, visit
from tests.services.intake.world import World

DOCUMENTS = f"/v1/documents?dealer_id={PUDONG}"


def of(source: str | None, dealer_id: str = PUDONG) -> Grant:
    return Grant(
        scopes=frozenset({"documents:read"}), dealers=frozenset({dealer_id}), source=source
    )


@pytest.fixture
async def world() -> World:
    found = World()
    for source in ("cdk", "other"):
        await found.report("visit", visit(source=source))
    return found


async def shown(world: World, url: str, *grants: Grant) -> tuple[int, set[str]]:
    """The status, and the sources of the documents."""
    app = world.app(doorman=KnowsEverybody(*grants))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
        answer = await http.get(url)
    found: list[Data] = answer.json() if answer.status_code == 200 else []
    return answer.status_code, {each["document_id"].split("/")[2] for each in found}


async def test_the_only_source_need_not_be_named(world: World) -> None:
    assert await shown(world, DOCUMENTS, of("cdk")) == (200, {"cdk"})
    assert await shown(world, DOCUMENTS, of(None)) == (200, {"cdk", "other"})
    assert await shown(world, DOCUMENTS, of(None), of("cdk")) == (200, {"cdk", "other"})


async def test_of_several_one_is_named(world: World) -> None:
    assert await shown(world, DOCUMENTS, of("cdk"), of("other")) == (422, set())
    assert await shown(world, f"{DOCUMENTS}&source=other", of("cdk"), of("other")) == (
        200,
        {"other"},
    )


async def test_another_source_is_not_shown(world: World) -> None:
    for more in ("&source=other", "&source=cdk&source=other", "&source=other&source=cdk"):
        assert await shown(world, f"{DOCUMENTS}{more}", of("cdk")) == (403, set())
    assert await shown(world, DOCUMENTS, of("cdk", "sunrise/berlin")) == (403, set())
