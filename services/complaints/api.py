"""Read endpoints for staff and operators: a case and why, a dealer's cases, its statistics."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Any, Literal, NoReturn
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Query, Response

from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.listing import CaseTally
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.views import cursor
from services.complaints.views.case import CasePage, CaseView, is_undecided, line, show
from services.complaints.views.csv import to_csv
from services.complaints.views.statistics import By, Statistics, Tables
from shared.contracts.identifiers import as_composed
from shared.contracts.values import Day
from shared.decider.snapshot import Snapshot
from shared.platform.problems import Refusal, undecided, unknown, wrong_parameters
from shared.runtime import Reader, known_dealer
from shared.time.clock import TimeSource

PAGE_LIMIT = 500
STATISTICS_PAGE = 1000
MOST_CASES = 200_000
"""More are not read for one answer."""
MOST_DAYS = 3 * 366
"""Statistics reach over three years at most."""
_EAST = timezone(timedelta(hours=14))
"""Where a day begins first."""

Group = Annotated[str, Path(description="The dealer group.")]
Dealer = Annotated[str, Path(description="The dealer within the group.")]
CaseId = Annotated[
    str,
    Path(
        description="The `document_id` that intake answered for the complaint, or the `id` of the "
        "case, percent-encoded; slashes may stay."
    ),
]
Which = Annotated[
    Literal["open", "all"],
    Query(
        description="`open`: those of which something may still be owed, by their next deadline, "
        "passed ones first. `all`: also closed, voided and moved ones, by id."
    ),
]
After = Annotated[
    str, Query(description="The `next` of the page before; empty: from the beginning.")
]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many cases at most.")]
Periods = Annotated[By, Query(description="ISO weeks, which begin on Monday, or months.")]
From = Annotated[
    Day | None,
    Query(
        alias="from",
        description="The first day, on which a complaint was received by the dealer's local date. "
        "Without it, the last 12 weeks or months up to `to`.",
    ),
]
To = Annotated[
    Day | None,
    Query(alias="to", description="The last day, included. Without it, today."),
]
Accept = Annotated[
    str,
    Header(description="`text/csv` asks for a table, as `statistics.csv` does; else JSON."),
]
Answers = dict[int | str, dict[str, Any]]
_NOT_FOUND: Answers = {404: {"description": "There is no such case."}}
_NO_DEALER: Answers = {404: {"description": "There is no such dealer here."}}
_INVALID: Answers = {422: {"description": "The request is not valid."}}
_UNDECIDED: Answers = {
    503: {
        "description": "The case was set aside after a fault, and nothing can be said of it at "
        "present. It is tried again by itself.",
    }
}
_CSV: Answers = {
    200: {
        "description": "A row per period, and one for the total.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


def routes(reader: Reader[CaseFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, over what `reader` shows."""
    router = APIRouter(prefix="/v1", tags=["complaints"])

    @router.get(
        "/cases/{case:path}",
        summary="One case: its standing, its timeline, its clocks and why",
        responses={**_NOT_FOUND, **_INVALID, **_UNDECIDED},
    )
    async def one(case: CaseId) -> CaseView:
        """All that is known of one case, as of now.

        The timeline has every step that was reported, those that do not count with the reason,
        and all that followed: holds, reopenings, notices, verdicts, merges. Each clock has its
        ladder, and line by line how its deadline was counted, by which rules.
        """
        snapshot = await _case(reader, case)
        if snapshot is None:
            raise Refusal(unknown("no such case"))
        if is_undecided(snapshot):
            raise Refusal(undecided(f"not decided at present: {snapshot.parked_because}"))
        return show(snapshot, reader.policy, clock.now())

    @router.get(
        "/dealers/{group}/{dealer}/cases",
        summary="A dealer's cases: the open ones by deadline, or all",
        responses={**_NO_DEALER, **_INVALID},
    )
    async def page(
        group: Group,
        dealer: Dealer,
        status: Which = "open",
        after: After = "",
        limit: Limit = 100,
    ) -> CasePage:
        """What has to be done next comes first; open cases of which nothing is due come last.

        A case that changes while pages are read can move to another page.
        """
        return await _page(
            reader,
            clock,
            known_dealer(reader, group, dealer),
            status=status,
            after=after,
            limit=limit,
        )

    @router.get(
        "/dealers/{group}/{dealer}/statistics",
        summary="A dealer's complaints by week or month",
        response_model=Statistics,
        responses={
            200: {**_CSV[200], "description": "The statistics; as a table if asked for."},
            **_NO_DEALER,
            **_INVALID,
        },
    )
    async def statistics(
        group: Group,
        dealer: Dealer,
        *,
        by: Periods = "week",
        first: From = None,
        last: To = None,
        accept: Accept = "application/json",
    ) -> Statistics | Response:
        """Received, by category, severity and channel; deadlines kept and broken, how long it took;
        reopened; customers who complain again.

        A case counts in the period in which it was received, with all that became of it since: the
        figures are current, those of the past too. Duplicates that were merged count as that alone.
        At most three years at once.
        """
        found = await _statistics(
            reader, clock.now(), known_dealer(reader, group, dealer), by=by, first=first, last=last
        )
        return _table(found) if _asks_for_csv(accept) else found

    @router.get(
        "/dealers/{group}/{dealer}/statistics.csv",
        summary="The same as a table for a spreadsheet",
        response_class=Response,
        responses={**_CSV, **_NO_DEALER, **_INVALID},
    )
    async def table(
        group: Group,
        dealer: Dealer,
        by: Periods = "week",
        first: From = None,
        last: To = None,
    ) -> Response:
        """UTF-8 with a byte order mark, which Excel needs to open it correctly in China; one row of
        headings, comma-separated. A text that could be taken for a formula begins with `'`.
        """
        found = await _statistics(
            reader, clock.now(), known_dealer(reader, group, dealer), by=by, first=first, last=last
        )
        return _table(found)

    return router


async def _case(reader: Reader[CaseFacts], given: str) -> Snapshot[CaseFacts] | None:
    """The case of this id, or whose complaint is this document; an id that lost its
    percent-encoding on the way is understood, too."""
    key, _, name = given.partition("|")
    for id_ in dict.fromkeys((given, f"{as_composed(key, plain=3)}|{as_composed(name, plain=4)}")):
        snapshot = await reader.get(id_)
        if snapshot is not None:
            return snapshot
    for document_id in dict.fromkeys((given, as_composed(given, plain=4))):
        snapshots = await reader.named(document_id)
        here = [snapshot for snapshot in snapshots if isinstance(snapshot.facts.complaint, Filed)]
        if snapshots:
            return (here or snapshots)[0]
    return None


async def _page(
    reader: Reader[CaseFacts],
    clock: TimeSource,
    dealer_id: str,
    *,
    status: Literal["open", "all"],
    after: str,
    limit: int,
) -> CasePage:
    if status == "all":
        if after and not after.startswith(f"{dealer_id}/"):
            _refuse("after", "not the `next` of a page of all cases of this dealer")
        snapshots = await reader.page(dealer_id, after=after, limit=limit)
    else:
        snapshots = await reader.open_by_deadline(
            dealer_id, after=_place(after, dealer_id), limit=limit
        )
    last = snapshots[-1] if len(snapshots) == limit else None
    following = last.id if last is not None else None
    if last is not None and status == "open":
        listing = last.listing
        assert listing is not None
        assert listing.deadline is not None
        following = cursor.written((listing.deadline, last.id))
    rulebook, now = reader.policy, clock.now()
    return CasePage(
        cases=tuple(line(snapshot, rulebook, now) for snapshot in snapshots), next=following
    )


def _place(after: str, dealer_id: str) -> cursor.Place | None:
    if not after:
        return None
    try:
        return cursor.read(after, dealer_id)
    except ValueError:
        _refuse("after", "not the `next` of a page of this dealer's open cases")


async def _statistics(
    reader: Reader[CaseFacts],
    now: datetime,
    dealer_id: str,
    *,
    by: By,
    first: date | None,
    last: date | None,
) -> Statistics:
    if last is None:
        last = now.astimezone(_zone_of(reader.policy, dealer_id)).date()
    if first is None:
        first = _weeks_before(last) if by == "week" else _months_before(last)
    if last < first:
        _refuse("to", "it is before the first day")
    if (last - first).days >= MOST_DAYS:
        _refuse("from", f"at most {MOST_DAYS} days at once, which is three years")
    tables = Tables(by, first, last)
    if not await _fill(tables, reader, dealer_id, last):
        _refuse("from", f"more than {MOST_CASES} complaints; ask for less time at once")
    return tables.statistics(dealer_id)


async def _fill(tables: Tables, reader: Reader[CaseFacts], dealer_id: str, last: date) -> bool:
    """Page by page; a day more on either side, as listings go by UTC. False: they are too many."""
    since = datetime.combine(tables.earliest, datetime.min.time(), UTC) - timedelta(days=1)
    until = datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=2)
    after = ""
    for _ in range(MOST_CASES // STATISTICS_PAGE):
        page = await reader.listings(
            dealer_id, since=since, until=until, after=after, limit=STATISTICS_PAGE
        )
        for _, listing in page:
            tally = CaseTally.model_validate(listing.tally)
            tables.add(tally, is_open=listing.deadline is not None)
        if len(page) < STATISTICS_PAGE:
            return True
        after = page[-1][0]
    return False


def _zone_of(rulebook: CaseRulebook, dealer_id: str) -> tzinfo:
    """The zone of the dealer's calendar; without one, where a day begins first."""
    calendar = rulebook.current(dealer_id).calendar
    return ZoneInfo(calendar.timezone) if calendar is not None else _EAST


def _weeks_before(last: date) -> date:
    return last - timedelta(days=last.weekday() + 11 * 7)


def _months_before(last: date) -> date:
    months = last.year * 12 + last.month - 1 - 11
    return date(months // 12, months % 12 + 1, 1)


def _asks_for_csv(accept: str) -> bool:
    kinds = [kind.partition(";")[0].strip() for kind in accept.lower().split(",")]
    return "text/csv" in kinds and "application/json" not in kinds


def _table(found: Statistics) -> Response:
    name = f"complaints-{found.dealer_id.replace('/', '-')}-{found.total.first}-{found.total.last}"
    return Response(
        to_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"', "vary": "accept"},
    )


def _refuse(parameter: str, message: str) -> NoReturn:
    """Answer 422, in the form of all such answers."""
    raise Refusal(wrong_parameters([{"loc": ("query", parameter), "msg": message}]))
