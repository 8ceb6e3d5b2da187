"""Scoring's read endpoints: a customer's score and why, a dealer's customers in lists, by grade
and month by month."""

from asyncio import to_thread
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.scoring.domain.counters import Shared
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.months import month_at
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rulebook import ScoringRulebook
from services.scoring.views import tables
from services.scoring.views.analysis import SHARED, analysed
from services.scoring.views.asked import WronglyAsked, asked_days, asked_list, asked_months
from services.scoring.views.customer import course_of, customer_score, score_of
from services.scoring.views.dealer import customers_page
from services.scoring.views.grades import grades_of
from services.scoring.views.history import HistoryBy, local_day, series
from services.scoring.views.listing import AskedList, FoundLines, WrongCursor, behind
from services.scoring.views.shadow import shadow_score
from services.scoring.views.totals import CountedMonths
from shared.contracts.http.scoring import CustomerScore, ScoreHistory
from shared.contracts.http.scoring_lists import Customers, ListOrder, ListSort
from shared.contracts.http.scoring_months import Analysis, AnalysisBy, Grades
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Day
from shared.dealers.dealer import Dealers
from shared.decider.snapshot import Snapshot
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, Responses
from shared.platform.problems import Refusal, undecided, unknown, wrong_parameters
from shared.platform.tables import CSV_CONTENT, Accept, Format, asks_for_csv, csv_response
from shared.runtime import Reader, customer_snapshot, known_dealer, shadow_routes
from shared.time.clock import TimeSource

DEFAULT_LIMIT = 100
PAGE_LIMIT = 500
TABLE_LIMIT = 10_000
"""How many customers a table has at most."""
READ_AT_ONCE = 200
"""How many lines of a list are read at once where some of them are not asked for."""
MOST_READ = 2_000
"""How many lines are read at most for a page where some are not asked for: it may be shorter."""
AS_A_TABLE: Responses = {200: {"content": CSV_CONTENT}}

Limit = Annotated[
    int | None,
    Query(
        ge=1,
        le=TABLE_LIMIT,
        description=f"How many customers at most: up to {PAGE_LIMIT} (without it 100), in a table "
        f"up to {TABLE_LIMIT} (without it that many).",
    ),
]
After = Annotated[str, Query(description="The `after` of the page before; empty: the first page.")]
Sort = Annotated[
    ListSort | None,
    Query(
        description="`key`: all of them, by key. `score`. `risk`: by the risk, and since when they "
        "stand so. `next_visit`: when they are expected. `points`: won and lost in `period`. "
        "Without it `points` where a period is asked for, `score` where a grade or risk is, else "
        "`key`."
    ),
]
Order = Annotated[
    ListOrder | None,
    Query(description="Without it the next visits come first, of others what is the most."),
]
OfGrade = Annotated[Grade | None, Query(description="Those of this grade alone.")]
OfRisk = Annotated[Risk | None, Query(description="Those at this risk alone.")]
Period = Annotated[
    str | None,
    Query(description="A month such as `2026-10`, the present one or one of the 12 before it."),
]
FromMonth = Annotated[
    str | None,
    Query(alias="from", description="The first month, such as `2026-01`; at most 36 ago."),
]
ToMonth = Annotated[
    str | None, Query(alias="to", description="The last month; without it the present one.")
]
FromDay = Annotated[Day | None, Query(alias="from", description="The first day.")]
ToDay = Annotated[Day | None, Query(alias="to", description="The last day; without it today.")]
By = Annotated[AnalysisBy, Query(description="What customers have in common.")]
SeriesBy = Annotated[HistoryBy, Query(description="Every change, or the end of each day or month.")]
Lang = Annotated[
    tables.Lang | None,
    Query(description="The language of a table's headings and words; without it both."),
]


@dataclass(frozen=True, slots=True)
class TableWanted:
    """Whether a table is wanted instead of JSON, and in which language."""

    is_wanted: bool
    lang: tables.Lang | None


def _table_wanted(
    asked: Format = None,
    lang: Lang = None,
    accept: Accept = "application/json",
) -> TableWanted:
    return TableWanted(asks_for_csv(accept, asked), lang)


AskedTable = Annotated[TableWanted, Depends(_table_wanted)]


def routes(reader: Reader[ScoringFacts], clock: TimeSource, *, dealers: Dealers) -> APIRouter:
    """The endpoints, answered from `reader`; days and months are those of the dealers' zones."""
    router = APIRouter(prefix="/v1", tags=["scores"])
    _routes_of_a_customer(router, reader, clock, dealers)
    _routes_of_lists(router, reader, clock, dealers)
    _route_of_grades(router, reader, clock, dealers)
    _route_of_the_analysis(router, reader, clock, dealers)
    router.include_router(shadow_routes(reader))
    return router


def _routes_of_a_customer(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/customers/{group}/{dealer}/{source}/{number:path}/history",
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
        snapshot = await _scored(reader, f"{group}/{dealer}/{source}/{number}")
        now, zone = clock.now(), dealers.zone_of(snapshot.dealer_id)
        moments = course_of(snapshot, _rules(reader, snapshot, now), now).moments
        today = local_day(now, zone)
        began = min(local_day(moments[0].at, zone), today) if moments else today
        with _asked():
            since, until = asked_days(by, first, last, began=began, today=today)
        found = ScoreHistory(
            customer_key=snapshot.id,
            moments=series(moments, by, since, until, zone=zone, now=now),
            as_of=now,
        )
        if table.is_wanted:
            return csv_response(
                tables.history_csv(found, table.lang), name=f"history-{snapshot.dealer_id}"
            )
        return found

    @router.get(
        "/customers/{key:path}",
        summary="A customer's score, and why: down to the documents",
        responses=OF_A_CUSTOMER,
    )
    async def customer(key: CustomerKey) -> CustomerScore:
        snapshot = await _scored(reader, key)
        now = clock.now()
        score = customer_score(snapshot, _rules(reader, snapshot, now), now)
        if score is None:
            raise Refusal(unknown("no score of such a customer"))
        shadow = shadow_score(snapshot, reader.policy, now)
        return score.model_copy(update={"shadow": shadow})


def _routes_of_lists(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/customers",
        summary="A dealer's customers in lists: by score, grade, risk, next visit, points moved",
        response_model=Customers,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def customers(
        group: str,
        dealer: str,
        *,
        grade: OfGrade = None,
        risk: OfRisk = None,
        sort: Sort = None,
        period: Period = None,
        order: Order = None,
        after: After = "",
        limit: Limit = None,
        table: AskedTable,
    ) -> Customers | Response:
        """A page costs what it shows, however many customers there are.

        A customer who changes while pages are read can move to another page. Where a grade or a
        risk is asked for in an order that is kept for all, a page may be shorter than asked for and
        still have an `after`.
        """
        dealer_id = known_dealer(reader, group, dealer)
        now = clock.now()
        most = limit or (TABLE_LIMIT if table.is_wanted else DEFAULT_LIMIT)
        if most > PAGE_LIMIT and not table.is_wanted:
            raise _wrong("limit", f"at most {PAGE_LIMIT}; a table may have {TABLE_LIMIT}")
        with _asked():
            asked = asked_list(
                dealer_id,
                sort=sort,
                descending=None if order is None else order == "desc",
                grade=grade,
                risk=risk,
                period=period,
                present=month_at(now, dealers.zone_of(dealer_id)),
            )
        if asked is None:
            found = await _by_key(reader, dealer_id, after, min(most, PAGE_LIMIT), now)
        else:
            found = await _listed(reader, asked, after, most, now)
        if table.is_wanted:
            name = f"customers-{asked.sort if asked else 'key'}-{dealer_id}"
            return csv_response(tables.customers_csv(found, table.lang), name=name)
        return found


def _route_of_grades(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/grades",
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
        found = await _counted(reader, dealers, dealer_id, now, first=first, last=last)
        up_to_now = found if last is None else await _counted(reader, dealers, dealer_id, now)
        answer = Grades(
            dealer_id=dealer_id,
            now=grades_of(up_to_now.months[-1]),
            months=tuple(map(grades_of, found.months)),
            as_of=found.until,
            behind_seconds=behind(now, found.until),
        )
        if table.is_wanted:
            return csv_response(tables.grades_csv(answer, table.lang), name=f"grades-{dealer_id}")
        return answer


def _route_of_the_analysis(
    router: APIRouter, reader: Reader[ScoringFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/analysis",
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
        found = await _counted(
            reader, dealers, dealer_id, now, first=first, last=last, among=SHARED.get(by)
        )
        answer = Analysis(
            dealer_id=dealer_id,
            by=by,
            months=await to_thread(analysed, found.months, by),
            as_of=found.until,
            behind_seconds=behind(now, found.until),
        )
        if table.is_wanted:
            return csv_response(
                tables.analysis_csv(answer, table.lang), name=f"analysis-{by}-{dealer_id}"
            )
        return answer


async def _counted(
    reader: Reader[ScoringFacts],
    dealers: Dealers,
    dealer_id: str,
    now: datetime,
    *,
    first: str | None = None,
    last: str | None = None,
    among: Shared | None = None,
) -> CountedMonths:
    present = month_at(now, dealers.zone_of(dealer_id))
    with _asked():
        months = asked_months(first, last, present=present)
    until = await reader.summarized_until()
    totals = await reader.totals(dealer_id)
    return await to_thread(CountedMonths.of, totals, months, until, among)


async def _scored(reader: Reader[ScoringFacts], key: str) -> Snapshot[ScoringFacts]:
    """The customer of this key, who can be decided and has a score."""
    snapshot = await customer_snapshot(reader, key)
    if snapshot is not None and snapshot.undecided_because is not None:
        raise Refusal(undecided(f"not scored at present: {snapshot.undecided_because}"))
    if snapshot is None or score_of(snapshot) is None:
        raise Refusal(unknown("no score of such a customer"))
    return snapshot


def _rules(
    reader: Reader[ScoringFacts], snapshot: Snapshot[ScoringFacts], now: datetime
) -> ScoringPolicy:
    rulebook: ScoringRulebook = reader.policy
    return rulebook.in_force(snapshot.dealer_id, now).policy


async def _by_key(
    reader: Reader[ScoringFacts], dealer_id: str, after: str, limit: int, now: datetime
) -> Customers:
    if after and not after.startswith(f"{dealer_id}/"):
        raise _wrong("after", "not the `after` of a page of this dealer's customers")
    page = await reader.page(dealer_id, after=after, limit=limit)
    return customers_page(page, limit=limit, now=now)


async def _listed(
    reader: Reader[ScoringFacts], asked: AskedList, after: str, limit: int, now: datetime
) -> Customers:
    try:
        found = FoundLines(asked, limit, [], asked.place(after))
    except WrongCursor:
        raise _wrong("after", "not the `after` of a page of this list") from None
    until = await reader.summarized_until()
    read = 0
    while not found.is_enough and read < max(MOST_READ, limit):
        page = await reader.listed(
            asked.dealer_id,
            asked.name,
            at_least=asked.part.at_least,
            below=asked.part.below,
            descending=asked.descending,
            after=found.after,
            limit=READ_AT_ONCE if asked.is_sifted else min(limit - len(found.lines), PAGE_LIMIT),
        )
        found.add(page.lines, page.next)
        read += max(len(page.lines), 1)
    return found.page(now, until)


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except WronglyAsked as wrong:
        raise _wrong(wrong.parameter, wrong.message) from None


def _wrong(parameter: str, message: str) -> Refusal:
    return Refusal(wrong_parameters([{"loc": ("query", parameter), "msg": message}]))
