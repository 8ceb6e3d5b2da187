"""Manager 经理: whether the team keeps its promises, and what customers say of it."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.desk.api.asking import or_none
from services.desk.api.complaints import open_cases
from services.desk.api.desk import Desk
from services.desk.api.opening import note_list
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.people import name_of
from services.desk.views import charts
from services.desk.views.manager import (
    cases_now,
    done_in_all,
    kept_clocks,
    people_rows,
)
from services.desk.views.manager_customers import customers_shown, lead_rows
from services.desk.views.manager_satisfaction import numbered, said, surveys_shown
from services.desk.views.manager_words import Say, figure
from services.desk.views.places import place_of
from services.desk.views.terms import GRADES, RISKS, term
from shared.contracts.http.followup_lists import TaskCounts
from shared.contracts.http.scoring_lists import ListSort
from shared.contracts.scoring import Grade, Risk
from shared.platform.needs import TO_ALL

CUSTOMERS_A_PAGE = 100
SHOWN_AT_ONCE = 12
"""How many of the broken promises, and of those that nearly are, stand on the first screen."""


def manager_router() -> APIRouter:
    """`/d/{group}/{dealer}/manager`, `…/manager/satisfaction` and `…/manager/customers`."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/manager")
    async def manager(
        request: Request, at: Annotated[AtDealer, at_dealer("see_the_team")]
    ) -> Response:
        desk = desk_of(request)
        shown = shown_to(request, at) | await _now(desk, at)
        await note_list(desk, at, "manager")
        return desk.pages.page(request, "manager.html", shown, language=at.visitor.language)

    @router.get("/manager/satisfaction")
    async def satisfaction(
        request: Request, at: Annotated[AtDealer, at_dealer("see_the_team")]
    ) -> Response:
        desk, language, say = desk_of(request), at.visitor.language, say_to(request, at)
        found = await desk.services.satisfaction(at.user, at.dealer.id)
        shown = shown_to(request, at) | {
            "found": found,
            "surveys": surveys_shown(found, language, say),
            "numbered": lambda items: numbered(items, language),
            "words": lambda bilingual: said(bilingual, language),
            "figure": lambda value, unit: figure(value, unit, say),
            "charts": charts,
        }
        return desk.pages.page(request, "manager_satisfaction.html", shown, language=language)

    @router.get("/manager/customers")
    async def customers(
        request: Request, at: Annotated[AtDealer, at_dealer("see_the_team")]
    ) -> Response:
        desk, language, say = desk_of(request), at.visitor.language, say_to(request, at)
        found, leads = await asyncio.gather(
            or_none(desk.services.grades(at.user, at.dealer.id)),
            or_none(desk.services.leads(at.user, at.dealer.id)),
        )
        shown = shown_to(request, at) | {
            "found": found and customers_shown(found, language, say),
            "leads": leads and lead_rows(leads),
            **_names(say),
            "charts": charts,
        }
        return desk.pages.page(request, "manager_customers.html", shown, language=language)

    _route_of_a_list(router)
    return router


def _route_of_a_list(router: APIRouter) -> None:
    @router.get("/manager/customers/list")
    async def listed(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_the_team")],
        *,
        grade: Grade | Literal[""] = "",
        risk: Risk | Literal[""] = "",
        sort: ListSort = "score",
        after: Annotated[str, Query(max_length=2000)] = "",
    ) -> Response:
        """Of whom a number is made up."""
        desk = desk_of(request)
        found = await desk.services.customers(
            at.user,
            at.dealer.id,
            grade=grade or None,
            risk=risk or None,
            sort=sort,
            after=after or None,
            limit=CUSTOMERS_A_PAGE,
        )
        people = await desk.directory.of({each.customer_key for each in found.customers})
        shown = shown_to(request, at) | {
            "found": found,
            "grade": grade,
            "risk": risk,
            "sort": sort,
            "named": lambda key: name_of(key, people.get(key)),
            "place": place_of,
            **_names(say_to(request, at)),
        }
        await note_list(desk, at, "customers")
        return desk.pages.page(request, "manager_list.html", shown, language=at.visitor.language)


def say_to(request: Request, at: AtDealer) -> Say:
    """What messages are in the language of who asks."""
    desk, language = desk_of(request), at.visitor.language
    return lambda message: desk.pages.word(language, message)


def _names(say: Say) -> dict[str, Any]:
    return {
        "grades": GRADES,
        "risks": RISKS,
        "grade_name": lambda name: say(term(name, GRADES)),
        "risk_name": lambda name: say(term(name, RISKS)),
    }


async def _now(desk: Desk, at: AtDealer) -> dict[str, Any]:
    user, dealer_id = at.user, at.dealer.id
    counts, found, statistics = await asyncio.gather(
        or_none(desk.services.task_counts(user, dealer_id)),
        or_none(open_cases(desk, at)),
        or_none(desk.services.statistics(user, dealer_id, by="week")),
    )
    cases = None if found is None else found[0]
    staff = await team_of(desk, at, counts)
    people = await desk.directory.of({each.customer_key for each in cases or ()})
    known = await desk.staff.known_at(dealer_id)
    language = at.visitor.language
    return {
        "cases": None if cases is None else cases_now(cases, people, known),
        "counts": counts,
        "people": None if counts is None else people_rows(counts, staff),
        "done": done_in_all(counts),
        "kept": statistics
        and kept_clocks(statistics, lambda message: desk.pages.word(language, message)),
        "charts": charts,
        "shown_at_once": SHOWN_AT_ONCE,
    }


async def team_of(desk: Desk, at: AtDealer, counts: TaskCounts | None) -> Mapping[str, str]:
    """Staff id -> name, of who does tasks here, and of who may no more and has some still."""
    known = await desk.staff.known_at(at.dealer.id)
    busy = {each.of for each in counts.by_person} if counts is not None else set()
    left = {staff_id: known[staff_id] for staff_id in known if staff_id in busy}
    return {**left, **await desk.staff.at(at.dealer.id, "do_tasks")}
