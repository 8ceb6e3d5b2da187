"""The beginning: the dealers of whoever has signed in; and what pages are made to look like."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.desk.adapters.assets import FOREVER, Assets
from services.desk.api.sign_in import SEE_OTHER, within
from services.desk.api.visitor import NotAllowed, SignedIn, desk_of, shown_to_all
from services.desk.domain.allowed import Act, allowed, dealers_of
from services.desk.domain.users import Language
from shared.platform.needs import TO_ALL

_FIRST: tuple[tuple[Act, str], ...] = (
    ("see_tasks", "today"),
    ("see_customers", "find"),
    ("see_the_trail", "trail"),
)
"""The first of them that somebody may see is what they begin with."""


def home_router(assets: Assets) -> APIRouter:
    """`/`, `/d/{group}/{dealer}`, `/language` and `/static/…`."""
    router = APIRouter(include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/")
    async def home(request: Request, visitor: SignedIn) -> Response:
        desk = desk_of(request)
        theirs = dealers_of(visitor.user, desk.dealers.all())
        if len(theirs) == 1:
            return RedirectResponse(f"/d/{theirs[0].id}", SEE_OTHER)
        shown = shown_to_all(request, visitor)
        return desk.pages.page(request, "home.html", shown, language=visitor.language)

    @router.get("/d/{group}/{dealer}")
    async def of_dealer(request: Request, group: str, dealer: str, visitor: SignedIn) -> Response:
        dealer_id = f"{group}/{dealer}"
        if desk_of(request).dealers.find(dealer_id) is None:
            raise NotAllowed
        for act, screen in _FIRST:
            if allowed(visitor.user, act, dealer_id):
                place = "/trail" if screen == "trail" else f"/d/{dealer_id}/{screen}"
                return RedirectResponse(place, SEE_OTHER)
        raise NotAllowed

    @router.post("/language")
    async def language(
        request: Request,
        visitor: SignedIn,
        language: Annotated[Language, Form()],
        next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
    ) -> Response:
        desk = desk_of(request)
        await desk.sessions.speak(visitor.session.digest, language)
        await desk.users.speak(visitor.user.username, language)
        return RedirectResponse(within(next), SEE_OTHER)

    @router.get("/static/{mark}/{name}")
    async def static(mark: str, name: str) -> Response:
        asset = assets.find(name)
        if asset is None or asset.mark != mark:
            return Response(status_code=404)
        return Response(
            asset.content, media_type=asset.media_type, headers={"Cache-Control": FOREVER}
        )

    return router
