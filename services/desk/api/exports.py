"""Tables for spreadsheets. Each that is taken away is written down."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, TypeAlias, TypeVar, get_args

from fastapi import APIRouter, Form, Request, Response

from services.desk.adapters import workbooks
from services.desk.adapters.workbooks import MEDIA_TYPES, file_of
from services.desk.api.desk import Desk
from services.desk.api.manager import say_to, team_of
from services.desk.api.visitor import AtDealer, at_dealer, desk_of, shown_to
from services.desk.domain.people import CustomerCard
from services.desk.views.exports import (
    EXPORTS,
    ExportName,
    SheetOfRows,
    SheetReader,
    cases_sheet,
    customers_sheet,
    cut_off,
    people_sheet,
    satisfaction_sheet,
    tasks_sheet,
)
from services.desk.views.figure_sheets import (
    answers_sheet,
    clocks_sheet,
    leads_sheet,
    moves_sheet,
)
from services.desk.views.manager import people_rows
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup_figures import AnswerLine, LeadLine
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.http.scoring_lists import CustomerLine
from shared.contracts.http.scoring_moves import MoveLine, MovesOf
from shared.contracts.surveys import SurveyKind
from shared.platform.needs import TO_ALL

A_PAGE = 500
MOST_ROWS = 20_000
"""How many rows a file has at most."""
NAMES_AT_ONCE = 500

T = TypeVar("T")
Page: TypeAlias = Callable[[str | None], Awaitable[tuple[Sequence[T], str | None]]]
"""`after` -> what is on the page that follows, and what asks for the next."""


def exports_router() -> APIRouter:
    """`/d/{group}/{dealer}/exports`: what there is, and each of it."""
    router = APIRouter(prefix="/d/{group}/{dealer}", include_in_schema=False, dependencies=[TO_ALL])

    @router.get("/exports")
    async def exports(request: Request, at: Annotated[AtDealer, at_dealer("export")]) -> Response:
        shown = shown_to(request, at) | {"exports": EXPORTS, "most": MOST_ROWS}
        pages = desk_of(request).pages
        return pages.page(request, "manager_exports.html", shown, language=at.visitor.language)

    @router.post("/exports")
    async def export(
        request: Request,
        at: Annotated[AtDealer, at_dealer("export")],
        table: Annotated[ExportName, Form()],
        form: Annotated[workbooks.Form, Form()],
    ) -> Response:
        desk, say = desk_of(request), say_to(request, at)
        with desk.heavy.room(at.user.username):
            sheet = cut_off(await _SHEETS[table](desk, at, _reader(request, at)), MOST_ROWS, say)
            content = await file_of(sheet, form, at.dealer.zone)
        rows = f"rows: {len(sheet.rows)}"
        await desk.trail.note(at.user, at.dealer.id, "exported", f"{table}.{form}", how=rows)
        day = desk.clock.now().astimezone(at.dealer.zone).date().isoformat()
        name = f"{table}-{at.dealer.id.replace('/', '-')}-{day}.{form}"
        return Response(
            content,
            media_type=MEDIA_TYPES[form],
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )

    return router


Known: TypeAlias = Mapping[str, CustomerCard] | None
_MakeSheetReader: TypeAlias = Callable[[Known, Mapping[str, str]], SheetReader]


def _reader(request: Request, at: AtDealer) -> _MakeSheetReader:
    say = say_to(request, at)
    return lambda people, staff: SheetReader(
        say=say, language=at.visitor.language, people=people, staff=staff
    )


async def _tasks(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    async def page(after: str | None) -> tuple[Sequence[TaskLine], str | None]:
        found = await desk.services.tasks(at.user, at.dealer.id, after=after, limit=A_PAGE)
        return found.tasks, found.after

    lines = await _all(page)
    people = await _people(desk, at, [each.customer_key for each in lines])
    return tasks_sheet(lines, reader(people, await desk.staff.known_at(at.dealer.id)))


async def _cases(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    async def page(after: str | None) -> tuple[Sequence[CaseLine], str | None]:
        found = await desk.services.cases(
            at.user, at.dealer.id, status="all", after=after, limit=A_PAGE
        )
        return found.cases, found.next

    lines = await _all(page)
    people = await _people(desk, at, [each.customer_key for each in lines])
    return cases_sheet(lines, reader(people, await desk.staff.known_at(at.dealer.id)))


async def _customers(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    async def page(after: str | None) -> tuple[Sequence[CustomerLine], str | None]:
        found = await desk.services.customers(at.user, at.dealer.id, after=after, limit=A_PAGE)
        return found.customers, found.after

    lines = await _all(page)
    people = await _people(desk, at, [each.customer_key for each in lines])
    return customers_sheet(lines, reader(people, {}))


async def _satisfaction(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    found = await desk.services.satisfaction(at.user, at.dealer.id)
    return satisfaction_sheet(found, reader(None, {}))


async def _answers(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    lines: list[tuple[SurveyKind, AnswerLine]] = []
    for survey in get_args(SurveyKind):
        page = _behind(partial(desk.services.answers, survey=survey), at, attrgetter("answers"))
        lines += [(survey, each) for each in await _all(page)]
    people = await _people(desk, at, [each.customer_key for _, each in lines])
    return answers_sheet(lines, reader(people, {}))


async def _leads(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    lines: list[LeadLine] = await _all(_behind(desk.services.lead_lines, at, attrgetter("leads")))
    people = await _people(desk, at, [each.customer_key for each in lines])
    return leads_sheet(lines, reader(people, {}))


async def _moves(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    lines: list[MoveLine] = []
    for of in get_args(MovesOf):
        lines += await _all(_behind(partial(desk.services.moves, of=of), at, attrgetter("moves")))
    people = await _people(desk, at, [each.customer_key for each in lines])
    return moves_sheet(lines, reader(people, {}))


async def _clocks(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    found = await desk.services.statistics(at.user, at.dealer.id, by="week")
    return clocks_sheet(found, reader(None, {}))


def _behind(
    ask: Callable[..., Awaitable[Any]], at: AtDealer, lines: Callable[[Any], Any]
) -> Page[Any]:
    """The pages that a service answers with, of which `lines` has the lines."""

    async def page(after: str | None) -> tuple[Sequence[Any], str | None]:
        found = await ask(at.user, at.dealer.id, after=after, limit=A_PAGE)
        return lines(found), found.after

    return page


async def _staff(desk: Desk, at: AtDealer, reader: _MakeSheetReader) -> SheetOfRows:
    counts = await desk.services.task_counts(at.user, at.dealer.id)
    staff = await team_of(desk, at, counts)
    rows = people_rows(counts, staff)
    return people_sheet(rows, reader(None, staff))


_SHEETS: Mapping[
    ExportName, Callable[[Desk, AtDealer, _MakeSheetReader], Awaitable[SheetOfRows]]
] = {
    "tasks": _tasks,
    "cases": _cases,
    "customers": _customers,
    "satisfaction": _satisfaction,
    "people": _staff,
    "clocks": _clocks,
    "moves": _moves,
    "answers": _answers,
    "leads": _leads,
}


async def _all(page: Page[T]) -> list[T]:
    """All that there is, or one more than a file has rows."""
    found: list[T] = []
    after: str | None = None
    while len(found) <= MOST_ROWS:
        some, after = await page(after)
        found += some
        if after is None:
            break
    return found[: MOST_ROWS + 1]


async def _people(desk: Desk, at: AtDealer, keys: Sequence[str]) -> Known:
    """Who they are, where that is theirs to see."""
    if not at.may("see_customers"):
        return None
    found: dict[str, CustomerCard] = {}
    for first in range(0, len(keys), NAMES_AT_ONCE):
        found |= await desk.directory.of(set(keys[first : first + NAMES_AT_ONCE]))
    return found
