"""Forms are short: what is longer is not read."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BYTES = 1024 * 1024


class FormLimit:
    """Answers 413 to a form of more than `MOST_BYTES`, and 411 to one that does not say how long it
    is, which browsers always do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "transfer-encoding" in headers:
            await PlainTextResponse("length required", 411)(scope, receive, send)
        elif int(headers.get("content-length", "0")) > MOST_BYTES:
            await PlainTextResponse("too long", 413)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
