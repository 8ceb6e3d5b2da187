"""What browsers are told of every page: to run, load and send nothing but the desk's own."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000"}


UNLESS_SAID = {"Cache-Control": "no-store"}
"""What is told of answers that do not tell otherwise: redirects, refusals, defects."""


class SecurityHeaders:
    """Adds them to every answer, whatever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        told = HEADERS | UNLESS_SAID | (ENCRYPTED if _is_encrypted(scope) else {})

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in told.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def _is_encrypted(scope: Scope) -> bool:
    desk = getattr(scope["app"].state, "desk", None)
    public: str = "" if desk is None else desk.settings.desk_public_url
    return public.startswith("https://") if public else scope["scheme"] == "https"
