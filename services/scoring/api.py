"""Scoring's read endpoints: a customer's score and why, a dealer's customers in lists, by grade
and month by month."""

from asyncio import to_thread
from functools import partial

from fastapi import APIRouter, Request, Response

from services.scoring.adapters.parameters import (
    DEFAULT_LIMIT,
    TABLE_LIMIT,
    After,
    By,
    FromDay,
    Left,
    ListLimit,
    MoveMonth,
    OfGrade,
    OfMoves,
    OfRisk,
    Order,
    PageLimit,
    Period,
    Reached,
    SeriesBy,
    Sort,
    ToDay,
)
from services.scoring.adapters.reading import (
    counted_months,
    customers_by_key,
    customers_listed,
    moves_listed,
    rules_of,
    scored_customer,
)
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.ranks import MONTHS_LISTED
from services.scoring.views.analysis import TRAITS, analysed
from services.scoring.views.asked import asked_days, asked_list
from services.scoring.views.customer import course_of, customer_score
from services.scoring.views.grades import grades_of
from services.scoring.views.history import local_day, series
from services.scoring.views.moves import AskedMoves
from services.scoring.views.rhythms import rhythms_page
from services.scoring.views.shadow import shadow_score
from services.scoring.views.tables import analysis_csv, customers_csv, grades_csv, history_csv
from shared.contracts.http.rhythms import Rhythms
from shared.contracts.http.scoring import CustomerScore, ScoreHistory
from shared.contracts.http.scoring_lists import Customers
from shared.contracts.http.scoring_months import Analysis, Grades
from shared.contracts.http.scoring_moves import Moves
from shared.dealers.dealer import Dealers
from shared.decider.asked_lines import behind
from shared.platform.asked import (
    OF_A_CUSTOMER,
    OF_A_DEALER,
    CustomerKey,
    FromMonth,
    Limit,
    ToMonth,
)
from shared.platform.needs import in_path, named, needs, principal_of
from shared.platform.problems import Refusal, refusing, unknown, wrongly_asked
from shared.platform.tables import AS_A_TABLE, AskedTable, with_next
from shared.runtime import (
    PAGE_LIMIT,
    Reader,
    customer_facts,
    holding,
    known_dealer,
    shadow_routes,
    telling_holds,
)
from shared.time.asked_months import asked_months
from shared.time.clock import TimeSource
from shared.time.months import month_at


def routes(reader: Reader[ScoringFacts], clock: TimeSource, *, dealers: Dealers) -> APIRouter:
    """The endpoints, answered from `reader`; days and months are those of the dealers' zones."""
    router = APIRouter(prefix="/v1", tags=["scores"])
    _routes_of_a_customer(router, reader, clock, dealers)
    _routes_of_lists(router, reader, clock, dealers)
    _route_of_grades(router, reader, clock, dealers)
    _route_of_moves(router, reader, clock, dealers)
    _route_of_the_analysis(router, reader, clock, dealers)
    _route_of_rhythms(router, reader, clock)
    router.include_router(shadow_routes(reader))
    return router


def _routes_of_a_customer(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/customers/{group}/{dealer}/{source}/{number:path}/history",
        dependencies=[needs("scores:read", in_path)],
        summary="How a customer's points and grade went",
        response_model=ScoreHistory,
        responses={**AS_A_TABLE, **OF_A_CUSTOMER},
    )
    async def history(
        group: str,
        dealer: str,
        source: str,
        number: str,
        *,
        by: SeriesBy = "change",
        first: FromDay = None,
        last: ToDay = None,
        table: AskedTable,
    ) -> ScoreHistory | Response:
        """By all that is known now: a document that arrives late changes what was before, too."""
        snapshot = await scored_customer(reader, f"{group}/{dealer}/{source}/{number}")
        now, zone = clock.now(), dealers.zone_of(snapshot.dealer_id)
        moments = course_of(snapshot, rules_of(reader, snapshot, now), now).moments
        today = local_day(now, zone)
        began = min(local_day(moments[0].at, zone), today) if moments else today
        with refusing():
            since, until = asked_days(by, first, last, began=began, today=today)
        found = ScoreHistory(
            customer_key=snapshot.id,
            moments=series(moments, by, since, until, zone=zone, now=now),
            as_of=now,
        )
        as_table = partial(history_csv, zone=zone)
        return table.answer(found, as_table, name=f"history-{snapshot.dealer_id}")

    @router.get(
        "/customers/{key:path}",
        dependencies=[
            needs("scores:read", named("key")),
            holding(partial(customer_facts, reader), "key"),
        ],
        summary="A customer's score, and why: down to the documents",
        responses=telling_holds(OF_A_CUSTOMER),
    )
    async def customer(request: Request, key: CustomerKey) -> CustomerScore:
        snapshot = await scored_customer(reader, key)
        now, may_see = clock.now(), partial(principal_of(request).may, "scores:read")
        score = customer_score(snapshot, rules_of(reader, snapshot, now), now, may_see=may_see)
        if score is None:
            raise Refusal(unknown("no score of such a customer"))
        shadow = shadow_score(snapshot, reader.policy, now, may_see=may_see)
        return score.model_copy(update={"shadow": shadow})


def _routes_of_lists(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/customers",
        dependencies=[needs("scores:read", in_path)],
        summary="A dealer's customers in lists: by score, grade, risk, next visit, points moved",
        response_model=Customers,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def customers(
        request: Request,
        group: str,
        dealer: str,
        *,
        grade: OfGrade = None,
        risk: OfRisk = None,
        sort: Sort = None,
        period: Period = None,
        order: Order = None,
        after: After = "",
        limit: ListLimit = None,
        table: AskedTable,
    ) -> Customers | Response:
        """A page costs what it shows, however many customers there are.

        A customer who changes while pages are read can move to another page. Where a grade or a
        risk is asked for in an order that is kept for all, a page may be shorter than asked for and
        still have an `after`.
        """
        dealer_id = known_dealer(reader, group, dealer)
        now, zone = clock.now(), dealers.zone_of(dealer_id)
        most = limit or (TABLE_LIMIT if table.is_wanted else DEFAULT_LIMIT)
        if most > PAGE_LIMIT and not table.is_wanted:
            raise wrongly_asked("limit", f"at most {PAGE_LIMIT}; a table may have {TABLE_LIMIT}")
        with refusing():
            asked = asked_list(
                dealer_id,
                sort=sort,
                descending=None if order is None else order == "desc",
                grade=grade,
                risk=risk,
                period=period,
                present=month_at(now, zone),
            )
        if asked is None:
            found = await customers_by_key(reader, dealer_id, after, most, now)
        else:
            found = await customers_listed(reader, asked, after, most, now)
        name = f"customers-{asked.sort if asked else 'key'}-{dealer_id}"
        answer = table.answer(found, partial(customers_csv, zone=zone), name=name)
        return with_next(answer, request, after=found.after)


def _route_of_grades(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/grades",
        dependencies=[needs("scores:read", in_path)],
        summary="A dealer's customers by grade and risk, now and month by month",
        response_model=Grades,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def grades(
        group: str,
        dealer: str,
        *,
        first: FromMonth = None,
        last: ToMonth = None,
        table: AskedTable,
    ) -> Grades | Response:
        """How many customers there are of each grade and at each risk at the end of each month, and
        how many moved from one to another in it."""
        dealer_id = known_dealer(reader, group, dealer)
        now = clock.now()
        found = await counted_months(
            reader, dealers, dealer_id, now, first=first, last=last, and_since=True
        )
        months = [grades_of(month) for month in found.months]
        answer = Grades(
            dealer_id=dealer_id,
            now=months[-1],
            months=tuple(each for each in months if last is None or each.month <= last),
            as_of=found.until,
            behind_seconds=behind(now, found.until),
        )
        return table.answer(answer, grades_csv, name=f"grades-{dealer_id}")


def _route_of_moves(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/moves",
        dependencies=[needs("scores:read", in_path)],
        summary="Which customers moved from one grade, or risk, to another, the newest first",
        responses=OF_A_DEALER,
    )
    async def moves(
        group: str,
        dealer: str,
        *,
        of: OfMoves,
        left: Left = None,
        reached: Reached = None,
        first: MoveMonth = None,
        last: ToMonth = None,
        after: After = "",
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Moves:
        """As the figures count them. Where not all of a month are asked for, a page may be shorter
        than asked for and still have an `after`."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone = dealers.zone_of(dealer_id)
        with refusing():
            months = asked_months(first, last, present=month_at(now, zone), counted=MONTHS_LISTED)
        asked = AskedMoves(
            dealer_id=dealer_id, of=of, months=months, zone=zone, left=left, reached=reached
        )
        return await moves_listed(reader, asked, after, limit, now)


def _route_of_the_analysis(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/analysis",
        dependencies=[needs("scores:read", in_path)],
        summary="Customers, visits and value by month and by what customers have in common",
        response_model=Analysis,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def analysis(
        group: str,
        dealer: str,
        *,
        by: By,
        first: FromMonth = None,
        last: ToMonth = None,
        table: AskedTable,
    ) -> Analysis | Response:
        """What the feed does not tell is `unknown`. Age is the one that is reached in the year of
        the month; a customer's car is the one that they bought or brought last."""
        dealer_id = known_dealer(reader, group, dealer)
        now = clock.now()
        found = await counted_months(
            reader, dealers, dealer_id, now, first=first, last=last, among=TRAITS.get(by)
        )
        answer = Analysis(
            dealer_id=dealer_id,
            by=by,
            months=await to_thread(analysed, found.months, by),
            as_of=found.until,
            behind_seconds=behind(now, found.until),
        )
        return table.answer(answer, analysis_csv, name=f"analysis-{by}-{dealer_id}")


def _route_of_rhythms(router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/rhythms",
        dependencies=[needs("scores:read", in_path)],
        summary="On which days a dealer's customers came, without saying who they are",
        responses=OF_A_DEALER,
    )
    async def rhythms(group: str, dealer: str, after: str = "", limit: Limit = 100) -> Rhythms:
        page = await reader.page(known_dealer(reader, group, dealer), after=after, limit=limit)
        return rhythms_page(page, limit=limit, as_of=clock.now())
