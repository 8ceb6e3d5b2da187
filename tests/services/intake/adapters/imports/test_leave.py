"""A key that is revoked while a file of its holder comes in, on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.adapters.imports.store import MongoImports
from services.intake.domain.imports.job import NO_LEAVE
from shared.platform.doorman import KEPT_FOR, Doorman
from shared.platform.keys import DATABASE, MongoKeys
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.intake.given_closed import ONE, OTHER, Closed, key
from tests.services.intake.given_imports import to_the_end


@pytest.fixture(params=ON_A_DATABASE)
async def mongo(
    request: pytest.FixtureRequest, mongo_settings: MongoSettings
) -> AsyncIterator[Mongo]:
    found = Mongo(mongo_settings.model_copy(update={"driver": request.param}), "intake")
    yield found
    await found.close()


async def test_it_waits_and_goes_on_as_theirs_who_resumed_it(
    mongo: Mongo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.adapters.imports.portions.EVENTS_AT_ONCE", 2)
    keys = MongoKeys(lambda: mongo.beside(DATABASE))
    for shown in (ONE, OTHER):
        await keys.add(key(shown))
    kept = MongoImports(lambda: mongo)
    await kept.prepare()
    closed = Closed(tmp_path)
    closed.doorman = Doorman(keys, closed.world.clock)
    closed.store = kept  # type: ignore[assignment] # what both honour
    sent = await closed.sends(ONE)
    runner = closed.runner()
    await runner.turn()
    assert await keys.end(ONE.id, revoked_at=closed.world.clock.now())
    closed.world.clock.advance(KEPT_FOR)
    await to_the_end(runner)
    shown_now = await closed.shows(OTHER, sent)
    assert (shown_now["state"], shown_now["because"]) == ("paused", NO_LEAVE)
    assert (shown_now["records"], shown_now["sent_by"]) == (2, f"key/{ONE.id}")
    assert (await closed.asks(OTHER, sent, "resume")).status_code == 200
    await to_the_end(closed.runner())
    job = await kept.find(sent["import_id"])
    assert job is not None
    assert (job.state, job.records, job.sent_by) == ("done", 9, f"key/{OTHER.id}")
    assert len(closed.numbers()) == 9
