"""Imports whose sender may not report any more: nothing of them goes in until somebody else asks
for it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.imports.job import NO_LEAVE
from shared.auth.keys import ShownKey
from shared.contracts.http.intake import Item
from shared.platform.doorman import KEPT_FOR
from shared.platform.errors import TransientFailure
from tests.services.intake.given import BERLIN, PUDONG, Data
from tests.services.intake.given_closed import FILE, ONE, OTHER, SECRET, Closed, key
from tests.services.intake.given_imports import send, to_the_end


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Closed:
    monkeypatch.setattr("services.intake.adapters.imports.portions.EVENTS_AT_ONCE", 2)
    return Closed(tmp_path)


ENDS: dict[str, Callable[[Closed], None]] = {
    "revoked": lambda closed: closed.revoke(ONE),
    "expired": lambda closed: closed.change(ONE, expires_at=closed.world.clock.now()),
    "gone": lambda closed: closed.remove(ONE),
    "of another dealer": lambda closed: closed.change(ONE, grant=key(ONE, BERLIN).grant),
    "of another source": lambda closed: closed.change(ONE, grant=key(ONE, PUDONG, "crm").grant),
    "for reading": lambda closed: closed.change(
        ONE, grant=replace(key(ONE).grant, scopes=frozenset({"documents:read"}))
    ),
}


@pytest.mark.parametrize("end", ENDS)
async def test_an_import_stops_at_the_portion_before_which_its_key_ended(
    closed: Closed, end: str
) -> None:
    sent = await closed.sends(ONE)
    assert sent["sent_by"] == f"key/{ONE.id}"
    runner = closed.runner()
    await runner.turn()
    ENDS[end](closed)
    await to_the_end(runner)
    job = closed.job(sent)
    assert (job.state, job.because, job.records) == ("paused", NO_LEAVE, 2)
    assert closed.numbers() == ["RO-1", "RO-2"]
    shown = await closed.shows(OTHER, sent)
    assert (shown["because"], shown["can_be_resumed"]) == (NO_LEAVE, True)


async def test_nothing_is_taken_whose_key_ended_while_it_waited(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    closed.revoke(ONE)
    await to_the_end(closed.runner())
    assert (closed.job(sent).state, closed.numbers()) == ("paused", [])


async def test_it_goes_on_as_theirs_who_resumed_it(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    runner = closed.runner()
    await runner.turn()
    closed.revoke(ONE)
    await to_the_end(runner)
    assert (await closed.asks(ONE, sent, "resume")).status_code == 401
    answer = await closed.asks(OTHER, sent, "resume")
    assert (answer.json()["state"], answer.json()["sent_by"]) == ("waiting", f"key/{OTHER.id}")
    await to_the_end(closed.runner())
    job = closed.job(sent)
    assert (job.state, job.counts.accepted, job.counts.duplicate) == ("done", 9, 0)


async def test_who_resumed_it_has_to_be_allowed_for_as_long(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    closed.revoke(ONE)
    await to_the_end(closed.runner())
    await closed.asks(OTHER, sent, "resume")
    closed.revoke(OTHER)
    await to_the_end(closed.runner())
    assert (closed.job(sent).state, closed.numbers()) == ("paused", [])


async def test_the_same_file_of_another_key_is_the_import_that_waits(closed: Closed) -> None:
    """It does not go on by itself: whoever sends it again sees that, and says so."""
    sent = await closed.sends(ONE)
    closed.revoke(ONE)
    await to_the_end(closed.runner())
    again = await closed.sends(OTHER)
    assert (again["import_id"], again["duplicate"]) == (sent["import_id"], True)
    assert (again["state"], again["because"]) == ("paused", NO_LEAVE)


async def test_what_was_to_be_cancelled_is_cancelled_all_the_same(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    runner = closed.runner()
    await runner.turn()
    await closed.asks(ONE, sent, "cancel")
    closed.revoke(ONE)
    await to_the_end(runner)
    assert closed.job(sent).state == "cancelled"


async def test_what_came_through_a_door_of_the_operators_goes_on(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    job = closed.job(sent)
    closed.store.jobs[job.import_id] = job.model_copy(update={"sent_by": None})
    closed.revoke(ONE)
    await to_the_end(closed.runner())
    assert closed.job(sent).state == "done"


async def test_while_nobody_can_say_whether_it_may_go_on_it_waits(closed: Closed) -> None:
    sent = await closed.sends(ONE)
    runner = closed.runner()
    await runner.turn()
    closed.world.clock.advance(KEPT_FOR)
    closed.keys.fail_next = [TransientFailure("away")]
    with pytest.raises(TransientFailure):
        await runner.turn()
    assert (closed.job(sent).state, closed.job(sent).records) == ("running", 2)
    await to_the_end(runner)
    assert closed.job(sent).state == "done"


async def test_a_portion_that_waits_for_the_broker_is_asked_for_again(
    closed: Closed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key ended while the broker was away: what was in hand does not go in either."""
    monkeypatch.setattr("shared.platform.backoff.FIRST_WAIT_SECONDS", 0.0)
    sent = await closed.sends(ONE)
    intake, calls = closed.world.intake(), 0

    async def receive(raws: Iterable[object], **more: Any) -> list[Item]:
        nonlocal calls
        calls += 1
        if calls == 2:
            closed.revoke(ONE)
            raise TransientFailure("away")
        return await intake.receive(raws, **more)

    await to_the_end(closed.runner(receive=receive))
    assert (closed.job(sent).state, closed.job(sent).records) == ("paused", 2)
    assert closed.numbers() == ["RO-1", "RO-2"]


async def test_events_that_intake_fails_at_are_not_tried_without_leave(closed: Closed) -> None:
    """A portion that is halved is asked for again, half by half."""
    sent = await closed.sends(ONE)

    async def receive(raws: Iterable[object], **_: Any) -> list[Item]:
        closed.revoke(ONE)
        raise ValueError("SECRET")

    await to_the_end(closed.runner(receive=receive))
    assert (closed.job(sent).state, closed.job(sent).records) == ("paused", 0)


async def test_other_dealers_imports_go_on(closed: Closed) -> None:
    far = ShownKey("c" * 10, SECRET)
    closed.keys.by_id[far.id] = key(far, BERLIN)
    await closed.sends(ONE)
    async with closed.with_key(far) as http:
        other: Data = (await send(http, FILE, dealer_id=BERLIN)).json()
    closed.revoke(ONE)
    await to_the_end(closed.runner())
    assert closed.job(other).state == "done"


STANDS: list[tuple[str, bool]] = [
    (f"key/{ONE.id}", True),
    ("key/unknown", False),
    ("key/", False),
    ("token/some-hash", True),
    ("anybody", False),
    ("", False),
]


@pytest.mark.parametrize(("principal_id", "may"), STANDS)
async def test_who_still_may(closed: Closed, principal_id: str, may: bool) -> None:
    asking: Awaitable[bool] = closed.doorman.still_may(principal_id, "events:write", PUDONG, "cdk")
    assert await asking is may
    if principal_id.startswith("key/"):
        assert not await closed.doorman.still_may(principal_id, "operations", PUDONG, "cdk")


@pytest.mark.parametrize("mapping", ["test-visits", "wrong", "none-of-this-name"])
@pytest.mark.parametrize("query", [{"dealer_id": BERLIN}, {"source": "cdk"}], ids=str)
async def test_who_may_not_report_learns_nothing_of_mappings(
    closed: Closed, mapping: str, query: dict[str, str]
) -> None:
    closed.write_mapping("title_en: x", "wrong")
    closed.change(ONE, grant=key(ONE, PUDONG, "crm").grant)
    async with closed.with_key(ONE) as http:
        answer = await send(http, FILE, mapping=mapping, **query)
    assert answer.status_code == 403
    assert "mapping" not in answer.text and mapping not in answer.text
