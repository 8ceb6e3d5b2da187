"""Today 今日: what to do next."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.desk.adapters.upstream import ServiceAway
from services.desk.api.asking import or_none, unless_away
from services.desk.api.desk import Desk
from services.desk.api.opening import note_list
from services.desk.api.sign_in import SEE_OTHER
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.local_times import day_of
from services.desk.domain.people import name_of
from services.desk.domain.whose import notified_as, owners_of
from services.desk.views import terms
from services.desk.views.places import MOST_OF_AN_ADDRESS, place_of_case
from services.desk.views.today import (
    ListAsked,
    TaskRow,
    Whose,
    cases_for,
    next_row,
    row_of,
    with_newer,
)
from shared.contracts.http.complaints import CaseLine, CasePage
from shared.contracts.http.followup import CustomerTasks
from shared.contracts.http.followup_lists import DayOfTasks, TaskCounts, TaskLine
from shared.contracts.scoring import Grade
from shared.contracts.values import instant_text
from shared.platform.needs import TO_ALL

SHOWN = 30
LAST = datetime.max.replace(tzinfo=UTC)
"""Where those stand of which nothing is due."""
CASES_READ = 200
"""How many open complaints are read at once; of a whole dealer, no more."""


class TodayQuery(BaseModel):
    """What an address asks for."""

    whose: Whose | None = None
    """None: what there is for whoever asks."""
    role: str = Field(default="", max_length=80)
    grade: Grade | Literal[""] = ""
    kind: str = Field(default="", max_length=40)
    overdue: bool = False
    today: bool = False
    """Those alone that are due today."""
    after: str = Field(default="", max_length=2000)
    but: str = Field(default="", max_length=MOST_OF_AN_ADDRESS)
    """Not this customer, `source/number`, where the next is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTasks:
    """The tasks of a page."""

    lines: Sequence[TaskLine]
    after: str | None
    day: DayOfTasks | None
    """Of a list that is a day's."""


NO_TASKS = FoundTasks(lines=(), after=None, day=None)


def today_router() -> APIRouter:
    """`/d/{group}/{dealer}/today`, and what is next of it."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/today")
    async def today(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_tasks")],
        query: Annotated[TodayQuery, Query()],
    ) -> Response:
        desk = desk_of(request)
        counts = await unless_away(desk.services.task_counts(at.user, at.dealer.id))
        asked = _asked(at, query, counts, desk.clock.now())
        shown = shown_to(request, at) | await _shown(desk, at, asked, counts)
        await note_list(desk, at, "today")
        return desk.pages.page(request, "today.html", shown, language=at.visitor.language)

    @router.get("/today/next")
    async def following(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_tasks")],
        query: Annotated[TodayQuery, Query()],
    ) -> Response:
        """To the card of who is to be called next; to Today, which says so, while followup is
        away."""
        desk = desk_of(request)
        counts = await unless_away(desk.services.task_counts(at.user, at.dealer.id))
        asked = _asked(at, query, counts, desk.clock.now())
        found = await _tasks(desk, at, asked, counts)
        if found is None:
            return RedirectResponse(f"/d/{at.dealer.id}/today?{asked.query()}", SEE_OTHER)
        plans = await newer_plans(desk, at)
        lines = with_newer(found.lines, plans, asked, at.user.staff_id)
        rows = [row_of(line, None, at.user.staff_id) for line in lines]
        row = next_row(rows, desk.clock.now(), but=f"{at.dealer.id}/{query.but}")
        place = f"/d/{at.dealer.id}/" + ("today" if row is None else f"calls/{row.place}")
        return RedirectResponse(f"{place}?{asked.query()}", SEE_OTHER)

    return router


def list_in(address: str, at: AtDealer, now: datetime) -> ListAsked | None:
    """What an address of Today asks for; None where it does not say whose."""
    try:
        query = TodayQuery.model_validate(dict(parse_qsl(urlsplit(address).query)))
    except ValueError:
        return None
    if query.whose is None:
        return None
    return ListAsked(
        whose=query.whose,
        role=query.role or None,
        grade=query.grade or None,
        kind=query.kind or None,
        overdue=query.overdue,
        due=day_of(now, at.dealer.zone) if query.today else None,
    )


async def newer_plans(desk: Desk, at: AtDealer) -> Mapping[str, CustomerTasks]:
    """Customer's key -> their plan, of those whose tasks were written of a moment ago: the lists
    may not know of that yet. Where followup does not tell it, the list has to do."""
    lately = await desk.lately.at(at.dealer.id, desk.real_clock.now())
    reads = (or_none(desk.services.plan(at.user, key, lately[key])) for key in lately)
    held = await asyncio.gather(*reads)
    return {key: each.found for key, each in zip(lately, held, strict=True) if each is not None}


def _asked(at: AtDealer, query: TodayQuery, counts: TaskCounts | None, now: datetime) -> ListAsked:
    whose = query.whose or ("role" if query.role else _first(at, counts))
    return ListAsked(
        whose=whose,
        role=(query.role or _first_owner(at, counts)) if whose == "role" else None,
        grade=query.grade or None,
        kind=query.kind or None,
        overdue=query.overdue,
        due=day_of(now, at.dealer.zone) if query.today else None,
        after=query.after or None,
    )


async def _found(desk: Desk, at: AtDealer, asked: ListAsked) -> FoundTasks:
    if asked.whose == "mine":
        day = await desk.services.day(at.user, at.dealer.id, person=at.user.staff_id)
        lines = [line for line in day.tasks if _is_asked_for(line, asked)]
        return FoundTasks(lines=lines, after=None, day=day)
    page = await desk.services.tasks(
        at.user,
        at.dealer.id,
        role=asked.role if asked.whose == "role" else None,
        person="nobody" if asked.whose == "nobody" else None,
        grade=asked.grade,
        kind=asked.kind,
        overdue=True if asked.overdue else None,
        due_from=instant_text(asked.due[0]) if asked.due else None,
        due_before=instant_text(asked.due[1]) if asked.due else None,
        after=asked.after,
        limit=SHOWN,
    )
    return FoundTasks(lines=page.tasks, after=page.after, day=None)


def _is_asked_for(line: TaskLine, asked: ListAsked) -> bool:
    return (
        asked.grade in (None, line.grade)
        and asked.kind in (None, *(each.kind for each in line.purposes))
        and (not asked.overdue or line.status == "overdue")
        and asked.is_due(line.due_at)
    )


async def _shown(
    desk: Desk, at: AtDealer, asked: ListAsked, counts: TaskCounts | None
) -> dict[str, object]:
    """`counts`: None while followup is away. Raises `ServiceAway` where nothing can be shown."""
    found, plans, page, staff = await asyncio.gather(
        _tasks(desk, at, asked, counts),
        newer_plans(desk, at),
        _cases(desk, at),
        desk.staff.at(at.dealer.id, "do_tasks"),
    )
    if found is None and page is None:
        raise ServiceAway("followup")
    tasks, me = found or NO_TASKS, at.user.staff_id
    lines = with_newer(tasks.lines, plans, asked, me) if found else []
    later = [] if tasks.day is None else tasks.day.later
    told_as = notified_as(at.user.roles_at(at.dealer.id))
    cases, many = cases_for(() if page is None else page.cases, me, told_as)
    keys = {line.customer_key for line in lines} | {case.line.customer_key for case in cases}
    people = await desk.directory.of(keys | {each.task.customer_key for each in later})
    rows: list[TaskRow] = [row_of(each, people.get(each.customer_key), me) for each in lines]
    return {
        "asked": asked,
        "rows": rows,
        "after": tasks.after,
        "day": tasks.day,
        "tasks_known": found is not None,
        "later": [
            (row_of(each.task, people.get(each.task.customer_key), me), each) for each in later
        ],
        "counts": counts,
        "tabs": counts and _tabs(at, counts, asked),
        "roles": counts and _roles(counts, asked),
        "kinds": counts and [each for each in counts.by_kind if each.of and each.title_en],
        "cases": [
            (
                case,
                name_of(case.line.customer_key, people.get(case.line.customer_key)),
                place_of_case(case.line.id)[0],
            )
            for case in cases
        ],
        "cases_many": many,
        "cases_known": page is not None,
        "cases_more": page is not None and page.next is not None,
        "staff": staff,
        "known_staff": await desk.staff.known_at(at.dealer.id),
        "words": terms,
    }


async def _tasks(
    desk: Desk, at: AtDealer, asked: ListAsked, counts: TaskCounts | None
) -> FoundTasks | None:
    """None while followup is away."""
    return None if counts is None else await unless_away(_found(desk, at, asked))


async def _cases(desk: Desk, at: AtDealer) -> CasePage | None:
    """The first of all that are open, by deadline, and, where there are more, all that they are
    responsible for."""
    if not at.may("see_complaints"):
        return None
    first = await or_none(desk.services.cases(at.user, at.dealer.id, limit=CASES_READ))
    if first is None or first.next is None:
        return first
    theirs = await or_none(_cases_of(desk, at, at.user.staff_id))
    more = () if theirs is None else theirs.cases
    found = {line.id: line for line in (*first.cases, *more)}.values()
    by_deadline = sorted(found, key=lambda line: (line.deadline or LAST, line.id))
    return CasePage(cases=tuple(by_deadline), next=first.next)


async def _cases_of(desk: Desk, at: AtDealer, owner: str) -> CasePage:
    lines: list[CaseLine] = []
    after: str | None = ""
    while after is not None:
        page = await desk.services.cases(
            at.user, at.dealer.id, owner=owner, after=after, limit=CASES_READ
        )
        lines += page.cases
        after = page.next
    return CasePage(cases=tuple(lines), next=None)


def _owners(at: AtDealer) -> tuple[str, ...]:
    return owners_of(at.user.roles_at(at.dealer.id))


def _first(at: AtDealer, counts: TaskCounts | None) -> Whose:
    """Their own, where they have any; else those of their role."""
    if counts is None:
        return "mine"
    theirs = any(each.of == at.user.staff_id and each.open for each in counts.by_person)
    if theirs:
        return "mine"
    return "all" if _first_owner(at, counts) is None else "role"


def _first_owner(at: AtDealer, counts: TaskCounts | None) -> str | None:
    """The first of their roles that has anything to do."""
    busy = {each.of for each in counts.by_role if each.open} if counts else set(_owners(at))
    return next((owner for owner in _owners(at) if owner in busy), None)


def _roles(counts: TaskCounts, asked: ListAsked) -> list[str]:
    return sorted({each.of or "" for each in counts.by_role} - {""} | {asked.role or ""})


def _tabs(
    at: AtDealer, counts: TaskCounts, asked: ListAsked
) -> list[tuple[Whose, str | None, int]]:
    """Whose, of `role` which, and how many there are."""
    by_role = {each.of: each.open for each in counts.by_role}
    by_person = {each.of: each.open for each in counts.by_person}
    owners = dict.fromkeys((*_owners(at), *([asked.role] if asked.role else [])))
    return [
        ("mine", None, by_person.get(at.user.staff_id, 0)),
        *(("role", owner, by_role.get(owner, 0)) for owner in owners),
        ("nobody", None, by_person.get(None, 0)),
        ("all", None, counts.total.open),
    ]
