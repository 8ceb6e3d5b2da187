"""Who else has the same customer or case open."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.desk.api.visitor import NotAllowed, SignedIn, desk_of
from services.desk.domain.allowed import allowed
from services.desk.domain.live import MOST_OF_A_WORD, act_of, dealer_in
from shared.platform.needs import TO_ALL


def presence_router() -> APIRouter:
    """`/present?about=`: their names, as a part of the page that shows it."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/present")
    async def present(
        request: Request,
        visitor: SignedIn,
        about: Annotated[str, Query(max_length=MOST_OF_A_WORD)],
    ) -> Response:
        act, dealer_id = act_of(f"present:{about}"), dealer_in(about)
        if act is None or dealer_id is None or not allowed(visitor.user, act, dealer_id):
            raise NotAllowed
        desk = desk_of(request)
        found = await desk.presence.others(about, visitor.user, desk.real_clock.now())
        shown = {"names": [each.name for each in found]}
        return desk.pages.page(request, "present_names.html", shown, language=visitor.language)

    return router
