"""The endpoints of whoever changes a dealer's rules: what other rules would do to what is stored,
and how far it has been brought to those that are followed. Nothing is written.

A request looks at one page, whatever the dealer has, and lets others through meanwhile.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from fastapi import APIRouter, Request
from pydantic import ValidationError

from shared.contracts.http.policies import (
    Compared,
    DryRunPage,
    DryRunRequest,
    Level,
    LevelCount,
    ProgressPage,
)
from shared.contracts.http.problem import problem
from shared.contracts.values import instant_text
from shared.dealers.dealer import Dealers
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform.asked import OF_A_DEALER, Responses
from shared.platform.needs import asked, later, needs, require
from shared.platform.problems import (
    Refusal,
    invalid_query,
    unknown,
    wrong_parameters,
)
from shared.policies.trial import Trial
from shared.runtime.aggregate import Aggregate
from shared.runtime.store import PolicyMarks, ReadStore
from shared.time.clock import TimeSource

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

PAGE = 200
"""How many aggregates are judged in one request."""
PROGRESS_PAGE = 2000
"""Of how many the version alone is looked at in one request."""
BREATH = 10
"""After how many judged aggregates others have their turn."""
MOST_BYTES = 2 * 1024 * 1024
"""How large an edition may be, with its calendars and what is around it."""
_TOO_LARGE: Responses = {413: {"description": "The edition is too large."}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": DryRunRequest.model_json_schema()}},
    }
}
_INVALID: Responses = {422: {"description": "The edition, or the page, is not valid."}}


class StoredPages(ReadStore, PolicyMarks, Protocol):
    """What is asked of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPages(Generic[F, P]):
    """Pages of what is stored of a dealer, seen by its rules. All of it raises
    `TransientFailure`, and `Refusal` for what is not valid."""

    decider: Decider[F, P]
    trial: Trial[F, P]
    store: StoredPages
    clock: TimeSource
    partitions: Callable[[], int]
    """How many partitions its topics have."""

    async def dry_run(self, asked: DryRunRequest) -> DryRunPage:
        """What the edition that is sent would do to the next page."""
        policy = self.decider.policy
        try:
            other, begins = self.trial.propose(policy, asked.dealer, asked.edition)
        except ValueError:  # its words may have what was sent
            raise Refusal(
                invalid_query("not valid: body: not an edition that could be applied next")
            ) from None
        now = max(self.clock.now(), begins)
        page = await self._page(asked.dealer, asked.after, PAGE)
        judged = unreadable = 0
        changed: list[Compared] = []
        levels = Counter[Level]()
        for number, aggregate in enumerate(page):
            if number % BREATH == 0:
                await asyncio.sleep(0)
            try:
                facts = self.decider.facts.model_validate_json(aggregate.facts)
                found = self.trial.compare(facts, policy, other, now)
            except Exception:  # one that cannot be judged must not hide the others
                unreadable += 1
                continue
            if found is not None:
                judged += 1
                levels.update(found.levels)
                changed.extend([found] if found.differences else [])
        return DryRunPage(
            judged=judged,
            unreadable=unreadable,
            changed=tuple(changed),
            levels=tuple(
                LevelCount(output=each.output, before=each.before, after=each.after, number=number)
                for each, number in levels.items()
            ),
            next=self._cursor(page[-1]) if len(page) == PAGE else None,
        )

    async def progress(self, dealer_id: str, after: str) -> ProgressPage:
        """How much of the next page is decided by other rules than the dealer's."""
        version = self.decider.policy.version_for(dealer_id)
        if self.trial.open_only:
            page = await self._page(dealer_id, after, PAGE)
            found = [each.policy_version for each in page]
            following = self._cursor(page[-1]) if len(page) == PAGE else None
        else:
            first = f"{dealer_id}/"
            versions = await self.store.policy_versions(
                range(self.partitions()), after=max(after, first), limit=PROGRESS_PAGE
            )
            found = [each for id_, each in versions if id_.startswith(first)]
            following = versions[-1][0] if len(found) == PROGRESS_PAGE else None
        left = sum(each != version for each in found)
        return ProgressPage(
            applied_at=self.trial.applied_at(self.decider.policy, dealer_id),
            looked_at=len(found),
            left=left,
            next=following,
        )

    async def _page(self, dealer_id: str, after: str, limit: int) -> Sequence[Aggregate]:
        """Open ones by deadline: one whose deadline moves meanwhile may come twice, or not."""
        if self.trial.open_only:
            return await self.store.open_by_deadline(
                dealer_id, after=_read_cursor(after), limit=limit
            )
        return await self.store.page(dealer_id=dealer_id, after=after, limit=limit)

    def _cursor(self, last: Aggregate) -> str:
        if not self.trial.open_only:
            return last.id
        assert last.listing is not None and last.listing.deadline is not None
        return f"{instant_text(last.listing.deadline)}|{last.id}"


def policy_routes(pages: PolicyPages[F, P], dealers: Dealers) -> APIRouter:
    """`/v1/policies`: the dry run of an edition, and the progress of the one that is followed."""
    router = APIRouter(prefix="/v1/policies", tags=["policies"])

    @router.post(
        "/dry-run",
        dependencies=[needs("policies:read", later)],
        summary="What other rules would do to what a dealer has, page by page",
        responses={**OF_A_DEALER, **_INVALID, **_TOO_LARGE},
        openapi_extra=_BODY,
    )
    async def dry_run(request: Request) -> DryRunPage:
        """Nothing is applied and nothing changes: `aftercare policy apply` does that."""
        proposed = await _asked(request)
        require(request, "policies:read", proposed.dealer)
        _known(proposed.dealer, dealers)
        return await pages.dry_run(proposed)

    @router.get(
        "/progress",
        dependencies=[needs("policies:read", asked("dealer"))],
        summary="How far a dealer has been brought to its rules, page by page",
        responses={**OF_A_DEALER, **_INVALID},
    )
    async def progress(dealer: str, after: str = "") -> ProgressPage:
        _known(dealer, dealers)
        return await pages.progress(dealer, after)

    return router


async def _asked(request: Request) -> DryRunRequest:
    """The body. It is read here, as FastAPI would keep all of it, however large."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refusal(
                problem("too-large", "The edition is too large", 413, detail="the body, in bytes")
            )
    try:
        return DryRunRequest.model_validate_json(bytes(body))
    except ValidationError as error:
        faults = [{"loc": ("body", *each["loc"]), "msg": each["msg"]} for each in error.errors()]
        raise Refusal(wrong_parameters(faults)) from None


def _known(dealer_id: str, dealers: Dealers) -> None:
    if dealers.find(dealer_id) is None:
        raise Refusal(unknown("no such dealer here"))


def _read_cursor(after: str) -> tuple[datetime, str] | None:
    if not after:
        return None
    at, _, id_ = after.partition("|")
    try:
        deadline = datetime.fromisoformat(at)
    except ValueError:
        deadline = None
    if deadline is None or deadline.tzinfo is None or not id_:
        raise Refusal(invalid_query("after: not the `next` of a page of this dealer"))
    return deadline, id_
