"""Read endpoints for staff and operators: a case and why, a dealer's cases, its statistics."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from itertools import takewhile
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from services.complaints.adapters.reading import (
    LISTINGS_PAGE,
    MOST_CASES,
    PAGE_LIMIT,
    cases_counted,
    open_cases,
    open_cases_of,
    wrong,
)
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.listing import ClockState
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.views import cursor
from services.complaints.views.case import documents_meant, ids_meant, is_undecided, line, show
from services.complaints.views.csv import to_csv
from services.complaints.views.sought import CountedCases
from services.complaints.views.statistics import Tables, WrongDays, asked_days, today_at
from shared.contracts.http.complaints import CasePage, CaseView
from shared.contracts.http.complaints_statistics import By, Statistics
from shared.contracts.identifiers import aggregate_within
from shared.contracts.values import Day
from shared.decider.snapshot import Snapshot
from shared.platform.needs import in_path, named, needs
from shared.platform.problems import Refusal, undecided, unknown
from shared.platform.tables import CSV_CONTENT, Accept, asks_for_csv, csv_response
from shared.runtime import Reader, holding, known_dealer, telling_holds
from shared.time.clock import TimeSource

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
Customer = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="Only complaints of the customer of this key, by id; with `status=open` those "
        "that are.",
    ),
]
Owner = Annotated[
    str | None,
    Query(
        max_length=200,
        description="Only open cases that the one of this staff id is responsible for, by "
        "deadline; a page may be shorter than asked for and still have a `next`.",
    ),
]
OfClock = Annotated[
    str | None,
    Query(alias="clock", max_length=200, description="Only those with this clock, as counted."),
]
InState = Annotated[
    ClockState | None,
    Query(alias="clock_state", description="Only those with a clock in this state, as counted."),
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
Responses = dict[int | str, dict[str, Any]]
_NOT_FOUND: Responses = {404: {"description": "There is no such case."}}
_NO_DEALER: Responses = {404: {"description": "There is no such dealer here."}}
_INVALID: Responses = {422: {"description": "The request is not valid."}}
_UNDECIDED: Responses = {
    503: {
        "description": "The case was set aside after a fault, and nothing can be said of it at "
        "present. It is tried again by itself.",
    }
}
_CSV: Responses = {
    200: {
        "description": "A row per period, and one for the total.",
        "content": CSV_CONTENT,
    }
}


def routes(reader: Reader[CaseFacts], clock: TimeSource) -> APIRouter:
    """The endpoints, over what `reader` shows."""
    router = APIRouter(prefix="/v1", tags=["complaints"])
    _route_of_a_case(router, reader, clock)
    _route_of_the_list(router, reader, clock)
    _routes_of_statistics(router, reader, clock)
    return router


def _route_of_a_case(router: APIRouter, reader: Reader[CaseFacts], clock: TimeSource) -> None:
    @router.get(
        "/cases/{case:path}",
        dependencies=[
            needs("complaints:read", named("case")),
            holding(partial(_facts_of_case, reader), "case"),
        ],
        summary="One case: its standing, its timeline, its clocks and why",
        responses=telling_holds({**_NOT_FOUND, **_INVALID, **_UNDECIDED}),
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


def _route_of_the_list(router: APIRouter, reader: Reader[CaseFacts], clock: TimeSource) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/cases",
        dependencies=[needs("complaints:read", in_path)],
        summary="A dealer's cases: the open ones by deadline, or all",
        responses={**_NO_DEALER, **_INVALID},
    )
    async def page(
        group: Group,
        dealer: Dealer,
        *,
        status: Which = "open",
        customer: Customer = None,
        after: After = "",
        owner: Owner = None,
        clock_name: OfClock = None,
        state: InState = None,
        first: From = None,
        last: To = None,
        limit: Limit = 100,
    ) -> CasePage:
        """What has to be done next comes first; open cases of which nothing is due come last.

        With any of `clock`, `clock_state`, `from` and `to` they are those that the statistics
        count, by id: the last 12 weeks where no day is said. A case that changes while pages are
        read can move to another page.
        """
        dealer_id = known_dealer(reader, group, dealer)
        now = clock.now()
        is_counted = any(each is not None for each in (clock_name, state, first, last))
        _check_one_of(customer=customer, owner=owner, counted=is_counted or None, status=status)
        if is_counted:
            days = _days(reader.policy, dealer_id, now, by="week", first=first, last=last)
            asked = CountedCases(first=days[0], last=days[1], clock=clock_name, state=state)
            found = await cases_counted(
                reader, dealer_id, asked, now, after=after, limit=limit, and_open=status == "open"
            )
            return CasePage(cases=tuple(found.lines), next=found.next)
        if owner is not None:
            found = await open_cases_of(reader, dealer_id, owner, now, after=after, limit=limit)
            return CasePage(cases=tuple(found.lines), next=found.next)
        if customer is not None:
            theirs = await _cases_of(reader, dealer_id, customer, after, limit)
            following = cursor.next_page(theirs, limit=limit, by_deadline=False)
            shown = (line(each, reader.policy, now) for each in theirs if _counts(each, status))
            return CasePage(cases=tuple(shown), next=following)
        read = _all_cases if status == "all" else open_cases
        snapshots = await read(reader, dealer_id, after, limit)
        following = cursor.next_page(snapshots, limit=limit, by_deadline=status == "open")
        lines = tuple(line(each, reader.policy, now) for each in snapshots)
        return CasePage(cases=lines, next=following)


def _routes_of_statistics(router: APIRouter, reader: Reader[CaseFacts], clock: TimeSource) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/statistics",
        dependencies=[needs("complaints:read", in_path)],
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
        dealer_id = known_dealer(reader, group, dealer)
        tables = _tables(reader.policy, dealer_id, clock.now(), by=by, first=first, last=last)
        found = await _filled(tables, reader, dealer_id)
        return _table(found) if asks_for_csv(accept) else found

    @router.get(
        "/dealers/{group}/{dealer}/statistics.csv",
        dependencies=[needs("complaints:read", in_path)],
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
        dealer_id = known_dealer(reader, group, dealer)
        tables = _tables(reader.policy, dealer_id, clock.now(), by=by, first=first, last=last)
        return _table(await _filled(tables, reader, dealer_id))


async def _case(reader: Reader[CaseFacts], given: str) -> Snapshot[CaseFacts] | None:
    """The case of this id, or whose complaint is this document; an id that lost its
    percent-encoding on the way is understood, too."""
    for id_ in ids_meant(given):
        snapshot = await reader.get(id_)
        if snapshot is not None:
            return snapshot
    for document_id in documents_meant(given):
        snapshots = await reader.named(document_id)
        here = [snapshot for snapshot in snapshots if isinstance(snapshot.facts.complaint, Filed)]
        if snapshots:
            return (here or snapshots)[0]
    return None


async def _facts_of_case(reader: Reader[CaseFacts], given: str) -> CaseFacts | None:
    """What is known of the case that `_case` shows; None where its complaint has gone to another
    customer, and did not arrive there so far."""
    for id_ in ids_meant(given):
        facts = await reader.facts(id_)
        if facts is not None:
            return facts
    for document_id in documents_meant(given):
        found = await reader.facts_named(document_id)
        here = [facts for facts in found if isinstance(facts.complaint, Filed)]
        if found:
            still = [facts for facts in found if facts.complaint is None]
            return next(iter(here or still), None)
    return None


async def _all_cases(
    reader: Reader[CaseFacts], dealer_id: str, after: str, limit: int
) -> Sequence[Snapshot[CaseFacts]]:
    if after and not after.startswith(f"{dealer_id}/"):
        raise wrong("after", "not the `next` of a page of all cases of this dealer")
    return await reader.page(dealer_id, after=after, limit=limit)


async def _cases_of(
    reader: Reader[CaseFacts], dealer_id: str, customer: str, after: str, limit: int
) -> Sequence[Snapshot[CaseFacts]]:
    """The ids of a customer's cases begin with their key."""
    if not customer.startswith(f"{dealer_id}/"):
        raise wrong("customer", "not the key of a customer of this dealer")
    theirs = aggregate_within(customer, "")
    if after and not after.startswith(theirs):
        raise wrong("after", "not the `next` of a page of this customer's cases")
    found = await reader.page(dealer_id, after=after or theirs, limit=limit)
    return [*takewhile(lambda each: each.id.startswith(theirs), found)]


def _counts(snapshot: Snapshot[CaseFacts], status: str) -> bool:
    is_open = snapshot.listing is not None and snapshot.listing.deadline is not None
    return status == "all" or is_open


def _check_one_of(
    *, customer: str | None, owner: str | None, counted: bool | None, status: str
) -> None:
    if [customer, owner, counted].count(None) < 2:
        raise wrong("owner", "a customer's cases, somebody's, or those that are counted")
    if owner is not None and status != "open":
        raise wrong("status", "an owner's cases are those that are open")


def _days(
    rulebook: CaseRulebook,
    dealer_id: str,
    now: datetime,
    *,
    by: By,
    first: date | None,
    last: date | None,
) -> tuple[date, date]:
    try:
        return asked_days(by, first, last, today=today_at(rulebook, dealer_id, now))
    except WrongDays as wrong_days:
        raise wrong(wrong_days.parameter, wrong_days.message) from None


def _tables(
    rulebook: CaseRulebook,
    dealer_id: str,
    now: datetime,
    *,
    by: By,
    first: date | None,
    last: date | None,
) -> Tables:
    return Tables(by, *_days(rulebook, dealer_id, now, by=by, first=first, last=last))


async def _filled(tables: Tables, reader: Reader[CaseFacts], dealer_id: str) -> Statistics:
    """The statistics of all cases of that time, which are read page by page."""
    since, until = tables.received_within
    after = ""
    for _ in range(MOST_CASES // LISTINGS_PAGE):
        page = await reader.listings(
            dealer_id, since=since, until=until, after=after, limit=LISTINGS_PAGE
        )
        tables.add_listed(listing for _, listing in page)
        if len(page) < LISTINGS_PAGE:
            return tables.statistics(dealer_id)
        after = page[-1][0]
    raise wrong("from", f"more than {MOST_CASES} complaints; ask for less time at once")


def _table(found: Statistics) -> Response:
    name = f"complaints-{found.dealer_id}-{found.total.first}-{found.total.last}"
    return csv_response(to_csv(found), name=name)
