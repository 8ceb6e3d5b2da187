"""Finding a customer: by whatever staff type, and by the number of who calls."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.api.callers import NotCalling, ToldCaller, caller_in, sealed_caller
from services.desk.api.desk import Desk
from services.desk.api.opening import note_hits
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.visitor import (
    AtDealer,
    NotAllowed,
    SignedIn,
    Visitor,
    at_dealer,
    desk_of,
    shown_to,
)
from services.desk.domain.allowed import allowed, dealers_of
from services.desk.domain.find.asked import MOST_CHARACTERS, asked_of
from services.desk.domain.find.callers import caller_asked
from services.desk.domain.find.matches import MOST_HITS, Hit, Hits
from services.desk.views import customer as views
from services.desk.views.hits import hit_row
from services.desk.views.places import place_of, place_of_case
from shared.contracts.identifiers import dealer_of
from shared.dealers.dealer import Dealer
from shared.platform.needs import TO_ALL

Customers = Annotated[AtDealer, at_dealer("see_customers")]
_SEARCHED = "customers"


def find_router() -> APIRouter:
    """`/d/{group}/{dealer}/find`, and `/find?phone=` for telephone systems."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/d/{group}/{dealer}/find")
    async def form(request: Request, at: Customers) -> Response:
        return _page(request, at, None)

    @router.post("/d/{group}/{dealer}/find")
    async def find(
        request: Request,
        at: Customers,
        asked: Annotated[str, Form(max_length=4 * MOST_CHARACTERS)] = "",
    ) -> Response:
        """What was typed is in no address. While somebody still types, hits are shown below it;
        at its end the only customer found is opened, or the case of this number."""
        desk, typing = desk_of(request), "hx-request" in request.headers
        meant = asked_of(asked)
        hits = Hits() if meant is None else await desk.directory.find(at.dealer.id, meant)
        if typing:
            await note_hits(desk, at, len(hits.found))
            return _page(request, at, hits, asked=asked, short=meant is None, whole=False)
        if meant is not None:
            await desk.trail.note(at.user, at.dealer.id, "searched", _SEARCHED)
        if len(hits.found) == 1 and not hits.more:
            return RedirectResponse(await _meant(desk, at, hits.found[0]), SEE_OTHER)
        return _page(request, at, hits, asked=asked, short=meant is None)

    _routes_of_callers(router)
    return router


def _routes_of_callers(router: APIRouter) -> None:
    @router.get("/find")
    async def told(request: Request, phone: str = "", dealer: str | None = None) -> Response:
        """From the address that has the number, whoever asks, to one that has it no more: nothing
        is ever shown at the first, so that no browser lists it among the pages that it was at."""
        caller = ToldCaller(phone=phone, dealer_id=dealer)
        return RedirectResponse(f"/find/{sealed_caller(desk_of(request), caller)}", SEE_OTHER)

    @router.get("/find/{caller}")
    async def called(request: Request, visitor: SignedIn, caller: str) -> Response:
        """Opens whoever has this number, of the dealers whom the user may see or of the one named:
        the only one at once, to be called; of several a list; of none a form that says so."""
        desk = desk_of(request)
        try:
            who = caller_in(desk, caller)
        except NotCalling:
            at = AtDealer(visitor=visitor, dealer=_dealers(request, visitor, None)[0])
            return _page(request, at, None, caller="over")
        theirs = _dealers(request, visitor, who.dealer_id)
        found: list[Hit] = []
        more = False
        for each in theirs:
            meant = caller_asked(who.phone, each.region)
            if meant is not None:
                hits = await desk.directory.find(each.id, meant)
                found += hits.found
                more |= hits.more
        await desk.trail.note(visitor.user, who.dealer_id, "searched", _SEARCHED)
        if len(found) == 1 and not more:
            return RedirectResponse(_to_call(visitor, found[0]), SEE_OTHER)
        at = AtDealer(visitor=visitor, dealer=theirs[0])
        if not found and not more:
            return _page(request, at, None, caller="nobody")
        hits = Hits(tuple(found[:MOST_HITS]), more or len(found) > MOST_HITS)
        return _page(request, at, hits, caller="several")


def _dealers(request: Request, visitor: Visitor, dealer: str | None) -> Sequence[Dealer]:
    """Raises `NotAllowed` where there is none."""
    theirs = [
        each
        for each in dealers_of(visitor.user, desk_of(request).dealers.all())
        if dealer in (None, each.id) and allowed(visitor.user, "see_customers", each.id)
    ]
    if not theirs:
        raise NotAllowed
    return theirs


def _customer(hit: Hit) -> str:
    key = hit.customer.customer_key
    return f"/d/{dealer_of(key)}/customers/{place_of(key)}"


async def _meant(desk: Desk, at: AtDealer, hit: Hit) -> str:
    """The case whose number was asked for; of another document its row at the customer; else the
    customer."""
    if hit.document_id is None:
        return _customer(hit)
    case, _ = place_of_case(hit.document_id)
    if case and at.may("see_complaints"):
        return f"/d/{case}"
    listed = views.listed(await desk.directory.documents(hit.customer.customer_key))
    row = views.anchors(listed).get(hit.document_id)
    return _customer(hit) + (f"#{row}" if row else "")


def _to_call(visitor: Visitor, hit: Hit) -> str:
    key = hit.customer.customer_key
    if allowed(visitor.user, "do_tasks", dealer_of(key)):
        return f"/d/{dealer_of(key)}/calls/{place_of(key)}"
    return _customer(hit)


def _page(
    request: Request,
    at: AtDealer,
    hits: Hits | None,
    *,
    asked: str = "",
    short: bool = False,
    caller: Literal["several", "nobody", "over"] | None = None,
    whole: bool = True,
) -> Response:
    """`hits`: None where nothing was asked for."""
    found = () if hits is None else hits.found
    shown = shown_to(request, at) | {
        "asked": asked,
        "hits": None if hits is None else [hit_row(each) for each in hits.found],
        "more": hits is not None and hits.more,
        "short": short,
        "caller": caller,
        "several": len({dealer_of(each.customer.customer_key) for each in found}) > 1,
    }
    template = "find.html" if whole else "find_hits.html"
    return desk_of(request).pages.page(request, template, shown, language=at.visitor.language)
