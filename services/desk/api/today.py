"""Today 今日: what to do next."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.people import KnownCustomer
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.identifiers import number_in
from shared.platform.needs import TO_ALL

SHOWN = 50


def today_router() -> APIRouter:
    """`/d/{group}/{dealer}/today`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/today")
    async def today(request: Request, at: Annotated[AtDealer, at_dealer("see_tasks")]) -> Response:
        desk = desk_of(request)
        found = await desk.services.tasks(at.user, at.dealer.id, limit=SHOWN)
        people = await desk.directory.of({each.customer_key for each in found.tasks})
        rows = [_row(each, people.get(each.customer_key)) for each in found.tasks]
        shown = shown_to(request, at) | {"tasks": rows}
        return desk.pages.page(request, "today.html", shown, language=at.visitor.language)

    return router


def _row(task: TaskLine, who: KnownCustomer | None) -> dict[str, object]:
    place = task.customer_key.split("/", 2)[2]
    name = who.name if who and who.name else number_in(task.customer_key)
    return {"task": task, "status": task.status, "name": name, "place": place}
