"""Case 投诉单: all that is known of one complaint, and why; its narrative, and it on paper."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.upstream import NotThere, ServiceAway, WrittenVersion
from services.desk.api.case_page import (
    case_id_of,
    case_shown,
    require_here,
    written_in,
)
from services.desk.api.desk import Desk
from services.desk.api.opening import note_opened
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.views import case_words as words
from services.desk.views.case import decided_of
from services.desk.views.places import place_of_case
from services.desk.views.printed import form_shown
from services.desk.views.terms import term
from shared.contracts.http.complaints import CaseView
from shared.contracts.identifiers import number_in
from shared.platform.needs import TO_ALL

Written_ = Annotated[str, Query(max_length=9000)]
Seeing = Annotated[AtDealer, at_dealer("see_complaints")]


def case_router() -> APIRouter:
    """`/d/{group}/{dealer}/cases/{source}/{number}`, and behind it `/narrative` and `/print`."""
    router = APIRouter(
        prefix="/d/{group}/{dealer}/cases/{source}", include_in_schema=False, dependencies=[TO_ALL]
    )

    @router.get("/{number:path}/print")
    async def on_paper(request: Request, source: str, number: str, at: Seeing) -> Response:
        desk = desk_of(request)
        case = await _case(desk, at, case_id_of(at, source, number))
        await desk.trail.note(at.user, at.dealer.id, "printed", case.case_id)
        told = await _narrative(desk, at, case) if at.may("see_narratives") else None
        shown = await case_shown(request, at, case) | {"told": told, "paper": form_shown(case)}
        return desk.pages.page(request, "case_print.html", shown, language=at.visitor.language)

    @router.post("/{number:path}/narrative")
    async def narrative(
        request: Request,
        source: str,
        number: str,
        at: Seeing,
        _: Annotated[AtDealer, at_dealer("see_narratives")],
    ) -> Response:
        desk = desk_of(request)
        case = await _case(desk, at, case_id_of(at, source, number))
        told = await _narrative(desk, at, case)
        return await _page(request, at, case, {"told": told})

    @router.get("/{number:path}/narrative")
    async def back(source: str, number: str, at: Seeing) -> Response:
        place = place_of_case(case_id_of(at, source, number))[0]
        return RedirectResponse(f"/d/{place}", SEE_OTHER)

    @router.get("/{number:path}")
    async def one(
        request: Request,
        source: str,
        number: str,
        at: Seeing,
        *,
        written: Written_ = "",
        step: Annotated[str, Query(max_length=200)] = "",
        was: Annotated[str, Query(max_length=4000)] = "",
    ) -> Response:
        desk, case_id = desk_of(request), case_id_of(at, source, number)
        just = written_in(written)
        try:
            held = await desk.services.case(at.user, case_id, just)
        except NotThere:
            if just is None or just.document_id != case_id:
                raise
            return _not_yet(request, at, case_id)
        case = require_here(at, held.found)
        await note_opened(request, at, "saw_customer", case.customer_key)
        decided = decided_of(case, step, frozenset(was.split(","))) if step else None
        waits = just is not None and not held.holds and decided is None
        more = {"decided": decided, "waits": waits, "filed": _is_new(just, case)}
        return await _page(request, at, case, more)

    return router


async def _case(desk: Desk, at: AtDealer, case_id: str) -> CaseView:
    return require_here(at, (await desk.services.case(at.user, case_id)).found)


@dataclass(frozen=True, slots=True)
class CustomersWords:
    """What the customer says and asks for, as it was written down."""

    narrative: str = field(default="", repr=False)
    wish: str = field(default="", repr=False)
    known: bool = True
    """Whether intake, which keeps it, answers."""


async def _narrative(desk: Desk, at: AtDealer, case: CaseView) -> CustomersWords:
    """What was written of it: written down first that it is seen."""
    await desk.trail.note(at.user, at.dealer.id, "saw_narrative", case.case_id)
    try:
        found = await desk.services.narrative(at.user, case.case_id)
    except NotThere:
        return CustomersWords()
    except ServiceAway:
        return CustomersWords(known=False)
    wish = speech_of(desk, at)(term(found.desired_outcome, words.OUTCOMES_DESIRED))
    return CustomersWords(found.narrative or "", wish)


async def _page(
    request: Request, at: AtDealer, case: CaseView, more: dict[str, Any] | None = None
) -> Response:
    desk = desk_of(request)
    nothing = {"told": None, "decided": None, "waits": False, "filed": False}
    shown = await case_shown(request, at, case) | nothing | (more or {})
    return desk.pages.page(request, "case.html", shown, language=at.visitor.language)


def _is_new(just: WrittenVersion | None, case: CaseView) -> bool:
    """Whether the complaint itself was filed just now."""
    return just is not None and just.document_id == case.case_id


def _not_yet(request: Request, at: AtDealer, case_id: str) -> Response:
    desk = desk_of(request)
    shown = shown_to(request, at) | {"case_no": number_in(case_id)}
    return desk.pages.page(request, "case_waiting.html", shown, language=at.visitor.language)
