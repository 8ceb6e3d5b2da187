"""Who else has the same customer or case open."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.desk.api.visitor import AtDealer, NotAllowed, at_dealer, desk_of
from services.desk.domain.live import MOST_OF_A_WORD, act_of, dealer_in
from shared.platform.needs import TO_ALL


def presence_router() -> APIRouter:
    """`/d/{group}/{dealer}/present?about=`: their names, as a part of the page that shows it."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/present")
    async def present(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_customers")],
        about: Annotated[str, Query(max_length=MOST_OF_A_WORD)],
    ) -> Response:
        act = act_of(f"present:{about}")
        if act is None or dealer_in(about) != at.dealer.id or not at.may(act):
            raise NotAllowed
        desk = desk_of(request)
        found = await desk.presence.others(about, at.user, desk.real_clock.now())
        shown = {"names": [each.name for each in found]}
        return desk.pages.page(request, "present_names.html", shown, language=at.visitor.language)

    return router
