"""Behind the real HTTP server: whatever is sent, intake answers others, and forgets it."""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import REGISTRY

from services.intake.adapters.door import SMALL_AT_ONCE, Door
from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE
from services.intake.settings import IntakeSettings
from shared.platform import process
from shared.platform.problems import Refusal
from shared.settings import HttpSettings
from tests.served import Client, Served, served
from tests.servers import PATIENCE_SECONDS
from tests.services.intake.domain.limits.given import caller
from tests.services.intake.given import Data, consent, event, step, survey, visit
from tests.services.intake.world import World

FOR_EVER = 300
PROMPT_SECONDS = 0.5
"""Of this process, whatever others do on the machine; it takes 40 ms, and it was 70 s."""
MOST_ANSWERED = 700_000


@pytest.fixture(autouse=True)
def tuned() -> Iterator[None]:
    """The interpreter as every service has it; else a full collection alone takes 100 ms."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    process.tune()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)


@asynccontextmanager
async def intake(world: World, **more: float) -> AsyncIterator[Served]:
    """Intake with the limits it is shipped with, but for deadlines, and for `more`."""
    patient = {"body_deadline_seconds": FOR_EVER, "body_stall_seconds": FOR_EVER}
    app = world.app(IntakeSettings.model_validate(patient | more))
    async with served(app, HttpSettings()) as server:
        yield server


def head(size: int, media_type: str = SINGLE) -> bytes:
    lines = ("POST /v1/events HTTP/1.1", "host: x", f"content-type: {media_type}")
    return "\r\n".join((*lines, f"content-length: {size}", "", "")).encode()


async def post(server: Served, body: bytes, media_type: str) -> tuple[int, bytes]:
    client = await server.connect()
    await client.send(head(len(body), media_type) + body)
    return await client.answer()


def written(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def batch(noun: str, many: list[Data]) -> bytes:
    return written([event(noun, one) for one in many])


def hostile() -> dict[str, tuple[bytes, str, int]]:
    """Name -> body, media type, and the status it is answered with."""
    errors = [visit(ro_no=str(number), lines=[{}] * 30) for number in range(2_000)]
    names = [
        survey(survey_no=str(n), items={f"{n} {i}": 11 for i in range(50)}) for n in range(300)
    ]
    keys = ",".join(f'"{number}":1' for number in range(400_000))
    return {
        "2.4 million errors": (
            written(event("consent", consent(opt_outs=[0] * 2_400_000))),
            SINGLE,
            413,
        ),
        "40,000 errors": (
            written(event("consent", consent(opt_outs=[0] * 40_000))),
            SINGLE,
            422,
        ),
        "errors in each event": (batch("visit", errors), BATCH, 200),
        "many names": (batch("survey", names), BATCH, 200),
        "empty events": (written([{}] * 2_000), BATCH, 200),
        "steps": (batch("complaint-step", [step(step_id=str(n)) for n in range(500)]), BATCH, 200),
        "numbers": (b"[" + b"1," * 2_400_000 + b"1]", BATCH, 413),
        "one deep array": (b"[" * 4_900_000, BATCH, 400),
        "one deep object": (b'{"a":' * 150_000, SINGLE, 400),
        "a long text": (b'"' + b"x" * 4_900_000 + b'"', BATCH, 400),
        "a long event": (b'["' + b"x" * 4_900_000 + b'"]', BATCH, 413),
        "a million names": (b"{" + keys.encode() + b"}", SINGLE, 413),
        "short lines": (b"1\n" * 2_400_000, NDJSON, 413),
        "blank lines": (b" \n" * 2_400_000, NDJSON, 200),
        "a long number": (b"[" + b"1" * 900_000 + b"]", BATCH, 400),
        "a large number": (b"[1e999999]", BATCH, 200),
    }


HOSTILE = hostile()


@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_is_worked_on_others_are_answered(world: World, name: str) -> None:
    body, media_type, status = HOSTILE[name]
    async with intake(world) as server:
        asked = asyncio.create_task(post(server, body, media_type))
        longest = 0.0
        while not asked.done():
            began = time.process_time()
            assert (await server.get("/health/live"))[0] == 200
            longest = max(longest, time.process_time() - began)
        answered, content = await asked
        assert answered == status, content[:300]
        assert len(content) < MOST_ANSWERED
        assert longest < PROMPT_SECONDS
    assert REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight") == 0


async def test_of_many_findings_a_hundred_are_told_and_all_are_counted(world: World) -> None:
    body, media_type, _ = HOSTILE["errors in each event"]
    async with intake(world) as server:
        _, content = await post(server, body, media_type)
    problems = [item["problem"] for item in json.loads(content)["items"]]
    told = [len(problem["errors"]) for problem in problems]
    assert told == [20] * 5 + [0] * 1_995
    assert problems[0]["detail"] == "and 40 more"
    assert problems[5]["detail"] == "60 findings, none of them told here"


@pytest.mark.parametrize("limit", ["body_deadline_seconds", "body_stall_seconds"])
async def test_a_body_that_does_not_come_is_answered_408(world: World, limit: str) -> None:
    async with intake(world, **{limit: 0.3}) as server:
        client = await server.connect()
        await client.send(head(1_000) + b"{")
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in answer


async def test_a_body_that_drips_has_a_deadline(world: World) -> None:
    async with intake(world, body_deadline_seconds=0.5) as server:
        client = await server.connect()
        await client.send(head(100_000))
        dripping = asyncio.create_task(_drip(client))
        assert b" 408 " in await client.rest()
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


async def _drip(client: Client) -> None:
    while True:
        await client.send(b" ")
        await asyncio.sleep(0.02)


async def _stall(server: Served, how_many: int, size: int) -> list[Client]:
    """So many bodies of which the last byte never comes."""
    stalled = [await server.connect() for _ in range(how_many)]
    for client in stalled:
        await client.send(head(size) + b" " * (size - 1))
    return stalled


async def test_stalled_bodies_keep_neither_small_nor_large_ones_out(world: World) -> None:
    large = written(event("visit", visit())).ljust(900_000)
    async with intake(world, max_bytes_in_flight=4_000_000) as server:
        await _stall(server, 60, 1_000_000)
        answers = [await post(server, written(event("visit", visit())), SINGLE)]
        while True:  # from a second on, who has been arriving for longest gives way
            answers.append(await post(server, large, SINGLE))
            if answers[-1][0] != 429:
                break
        assert (answers[0][0], answers[-1][0]) == (202, 200)
        held = REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight")
        assert held is not None
        assert held <= 4_000_000


async def test_more_bytes_than_may_be_in_flight_shall_come_back(world: World) -> None:
    async with intake(world, max_bytes_in_flight=100_000) as server:
        client = await server.connect()
        await client.send(head(200_000) + b" " * 200_000)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await client.reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 5" in answer.lower()
        assert (await post(server, written(event("visit", visit())), SINGLE))[0] == 202


async def test_a_client_that_goes_away_leaves_nothing_behind(world: World) -> None:
    async with intake(world) as server:
        for client in await _stall(server, 5, 1_000_000):
            client.writer.transport.abort()
        for _ in range(3_000):
            if REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight") == 0:
                break
            await asyncio.sleep(0.01)
        assert REGISTRY.get_sample_value("aftercare_intake_bytes_in_flight") == 0


async def test_batches_one_after_another_on_one_connection(world: World) -> None:
    body = batch("visit", [visit(ro_no=str(number)) for number in range(50)])
    async with intake(world) as server:
        client = await server.connect()
        await client.send((head(len(body), BATCH) + body) * 3)
        answers = [json.loads((await client.answer())[1]) for _ in range(3)]
    assert [answer["accepted"] for answer in answers] == [50, 0, 0]
    assert [answer["duplicate"] for answer in answers] == [0, 50, 50]


async def no_chunks() -> AsyncIterator[bytes]:
    for content in (b" ",):
        yield content


async def test_senders_take_turns_and_one_that_came_to_its_limit_has_none() -> None:
    door, order = Door(IntakeSettings()), list[str]()
    gate = asyncio.Event()

    async def work(sender: str, events: int = 1, **limits: float) -> None:
        by = caller(sender, **limits)
        async with door.body(no_chunks(), by=by, declared=1) as body:
            async with door.turn(body, is_batch=True):
                order.append(sender)
                await gate.wait()
            body.events = events

    first = [asyncio.create_task(work("a")) for _ in range(SMALL_AT_ONCE + 10)]
    while len(order) < SMALL_AT_ONCE:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0)
    poor = [asyncio.create_task(work("b", 100, burst=1)) for _ in range(2)]
    for _ in range(20):
        await asyncio.sleep(0)
    poor[0].cancel()
    gate.set()
    found = await asyncio.gather(*first, *poor, return_exceptions=True)
    assert order[SMALL_AT_ONCE] == "b", "before the others that a sent"
    assert [type(each) for each in found if each is not None] == [asyncio.CancelledError]
    again = await asyncio.gather(work("b", burst=1), return_exceptions=True)
    assert isinstance(again[0], Refusal)
    assert again[0].problem.status == 429
