"""What followup's endpoints read: a customer, pages of a list, the tasks of a day, the months of a
dealer."""

import asyncio
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Protocol, TypeVar

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpRulebook
from services.followup.domain.satisfaction import MONTHS_COUNTED
from services.followup.views.day_list import MOST_IN_TURN, AskedDay
from services.followup.views.satisfaction import TOTAL, counted_in, figures_of
from services.followup.views.service_gaps import service_gaps
from services.followup.views.work_list import AskedTasks, page_of_tasks
from shared.contracts.http.followup_lists import DayOfTasks, DealerTasks
from shared.contracts.http.followup_satisfaction import Satisfaction
from shared.decider.asked_lines import AskedLines, FoundLines, behind
from shared.decider.snapshot import Snapshot
from shared.platform.problems import Refusal, refusing, unknown
from shared.runtime import Reader, customer_snapshot, lines_listed
from shared.time.asked_months import asked_months
from shared.time.months import month_at, month_text

A_co = TypeVar("A_co", covariant=True)

MOST_READ = 200
"""How many tasks are read at most for a page where some are not asked for: it may be shorter."""


async def known_customer(reader: Reader[FollowUpFacts], key: str) -> Snapshot[FollowUpFacts]:
    """The customer of this key. Refuses who is not known (404) or cannot be decided at present
    (503)."""
    snapshot = await customer_snapshot(reader, key)
    if snapshot is None:
        raise Refusal(unknown("nothing is known of such a customer"))
    return snapshot


def rules_of(reader: Reader[FollowUpFacts], dealer_id: str, now: datetime) -> FollowUpPolicy:
    """By which the dealer's customers are decided now."""
    rulebook: FollowUpRulebook = reader.policy
    return rulebook.in_force(dealer_id, now).policy


async def tasks_listed(
    reader: Reader[FollowUpFacts], asked: AskedTasks, after: str, limit: int
) -> DealerTasks:
    """`limit` tasks of a list at most, those behind `after`. Refuses (422) what is the `after` of
    no page of it."""
    until = await reader.summarized_until()
    found = await lines_listed(reader, asked, after, limit, most_read=MOST_READ)
    return page_of_tasks(found, asked.now, until)


async def tasks_of_a_day(
    reader: Reader[FollowUpFacts], asked: AskedDay, now: datetime
) -> DayOfTasks:
    """What is to be done that day. Refuses (422) a day before which too much comes."""
    with refusing():
        most = asked.most_in_turn
    until = await reader.summarized_until()
    first, others, done = await asyncio.gather(
        lines_listed(reader, asked.of_their_own_day, "", MOST_IN_TURN),
        lines_listed(reader, asked.in_turn, "", most),
        _done_today(reader, asked),
    )
    asked = replace(asked, done=done)
    return asked.day_of([*first.lines, *others.lines], now, until)


async def _done_today(reader: Reader[FollowUpFacts], asked: AskedDay) -> int:
    if asked.done_today is None:
        return 0
    return len((await lines_listed(reader, asked.done_today, "", asked.most)).lines)


class AskedPage(AskedLines, Protocol[A_co]):
    """Some lines of a list, and what is answered of them."""

    def page(self, found: FoundLines, now: datetime, until: datetime | None) -> A_co: ...


async def page_behind(
    reader: Reader[FollowUpFacts], asked: AskedPage[A_co], after: str, limit: int, now: datetime
) -> A_co:
    """`limit` lines at most, those behind `after`. Refuses (422) what is the `after` of no page of
    them."""
    until = await reader.summarized_until()
    return asked.page(await lines_listed(reader, asked, after, limit), now, until)


def months_of(first: str | None, last: str | None, now: datetime, zone: tzinfo) -> range:
    """The months from one to another. Refuses (422) months that cannot be."""
    with refusing():
        return asked_months(first, last, present=month_at(now, zone), counted=MONTHS_COUNTED)


async def satisfaction_of(
    reader: Reader[FollowUpFacts],
    dealer_id: str,
    now: datetime,
    *,
    first: str | None,
    last: str | None,
    zone: tzinfo,
) -> Satisfaction:
    """The months from one to another. Refuses (422) months that cannot be."""
    months, present = months_of(first, last, now, zone), month_at(now, zone)
    until = await reader.summarized_until()
    totals = await reader.totals(dealer_id)
    aims = rules_of(reader, dealer_id, now).satisfaction
    by_month, together = counted_in(totals, months, present=present)
    total = figures_of(TOTAL, together, aims)
    return Satisfaction(
        dealer_id=dealer_id,
        months=tuple(
            figures_of(month_text(month), counted, aims) for month, counted in by_month.items()
        ),
        total=total,
        gaps=service_gaps(total, together, aims),
        as_of=until,
        behind_seconds=behind(now, until),
    )
