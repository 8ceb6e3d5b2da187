"""`/v1/rejected`: what was rejected and is kept, and taking it after all."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, StringConstraints

from services.intake.adapters.door import Body
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.rejected.quarantine import Quarantine
from services.intake.adapters.rejected.store import Which
from services.intake.api.answering import answered
from services.intake.api.callers import declared_size
from services.intake.api.events import Taking
from services.intake.api.replaying import Replaying, Wanted
from services.intake.domain.decode.body import UnreadableEvent, event_in, without_mark
from services.intake.domain.decode.strict_json import DoubledName
from services.intake.domain.rejected.content import Came
from services.intake.domain.rejected.row import NOBODY, RejectedRow
from services.intake.views import problems
from services.intake.views.openapi import CORRECTION_BODY, problems_of
from services.intake.views.rejected import (
    rejected_content,
    rejected_csv,
    rejected_page,
    replayed_page,
)
from shared.auth.principal import Principal
from shared.auth.scopes import Scope
from shared.contracts.http.intake_rejected import (
    DiscardedRejected,
    RejectedContent,
    RejectedPage,
    ReplayedEvent,
    ReplayedPage,
)
from shared.contracts.values import DealerId
from shared.dealers.dealer import Dealers
from shared.platform.needs import asked_feed, later, needs, principal_of, seen_by, source_asked
from shared.platform.problems import Refusal, unknown, wrongly_asked
from shared.platform.tables import AS_A_TABLE, AskedTable, with_next
from shared.yaml_file import WrongFile

MOST_ROWS = 500
MOST_BYTES = 8_000_000
"""Of the contents that are replayed at once: of more the page ends earlier."""
_ORDER = re.compile(r"\d{14}-[0-9a-f]{32}")

MaySee = Callable[[str, str | None], bool]
RejectedId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="as it is listed")]
OfDealer = Annotated[
    DealerId | None,
    Query(description="group/dealer; without one what came from nobody that is known"),
]
ReadOf = Annotated[str | None, source_asked("rejected:read")]
WrittenOf = Annotated[str | None, source_asked("rejected:write")]
OfReason = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[a-z][a-z/-]{0,79}$")] | None,
    Query(description="only what was rejected for this; or its beginning, up to a `/`"),
]
After = Annotated[str, Query(description="`after` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
ByMapping = Annotated[
    Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,79})?$")],
    Query(alias="mapping", description="read the record by this mapping instead"),
]
Strictly = Annotated[
    bool | None, Query(description="whether unknown fields reject; without it as when it came")
]
Trial = Annotated[bool, Query(description="only say what would become of it")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedDesk:
    """What the endpoints need."""

    quarantine: Quarantine
    taking: Taking
    mappings: Mappings
    dealers: Dealers

    def which(self, dealer_id: str | None, source: str | None, reason: str | None) -> Which:
        """Raises `Refusal` (404) where the dealer is none of ours."""
        if dealer_id is not None and self.dealers.find(dealer_id) is None:
            raise Refusal(unknown("no such dealer here"))
        return Which(dealer_id=dealer_id or NOBODY, source=source, reason=reason)

    def body(self, request: Request) -> AbstractAsyncContextManager[Body]:
        """That of a request, within the limits of who sends it."""
        by = self.taking.callers.of(principal_of(request))
        return self.taking.door.body(request.stream(), by=by, declared=declared_size(request))

    async def opened(self, rejected_id: str, *, may: MaySee) -> tuple[RejectedRow, Came]:
        """Raises `Refusal` where there is none that who asks may have (404), or no key opens it
        (409)."""
        found = (await self.quarantine.opened([rejected_id])).get(rejected_id)
        if found is None or not may(found[0].dealer_id, found[0].source or None):
            raise Refusal(unknown("nothing of this id is kept, or not any more"))
        row, came = found
        if came is None:
            raise Refusal(problems.sealed())
        return row, came

    def wanted(self, mapping: str, strict: bool | None, validate: bool) -> Wanted:
        """Raises `Refusal` (422) where there is no such mapping."""
        try:
            if mapping and self.mappings.find(mapping) is None:
                near = self.mappings.nearest(mapping)
                meant = f"; did you mean {near}?" if near else ""
                raise wrongly_asked("mapping", f"there is no such mapping{meant}")
        except WrongFile as wrong:
            raise wrongly_asked("mapping", f"it cannot be used as it is: {wrong}") from None
        return Wanted(mapping=mapping, strict=strict, validate=validate)

    def replaying(self) -> Replaying:
        return Replaying(
            self.quarantine, self.taking.intake, mappings=self.mappings, dealers=self.dealers
        )


def rejected_router(desk: RejectedDesk) -> APIRouter:
    """`/v1/rejected`."""
    router = APIRouter(tags=["rejected"])
    _routes_of_lists(router, desk)
    _route_of_many(router, desk)
    _routes_of_one(router, desk)
    _route_of_replay(router, desk)
    return router


def _routes_of_lists(router: APIRouter, desk: RejectedDesk) -> None:
    @router.get(
        "/v1/rejected",
        dependencies=[needs("rejected:read", _whose)],
        summary="What was rejected and is kept",
        response_model=RejectedPage,
        responses={**AS_A_TABLE, **problems_of(404, 422, 503)},
    )
    async def rejected(
        request: Request,
        *,
        dealer_id: OfDealer = None,
        source: ReadOf,
        reason: OfReason = None,
        after: After = "",
        limit: Limit = 50,
        table: AskedTable,
    ) -> RejectedPage | Response:
        """The newest first, without its content."""
        which = desk.which(dealer_id, source, reason)
        rows = await desk.quarantine.page(which, before=_before(after), limit=limit + 1)
        page = rejected_page(rows, limit=limit, is_kept=desk.quarantine.keeps)
        answer = table.answer(page, rejected_csv, name=f"rejected-{dealer_id or 'nobody'}")
        return with_next(answer, request, after=page.after)

    @router.delete(
        "/v1/rejected",
        dependencies=[needs("rejected:write", _whose)],
        summary="Discard what was rejected",
        responses=problems_of(404, 422, 503),
    )
    async def discard_all(
        *, dealer_id: OfDealer = None, source: WrittenOf, reason: OfReason = None
    ) -> DiscardedRejected:
        """All of a dealer, or what of it is named; it cannot be had back."""
        which = desk.which(dealer_id, source, reason)
        return DiscardedRejected(discarded=await desk.quarantine.discard_all(which))


def _route_of_many(router: APIRouter, desk: RejectedDesk) -> None:
    @router.post(
        "/v1/rejected/all/replay",
        dependencies=[needs("rejected:write", _whose)],
        summary="Take what was rejected after all, page by page",
        response_model=ReplayedPage,
        responses=problems_of(404, 422, 503),
    )
    async def replay_page(
        request: Request,
        *,
        dealer_id: OfDealer = None,
        source: WrittenOf,
        reason: OfReason = None,
        mapping: ByMapping = "",
        strict: Strictly = None,
        validate: Trial = False,
        after: After = "",
        limit: Limit = 100,
    ) -> Response:
        """As it came, the newest first. Go on with `after` until it is null.

        An answer of 503 means that nothing is known of the page: ask for it again.
        """
        which, wanted = (
            desk.which(dealer_id, source, reason),
            desk.wanted(mapping, strict, validate),
        )

        async def work() -> Response:
            async with desk.body(request) as body:
                return await _replay_page(
                    desk, which, wanted, body, before=_before(after), limit=limit
                )

        return await answered(work, desk.taking.intake.monitor)


async def _replay_page(
    desk: RejectedDesk, which: Which, wanted: Wanted, body: Body, *, before: str, limit: int
) -> Response:
    rows = list(await desk.quarantine.page(which, before=before, limit=limit + 1))
    page = _within_bounds(rows[:limit])
    async with desk.taking.door.turn(body, is_batch=True) as aside:
        found = await desk.quarantine.opened([row.rejected_id for row in page])
        there = [found[row.rejected_id] for row in page if row.rejected_id in found]
        items = await desk.replaying().as_they_came(there, wanted, aside=aside)
    after = page[-1].order if len(rows) > len(page) else None
    return _told(replayed_page(items, after=after))


def _routes_of_one(router: APIRouter, desk: RejectedDesk) -> None:
    @router.get(
        "/v1/rejected/{rejected_id}",
        dependencies=[needs("rejected:read", later)],
        summary="Something that was rejected, with its content",
        response_model=RejectedContent,
        responses=problems_of(404, 409, 422, 503),
    )
    async def one(request: Request, rejected_id: RejectedId) -> Response:
        """Personal: give it only to who mends it."""
        row, came = await desk.opened(rejected_id, may=_seen_by(request, "rejected:read"))
        return _told(rejected_content(row, came))

    @router.delete(
        "/v1/rejected/{rejected_id}",
        dependencies=[needs("rejected:write", later)],
        summary="Discard something that was rejected",
        responses=problems_of(404, 422, 503),
    )
    async def discard(request: Request, rejected_id: RejectedId) -> DiscardedRejected:
        """It cannot be had back."""
        row = await desk.quarantine.row(rejected_id)
        may = _seen_by(request, "rejected:write")
        if row is None or not may(row.dealer_id, row.source or None):
            raise Refusal(unknown("nothing of this id is kept, or not any more"))
        return DiscardedRejected(discarded=await desk.quarantine.discard([rejected_id]))


def _route_of_replay(router: APIRouter, desk: RejectedDesk) -> None:
    @router.post(
        "/v1/rejected/{rejected_id}/replay",
        dependencies=[needs("rejected:write", later)],
        summary="Take something that was rejected after all",
        response_model=ReplayedEvent,
        openapi_extra={"requestBody": CORRECTION_BODY},
        responses=problems_of(400, 404, 408, 409, 413, 422, 503),
    )
    async def replay(
        request: Request,
        rejected_id: RejectedId,
        mapping: ByMapping = "",
        strict: Strictly = None,
        validate: Trial = False,
    ) -> Response:
        """As it came, or, with a body, as that has it: an event, a record, or the rows of one.

        It may say nothing of another dealer or source than it came from. An answer of 503 means
        that nothing is known: replay it again.
        """
        wanted = desk.wanted(mapping, strict, validate)

        async def work() -> Response:
            async with desk.body(request) as body:
                row, came = await desk.opened(rejected_id, may=_seen_by(request, "rejected:write"))
                done = await _replay_one(desk, row, came, body, wanted)
            return _told(done)

        return await answered(work, desk.taking.intake.monitor)


async def _replay_one(
    desk: RejectedDesk, row: RejectedRow, came: Came, body: Body, wanted: Wanted
) -> ReplayedEvent:
    most = desk.taking.settings.max_event_bytes
    instead = _written_in(body.content, most) if body.content else None
    async with desk.taking.door.turn(body, is_batch=True) as aside:
        if instead is None:
            return (await desk.replaying().as_they_came([(row, came)], wanted, aside=aside))[0]
        return await desk.replaying().corrected(row, instead, wanted, aside=aside)


def _whose(request: Request, who: Principal, scope: Scope) -> bool:
    """Of the dealer, and the source, whom the query names; what is nobody's is the operator's."""
    if "dealer_id" in request.query_params:
        return asked_feed(request, who, scope)
    return who.may_everywhere(scope) and who.may_everywhere("operations")


def _seen_by(request: Request, scope: Scope) -> MaySee:
    """Whether who asks may have what is of a dealer and a source."""
    may = seen_by(request, scope)

    def of(dealer_id: str, source: str | None) -> bool:
        if dealer_id != NOBODY:
            return may(dealer_id, source)
        who = principal_of(request)
        return who.may_everywhere(scope) and who.may_everywhere("operations")

    return of


def _written_in(body: bytes, max_event_bytes: int) -> Any:
    """JSON. Raises `Refusal`."""
    try:
        text = without_mark(body).decode()
    except UnicodeDecodeError:
        raise Refusal(problems.unreadable("the body is not JSON in UTF-8")) from None
    found = event_in(text, max_event_bytes=max_event_bytes)
    match found:
        case UnreadableEvent(too_large=True):
            raise Refusal(problems.too_large(found.detail))
        case UnreadableEvent():
            raise Refusal(problems.unreadable(found.detail))
        case DoubledName():
            raise Refusal(problems.unreadable("a name stands twice in one object"))
    return found


def _told(content: BaseModel) -> Response:
    """Not to be kept on the way."""
    return Response(
        content.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _within_bounds(rows: list[RejectedRow]) -> list[RejectedRow]:
    """The first of them that are not too much at once; one at least."""
    size = 0
    for position, row in enumerate(rows):
        size += row.size
        if position and size > MOST_BYTES:
            return rows[:position]
    return rows


def _before(after: str) -> str:
    if after and _ORDER.fullmatch(after) is None:
        raise wrongly_asked("after", "write what the page before told")
    return after
