"""How fast intake's doors are: single events, batches and files, and what others feel of a file."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from deploy.cli.client_key import shown
from services.intake.adapters.register import MongoRegister
from services.intake.domain.decode.body import NDJSON, events_in
from services.intake.receive import Intake
from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import REPORTS
from shared.contracts.topics import VISITS
from shared.dealers.dealer import Dealer, Dealers
from shared.platform.kafka import make_producer
from shared.platform.mongo import Mongo
from shared.platform.publisher import KafkaPublisher, Record
from shared.settings import ServiceSettings
from shared.time.clock import SystemClock
from tests.bench.connection import Request, answered, borne
from tests.bench.events import DEALER, START
from tests.bench.memory import MEGABYTE, reported
from tests.bench.servers import Fresh, Process, running_service

IMPORTED_FOR = "sunrise/pudong"
MAPPING = "generic-csv-visits"
HEADINGS = (
    "ro_no,line_no,status,opened_at,closed_at,odometer_in,department,customer_id,customer_name,"
    "phone,email,vin,plate,op_code,category,description,pay_type,labour_amount,parts_amount,"
    "source_modified_at"
)
BATCH = 500
IMPORTED = 100_000
SIDE_BY_SIDE = 16
CUSTOMERS = 2_000
IMPORT_SECONDS = 7_200.0
DEALERS = Dealers(
    [Dealer(id=DEALER, name="Berlin", timezone="Europe/Berlin", currency="EUR", region="DE")]
)


@dataclass(frozen=True, slots=True)
class Single:
    """Single events."""

    borne: float
    """Events a second, each connection sending its next one when it has its answer."""
    seconds: list[float]
    """From due to answered at half of that, in order."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Events a second in batches, three ways."""

    over_http: float
    without_http: float
    """The same bytes decoded, taken and registered by the same code in this process."""
    by_hand: float
    """The same bytes read as JSON, validated and produced, and nothing else."""


@dataclass(frozen=True, slots=True)
class Import:
    """One file taken in."""

    lines: int
    lines_each: int
    """Of one repair order."""
    seconds: float
    """From the answer that it has arrived to its end."""
    cpu_seconds: float
    """Of intake, meanwhile."""
    megabytes: float
    """The most that intake held at any time since its start."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What others feel of a dealer's file: seconds to their answers, in order."""

    rate: float
    """Events of theirs a second."""
    alone: list[float]
    beside: list[float]


def single(fresh: Fresh, *, count: int, seconds: float) -> Single:
    """Find out what is borne, then send half of it."""
    with fresh() as servers, running_service("intake", servers) as service:
        asyncio.run(borne(service, _event, side_by_side=SIDE_BY_SIDE, count=count // 4))
        found = asyncio.run(
            borne(service, partial(_event, first=count), side_by_side=SIDE_BY_SIDE, count=count)
        )
        sent = round(found / 2 * seconds)
        make = partial(_event, first=2 * count)
        measured = answered(service, make, rate=found / 2, count=sent, left_out=sent // 5)
        return Single(found, asyncio.run(measured))


def batches(fresh: Fresh, *, count: int, rounds: int) -> Batches:
    """So many batches of each way a round, by turns; the medians."""
    ways: dict[str, list[float]] = {"over_http": [], "without_http": [], "by_hand": []}
    for _ in range(rounds):
        with fresh() as servers, running_service("intake", servers) as service:
            asyncio.run(borne(service, partial(_batch, first=3 * count), side_by_side=1, count=1))
            ways["over_http"].append(
                BATCH * asyncio.run(borne(service, _batch, side_by_side=1, count=count))
            )
        for name, way in (("without_http", _taken), ("by_hand", _produced)):
            with fresh() as servers:
                ways[name].append(BATCH * asyncio.run(way(servers.settings, count)))
    return Batches(**{name: median(rates) for name, rates in ways.items()})


def imported(fresh: Fresh, *, lines: int, lines_each: int) -> Import:
    """One file of so many lines, so many of each repair order."""
    with fresh() as servers, running_service("intake", servers) as service:
        import_id = _sent(service, servers.directory / "visits.csv", lines, lines_each)
        began, cpu_began = time.perf_counter(), service.metric("process_cpu_seconds_total")
        service.child.wait_until(
            lambda: _shown(service, import_id)["state"] not in ("waiting", "running"),
            within_seconds=IMPORT_SECONDS,
        )
        taken = time.perf_counter() - began
        found = _shown(service, import_id)
        assert (found["state"], found["records"]) == ("done", lines), found
        cpu = service.metric("process_cpu_seconds_total") - cpu_began
        return Import(lines, lines_each, taken, cpu, _most_megabytes(service.child.process.pid))


def neighbours(fresh: Fresh, *, lines: int, seconds: float) -> Neighbours:
    """Single events of a dealer, a quarter of what is borne, alone and beside another's file."""
    with fresh() as servers, running_service("intake", servers) as service:
        make = partial(_event, first=1_000_000)
        rate = asyncio.run(borne(service, make, side_by_side=SIDE_BY_SIDE, count=500)) / 4
        count = max(10, round(rate * seconds))

        def measured(first: int) -> list[float]:
            make = partial(_event, first=first)
            return asyncio.run(answered(service, make, rate=rate, count=count, left_out=count // 5))

        alone = measured(0)
        import_id = _sent(service, servers.directory / "visits.csv", lines, 2)
        service.child.wait_until(
            lambda: _shown(service, import_id)["records"] > 0, within_seconds=IMPORT_SECONDS
        )
        beside = measured(count)
        found = _shown(service, import_id)
        assert found["state"] == "running", "the file came to its end: let it have more lines"
        return Neighbours(rate, alone, beside)


def rows(lines: int, lines_each: int) -> Iterator[str]:
    """The lines of a file of repair orders, as a dealer's system exports them."""
    yield HEADINGS
    for number in range(lines):
        order, line = divmod(number, lines_each)
        opened = START + timedelta(minutes=order % 400_000)
        closed = (opened + timedelta(hours=3)).isoformat()
        who = order * 7919 % max(1, lines // lines_each // 3)
        yield (
            f"R-{order},{line + 1},closed,{opened.isoformat()},{closed},"
            f"{20_000 + order % 90_000} km,service,C{who},Wang Xiaoming {who},138{who:08d},"
            f"w{who}@example.com,LSVAU218XN2183294,沪A{who % 100_000:05d},OIL,maintenance,"
            f"Oil and filter,customer,{100 + order % 400}.00,{order % 90}.50,{closed}"
        )


def _event(number: int, *, first: int = 0) -> Request:
    content = reported(first + number, CUSTOMERS)
    return Request("/v1/events", content, "application/cloudevents+json")


def _batch(number: int, *, first: int = 0) -> Request:
    return Request("/v1/events", _lines(first + number), "application/x-ndjson")


def _lines(number: int) -> bytes:
    numbers = range(number * BATCH, (number + 1) * BATCH)
    return b"\n".join(reported(each, CUSTOMERS) for each in numbers)


async def _taken(settings: ServiceSettings, count: int) -> float:
    """Batches a second without HTTP."""
    mongo = Mongo(settings.mongo, "intake")
    register = MongoRegister(lambda: mongo)
    await register.prepare()
    async with make_producer(settings.kafka) as producer:
        intake = Intake(
            register=register,
            publisher=KafkaPublisher(producer),
            clock=SystemClock(),
            dealers=DEALERS,
        )

        async def take(number: int) -> None:
            limits = {"max_items": BATCH, "max_event_bytes": 1_000_000}
            found = await intake.receive(events_in(_lines(number), NDJSON, **limits))
            assert all(item.outcome == "accepted" for item in found)

        rate = await _one_after_another(take, count)
    await mongo.close()
    return rate


async def _produced(settings: ServiceSettings, count: int) -> float:
    """Batches a second, validated and produced by hand."""
    async with make_producer(settings.kafka) as producer:
        publisher = KafkaPublisher(producer)

        async def take(number: int) -> None:
            await publisher.publish([_validated(line) for line in _lines(number).splitlines()])

        return await _one_after_another(take, count)


def _validated(line: bytes) -> Record:
    event = CloudEvent.model_validate_json(line)
    report = REPORTS[event.type].model_validate(event.data)
    assert report.source == "dms"
    return Record(VISITS.name, event.id.encode(), line, ())


async def _one_after_another(take: Callable[[int], Awaitable[None]], count: int) -> float:
    await take(count)
    began = time.perf_counter()
    for number in range(count):
        await take(number)
    return count / (time.perf_counter() - began)


def _sent(service: Process, file: Path, lines: int, lines_each: int) -> str:
    """The id of a file that has arrived."""
    file.write_text("\n".join(rows(lines, lines_each)) + "\n", encoding="utf-8")
    asked = {"mapping": MAPPING, "dealer_id": IMPORTED_FOR, "source": "dms"}
    with file.open("rb") as content:
        answer = httpx.post(
            f"{service.url}/v1/imports",
            params=asked,
            content=content,
            headers=shown(service.key),
            timeout=120,
        )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["import_id"])


def _shown(service: Process, import_id: str) -> dict[str, Any]:
    url = f"{service.url}/v1/imports/{import_id}"
    found: dict[str, Any] = httpx.get(url, headers=shown(service.key), timeout=60).json()
    return found


def _most_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    found = next(line for line in lines if line.startswith("VmHWM:"))
    return int(found.split()[1]) * 1024 / MEGABYTE
