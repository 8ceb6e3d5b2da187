"""Connections that make nobody wait: limits to how many there are and how long they take.

uvicorn waits for ever for the rest of a header, and for a client to read its answer.
"""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from shared.platform import metrics
from shared.settings import HttpSettings

RETRY_AFTER_SECONDS = 5
FAREWELL_SECONDS = 5.0
"""A closed connection is cut off if the client has neither read the rest nor closed by then."""
_HEARD = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)
"""States of a client whose request has been read to its end."""


def limited(limits: HttpSettings) -> type[H11Protocol]:
    """The protocol for uvicorn's `http`, with these limits."""
    return type("LimitedConnection", (_LimitedConnection,), {"limits": limits, "leaving": {}})


class _Lingering:
    """A transport that can end what it sends, and drop what still arrives, before it closes.

    To close a socket while the client is sending resets the connection, and a reset takes from
    the client the answer that it has not read yet (RFC 9112, 9.6).
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        is_heard: Callable[[], bool],
        when_closing: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._is_heard = is_heard
        self._when_closing = when_closing
        self._ended = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self._ended or self._transport.is_closing()

    def write(self, data: bytes) -> None:
        if not self._ended:
            self._transport.write(data)

    def close(self) -> None:
        """Send the rest and close; if the client is in the middle of a request, when it closes."""
        if self.is_closing():
            return
        if self._is_heard():
            self._transport.close()
        else:
            self._end()
        self._when_closing()

    def _end(self) -> None:
        try:
            self._transport.write_eof()
        except (OSError, NotImplementedError):  # it is gone already, or has no half (TLS)
            self._transport.close()
        else:
            self._ended = True
            self._transport.resume_reading()


class _LimitedConnection(H11Protocol):
    """HTTP/1.1 with deadlines, and a place for new clients.

    When all places are taken, whoever has waited longest without asking anything is cut off; if
    all are being answered, the new one is told to come back.
    """

    limits: ClassVar[HttpSettings]
    leaving: ClassVar[dict["_LimitedConnection", asyncio.TimerHandle]]
    """Closing, but not closed yet, the first one first: they take up no place."""
    _turned_away = False
    waiting_since: float | None = None
    """When it began to wait for a request (`loop.time()`); None while one is answered."""
    _header_due: asyncio.TimerHandle | None = None
    _response_due: asyncio.TimerHandle | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override] # as uvicorn declares it
    ) -> None:
        lingering = _Lingering(transport, is_heard=self._is_heard, when_closing=self._leave)
        super().connection_made(cast("asyncio.Transport", lingering))
        if self._places_taken() > self.limits.max_connections and not self._make_room():
            self._turn_away(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._watch_for_a_request()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch_for_a_request()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_for_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()
        self._response_is_read()
        if (cut_off := self.leaving.pop(self, None)) is not None:
            cut_off.cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._response_due is None:
            self._response_due = self.loop.call_later(
                self.limits.answer_deadline_seconds, self.transport.abort
            )

    def resume_writing(self) -> None:
        super().resume_writing()
        self._response_is_read()

    def send_400_response(self, msg: str) -> None:
        """The problem instead of plain text; what was sent is not repeated."""
        self._turn_away(HTTPStatus.BAD_REQUEST)

    def _watch_for_a_request(self) -> None:
        """From the first moment of waiting on, however slowly the header drips in."""
        if self.transport.is_closing() or self._is_responding():
            self._stop_watching()
        elif self._header_due is None:
            self.waiting_since = self.loop.time()
            self._header_due = self.loop.call_later(
                self.limits.header_deadline_seconds, self._header_is_late
            )

    def _is_responding(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_watching(self) -> None:
        self.waiting_since = None
        if self._header_due is not None:
            self._header_due.cancel()
            self._header_due = None

    def _response_is_read(self) -> None:
        if self._response_due is not None:
            self._response_due.cancel()
            self._response_due = None

    def _header_is_late(self) -> None:
        self._stop_watching()
        begun, _ = self.conn.trailing_data
        if begun and self.conn.their_state is h11.IDLE:
            self._turn_away(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._say_farewell("idle")

    def _places_taken(self) -> int:
        return len(self.connections) - len(self.leaving)

    def _make_room(self) -> bool:
        waiting = [
            (other.waiting_since, other)
            for other in self.connections
            if isinstance(other, _LimitedConnection) and other.waiting_since is not None
        ]
        if not waiting:
            return False
        _, longest = min(waiting, key=lambda each: each[0])
        longest._stop_watching()
        longest.transport.abort()
        metrics.connections_closed.labels("made_room").inc()
        return True

    def _turn_away(self, status: HTTPStatus) -> None:
        """Answer with a problem, unless an answer has begun, and close."""
        self._turned_away = True
        if not (self._is_responding() and self.cycle.response_started):
            self.transport.write(_problem(status))
        self._say_farewell(status.name.lower())

    def _say_farewell(self, because: str) -> None:
        metrics.connections_closed.labels(because).inc()
        self._stop_watching()
        self.transport.close()

    def _is_heard(self) -> bool:
        """Whether the client waits for nothing but the answer."""
        begun, _ = self.conn.trailing_data
        is_idle = self.conn.their_state is h11.IDLE and not begun
        return not self._turned_away and (is_idle or self.conn.their_state in _HEARD)

    def _leave(self) -> None:
        self.leaving[self] = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
        if len(self.leaving) > self.limits.max_connections:
            first = next(iter(self.leaving))
            self.leaving.pop(first).cancel()
            first.transport.abort()


def _problem(status: HTTPStatus) -> bytes:
    content: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": status}
    body = json.dumps(content)
    retry = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"{retry if status == HTTPStatus.SERVICE_UNAVAILABLE else ''}"
        "Connection: close\r\n\r\n"
    )
    return (head + body).encode("ascii")
