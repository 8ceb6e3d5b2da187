"""Followup's read endpoints: a customer's plan; a dealer's tasks to do in lists, by day, in numbers
and as a calendar; and how satisfied its customers are."""

from functools import partial

from fastapi import APIRouter, Request, Response

from services.followup.adapters.calendars import calendar_response
from services.followup.adapters.figure_routes import routes_behind_figures
from services.followup.adapters.parameters import (
    AS_A_CALENDAR,
    CALENDAR_LIMIT,
    DEFAULT_LIMIT,
    TABLE_LIMIT,
    After,
    AsComponent,
    CalendarLang,
    DueBefore,
    DueFrom,
    IfNoneMatch,
    IsOverdue,
    ListLimit,
    OfDay,
    OfGrade,
    OfKind,
    OfPerson,
    OfRole,
    OfStatus,
    People,
)
from services.followup.adapters.reading import (
    known_customer,
    months_of,
    rules_of,
    satisfaction_of,
    tasks_listed,
    tasks_of_a_day,
)
from services.followup.domain.facts import FollowUpFacts
from services.followup.views.asked import asked_day, asked_due, check_worker
from services.followup.views.calendar import calendar_of
from services.followup.views.customer import customer_tasks
from services.followup.views.day_list import AskedDay
from services.followup.views.leads import AskedLeads, counted_leads, leads_csv
from services.followup.views.satisfaction_table import satisfaction_csv
from services.followup.views.tables import counts_csv, day_csv, tasks_csv, titles_of
from services.followup.views.task_counts import AskedCounts, counted_tasks
from services.followup.views.work_list import AskedTasks, asked_status
from shared.contracts.http.followup import CustomerTasks
from shared.contracts.http.followup_leads import LeadMonths
from shared.contracts.http.followup_lists import DayOfTasks, DealerTasks, TaskCounts
from shared.contracts.http.followup_satisfaction import Satisfaction
from shared.dealers.dealer import Dealers
from shared.platform.asked import OF_A_CUSTOMER, OF_A_DEALER, CustomerKey, FromMonth, ToMonth
from shared.platform.needs import in_path, named, needs
from shared.platform.problems import refusing, wrongly_asked
from shared.platform.tables import AS_A_TABLE, AskedTable, with_next
from shared.runtime import (
    PAGE_LIMIT,
    Reader,
    customer_facts,
    holding,
    known_dealer,
    telling_holds,
)
from shared.time.clock import TimeSource
from shared.time.months import month_text


def routes(reader: Reader[FollowUpFacts], clock: TimeSource, *, dealers: Dealers) -> APIRouter:
    """The endpoints, answered from `reader`; days are those of the dealers' zones."""
    router = APIRouter(prefix="/v1", tags=["tasks"])
    _route_of_a_customer(router, reader, clock)
    _route_of_the_list(router, reader, clock, dealers)
    _route_of_counts(router, reader, clock, dealers)
    _route_of_a_day(router, reader, clock, dealers)
    _route_of_the_calendar(router, reader, clock)
    _route_of_satisfaction(router, reader, clock, dealers)
    _route_of_leads(router, reader, clock, dealers)
    routes_behind_figures(router, reader, clock, dealers)
    return router


def _route_of_a_customer(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource
) -> None:
    @router.get(
        "/customers/{key:path}",
        dependencies=[
            needs("tasks:read", named("key")),
            holding(partial(customer_facts, reader), "key"),
        ],
        summary="A customer's plan: what is to be said and was, what comes, and what is not said",
        responses=telling_holds(OF_A_CUSTOMER),
    )
    async def customer(key: CustomerKey) -> CustomerTasks:
        snapshot, now = await known_customer(reader, key), clock.now()
        return customer_tasks(snapshot, rules_of(reader, snapshot.dealer_id, now), now)


def _route_of_the_list(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/tasks",
        dependencies=[needs("tasks:read", in_path)],
        summary="A dealer's tasks to do, by due time and priority",
        response_model=DealerTasks,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def tasks(
        request: Request,
        group: str,
        dealer: str,
        *,
        role: OfRole = None,
        person: OfPerson = None,
        kind: OfKind = None,
        grade: OfGrade = None,
        due_from: DueFrom = None,
        due_before: DueBefore = None,
        overdue: IsOverdue = None,
        status: OfStatus = None,
        after: After = "",
        limit: ListLimit = None,
        table: AskedTable,
    ) -> DealerTasks | Response:
        """A page costs what it shows, however many tasks there are.

        Where several things are asked for at once, a page may be shorter than asked for and still
        have an `after`.
        """
        dealer_id = known_dealer(reader, group, dealer)
        most = limit or (TABLE_LIMIT if table.is_wanted else DEFAULT_LIMIT)
        if most > PAGE_LIMIT and not table.is_wanted:
            raise wrongly_asked("limit", f"at most {PAGE_LIMIT}; a table may have {TABLE_LIMIT}")
        zone = dealers.zone_of(dealer_id)
        with refusing():
            asked = AskedTasks(
                dealer_id=dealer_id,
                now=clock.now(),
                role=role,
                person=person,
                kind=kind,
                grade=grade,
                due_from=asked_due("due_from", due_from, zone),
                due_before=asked_due("due_before", due_before, zone),
                is_overdue=asked_status(status, overdue),
            )
        found = await tasks_listed(reader, asked, after, most)
        answer = table.answer(found, partial(tasks_csv, zone=zone), name=f"tasks-{dealer_id}")
        return with_next(answer, request, after=found.after)


def _route_of_counts(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/tasks/counts",
        dependencies=[needs("tasks:read", in_path)],
        summary="How many tasks a dealer has to do, by role, person, kind and grade",
        response_model=TaskCounts,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def counts(group: str, dealer: str, *, table: AskedTable) -> TaskCounts | Response:
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        until = await reader.summarized_until()
        totals = await reader.totals(dealer_id)
        today = now.astimezone(dealers.zone_of(dealer_id)).date()
        titles = titles_of(rules_of(reader, dealer_id, now))
        found = counted_tasks(AskedCounts(dealer_id, today), totals, now, until, titles)
        as_table = partial(counts_csv, titles=titles)
        return table.answer(found, as_table, name=f"task-counts-{dealer_id}")


def _route_of_a_day(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/tasks/day",
        dependencies=[needs("tasks:read", in_path)],
        summary="What a person, or those of a role, are to do on one day",
        response_model=DayOfTasks,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def day(
        group: str,
        dealer: str,
        *,
        role: OfRole = None,
        person: OfPerson = None,
        on: OfDay = None,
        people: People = 1,
        table: AskedTable,
    ) -> DayOfTasks | Response:
        """Urgent tasks come at once. Of others a person has no more a day than the dealer's policy
        says; the next working day has what does not fit. By `role` it is what nobody in
        particular is to do: what was given to somebody is on their own list."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone, policy = dealers.zone_of(dealer_id), rules_of(reader, dealer_id, now)
        today = now.astimezone(zone).date()
        with refusing():
            check_worker(role, person)
            asked = AskedDay(
                dealer_id=dealer_id,
                day=asked_day(on, today),
                today=today,
                role=role,
                person=person,
                people=people if person is None else 1,
                most=policy.most_per_day,
                hours=policy.hours,
                zone=zone,
            )
        found = await tasks_of_a_day(reader, asked, now)
        name = f"tasks-{asked.day.isoformat()}-{dealer_id}"
        return table.answer(found, partial(day_csv, zone=zone), name=name)


def _route_of_the_calendar(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/tasks/calendar.ics",
        dependencies=[needs("tasks:read", in_path)],
        summary="The tasks of a role or a person as a calendar to subscribe to",
        response_class=Response,
        responses={**AS_A_CALENDAR, **OF_A_DEALER},
    )
    async def calendar(
        group: str,
        dealer: str,
        *,
        role: OfRole = None,
        person: OfPerson = None,
        component: AsComponent = "event",
        lang: CalendarLang = None,
        if_none_match: IfNoneMatch = "",
    ) -> Response:
        """Those that are due first, a thousand at most. Who they are about is told by the
        customer's key alone."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        if role is None and person is None:
            raise wrongly_asked("role", "a `role` or a `person`, or both")
        asked = AskedTasks(dealer_id=dealer_id, now=now, role=role, person=person)
        found = await tasks_listed(reader, asked, "", CALENDAR_LIMIT)
        whose = person or role or ""
        content = calendar_of(found.tasks, whose=whose, component=component, lang=lang)
        return calendar_response(content, if_none_match, name=f"tasks-{dealer_id}")


def _route_of_satisfaction(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/satisfaction",
        dependencies=[needs("tasks:read", in_path)],
        summary="How satisfied a dealer's customers are, by month and step of the process",
        response_model=Satisfaction,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def satisfaction(
        group: str,
        dealer: str,
        *,
        first: FromMonth = None,
        last: ToMonth = None,
        table: AskedTable,
    ) -> Satisfaction | Response:
        """What customers answer (SSI, CSI) beside what the feeds say without asking them, against
        the targets of the dealer's policy; and what is measured of the five gaps."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone = dealers.zone_of(dealer_id)
        found = await satisfaction_of(reader, dealer_id, now, first=first, last=last, zone=zone)
        return table.answer(found, satisfaction_csv, name=f"satisfaction-{dealer_id}")


def _route_of_leads(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/leads",
        dependencies=[needs("tasks:read", in_path)],
        summary="A dealer's leads by the month in which they came, and what became of them",
        response_model=LeadMonths,
        responses={**AS_A_TABLE, **OF_A_DEALER},
    )
    async def leads(
        group: str,
        dealer: str,
        *,
        first: FromMonth = None,
        last: ToMonth = None,
        table: AskedTable,
    ) -> LeadMonths | Response:
        """By how they came and by grade: contacted, quasi-lost, lost and why, approved, bought,
        falsely lost. What is known later changes the figures of past months."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        months = months_of(first, last, now, dealers.zone_of(dealer_id))
        asked = AskedLeads(dealer_id, [month_text(month) for month in months])
        until = await reader.summarized_until()
        found = counted_leads(asked, await reader.totals(dealer_id), now, until)
        return table.answer(found, leads_csv, name=f"leads-{dealer_id}")
