"""The endpoints about rules: a page a request, and nothing said of what was sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel, JsonValue

from shared.contracts.http.policies import Compared, Difference
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.decider.decider import Decider
from shared.decider.decision import Decision, Listing
from shared.decider.policy import Policy
from shared.platform import http
from shared.policies.trial import Trial
from shared.runtime import policies
from shared.runtime.aggregate import Aggregate
from shared.runtime.policies import PolicyPages, policy_routes
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.store import MemoryStore

MINE, OTHER = "sunrise/pudong", "sunrise/berlin"
START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Points(Policy):
    """Rules of a toy."""

    each: int = 1


class Nothing(BaseModel):
    """What is known of somebody."""

    name: str = ""

    def versions(self) -> Mapping[str, str]:
        return {}


TOY: Decider[Nothing, Points] = Decider(
    name="toy",
    reads=(),
    writes=(),
    facts=Nothing,
    join=lambda facts, events: facts,
    decide=lambda facts, announced, policy, now: Decision(),
    policy=Points(),
)
CURRENT = TOY.policy.version


def propose(
    policy: Points, dealer_id: str, content: Mapping[str, JsonValue]
) -> tuple[Points, datetime]:
    return Points.model_validate(content), START + timedelta(hours=1)


def compare(facts: Nothing, current: Points, other: Points, now: datetime) -> Compared | None:
    if facts.name == "cannot be judged":
        raise ZeroDivisionError(facts.name)
    if facts.name == "void":
        return None
    one = Difference(
        output="score", rule="score", effect="up", before=f"{now:%H}", after=str(other.each)
    )
    return Compared(name=facts.name, differences=(one,) if other != current else ())


@dataclass(slots=True)
class Service:
    """Its endpoints, over what it holds."""

    open_only: bool
    store: MemoryStore = field(default_factory=MemoryStore)

    async def holds(self, dealer: str, *names: str, version: str = CURRENT) -> None:
        listing = Listing(since=START, deadline=START, tally={}) if self.open_only else None
        await self.store.save(
            [
                Aggregate(
                    id=f"{dealer}/cdk/{version}/{number:03}",
                    dealer_id=dealer,
                    partition=number % 2,
                    version=1,
                    facts=Nothing(name=name).model_dump_json(),
                    emitted={},
                    due_at=None,
                    policy_version=version,
                    updated_at=START,
                    listing=listing,
                )
                for number, name in enumerate(names)
            ]
        )

    def routes(self) -> APIRouter:
        trial = Trial(
            propose=propose,
            compare=compare,
            applied_at=lambda policy, dealer: START if dealer == MINE else None,
            open_only=self.open_only,
        )
        pages = PolicyPages(
            decider=TOY,
            trial=trial,
            store=self.store,
            clock=ManualClock(START),
            partitions=lambda: 2,
        )
        return policy_routes(pages, read_dealers(EXAMPLE_DEALERS))

    async def asked(self, method: str, path: str, **given: Any) -> httpx.Response:
        app = http.make_app(title="toy", doorman=KnowsEverybody())
        app.include_router(self.routes())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
            return await client.request(method, f"/v1/policies/{path}", **given)

    async def tried(self, **changes: Any) -> httpx.Response:
        body = {"dealer": MINE, "edition": {"each": 2}} | changes
        return await self.asked("POST", "dry-run", json=body)

    async def progress(self, dealer: str = MINE, after: str = "") -> httpx.Response:
        return await self.asked("GET", "progress", params={"dealer": dealer, "after": after})


async def all_pages(ask: Callable[[str], Awaitable[httpx.Response]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        answer = await ask(after)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        after = found[-1]["next"]
    return found


@pytest.fixture(params=[False, True], ids=["all", "open only"])
def service(request: pytest.FixtureRequest) -> Service:
    return Service(open_only=request.param)


async def test_a_dry_run_goes_through_a_dealers_own_page_by_page(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "PAGE", 2)
    await service.holds(MINE, "a", "b", "void", "cannot be judged", "e")
    await service.holds(OTHER, "x")
    found = await all_pages(lambda after: service.tried(after=after))
    assert [(page["judged"], page["unreadable"]) for page in found] == [(2, 0), (0, 1), (1, 0)]
    changed = [each for page in found for each in page["changed"]]
    assert [each["name"] for each in changed] == ["a", "b", "e"]
    assert changed[0]["differences"] == [
        {
            "output": "score",
            "rule": "score",
            "effect": "up",
            "before": "11",
            "after": "2",
            "by": None,
        }
    ], "as of the moment at which the edition begins"
    same = await all_pages(lambda after: service.tried(after=after, edition={"each": 1}))
    assert [page["changed"] for page in same] == [[], [], []]


async def test_progress_goes_through_a_dealers_own_page_by_page(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in ("PAGE", "PROGRESS_PAGE"):
        monkeypatch.setattr(policies, page, 2)
    await service.holds(MINE, "a", "b", "c", version="old")
    await service.holds(MINE, "d", "e")
    await service.holds(OTHER, "x", version="old")
    found = await all_pages(lambda after: service.progress(after=after))
    assert sum(page["looked_at"] for page in found) == 5
    assert sum(page["left"] for page in found) == 3
    assert all(page["looked_at"] <= 2 for page in found)
    assert {page["applied_at"] for page in found} == {"2026-11-21T10:00:00.000Z"}
    (other,) = await all_pages(lambda after: service.progress(OTHER, after))
    assert (other["looked_at"], other["left"], other["applied_at"]) == (1, 1, None)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"edition": {"each": "somebody's name"}}, 422),
        ({"edition": {"other": 1}}, 422),
        ({"edition": "somebody's name"}, 422),
        ({"dealer": "somebody's name"}, 422),
        ({"dealer": "sunrise/nowhere"}, 404),
        ({"somebody's name": 1}, 422),
        ({"after": "x" * 1001}, 422),
    ],
)
async def test_what_is_not_valid_is_refused_without_a_word_of_it(
    service: Service, changes: dict[str, Any], status: int
) -> None:
    answer = await service.tried(**changes)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "somebody" not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 422), (b"[]", 422), (b"{", 422), (b"[" * 100_000, 422), (b" " * 2**21 + b"{}", 413)],
)
async def test_a_body_that_is_none_is_refused(body: bytes, status: int) -> None:
    answer = await Service(open_only=False).asked("POST", "dry-run", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_endpoints_are_described() -> None:
    app = http.make_app(title="toy", doorman=KnowsEverybody())
    service = Service(open_only=False)
    app.include_router(service.routes())
    paths = app.openapi()["paths"]
    body = paths["/v1/policies/dry-run"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["required"] == ["dealer", "edition"]
    assert paths["/v1/policies/progress"]["get"]["responses"].keys() >= {"200", "404", "422"}


@pytest.mark.parametrize("after", ["x", "|", "2026-11-21T10:00:00|a", "2026-11-21T10:00:00Z|"])
async def test_a_page_that_nobody_gave_is_refused(after: str) -> None:
    service = Service(open_only=True)
    for answer in (await service.tried(after=after), await service.progress(after=after)):
        assert answer.status_code == 422
        assert "after" in answer.json()["detail"]


async def test_an_unknown_dealer_has_no_progress(service: Service) -> None:
    answer = await service.progress("sunrise/nowhere")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no such dealer here")
