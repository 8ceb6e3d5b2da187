"""An application behind the real HTTP server, on a free port, and clients that speak raw HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from shared.platform.handshakes import listening
from shared.settings import HttpSettings
from tests.servers import PATIENCE_SECONDS


@dataclass
class Client:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """All that comes until the server closes; nothing if it cuts the connection off."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def answer(self) -> tuple[int, bytes]:
        """The status and body of the next answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            lengths = [line.split(":")[1] for line in lines if line.startswith("content-length:")]
            return int(lines[0].split()[1]), await self.reader.readexactly(int(lengths[0]))


@dataclass
class Served:
    """The server's address, and the connections opened to it."""

    port: int
    clients: list[Client]

    async def connect(self, tls: ssl.SSLContext | None = None) -> Client:
        """Over TLS where `tls` says whom to trust."""
        there = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24, ssl=tls)
        client = Client(*there)
        self.clients.append(client)
        return client

    async def get(self, path: str, tls: ssl.SSLContext | None = None) -> tuple[int, bytes]:
        """One request on a connection of its own."""
        client = await self.connect(tls)
        await client.send(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        answered = await client.answer()
        client.writer.close()
        return answered


@asynccontextmanager
async def served(app: FastAPI, limits: HttpSettings) -> AsyncIterator[Served]:
    """The application as `shared.platform.http.run` serves it, but in this loop."""
    config = uvicorn.Config(
        app,
        port=0,
        http=listening(limits),
        ws="none",
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
        await asyncio.sleep(0.01)
    found = Served(server.servers[0].sockets[0].getsockname()[1], [])
    try:
        yield found
    finally:
        for client in found.clients:
            client.writer.close()
        server.should_exit = True
        await serving
