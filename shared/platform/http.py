"""What every service serves besides its own endpoints: health, readiness, metrics, and problems
(RFC 9457) for all that is not answered."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from http import HTTPStatus
from types import FrameType
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from shared.auth.scopes import Scope
from shared.contracts.http.problem import Problem
from shared.platform import metrics, problems, process
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.platform.handshakes import listening
from shared.platform.needs import (
    TO_ALL,
    FrontDoor,
    everywhere,
    needed_by,
    needs,
    says_what_it_needs,
)
from shared.platform.problems import MEDIA_TYPE, Refusal, problem_response
from shared.platform.tracebacks import where_raised
from shared.settings import HttpSettings

HEALTH = ("/health/live", "/health/ready")
"""For probes, which have no keys."""
SCRAPE_PATIENCE_SECONDS = 2.0
STARTUP_FAILURE = 3
"""The exit code of a process whose service did not start."""
_REFERENCE = "#/components/schemas/{model}"
_NOT_OURS = ("HTTPValidationError", "ValidationError")
"""How FastAPI describes answers that no service gives."""

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

Readiness = Callable[[], Awaitable[list[str]]]
"""Says what keeps the service from working, in words for the operator; nothing: it is ready."""
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
OfADefect = Callable[[Request], Awaitable[Response]]
"""What is answered where a service has failed; it must not need what may have failed."""

log = structlog.get_logger()


def _closed(_: str) -> bool:
    return False


def make_app(
    *,
    title: str,
    doorman: Doorman,
    is_open: Callable[[str], bool] = _closed,
    lifespan: Lifespan | None = None,
    version: str = "1.0",
    description: str = "",
    describe: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    of_a_defect: OfADefect | None = None,
) -> FastAPI:
    """An application that answers everything that goes wrong with a problem, and says so in its
    OpenAPI document. `describe` adds to that what FastAPI cannot know.

    `doorman` knows who asks; health, and the paths that `is_open` says, are open to strangers.
    `of_a_defect` answers instead of a problem where the service itself has failed.
    """
    app = FastAPIOffline(  # the pages of /docs load nothing from elsewhere
        redoc_url=None,
        title=title,
        version=version,
        description=description,
        lifespan=lifespan,
        dependencies=[Depends(says_what_it_needs)],
    )
    for route in app.routes:  # those of its documents, so far
        if isinstance(route, APIRoute):
            route.dependencies.append(TO_ALL)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(TransientFailure, _away)
    app.add_middleware(
        FrontDoor,
        doorman=doorman,
        is_open=lambda path: path in HEALTH or is_open(path),
    )
    app.add_middleware(_Failures, answer=of_a_defect)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(
                title=title, version=version, description=description, routes=app.routes
            )
            found = _with_needs(_with_problems(found), app)
            app.openapi_schema = found if describe is None else describe(found)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app


def operations(
    readiness: Readiness, warnings: Callable[[], Sequence[str]] = lambda: ()
) -> APIRouter:
    """`/health/live`, `/health/ready` (503 and the reasons when not) and `/metrics`. `warnings`:
    what an operator has to look at, and keeps nobody else from being served."""
    router = APIRouter(tags=["operations"])

    @router.get("/health/live", summary="The process answers", dependencies=[TO_ALL])
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready", summary="The service does its work", dependencies=[TO_ALL])
    async def ready() -> JSONResponse:
        troubles = await readiness()
        if troubles:
            because = [*troubles, *warnings()]
            return JSONResponse({"status": "not ready", "because": because}, status_code=503)
        told = {"warnings": found} if (found := list(warnings())) else {}
        return JSONResponse({"status": "ready", **told})

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        include_in_schema=False,
        dependencies=[needs("metrics:read", everywhere)],
    )
    async def exposition() -> Response:
        metrics.ready.set(await _is_ready(readiness))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _invalid(_: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    return problem_response(problems.wrong_parameters(found))


async def _not_here(request: Request, error: Exception) -> Response:
    refused = error if isinstance(error, HTTPException) else HTTPException(500)
    response = problem_response(problems.http_error(refused.status_code))
    response.headers.update(refused.headers or {})
    if refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> list[str]:
    """What may be done at the address that is asked; Starlette tells of one endpoint alone."""
    routes: Sequence[BaseRoute] = request.app.routes

    def is_there(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    return [method for method in _METHODS if is_there(method)]


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    response = problem_response(error.problem, again_seconds=error.again_seconds)
    response.headers.update(error.headers)
    return response


async def _away(_: Request, error: Exception) -> Response:
    log.warning("not answered", because=str(error))
    return problem_response(problems.away())


class _Failures:
    """Answers 500 for a defect of ours. Its text may hold what is stored: only its kind is
    logged."""

    def __init__(self, app: ASGIApp, *, answer: OfADefect | None = None) -> None:
        self._app = app
        self._answer = answer or _internal

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("request failed", because=where_raised(error))
            if began:
                raise RuntimeError("failed amid an answer") from None
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)


async def _internal(_: Request) -> Response:
    return problem_response(problems.internal())


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Every refusal of every endpoint as the problem that it is."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    _, definitions = models_json_schema([(Problem, "validation")], ref_template=_REFERENCE)
    schemas.update(definitions["$defs"])
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    for path, methods in document["paths"].items():
        if path.startswith("/health/"):  # read by probes, which know their own form
            continue
        for endpoint in methods.values():
            responses = endpoint["responses"]
            for status, response in responses.items():
                if status.startswith(("4", "5")):
                    response["content"] = content
            responses.setdefault(
                "500", {"description": "A defect; it was logged", "content": content}
            )
    return document


def _with_needs(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    """And what every endpoint needs of whoever asks."""
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of ours (`aftercare keys create`), or a token.",
    }
    for context in iter_route_contexts(app.routes):  # those of included routers, too
        found = needed_by(context.original_route)
        if found is None or found.scope is None:
            continue
        for method in context.methods or ():
            endpoint = document["paths"].get(context.path_format, {}).get(method.lower())
            if endpoint is not None:
                _name_needs(endpoint, found.scope)
    return document


def _name_needs(endpoint: dict[str, Any], scope: Scope) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    endpoint["security"] = [{"bearer": [scope]}]
    for status, words in (("401", "Nobody that we know."), ("403", f"Without `{scope}` there.")):
        endpoint["responses"].setdefault(status, {"description": words, "content": content})


async def _is_ready(readiness: Readiness) -> bool:
    """A scrape must not wait for a database that is away."""
    try:
        async with asyncio.timeout(SCRAPE_PATIENCE_SECONDS):
            return not await readiness()
    except TimeoutError:
        return False


def run(
    app: FastAPI,
    http: HttpSettings,
    *,
    graceful_stop_seconds: float,
    when_told_to_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; the app's lifespan ends before this returns.

    `when_told_to_stop` ends the answers that would go on for ever. Raises `WrongFile` where a file
    for TLS cannot be used.
    """
    process.tune()
    config = uvicorn.Config(
        app,
        host=http.host,
        port=http.port,
        http=listening(http),
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(graceful_stop_seconds),
    )
    server = _Server(config, when_told_to_stop)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


class _Server(uvicorn.Server):
    """Says at once that it was told to stop: it waits for answers, and then for the lifespan."""

    def __init__(self, config: uvicorn.Config, when_told_to_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_told_to_stop = when_told_to_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        try:
            asyncio.get_running_loop().call_soon_threadsafe(self._when_told_to_stop)
        except RuntimeError:
            return  # it has not begun yet, or is over
