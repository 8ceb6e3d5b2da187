"""Files as dealers send them, the imports that they become, and what takes them in, for tests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from services.intake.adapters.imports.around import GiveWay, not_at_all, to_nobody
from services.intake.adapters.imports.clearing import Keeping
from services.intake.adapters.imports.runner import ImportRunner
from services.intake.adapters.imports.upload import Uploads
from services.intake.adapters.mappings import Mappings
from services.intake.api.callers import Callers
from services.intake.api.imports import ImportsDesk
from services.intake.domain.imports.job import ImportJob
from services.intake.settings import IntakeSettings
from shared.dealers.dealer import Dealers
from shared.platform.doorman import Doorman
from shared.testing.doorman import KnowsEverybody
from tests.services.intake.given import DEALERS, PUDONG, Data
from tests.services.intake.memory_imports import MemoryImports
from tests.services.intake.world import World

HEADINGS = ("ro_no", "status", "opened_at", "closed_at", "customer_id", "vin", "pay_type", "total")
MAPPING = """
title_en: Visits of the tests
title_zh: 测试工单
reads: {format: csv}
report: visit
source: cdk
skip:
  - {column: ro_no, says: ["total*"]}
fields:
  ro_no: ro_no
  status: status
  opened_at: opened_at
  closed_at: closed_at
  vehicle.vin: vin
  customer.source_customer_id: customer_id
  total: total
"""
"""Visits, a row each."""
KEEPING = Keeping(troubles=50)


def row(number: int, **more: str) -> str:
    """A line of the file: a closed visit."""
    fields = {
        "ro_no": f"RO-{number}",
        "status": "closed",
        "opened_at": "2026-11-01T09:00:00+08:00",
        "closed_at": "2026-11-01T12:00:00+08:00",
        "customer_id": f"C{number}",
        "vin": "",
        "pay_type": "customer",
        "total": "100.50",
        **more,
    }
    return ",".join(fields[heading] for heading in HEADINGS)


def file_of(rows: Iterable[str], headings: Sequence[str] = HEADINGS) -> bytes:
    """The file of these rows."""
    return "\r\n".join([",".join(headings), *rows, ""]).encode()


@dataclass
class ImportWorld:
    """Intake that takes files, in memory; `runner()` is an instance of what takes them in."""

    folder: Path
    store: MemoryImports = field(default_factory=MemoryImports)
    world: World = field(default_factory=World)
    doorman: Doorman = field(default_factory=KnowsEverybody)
    settings: IntakeSettings = field(
        default_factory=lambda: IntakeSettings(max_import_bytes=3_000_000, body_stall_seconds=1)
    )

    dealers: Dealers = DEALERS

    def __post_init__(self) -> None:
        self.write_mapping(MAPPING)

    def write_mapping(self, text: str, name: str = "test-visits") -> None:
        (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def forget_mapping(self, name: str = "test-visits") -> None:
        (self.folder / f"{name}.yaml").unlink()

    def mappings(self) -> Mappings:
        return Mappings(self.folder)

    def runner(
        self, keeping: Keeping = KEEPING, receive: Any = None, give_way: GiveWay = to_nobody
    ) -> ImportRunner:
        return ImportRunner(
            self.store,
            receive or self.world.intake().receive,
            still_may=self.doorman.still_may,
            mappings=self.mappings(),
            dealers=DEALERS,
            clock=self.world.clock,
            keeping=keeping,
            prepare=not_at_all if receive else self.world.intake().prepare,
            keep_rejected=self.world.intake().keep,
            give_way=give_way,
        )

    def client(self, wake: Callable[[], None] = lambda: None) -> httpx.AsyncClient:
        """Of the endpoints."""
        desk = ImportsDesk(
            self.store,
            Uploads(self.store, clock=self.world.clock, settings=self.settings),
            mappings=self.mappings(),
            dealers=self.dealers,
            clock=self.world.clock,
            callers=Callers(self.dealers, self.settings.limits()),
            wake=wake,
        )
        expecting = self.world.expecting(mappings=self.folder)
        app = self.world.app(self.settings, expecting=expecting, imports=desk, doorman=self.doorman)
        transport = httpx.ASGITransport(app)
        return httpx.AsyncClient(transport=transport, base_url="http://intake")

    async def sent(self, content: bytes, **query: Any) -> Data:
        """The answer to a file that is taken."""
        async with self.client() as http:
            response = await send(http, content, **query)
        assert response.status_code in (200, 202), response.text
        self.world.clock.advance(timedelta(milliseconds=1))
        answer: Data = response.json()
        return answer

    def job(self, answer: Data) -> ImportJob:
        """As it is stored."""
        return self.store.jobs[answer["import_id"]]

    def numbers(self) -> list[str]:
        """Of the visits that are registered."""
        return sorted(
            id_.rpartition("/")[2] for id_ in self.world.register.rows if "/visit/" in id_
        )


async def send(http: httpx.AsyncClient, content: Any, **query: Any) -> httpx.Response:
    """A file to intake."""
    headers = query.pop("headers", None)
    params = {"mapping": "test-visits", "dealer_id": PUDONG} | query
    return await http.post("/v1/imports", params=params, content=content, headers=headers)


async def to_the_end(runner: ImportRunner, most: int = 1_000) -> int:
    """Let it work until there is nothing to do; in how many turns."""
    for turns in range(most):
        if not await runner.turn():
            return turns
    raise AssertionError("it does not come to its end")


async def pieces_of(*pieces: bytes) -> AsyncIterator[bytes]:
    """A body that comes so."""
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


async def _ready() -> list[str]:
    return []
