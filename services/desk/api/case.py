"""Case 投诉单: all that is known of one complaint, and why; its narrative, and it on paper."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.upstream import NotThere, ServiceAway, WrittenVersion
from services.desk.api.case_page import (
    case_id_of,
    case_shown,
    may_read,
    require_here,
    written_in,
)
from services.desk.api.desk import Desk
from services.desk.api.opening import note_opened
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, NotAllowed, at_dealer, desk_of, shown_to
from services.desk.views import case_words as words
from services.desk.views.case import decided_of
from services.desk.views.case_timeline import TimelineStory
from services.desk.views.places import place_of_case
from services.desk.views.printed import form_shown
from services.desk.views.terms import term
from shared.contracts.http.complaints import CaseView
from shared.contracts.identifiers import number_in
from shared.platform.needs import TO_ALL

Written_ = Annotated[str, Query(max_length=9000)]
Seeing = Annotated[AtDealer, at_dealer("see_complaints")]
Reading = Annotated[AtDealer, at_dealer("see_complaints", "see_narratives")]
"""Who reads narratives and sees no complaints is shown what is written, and nothing else."""


def case_router() -> APIRouter:
    """`/d/{group}/{dealer}/cases/{source}/{number}`, and behind it `/narrative` and `/print`."""
    router = APIRouter(
        prefix="/d/{group}/{dealer}/cases/{source}", include_in_schema=False, dependencies=[TO_ALL]
    )

    @router.get("/{number:path}/print")
    async def on_paper(request: Request, source: str, number: str, at: Seeing) -> Response:
        desk = desk_of(request)
        case = await _case(desk, at, case_id_of(at, source, number))
        await desk.trail.note(
            at.user, at.dealer.id, "printed", case.case_id, customer=case.customer_key
        )
        told = await _narrative(desk, at, case) if may_read(at, case) else None
        shown = await case_shown(request, at, case) | {"told": told}
        shown |= await _paper(desk, at, case)
        return desk.pages.page(request, "case_print.html", shown, language=at.visitor.language)

    @router.post("/{number:path}/narrative")
    async def narrative(request: Request, source: str, number: str, at: Reading) -> Response:
        """Raises `NotAllowed` where it is not theirs to read."""
        desk, case_id = desk_of(request), case_id_of(at, source, number)
        if not at.may("see_complaints"):
            return _alone(request, at, case_id, await _words_of(desk, at, case_id))
        case = await _case(desk, at, case_id)
        if not may_read(at, case):
            raise NotAllowed
        told = await _narrative(desk, at, case)
        return await _page(request, at, case, {"told": told})

    @router.get("/{number:path}/narrative")
    async def back(request: Request, source: str, number: str, at: Reading) -> Response:
        case_id = case_id_of(at, source, number)
        if not at.may("see_complaints"):
            return _alone(request, at, case_id, None)
        return RedirectResponse(f"/d/{place_of_case(case_id)[0]}", SEE_OTHER)

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


async def _paper(desk: Desk, at: AtDealer, case: CaseView) -> dict[str, Any]:
    """What of it stands on paper alone."""
    paper, names = form_shown(case), await desk.staff.known_at(at.dealer.id)
    story = TimelineStory(case, names, speech_of(desk, at))
    treated = story.steps_told({step.step_id for step in paper.treated})
    return {"paper": paper, "treated": treated[::-1]}


@dataclass(frozen=True, slots=True)
class CustomersWords:
    """What the customer says and asks for, as it was written down."""

    narrative: str = field(default="", repr=False)
    wish: str = field(default="", repr=False)
    known: bool = True
    """Whether intake, which keeps it, answers."""


async def _narrative(desk: Desk, at: AtDealer, case: CaseView) -> CustomersWords:
    is_theirs = not at.may("see_narratives")
    whose = case.customer_key
    return await _words_of(desk, at, case.case_id, whose=whose, is_theirs=is_theirs)


async def _words_of(
    desk: Desk, at: AtDealer, case_id: str, *, whose: str = "", is_theirs: bool = False
) -> CustomersWords:
    """What was written of it: written down first that it is seen."""
    await desk.trail.note(at.user, at.dealer.id, "saw_narrative", case_id, customer=whose)
    try:
        found = await desk.services.narrative(at.user, case_id, is_theirs=is_theirs)
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


def _alone(request: Request, at: AtDealer, case_id: str, told: CustomersWords | None) -> Response:
    place, number = place_of_case(case_id)
    shown = shown_to(request, at) | {"place": f"/d/{place}", "case_no": number, "told": told}
    pages, language = desk_of(request).pages, at.visitor.language
    return pages.page(request, "case_narrative.html", shown, language=language)


def _is_new(just: WrittenVersion | None, case: CaseView) -> bool:
    """Whether the complaint itself was filed just now."""
    return just is not None and just.document_id == case.case_id


def _not_yet(request: Request, at: AtDealer, case_id: str) -> Response:
    desk = desk_of(request)
    shown = shown_to(request, at) | {"case_no": number_in(case_id)}
    return desk.pages.page(request, "case_waiting.html", shown, language=at.visitor.language)
