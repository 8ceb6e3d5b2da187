"""What changes is told to the pages that show it: server-sent events that say what, and no more."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.desk.adapters.live import Stream, TooManyStreams
from services.desk.adapters.presence import PresentPerson
from services.desk.api.desk import Desk
from services.desk.api.visitor import NotSignedIn, SignedIn, Visitor, desk_of, signed_in
from services.desk.domain.allowed import allowed
from services.desk.domain.live import MOST_OF_A_WORD, MOST_WORDS, act_of, dealer_in
from shared.contracts.values import DealerId
from shared.platform.errors import TransientFailure
from shared.platform.needs import TO_ALL

HEARTBEAT_SECONDS = 15.0
"""How often a page hears that the stream is alive, and the session is looked at again."""
AGAIN_MILLISECONDS = 3_000
"""After which a browser asks again when a stream broke off."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_Word = Annotated[str, Query(max_length=MOST_OF_A_WORD)]


@dataclass(slots=True)
class _Listener:
    """One page that listens."""

    request: Request
    desk: Desk
    visitor: Visitor
    stream: Stream
    about: str | None
    tab: str = field(default_factory=lambda: secrets.token_hex(16))
    others: tuple[PresentPerson, ...] = ()
    """Who looked at it, too, when that was last asked."""

    async def is_there(self) -> bool:
        """Whether they are still signed in; they are said to look at what they look at."""
        try:
            await signed_in(self.request)
            if self.about is not None:
                await self._look_round(self.about)
        except NotSignedIn:
            return False
        except TransientFailure:
            pass  # nobody is sent away because the database is
        return True

    async def _look_round(self, about: str) -> None:
        """Tells this page of who came or went unheard: at another process of the desk, or with one
        that ended."""
        user, now = self.visitor.user, self.desk.real_clock.now()
        await self.desk.presence.here(about, self.tab, user, now)
        found = await self.desk.presence.others(about, user, now)
        if found != self.others:
            self.others = found
            self.stream.change([f"present:{about}"])

    async def gone(self) -> None:
        """They look at it no more."""
        if self.about is None:
            return
        try:
            await self.desk.presence.gone(self.tab)
        except TransientFailure:
            return  # it is forgotten by itself
        self.said_where_they_are()

    def said_where_they_are(self) -> None:
        self.desk.live.change(self.stream.dealer_id, [f"present:{self.about}"])


def live_router() -> APIRouter:
    """`/live`: a stream of what changes of what a page `shows` at a `dealer`."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/live")
    async def live(
        request: Request,
        visitor: SignedIn,
        *,
        dealer: DealerId,
        shows: Annotated[list[_Word], Query(max_length=MOST_WORDS)] = [],  # noqa: B006 - FastAPI's
        about: _Word | None = None,
        age: Annotated[float, Query(ge=0, allow_inf_nan=False)] = 0.0,
    ) -> Response:
        """`age`: how many seconds ago the page was asked for."""
        desk = desk_of(request)
        words = {word for word in shows if _may_hear(visitor, dealer, word)}
        if about is not None and _may_hear(visitor, dealer, f"present:{about}"):
            words.add(f"present:{about}")
        else:
            about = None
        if not words:
            return Response(status_code=204)  # by which a browser does not ask again
        try:
            stream = desk.live.open(visitor.user.username, dealer, words, since=age)
        except TooManyStreams:
            return Response(status_code=503, headers={"Retry-After": "30"})
        listener = _Listener(request, desk, visitor, stream, about)
        return _Stream(_told(listener), left=lambda: _leave(listener))

    return router


def _may_hear(visitor: Visitor, dealer_id: str, word: str) -> bool:
    act = act_of(word)
    of = dealer_in(word)
    return act is not None and of in (None, dealer_id) and allowed(visitor.user, act, dealer_id)


async def _told(listener: _Listener) -> AsyncIterator[str]:
    stream, now = listener.stream, asyncio.get_running_loop().time
    yield f"retry: {AGAIN_MILLISECONDS}\n\n"
    looked_at = -HEARTBEAT_SECONDS
    while not stream.is_over:
        if now() - looked_at >= HEARTBEAT_SECONDS:
            if not await listener.is_there():
                yield _event("ended", "signed out")
                return
            if looked_at < 0 and listener.about is not None:
                listener.said_where_they_are()
            looked_at = now()
            yield _event("here", "")
        changed = await stream.next(looked_at + HEARTBEAT_SECONDS - now())
        if changed:
            yield _event("changed", changed)


def _event(name: str, content: object) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


_leaving: set[asyncio.Task[None]] = set()


def _leave(listener: _Listener) -> None:
    """At once, although the request is being cancelled."""
    listener.desk.live.left(listener.stream)
    task = asyncio.create_task(listener.gone())
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


class _Stream(StreamingResponse):
    """Says when it ended, however it did."""

    def __init__(self, content: AsyncIterator[str], *, left: Callable[[], None]) -> None:
        super().__init__(content, media_type="text/event-stream", headers=_HEADERS)
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._left()
