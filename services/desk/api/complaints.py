"""Complaints 投诉: all that are open, the next deadline first."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.desk.api.desk import Desk
from services.desk.api.opening import note_list
from services.desk.api.speech import speech_of
from services.desk.api.visitor import (
    AtDealer,
    address_of_page,
    at_dealer,
    desk_of,
    shown_to,
)
from services.desk.views import case_words as words
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
from shared.contracts.feed_parts import Severity, StepName
from shared.contracts.http.complaints import CaseLine
from shared.contracts.identifiers import name_within
from shared.platform.errors import TransientFailure
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
        did: StepName | None = None,
        of: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """With a clock, its state or days they are those that a figure counts, closed ones too.
        `did`, `of`: a step that was taken from the list, and the number of its case."""
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
        shown = shown_to(request, at) | await _rows(desk, at, page_of_them, asked.now)
        shown |= {
            "asked": asked,
            "counted": counted.told(speech_of(desk, at)),
            "query": counted.query,
            "filters": SHOWN,
            "counts": counts_of(lines, asked),
            "departments": departments_in(lines),
            "did": did,
            "of": of,
            "total": len(found),
            "pages": max(1, -(-len(found) // PAGE)) if show != "all" else 1,
            "page": page,
            "following": following,
            "here": _address(request),
            "more": more,
        }
        await note_list(desk, at, "complaints")
        return desk.pages.page(request, "complaints.html", shown, language=at.visitor.language)

    return router


def _address(request: Request) -> str:
    """Of this list, without what was done from it."""
    asked = [each for each in request.query_params.multi_items() if each[0] not in ("did", "of")]
    place = address_of_page(request)
    return f"{place}?{urlencode(asked)}" if asked else place


async def _rows(
    desk: Desk, at: AtDealer, lines: Sequence[CaseLine], now: datetime
) -> dict[str, Any]:
    """The cases of the page, who else has them open, and to whom they can be given."""
    people = await desk.directory.of({line.customer_key for line in lines})
    names, say = await desk.staff.known_at(at.dealer.id), speech_of(desk, at)
    return {
        "rows": rows_of(lines, people, names, now, say, reader=at.user.username),
        "there": await _there(desk, at, lines),
        "may_work": await desk.staff.at(at.dealer.id, "work_on_complaints"),
        "words": words,
    }


async def _there(desk: Desk, at: AtDealer, lines: Sequence[CaseLine]) -> Mapping[str, str]:
    """Case of the list -> who else has it open; nobody, while that cannot be known."""
    abouts = {f"case:{name_within(line.id)}": line.id for line in lines}
    try:
        found = await desk.presence.others_at(abouts, at.user, desk.real_clock.now())
    except TransientFailure:
        return {}
    between = speech_of(desk, at)(", ")
    return {abouts[about]: between.join(each.name for each in who) for about, who in found.items()}


async def open_cases(desk: Desk, at: AtDealer) -> tuple[list[CaseLine], bool]:
    """A dealer's open cases, the first due first, and whether there are more than `MOST_READ`."""
    lines: list[CaseLine] = []
    after: str | None = ""
    while after is not None and len(lines) < MOST_READ:
        found = await desk.services.cases(at.user, at.dealer.id, after=after, limit=READ_AT_ONCE)
        lines += found.cases
        after = found.next
    return lines, after is not None
