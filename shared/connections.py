"""Connections that make nobody wait: limits to how many there are and how long they take.

uvicorn waits for ever for the rest of a header, and for a client to read its answer.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from shared import metrics
from shared.settings import HttpSettings

RETRY_AFTER_SECONDS = 5
FAREWELL_SECONDS = 5.0
"""A closed connection is cut off if the client has not read the rest by then."""


def limited(limits: HttpSettings) -> type[H11Protocol]:
    """The protocol for uvicorn's `http`, with these limits."""
    return type("LimitedConnection", (_LimitedConnection,), {"limits": limits})


class _LimitedConnection(H11Protocol):
    """HTTP/1.1 with deadlines, and a place for new clients.

    When all places are taken, whoever has waited longest without asking anything is cut off; if
    all are being answered, the new one is told to come back.
    """

    limits: ClassVar[HttpSettings]
    waiting_since: float | None = None
    """When it began to wait for a request (`loop.time()`); None while one is answered."""
    _header_due: asyncio.TimerHandle | None = None
    _answer_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.max_connections and not self._make_room():
            self._turn_away(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._watch_for_a_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_for_a_request()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._cut_off_later()
        self._watch_for_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()
        self._answer_is_read()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._answer_due is None:
            self._answer_due = self.loop.call_later(
                self.limits.answer_deadline_seconds, self.transport.abort
            )

    def resume_writing(self) -> None:
        super().resume_writing()
        self._answer_is_read()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._cut_off_later()

    def send_400_response(self, msg: str) -> None:
        """The problem instead of plain text; what was sent is not repeated."""
        self._turn_away(HTTPStatus.BAD_REQUEST)

    def _watch_for_a_request(self) -> None:
        """From the first moment of waiting on, however slowly the header drips in."""
        if self.transport.is_closing() or self._is_answering():
            self._stop_watching()
        elif self._header_due is None:
            self.waiting_since = self.loop.time()
            self._header_due = self.loop.call_later(
                self.limits.header_deadline_seconds, self._header_is_late
            )

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_watching(self) -> None:
        self.waiting_since = None
        if self._header_due is not None:
            self._header_due.cancel()
            self._header_due = None

    def _answer_is_read(self) -> None:
        if self._answer_due is not None:
            self._answer_due.cancel()
            self._answer_due = None

    def _header_is_late(self) -> None:
        self._stop_watching()
        begun, _ = self.conn.trailing_data
        if begun and self.conn.their_state is h11.IDLE:
            self._turn_away(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._say_farewell("idle")

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
        if not (self._is_answering() and self.cycle.response_started):
            self.transport.write(_problem(status))
        self._say_farewell(status.name.lower())

    def _say_farewell(self, because: str) -> None:
        metrics.connections_closed.labels(because).inc()
        self._stop_watching()
        self.transport.close()
        self._cut_off_later()

    def _cut_off_later(self) -> None:
        self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)


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
