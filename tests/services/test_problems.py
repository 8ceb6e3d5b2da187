"""Whatever is not answered is a problem (RFC 9457), at each of the five services."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from services.complaints import api as complaints
from services.followup import api as followup
from services.identity import api as identity
from services.scoring import api as scoring
from shared.platform.errors import TransientFailure
from shared.platform.http import make_app, operations
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from tests.services.intake.given import DEALERS, NOW
from tests.services.intake.memory_register import MemoryRegister
from tests.services.intake.world import World

SECRET = "Erika Mustermann"
Raises = Exception | None


class Failing:
    """A reader, and a register, of which every question fails in the same way."""

    policy: Any = None

    def __init__(self, error: Raises) -> None:
        self._error = error

    def is_dealer(self, dealer_id: str) -> bool:
        return dealer_id == "sunrise/berlin"

    async def _ask(self, *_: object, **__: object) -> Any:
        if self._error is not None:
            raise self._error
        return None

    async def named(self, name: str) -> list[Any]:
        return await self._ask() or []

    get = page = open_by_deadline = listings = _ask


class FailingRegister(MemoryRegister):
    def __init__(self, error: Raises) -> None:
        super().__init__()
        self._failing = Failing(error)

    async def find(self, *_: object, **__: object) -> Any:
        return await self._failing._ask() or {}


async def _ready() -> list[str]:
    return []


def intake(error: Raises) -> FastAPI:
    return World(register=FailingRegister(error)).app()


def reading(routes: Callable[..., Any]) -> Callable[[Raises], FastAPI]:
    def made(error: Raises) -> FastAPI:
        app = make_app(title="reads", doorman=KnowsEverybody())
        app.include_router(operations(_ready))
        app.include_router(routes(Failing(error), ManualClock(NOW)))
        return app

    return made


SERVICES: dict[str, tuple[Callable[[Raises], FastAPI], str, str]] = {
    "intake": (intake, "/v1/documents/g/d/s/visit/1", "/v1/documents?dealer_id=sunrise/berlin"),
    "scoring": (
        reading(partial(scoring.routes, dealers=DEALERS)),
        "/v1/customers/g/d/s/1",
        "/v1/dealers/sunrise/berlin/customers",
    ),
    "followup": (
        reading(partial(followup.routes, dealers=DEALERS)),
        "/v1/customers/g/d/s/1",
        "/v1/dealers/sunrise/berlin/tasks",
    ),
    "identity": (
        reading(identity.routes),
        "/v1/customers/g/d/s/1",
        "/v1/dealers/sunrise/berlin/persons",
    ),
    "complaints": (
        reading(complaints.routes),
        "/v1/cases/g/d/s/1|g/d/s/complaint/1",
        "/v1/dealers/sunrise/berlin/cases",
    ),
}
each_service = pytest.mark.parametrize("service", SERVICES)


@asynccontextmanager
async def client(service: str, error: Raises = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(SERVICES[service][0](error))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        yield http


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["type"] == "about:blank" or told["type"].startswith("urn:aftercare:problem:")
    assert told["title"]
    return told


@each_service
async def test_a_path_or_method_that_is_not_there(service: str) -> None:
    async with client(service) as http:
        for path in ("/nowhere", "/v1", "/v1/dealers/sunrise/berlin/none", "/%00"):
            assert problem(await http.get(path), 404)["title"] == "Not Found"
        answer = await http.delete(SERVICES[service][1])
        assert problem(answer, 405)["title"] == "Method Not Allowed"
        assert "GET" in answer.headers["allow"]


async def test_all_methods_that_may_be_used_are_told() -> None:
    for method in ("PUT", "DELETE", "get"):
        async with client("intake") as http:
            answer = await http.request(method, "/v1/events")
        assert answer.headers["allow"] == "OPTIONS, POST"


@each_service
async def test_what_is_not_known(service: str) -> None:
    async with client(service) as http:
        told = problem(await http.get(SERVICES[service][1]), 404)
        assert told["detail"]


@each_service
async def test_a_wrong_parameter_is_named_and_not_repeated(service: str) -> None:
    path = SERVICES[service][2]
    async with client(service) as http:
        answer = await http.get(f"{path}{'&' if '?' in path else '?'}limit={SECRET}")
    told = problem(answer, 422)
    assert [fault["pointer"] for fault in told["errors"]] == ["/query/limit"]
    assert told["errors"][0]["detail"]
    assert SECRET not in answer.text


@each_service
async def test_a_defect_of_ours_is_told_and_logged_without_what_was_stored(service: str) -> None:
    async with client(service, ValueError(SECRET)) as http:
        with capture_logs() as logged:
            answer = await http.get(SERVICES[service][1])
    problem(answer, 500)
    assert SECRET not in answer.text
    assert [entry["log_level"] for entry in logged] == ["error"]
    assert "ValueError at " in logged[0]["because"]
    assert SECRET not in str(logged)


@each_service
async def test_a_database_that_is_away_is_to_be_asked_again(service: str) -> None:
    async with client(service, TransientFailure("database: no reply")) as http:
        answer = await http.get(SERVICES[service][1])
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


@each_service
async def test_the_openapi_document_says_so(service: str) -> None:
    async with client(service) as http:
        document = (await http.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert {"type", "title", "status", "detail", "errors"} <= set(schemas["Problem"]["properties"])
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)
    refusals = {
        (path, status): answer["content"]
        for path, methods in document["paths"].items()
        for endpoint in methods.values()
        for status, answer in endpoint["responses"].items()
        if status[0] in "45" and not path.startswith("/health/")
    }
    assert {status for _, status in refusals} >= {"404", "422", "500"}
    for where, content in refusals.items():
        assert list(content) == ["application/problem+json"], where
        assert content["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
