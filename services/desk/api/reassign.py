"""Tasks of one person are given to another, many at once."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from services.desk.adapters.upstream import NotLetIn, NotThere, RefusedByService, ServiceAway
from services.desk.api.acts import reported
from services.desk.api.asking import or_none
from services.desk.api.desk import Desk
from services.desk.api.opening import note_list
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.local_times import day_of
from services.desk.domain.people import name_of
from services.desk.domain.reassigning import (
    MOST_AT_ONCE,
    Given,
    TaskNamed,
    after_giving,
    before_giving,
    giving,
)
from services.desk.views.manager import NOBODY, name_of_staff, open_of
from services.desk.views.places import place_of
from shared.contracts.http.followup import FollowUpTask
from shared.contracts.http.followup_lists import DealerTasks
from shared.contracts.values import instant_text
from shared.platform.needs import TO_ALL

SHOWN = MOST_AT_ONCE
AT_THE_SAME_TIME = 8

MOST_OF_A_PLACE = 9000
_After = Annotated[str, Query(max_length=MOST_OF_A_PLACE)]
_Staff = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What came of one task."""

    task: TaskNamed
    title: FollowUpTask | None
    given: Given


def reassign_router() -> APIRouter:
    """`/d/{group}/{dealer}/manager/tasks`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/manager/tasks")
    async def tasks(
        request: Request,
        at: Annotated[AtDealer, at_dealer("assign_tasks")],
        *,
        person: Annotated[str, Query(max_length=200)] = NOBODY,
        overdue: bool = False,
        today: bool = False,
        after: _After = "",
    ) -> Response:
        asked = _Asked(person, overdue, today, after, to="", command=uuid.uuid4())
        await note_list(desk_of(request), at, "tasks")
        return await _page(request, at, asked)

    @router.post("/manager/tasks")
    async def give(
        request: Request,
        at: Annotated[AtDealer, at_dealer("assign_tasks")],
        *,
        command: Annotated[uuid.UUID, Form()],
        person: _Staff,
        to: _Staff = "",
        task: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI's
        overdue: Annotated[bool, Form()] = False,
        today: Annotated[bool, Form()] = False,
        after: Annotated[str, Form(max_length=MOST_OF_A_PLACE)] = "",
    ) -> Response:
        desk = desk_of(request)
        asked = _Asked(person, overdue, today, after, to=to, command=command)
        try:
            chosen = [TaskNamed.parse(each, at.dealer.id) for each in task]
        except ValueError:
            return await _page(request, at, asked, problem="choose tasks of this list", status=422)
        staff = await desk.staff.at(at.dealer.id, "do_tasks")
        if not chosen:
            return await _page(request, at, asked, problem="tasks", status=422)
        if to != NOBODY and to not in staff:
            return await _page(request, at, asked, problem="to", chosen=task, status=422)
        found = await _give_all(desk, at, asked, chosen)
        is_away = any(each.given == "away" for each in found)
        if not is_away:
            asked = replace(asked, to="", command=uuid.uuid4())
        kept = [str(each.task) for each in found if each.given == "away"]
        return await _page(
            request,
            at,
            asked,
            outcomes=found,
            given_to=name_of_staff(_person(to), staff),
            chosen=kept,
            status=503 if is_away else 200,
        )

    return router


@dataclass(frozen=True, slots=True)
class _Asked:
    person: str
    overdue: bool
    today: bool
    """Those due today alone."""
    after: str
    """Where the page before has ended."""
    _: KW_ONLY
    to: str
    command: uuid.UUID


def _person(named: str) -> str | None:
    return None if named == NOBODY else named


async def _give_all(
    desk: Desk, at: AtDealer, asked: _Asked, tasks: Sequence[TaskNamed]
) -> list[Reassigned]:
    places = asyncio.Semaphore(AT_THE_SAME_TIME)

    async def give(task: TaskNamed) -> Reassigned:
        async with places:
            return await _give(desk, at, asked, task)

    return list(await asyncio.gather(*(give(task) for task in tasks)))


async def _give(desk: Desk, at: AtDealer, asked: _Asked, task: TaskNamed) -> Reassigned:
    before, after = _person(asked.person), _person(asked.to)
    known: FollowUpTask | None = None
    try:
        plan = await desk.services.plan(at.user, task.customer_key)
        known = _in_plan(plan.found.tasks, task)
        if (kept := before_giving(known, before, after)) is not None:
            return Reassigned(task, known, kept)
        command = giving(asked.command, task, after)
        written = await reported(desk, at, command, tasks_of=task.customer_key)
        plan = await desk.services.plan(at.user, task.customer_key, written)
        known = _in_plan(plan.found.tasks, task) or known
        return Reassigned(task, known, after_giving(known, after, holds=plan.holds))
    except ServiceAway:
        return Reassigned(task, known, "away")
    except NotThere:
        return Reassigned(task, known, "over")
    except (RefusedByService, NotLetIn):
        return Reassigned(task, known, "refused")


def _in_plan(tasks: Sequence[FollowUpTask], named: TaskNamed) -> FollowUpTask | None:
    return next((each for each in tasks if each.task_id == named.task_id), None)


async def _page(
    request: Request,
    at: AtDealer,
    asked: _Asked,
    *,
    problem: str = "",
    outcomes: Sequence[Reassigned] = (),
    given_to: str = "",
    chosen: Sequence[str] = (),
    status: int = 200,
) -> Response:
    desk = desk_of(request)
    found, counts = await asyncio.gather(
        _listed(desk, at, asked), or_none(desk.services.task_counts(at.user, at.dealer.id))
    )
    staff = await desk.staff.at(at.dealer.id, "do_tasks")
    decided = {each.task.task_id for each in outcomes if each.given in ("given", "taken", "over")}
    tasks = () if found is None else found.tasks
    lines = [line for line in tasks if line.task_id not in decided]
    keys = {line.customer_key for line in lines} | {each.task.customer_key for each in outcomes}
    people = await desk.directory.of(keys)
    known = await desk.staff.known_at(at.dealer.id)
    shown: dict[str, Any] = shown_to(request, at) | {
        "lines": None if found is None else lines,
        "following": None if found is None else found.after,
        "in_all": counts
        and open_of(counts, asked.person, overdue=asked.overdue, today=asked.today),
        "asked": asked,
        "whose": name_of_staff(_person(asked.person), known),
        "known_staff": known,
        "staff": sorted(staff.items(), key=lambda each: each[1]),
        "nobody": NOBODY,
        "named": lambda key: name_of(key, people.get(key)),
        "place": place_of,
        "task_named": lambda line: str(TaskNamed(line.task_id, line.customer_key)),
        "problem": problem,
        "outcomes": outcomes,
        "given_to": given_to,
        "chosen": frozenset(chosen),
    }
    return desk.pages.page(
        request, "manager_tasks.html", shown, language=at.visitor.language, status=status
    )


async def _listed(desk: Desk, at: AtDealer, asked: _Asked) -> DealerTasks | None:
    """None where followup is away: what was chosen is shown all the same."""
    due = day_of(desk.clock.now(), at.dealer.zone) if asked.today else None
    try:
        return await desk.services.tasks(
            at.user,
            at.dealer.id,
            person=asked.person,
            overdue=True if asked.overdue else None,
            due_from=instant_text(due[0]) if due else None,
            due_before=instant_text(due[1]) if due else None,
            after=asked.after or None,
            limit=SHOWN,
        )
    except ServiceAway:
        return None
