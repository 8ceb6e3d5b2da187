"""Complaints 投诉: all that are open, the next deadline first."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.desk.api.desk import Desk
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.views.complaints import (
    PAGE,
    SHOWN,
    CasesAsked,
    ClockCounted,
    CountedAsked,
    Show,
    counts_of,
    departments_in,
    rows_of,
)
from shared.contracts.feed_parts import Severity
from shared.contracts.http.complaints import CaseLine
from shared.platform.needs import TO_ALL

READ_AT_ONCE = 500
MOST_READ = 2000
"""How many open cases are looked at; of a dealer who has more, those that are due first."""


def complaints_router() -> APIRouter:
    """`/d/{group}/{dealer}/complaints`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/complaints")
    async def complaints(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_complaints")],
        *,
        show: Show = "open",
        department: Annotated[str, Query(max_length=200)] = "",
        severity: Severity | None = None,
        clock: Annotated[str, Query(max_length=200)] = "",
        clock_state: ClockCounted | None = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        page: Annotated[int, Query(ge=1, le=MOST_READ)] = 1,
        after: Annotated[str, Query(max_length=9000)] = "",
    ) -> Response:
        """With a clock, its state or days they are those that a figure counts, closed ones too."""
        desk = desk_of(request)
        counted = CountedAsked(clock=clock, state=clock_state, first=first, last=last)
        show = "all" if counted.query else show
        asked = CasesAsked(
            show=show,
            department=department,
            severity=severity or "",
            staff_id=at.user.staff_id,
            now=desk.clock.now(),
            zone=at.dealer.zone,
        )
        lines, more = await open_cases(desk, at)
        found: list[CaseLine] = [line for line in lines if asked.shows(line)]
        following = None
        if show == "all":
            all_cases = await desk.services.cases(
                at.user, at.dealer.id, status="all", after=after, limit=PAGE, **counted.query
            )
            found, following = list(all_cases.cases), all_cases.next
            page_of_them = found
        else:
            page_of_them = found[(page - 1) * PAGE : page * PAGE]
        people = await desk.directory.of({line.customer_key for line in page_of_them})
        names = await desk.staff.known_at(at.dealer.id)
        shown = shown_to(request, at) | {
            "asked": asked,
            "counted": counted.told(speech_of(desk, at)),
            "query": counted.query,
            "filters": SHOWN,
            "counts": counts_of(lines, asked),
            "departments": departments_in(lines),
            "rows": rows_of(page_of_them, people, names, asked.now, speech_of(desk, at)),
            "total": len(found),
            "pages": max(1, -(-len(found) // PAGE)) if show != "all" else 1,
            "page": page,
            "following": following,
            "more": more,
        }
        return desk.pages.page(request, "complaints.html", shown, language=at.visitor.language)

    return router


async def open_cases(desk: Desk, at: AtDealer) -> tuple[list[CaseLine], bool]:
    """A dealer's open cases, the first due first, and whether there are more than `MOST_READ`."""
    lines: list[CaseLine] = []
    after: str | None = ""
    while after is not None and len(lines) < MOST_READ:
        found = await desk.services.cases(at.user, at.dealer.id, after=after, limit=READ_AT_ONCE)
        lines += found.cases
        after = found.next
    return lines, after is not None
