"""What the manager's figures are made of: answers, leads, moves, and with whom somebody is done."""

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.desk.adapters.upstream import Asked
from services.desk.api.opening import note_list
from services.desk.api.speech import speech_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.people import name_of
from services.desk.views.lead_words import LEAD_CHANNELS, LEAD_FIGURES, LEAD_REASONS
from services.desk.views.made_of import MadeOf, of_answers, of_done, of_leads, of_moves
from services.desk.views.manager import name_of_staff
from services.desk.views.places import place_of
from services.desk.views.speech import N_
from services.desk.views.survey_words import STEPS, TITLES
from services.desk.views.terms import GRADES, RISKS
from shared.contracts.http.followup_figures import LeadFigure
from shared.contracts.http.scoring_moves import MovesOf
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade, Risk
from shared.contracts.surveys import SurveyKind
from shared.platform.needs import TO_ALL

A_PAGE = 100
_MONTH = r"^(?:[0-9]{4}-(?:0[1-9]|1[0-2]))?$"
Month = Annotated[str, Query(pattern=_MONTH)]
_After = Annotated[str, Query(max_length=9000)]


def made_of_router() -> APIRouter:
    """`/d/{group}/{dealer}/manager/…`: a page for each kind of figure."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])
    _route_of_answers(router)
    _route_of_leads(router)
    _route_of_moves(router)
    _route_of_who_is_done(router)
    return router


def _route_of_answers(router: APIRouter) -> None:
    @router.get("/manager/satisfaction/answers")
    async def answers(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_the_team")],
        *,
        survey: SurveyKind,
        item: Annotated[str, Query(max_length=200)] = "",
        low: bool = False,
        since: Annotated[Month, Query(alias="from")] = "",
        to: Month = "",
        after: _After = "",
    ) -> Response:
        desk, say = desk_of(request), speech_of(desk_of(request), at)
        asked = {"survey": survey, "item": item, "low": low or None, "from": since, "to": to}
        found = await desk.services.answers(at.user, at.dealer.id, **_read(asked, after))
        told = [
            say(TITLES[survey]),
            say(STEPS[survey].get(item, item)),
            say(N_("Counts as low")) if low else "",
            _months(since, to),
        ]
        lines = of_answers(found, say)
        return await _page(request, at, told, found=lines, asked=asked, tab="/satisfaction")


def _route_of_leads(router: APIRouter) -> None:
    @router.get("/manager/customers/leads")
    async def leads(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_the_team")],
        *,
        figure: LeadFigure = "leads",
        because: LeadReason | Literal[""] = "",
        channel: LeadChannel | Literal[""] = "",
        grade: Grade | Literal[""] = "",
        since: Annotated[Month, Query(alias="from")] = "",
        to: Month = "",
        after: _After = "",
    ) -> Response:
        desk, say = desk_of(request), speech_of(desk_of(request), at)
        asked: dict[str, Asked] = {"figure": figure, "because": because, "channel": channel}
        asked |= {"grade": grade, "from": since, "to": to}
        found = await desk.services.lead_lines(at.user, at.dealer.id, **_read(asked, after))
        told = [
            say(LEAD_FIGURES["leads"]),
            "" if figure == "leads" else say(LEAD_FIGURES[figure]),
            say(LEAD_REASONS[because]) if because else "",
            say(LEAD_CHANNELS[channel]) if channel else "",
            say(GRADES[grade]) if grade else "",
            _months(since, to),
        ]
        lines = of_leads(found, say)
        return await _page(request, at, told, found=lines, asked=asked, tab="/customers")


def _route_of_moves(router: APIRouter) -> None:
    @router.get("/manager/customers/moves")
    async def moves(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_the_team")],
        *,
        of: MovesOf = "grade",
        left: Grade | Risk | Literal[""] = "",
        reached: Grade | Risk | Literal[""] = "",
        since: Annotated[Month, Query(alias="from")] = "",
        to: Month = "",
        after: _After = "",
    ) -> Response:
        desk, say = desk_of(request), speech_of(desk_of(request), at)
        asked = {"of": of, "left": left, "reached": reached, "from": since, "to": to}
        found = await desk.services.moves(at.user, at.dealer.id, **_read(asked, after))
        names = {**GRADES, **RISKS}
        told = [
            say(N_("Moves between grades") if of == "grade" else N_("Moves between risks")),
            " → ".join(say(names[each]) if each else "…" for each in (left, reached))
            if left or reached
            else "",
            _months(since, to),
        ]
        lines = of_moves(found, say)
        return await _page(request, at, told, found=lines, asked=asked, tab="/customers")


def _route_of_who_is_done(router: APIRouter) -> None:
    @router.get("/manager/done")
    async def done(
        request: Request,
        at: Annotated[AtDealer, at_dealer("see_the_team")],
        *,
        person: Annotated[str, Query(min_length=1, max_length=200)],
        after: _After = "",
    ) -> Response:
        desk, say = desk_of(request), speech_of(desk_of(request), at)
        asked = {"person": person}
        found = await desk.services.done_today(at.user, at.dealer.id, **_read(asked, after))
        staff = await desk.staff.at(at.dealer.id, "do_tasks")
        told = [say(N_("Done today")), name_of_staff(person, staff)]
        lines = of_done(found, say)
        return await _page(request, at, told, found=lines, asked=asked, tab="")


def _read(asked: Mapping[str, Asked], after: str) -> dict[str, Asked]:
    """As the services are asked for a page."""
    said = {name: value for name, value in asked.items() if value not in ("", None)}
    return {**said, "after": after or None, "limit": A_PAGE}


def _months(since: str, to: str) -> str:
    return since if since == to else " – ".join((since or "…", to or "…"))


async def _page(
    request: Request,
    at: AtDealer,
    told: list[str],
    *,
    found: MadeOf,
    asked: Mapping[str, Asked],
    tab: str,
) -> Response:
    """`told`: what is asked for, in words."""
    desk = desk_of(request)
    people = await desk.directory.of({each.customer_key for each in found.lines})
    await note_list(desk, at, "figures")
    said = {name: value for name, value in asked.items() if value not in ("", None)}
    following = urlencode({**said, "after": found.after}) if found.after else ""
    shown = shown_to(request, at) | {
        "title": told[0],
        "told": [each for each in told[1:] if each],
        "found": found,
        "following": following.replace("=True", "=true"),
        "tab": tab,
        "named": lambda key: name_of(key, people.get(key)),
        "place": place_of,
    }
    return desk.pages.page(request, "manager_made_of.html", shown, language=at.visitor.language)
