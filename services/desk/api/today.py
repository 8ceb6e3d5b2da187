"""Today 今日: what to do next."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from shared.contracts.http.followup_lists import TaskLine
from shared.platform.needs import TO_ALL

SHOWN = 50


def today_router() -> APIRouter:
    """`/d/{group}/{dealer}/today`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/today")
    async def today(request: Request, at: Annotated[AtDealer, at_dealer("see_tasks")]) -> Response:
        desk = desk_of(request)
        found = await desk.services.tasks(at.user, at.dealer.id, limit=SHOWN)
        shown = shown_to(request, at) | {"tasks": [_row(each) for each in found.tasks]}
        return desk.pages.page(request, "today.html", shown, language=at.visitor.language)

    return router


def _row(task: TaskLine) -> dict[str, object]:
    place = task.customer_key.split("/", 2)[2]
    return {"task": task, "status": task.status, "name": place, "place": place}
