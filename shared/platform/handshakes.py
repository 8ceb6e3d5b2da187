"""HTTP over TLS: clients are let in once they have shaken hands, and wait no longer than others.

asyncio's server would give each of any number of silent clients a minute, and a place of its own.
"""

import asyncio
from asyncio.sslproto import SSLProtocol
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias, cast

import structlog

from shared.platform import metrics
from shared.platform.connections import limited
from shared.platform.tls import http_files, server_context
from shared.settings import HttpSettings
from shared.yaml_file import WrongFile

LOOK_EVERY_SECONDS = 1.0
"""How often, at most, a new connection looks whether there is another certificate."""

Accept: TypeAlias = "type[asyncio.Protocol]"
"""What uvicorn makes the protocol of a new connection with: it calls it, and no more."""

log = structlog.get_logger()


def listening(settings: HttpSettings) -> Accept:
    """The protocol for uvicorn's `http`: with limits, and with TLS where a certificate is named.

    Raises `WrongFile`.
    """
    known: Accept = limited(settings)
    return cast("Accept", _Door(known, settings).accept) if settings.encrypted else known


class Certificate:
    """What a service shows who it is with; the newest that its files hold."""

    def __init__(self, settings: HttpSettings) -> None:
        """Raises `WrongFile`."""
        self._settings = settings
        self._files = http_files(settings)
        self._looked_at = monotonic()
        self._seen = self._stamps()
        self.context = server_context(settings)

    def renew(self) -> None:
        """Show the other certificate from now on where the files have changed. One that cannot be
        used leaves the one before, and is looked at again.

        New authorities of clients are accepted as well; that one is none any more, a restart says.
        """
        if monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return
        self._looked_at = monotonic()
        stamps = self._stamps()
        if stamps == self._seen:
            return
        try:
            server_context(self._settings)  # in one of its own: a failure would spoil this one
            self._files.trust(self.context)
            self._files.identify(self.context)
        except WrongFile as wrong:
            log.error("the certificate is not renewed", because=str(wrong))
        else:
            self._seen = stamps
            log.info("the certificate is renewed")

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        files = self._files
        return [_stamp(each) for each in (files.certificate, files.key, files.authorities) if each]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


class _Handshake(SSLProtocol):
    """One client, from its connection on."""

    link: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.link = transport
        super().connection_made(transport)

    def cut_off(self) -> None:
        """At once, whatever was said."""
        if isinstance(self.link, asyncio.Transport):
            self.link.abort()


class _Door:
    """Where clients shake hands. The one that has taken longest makes room when there are many."""

    def __init__(self, known: Accept, settings: HttpSettings) -> None:
        """`known` makes the protocol that a client is handed to afterwards."""
        self._known = known
        self._settings = settings
        self._certificate = Certificate(settings)
        self._under_way: dict[asyncio.Future[None], _Handshake] = {}
        """The first one first."""

    def accept(self, **arguments: Any) -> asyncio.BaseProtocol:
        """For one client."""
        self._certificate.renew()
        if len(self._under_way) >= self._settings.max_connections:
            self._make_room()
        loop = asyncio.get_running_loop()
        shaken: asyncio.Future[None] = loop.create_future()
        client = _Handshake(
            loop,
            self._known(**arguments),
            self._certificate.context,
            shaken,
            server_side=True,
            ssl_handshake_timeout=self._settings.header_deadline_seconds,  # type: ignore[arg-type] # any number
        )
        self._under_way[shaken] = client
        shaken.add_done_callback(self._shaken)
        return client

    def _shaken(self, shaken: asyncio.Future[None]) -> None:
        self._under_way.pop(shaken, None)
        if not shaken.cancelled() and shaken.exception() is not None:
            metrics.connections_closed.labels("handshake").inc()

    def _make_room(self) -> None:
        longest = next(iter(self._under_way))
        self._under_way.pop(longest).cut_off()
        metrics.connections_closed.labels("made_room").inc()
