"""Imports that are interrupted: by people, crashes, and servers that are away."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.mappings.converted import Skipped
from shared.contracts.http.intake import Item
from shared.platform.errors import TransientFailure
from tests.services.intake.given import Data
from tests.services.intake.given_imports import (
    KEEPING,
    MAPPING,
    ImportWorld,
    file_of,
    row,
    to_the_end,
)

ROWS = range(1, 10)
EACH = [f"RO-{number}" for number in ROWS]


@pytest.fixture
def imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportWorld:
    """A portion has two events."""
    monkeypatch.setattr("services.intake.adapters.imports.portions.EVENTS_AT_ONCE", 2)
    return ImportWorld(tmp_path)


async def asked(imports: ImportWorld, sent: Data, wish: str) -> Data:
    async with imports.client() as http:
        response = await http.post(f"/v1/imports/{sent['import_id']}/{wish}")
    assert response.status_code == 200, response.text
    found: Data = response.json()
    return found


def counted(imports: ImportWorld, sent: Data) -> tuple[str, int, int, int]:
    job = imports.job(sent)
    return job.state, job.records, job.counts.accepted, job.counts.duplicate


async def test_a_paused_import_goes_on_where_it_was(imports: ImportWorld) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    runner = imports.runner()
    await runner.turn()
    found = await asked(imports, sent, "pause")
    assert (found["state"], found["asked"]) == ("running", "pause")
    await to_the_end(runner)
    assert counted(imports, sent) == ("paused", 4, 4, 0)
    assert await runner.turn() is False
    await asked(imports, sent, "resume")
    await to_the_end(imports.runner())
    assert counted(imports, sent) == ("done", 9, 9, 0)
    assert imports.numbers() == EACH


async def test_what_was_sent_after_a_paused_import_does_not_wait_for_it(
    imports: ImportWorld,
) -> None:
    first = await imports.sent(file_of(map(row, ROWS)))
    runner = imports.runner()
    await runner.turn()
    await asked(imports, first, "pause")
    second = await imports.sent(file_of([row(12)]))
    await to_the_end(runner)
    assert counted(imports, first) == ("paused", 4, 4, 0)
    assert counted(imports, second) == ("done", 1, 1, 0)
    await asked(imports, first, "resume")
    await to_the_end(runner)
    assert counted(imports, first) == ("done", 9, 9, 0)


async def test_what_is_resumed_waits_for_the_one_that_was_begun_meanwhile(
    imports: ImportWorld,
) -> None:
    first = await imports.sent(file_of([row(11)]))
    await asked(imports, first, "pause")
    second = await imports.sent(file_of(map(row, ROWS)))
    gone = imports.runner()
    await gone.turn()
    await asked(imports, first, "resume")
    assert await imports.runner().turn() is False, "one of a dealer's runs at a time"
    imports.world.clock.advance(KEEPING.lease)
    other = imports.runner()
    await to_the_end(other)
    assert counted(imports, second) == ("done", 9, 9, 0)
    assert counted(imports, first) == ("done", 1, 1, 0)


async def test_an_import_that_is_cancelled_keeps_what_was_taken_and_loses_its_file(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    runner = imports.runner()
    await runner.turn()
    await asked(imports, sent, "cancel")
    await to_the_end(runner)
    await runner.clear()
    assert counted(imports, sent) == ("cancelled", 4, 4, 0)
    assert imports.numbers() == EACH[:4]
    assert not imports.store.pieces


async def test_another_instance_goes_on_with_what_one_that_is_gone_had_begun(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    gone = imports.runner()
    await gone.turn()
    await gone.turn()
    other = imports.runner()
    assert await other.turn() is False, "somebody has it"
    imports.world.clock.advance(KEEPING.lease)
    await to_the_end(other)
    assert counted(imports, sent) == ("done", 9, 9, 0)
    assert imports.numbers() == EACH
    await to_the_end(gone)
    assert counted(imports, sent) == ("done", 9, 9, 0)


async def test_an_instance_that_lives_keeps_what_it_works_on(imports: ImportWorld) -> None:
    await imports.sent(file_of(map(row, ROWS)))
    runner, other = imports.runner(), imports.runner()
    await runner.turn()
    for _ in range(5):
        imports.world.clock.advance(KEEPING.lease / 2)
        await runner.hold()
        assert await other.turn() is False


async def test_of_a_portion_that_was_cut_off_what_is_known_is_a_duplicate(
    imports: ImportWorld,
) -> None:
    """Published and registered, and no checkpoint: the worst moment."""
    sent = await imports.sent(file_of([*map(row, ROWS), row(10, status="?")]))
    gone = imports.runner()
    await gone.turn()
    with _dying_at(imports, "put_troubles"), suppress(ConnectionResetError):
        await gone.turn()
    imports.world.clock.advance(KEEPING.lease)
    await to_the_end(imports.runner())
    assert counted(imports, sent) == ("done", 10, 7, 2)
    assert imports.numbers() == EACH
    assert len(imports.store.kept) == 1


@contextmanager
def _dying_at(imports: ImportWorld, call: str) -> Iterator[None]:
    """From that call on nothing of the process is heard any more."""
    dead = False

    def die(name: str) -> None:
        nonlocal dead
        dead = dead or name == call
        if dead:
            raise ConnectionResetError

    imports.store.meanwhile = die
    yield
    imports.store.meanwhile = lambda _: None


async def test_an_instance_that_is_stopped_leaves_its_imports_to_others_at_once(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    at_second = asyncio.Event()
    intake = imports.world.intake()

    async def receive(raws: Iterable[object], **more: Any) -> list[Item]:
        if imports.job(sent).records:
            at_second.set()
            await asyncio.Event().wait()
        return await intake.receive(raws, **more)

    async def prepare() -> None: ...

    stopped = asyncio.create_task(imports.runner(receive=receive).run(prepare=prepare))
    async with asyncio.timeout(30):
        await at_second.wait()
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    await to_the_end(imports.runner())
    assert counted(imports, sent) == ("done", 9, 9, 0)


@pytest.mark.parametrize("away", ["publish", "find", "save"])
async def test_while_the_broker_or_the_register_is_away_the_portion_waits(
    imports: ImportWorld, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.backoff.FIRST_WAIT_SECONDS", 0.0)
    sent = await imports.sent(file_of(map(row, ROWS)))
    failures = [TransientFailure("away") for _ in range(3)]
    world = imports.world
    match away:
        case "publish":
            world.publisher.fail_next = list(failures)
        case "find":
            world.register.fail_next = list(failures)
        case "save":
            world.register.before_save = [
                lambda: world.register.fail_next.append(TransientFailure("away"))
            ]
    await to_the_end(imports.runner())
    assert counted(imports, sent)[:2] == ("done", 9)
    assert imports.numbers() == EACH


async def test_a_checkpoint_whose_reply_was_lost_counts_once(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.backoff.FIRST_WAIT_SECONDS", 0.0)
    sent = await imports.sent(file_of(map(row, ROWS)))
    save, store = imports.store.save, imports.store

    async def lost(job: Any) -> Any:
        await save(job)
        store.save = save  # type: ignore[method-assign] # once
        raise TransientFailure("the reply was lost")

    runner = imports.runner()
    await runner.turn()
    store.save = lost  # type: ignore[method-assign] # a reply that does not come
    await to_the_end(runner)
    assert counted(imports, sent) == ("done", 9, 9, 0)


@pytest.mark.parametrize("call", ["find", "save", "piece", "put_troubles", "heads", "drop_file"])
async def test_whatever_call_fails_all_is_taken_at_last(imports: ImportWorld, call: str) -> None:
    sent = await imports.sent(file_of([*map(row, ROWS), row(10, status="?")]))
    failing = {2, 3, 5, 6, 9}
    seen = 0

    def fail(name: str) -> None:
        nonlocal seen
        seen += name == call
        if name == call and seen in failing:
            raise TransientFailure("away")

    imports.store.meanwhile = fail
    runner = imports.runner()
    for _ in range(100):
        with suppress(TransientFailure):
            if not await runner.turn():
                break
        imports.world.clock.advance(KEEPING.lease)
    job = imports.job(sent)
    assert (job.state, job.counts.refused) == ("done", 1)
    assert job.counts.accepted + job.counts.duplicate == 9
    assert imports.numbers() == EACH


async def test_an_event_that_intake_fails_at_is_the_fault_of_no_other(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    intake = imports.world.intake()

    async def receive(raws: Iterable[Any], **more: Any) -> list[Item]:
        events = list(raws)
        if any(event["data"]["ro_no"] == "RO-4" for event in events):
            raise ValueError("SECRET")
        return await intake.receive(events, **more)

    await to_the_end(imports.runner(receive=receive))
    job = imports.job(sent)
    assert (job.state, job.counts.accepted, job.counts.rejected) == ("done", 8, 1)
    (trouble,) = imports.store.kept.values()
    assert (trouble.number, trouble.kind) == (4, "rejected")
    assert "SECRET" not in trouble.model_dump_json()


async def test_a_defect_of_ours_fails_the_import_and_never_ends_it_as_done(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(records: Iterable[Any], *_: Any, **__: Any) -> Iterator[Any]:
        for record in islice(records, 2):
            yield Skipped(record.number, record.place)
        raise ValueError("SECRET")

    monkeypatch.setattr("services.intake.adapters.imports.portions.converted", broken)
    sent = await imports.sent(file_of(map(row, ROWS)))
    runner = imports.runner()
    saves = 0

    def fail(name: str) -> None:
        nonlocal saves
        saves += name == "save"
        if name == "save" and saves == 2:  # that it failed
            raise TransientFailure("away")

    imports.store.meanwhile = fail
    with suppress(TransientFailure):
        await runner.turn()
    await to_the_end(runner)
    job = imports.job(sent)
    assert (job.state, job.because) == ("failed", "our mistake; it was logged")


async def test_a_mapping_that_changed_meanwhile_reads_all_of_the_file(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    runner = imports.runner()
    await runner.turn()
    await asked(imports, sent, "pause")
    await to_the_end(runner)
    imports.write_mapping(MAPPING.replace("  total: total\n", ""))
    await asked(imports, sent, "resume")
    await to_the_end(imports.runner())
    job = imports.job(sent)
    assert (job.state, job.records) == ("done", 9)
    assert imports.numbers() == EACH


async def test_a_file_of_which_a_piece_is_gone_fails(imports: ImportWorld) -> None:
    sent = await imports.sent(file_of(map(row, ROWS)))
    imports.store.pieces.clear()
    await to_the_end(imports.runner())
    job = imports.job(sent)
    assert job.state == "failed"
    assert "not whole" in job.because


async def test_what_never_came_whole_is_deleted_when_its_sender_is_gone(
    imports: ImportWorld,
) -> None:
    """The instance that it was sent to died meanwhile."""
    sent = await imports.sent(file_of([row(1)]))
    imports.store.jobs[sent["import_id"]] = imports.job(sent).model_copy(
        update={"state": "arriving", "held_until": imports.world.clock.now(), "same": None}
    )
    imports.world.clock.advance(timedelta(minutes=11))
    await imports.runner().clear()
    assert not imports.store.jobs and not imports.store.pieces
