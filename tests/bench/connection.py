"""Requests over HTTP that cost this process little: on two cores a client that does more would
be measured, too."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.bench.servers import Process


@dataclass(frozen=True, slots=True)
class Request:
    """A POST whose answer has a status and no more."""

    path: str
    content: bytes
    media_type: str


@dataclass(slots=True)
class Connection:
    """One that is kept, for one request at a time."""

    service: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def post(self, request: Request) -> None:
        """Returns when it is taken: asks again where it is not for the moment (503).

        Raises `AssertionError` where it is refused.
        """
        status, body = 503, b""
        while status == 503:
            status, body = await self._answer(request)
        assert status < 300 and b'"rejected"' not in body.replace(b'"rejected":0', b""), body

    async def _answer(self, request: Request) -> tuple[int, bytes]:
        head = (
            f"POST {request.path} HTTP/1.1\r\nhost: {urlsplit(self.service.url).netloc}\r\n"
            f"authorization: Bearer {self.service.key}\r\n"
            f"content-type: {request.media_type}\r\ncontent-length: {len(request.content)}\r\n\r\n"
        )
        self.writer.write(head.encode() + request.content)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = answer.partition("content-length:")[2].partition("\r\n")[0]
        return int(answer.split(" ", 2)[1]), await self.reader.readexactly(int(length))


@asynccontextmanager
async def connections(service: Process, count: int) -> AsyncIterator[list[Connection]]:
    """So many to a running service."""
    at = urlsplit(service.url)
    opened = [
        Connection(service, *await asyncio.open_connection(at.hostname, at.port))
        for _ in range(count)
    ]
    try:
        yield opened
    finally:
        for each in opened:
            each.writer.close()


async def borne(
    service: Process, make: Callable[[int], Request], *, side_by_side: int, count: int
) -> float:
    """Requests a second where each connection sends its next one when it has its answer."""
    numbers = iter(range(count))

    async def send(connection: Connection) -> None:
        for number in numbers:
            await connection.post(make(number))

    async with connections(service, side_by_side) as opened:
        began = time.perf_counter()
        await asyncio.gather(*map(send, opened))
        return count / (time.perf_counter() - began)


async def answered(
    service: Process, make: Callable[[int], Request], *, rate: float, count: int, left_out: int
) -> list[float]:
    """Seconds from when a request is due, so many a second, to its answer; in order.

    The first are `left_out`. One that finds no connection free waits, and that counts.
    """
    seconds: list[float] = []
    async with connections(service, 32) as opened, asyncio.TaskGroup() as group:
        free: asyncio.Queue[Connection] = asyncio.Queue()
        for connection in opened:
            free.put_nowait(connection)

        async def send(number: int, due: float) -> None:
            connection = await free.get()
            await connection.post(make(number))
            free.put_nowait(connection)
            if number >= left_out:
                seconds.append(time.perf_counter() - due)

        began = time.perf_counter()
        for number in range(count):
            due = began + number / rate
            early = due - time.perf_counter()
            if early > 0:
                await asyncio.sleep(early)
            group.create_task(send(number, due))
    return sorted(seconds)
