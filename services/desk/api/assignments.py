"""Saying whose a task is: claiming it, giving it back, giving it to somebody."""

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.desk.adapters.upstream import NotThere
from services.desk.api.acts import reported
from services.desk.api.at_customer import AtCustomer, at_customer
from services.desk.api.desk import Desk
from services.desk.api.sign_in import SEE_OTHER, within
from services.desk.api.today import list_in
from services.desk.api.visitor import NobodyMeant, NotAllowed, desk_of, shown_to
from services.desk.domain.commands import Command
from services.desk.views import terms
from services.desk.views.call import task_in
from services.desk.views.today import TO_DO, closed_word, line_of, row_of
from shared.contracts.feeds import TaskAssignmentReported
from shared.contracts.http.followup import FollowUpTask
from shared.contracts.identifiers import NAMESPACE
from shared.platform.needs import TO_ALL


class AskedAssignment(BaseModel):
    """What the form says."""

    task: str = Field(max_length=100)
    person: str = Field(default="", max_length=100)
    """Whose it is from now on; empty: nobody's."""
    was: str = Field(default="", max_length=100)
    """Whose it was when the form was made."""
    back: str = Field(default="", max_length=2000)
    """To which page then; empty: to the call card."""


def assignments_router() -> APIRouter:
    """`/d/{group}/{dealer}/assignments/{source}/{number}`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.post("/assignments/{source}/{number:path}")
    async def assign(
        request: Request,
        customer: Annotated[AtCustomer, at_customer("do_tasks")],
        asked: Annotated[AskedAssignment, Form()],
    ) -> Response:
        """Without `assign_tasks` one claims for oneself, and gives back one's own.

        The act is known by how the task stands: sent twice from the same page it is one, however
        often the page was drawn.
        """
        desk, at, me = desk_of(request), customer.at, customer.user.staff_id
        staff = {me: customer.user.name, **await desk.staff.at(at.dealer.id, "do_tasks")}
        meant = staff_id_of(asked.person, staff)
        if meant not in ("", me) and not at.may("assign_tasks"):
            raise NotAllowed
        found = task_in((await desk.services.plan(at.user, customer.key)).found, asked.task)
        if found is None:
            raise NotThere
        if meant is None:
            if asked.person != found.person:
                raise NobodyMeant
            meant = asked.person
        asked.person = meant
        wanted, holds = asked.person or None, True
        if wanted is None and found.person not in (None, me) and not at.may("assign_tasks"):
            raise NotAllowed
        if (found.person or "") == asked.was and wanted != found.person and found.status in TO_DO:
            found, holds = await _assigned(desk, customer, found, wanted)
        if "hx-request" in request.headers:
            return await _row(request, customer, found, asked, holds=holds)
        return RedirectResponse(within(asked.back) if asked.back else customer.card, SEE_OTHER)

    return router


def staff_id_of(text: str, staff: Mapping[str, str]) -> str | None:
    """Whom a text means: by staff id, or by a name that only one of them has. Empty: nobody in
    particular. None: that cannot be told."""
    said = text.strip()
    if not said or said in staff:
        return said
    named = [staff_id for staff_id, name in staff.items() if name == said]
    return named[0] if len(named) == 1 else None


async def _assigned(
    desk: Desk, customer: AtCustomer, task: FollowUpTask, person: str | None
) -> tuple[FollowUpTask, bool]:
    """The task as it stands after, and whether followup has looked at it by then."""
    at, key = customer.at, customer.key
    act = f"{at.user.username}|{task.task_id}|{person}|{len(task.assignments)}"
    command = Command(
        id=uuid5(NAMESPACE, f"assign|{act}"),
        type=TaskAssignmentReported.TYPE,
        dealer_id=at.dealer.id,
        data={"customer_key": key, "task_id": str(task.task_id), "person": person},
        numbered_by="assignment_no",
    )
    held = await desk.services.plan(at.user, key, await reported(desk, at, command, tasks_of=key))
    return task_in(held.found, str(task.task_id)) or task, held.holds


async def _row(
    request: Request,
    customer: AtCustomer,
    task: FollowUpTask,
    said: AskedAssignment,
    *,
    holds: bool,
) -> Response:
    at, wanted = customer.at, said.person or None
    desk, key = desk_of(request), task.customer_key
    listed = list_in(said.back, at, desk.clock.now())
    people = await desk.directory.of([key])
    row = row_of(line_of(task), people.get(key), at.user.staff_id)
    shown = shown_to(request, at) | {
        "row": row,
        "closed": closed_word(task),
        "not_yours": holds and task.person != wanted and not closed_word(task),
        "is_behind": not holds and task.person != wanted,
        "staff": await desk.staff.at(at.dealer.id, "do_tasks"),
        "known_staff": await desk.staff.known_at(at.dealer.id),
        "words": terms,
    }
    if listed is not None:
        shown["asked"] = listed
    return desk.pages.page(request, "today_row.html", shown, language=at.visitor.language)
