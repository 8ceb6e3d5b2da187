"""What every service serves besides its own endpoints: health, readiness, metrics."""

import asyncio
from collections.abc import Awaitable, Callable

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import metrics, process
from shared.connections import limited
from shared.settings import HttpSettings

SCRAPE_PATIENCE_SECONDS = 2.0

Readiness = Callable[[], Awaitable[list[str]]]
"""Says what keeps the service from working, in words for the operator; nothing: it is ready."""


def operations(readiness: Readiness) -> APIRouter:
    """`/health/live`, `/health/ready` (503 and the reasons when not) and `/metrics`."""
    router = APIRouter(tags=["operations"])

    @router.get("/health/live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready", summary="The service does its work")
    async def ready() -> JSONResponse:
        troubles = await readiness()
        if troubles:
            return JSONResponse({"status": "not ready", "because": troubles}, status_code=503)
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", summary="Prometheus metrics", include_in_schema=False)
    async def exposition() -> Response:
        metrics.ready.set(await _is_ready(readiness))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def invalid_request(_: Request, error: Exception) -> JSONResponse:
    """422 with all that is wrong, as FastAPI tells it, but without what was sent."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    told = [{name: fault[name] for name in ("type", "loc", "msg")} for fault in found]
    return JSONResponse({"detail": told}, status_code=422)


async def _is_ready(readiness: Readiness) -> bool:
    """A scrape must not wait for a database that is away."""
    try:
        async with asyncio.timeout(SCRAPE_PATIENCE_SECONDS):
            return not await readiness()
    except TimeoutError:
        return False


def run(app: FastAPI, http: HttpSettings, *, graceful_stop_seconds: float) -> None:
    """Serve until SIGTERM or SIGINT; the app's lifespan ends before this returns."""
    process.tune()
    uvicorn.run(
        app,
        host=http.host,
        port=http.port,
        http=limited(http),
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(graceful_stop_seconds),
    )
