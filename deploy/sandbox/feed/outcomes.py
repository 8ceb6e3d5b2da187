"""What the staff report of the follow-up calls that the feed's own documents give rise to."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from deploy.sandbox.feed.dealership import Dealership
from deploy.sandbox.feed.feed import FeedDraft, exported
from deploy.sandbox.feed.tasks import KnownTask, assignment, outcome
from services.intake.domain.documents import document_id_of
from services.intake.domain.documents.naming import key_of
from shared.contracts.feeds import SaleReported, VisitReported
from shared.contracts.followup import TaskKind

Result = Literal["done", "not_reached", "declined", "postponed", "wrong_number"]
_RESULTS: tuple[Result, ...] = ("done", "not_reached", "declined", "postponed", "wrong_number")
_WEIGHTS = (76, 9, 4, 7, 4)
_CLAIMED, _ASSIGNED = 0.15, 0.05
"""How many of the tasks somebody takes before they call, and how many they are given."""
_CLAIMED_BY_TWO, _GIVEN_BACK = 0.25, 0.15
"""Of those that are claimed."""

Call = Sequence[FeedDraft]
"""What is reported of one task: whose it is, what came of it, and what followed from that."""


def calls(
    rng: random.Random,
    dealership: Dealership,
    drafts: Sequence[FeedDraft],
    *,
    after: datetime,
    before: datetime,
) -> list[Call]:
    """One call, made between `after` and `before`, for each task that is still of use then."""
    made: list[Call] = []
    for draft in drafts:
        if draft.fault is not None:
            continue
        match draft.report:
            case SaleReported(status="delivered") as report if report.sale_type != "wholesale":
                made += _after_delivery(rng, dealership, report, after)
            case VisitReported(status="closed") as report:
                made += _after_visit(rng, dealership, report, after)
            case _:
                pass
    in_time = ([draft for draft in call if after < draft.sent < before] for call in made)
    return [call for call in in_time if call]


def _after_delivery(
    rng: random.Random, dealership: Dealership, report: SaleReported, after: datetime
) -> Iterator[Call]:
    delivered_at = report.delivered_at
    if delivered_at is None:
        return
    if delivered_at > after - timedelta(hours=20):
        at = max(delivered_at, after) + timedelta(hours=rng.uniform(1, 20))
        yield _call(rng, dealership, report, "delivery_thanks", at)
    opens_at = delivered_at + timedelta(days=3)
    if opens_at > after - timedelta(days=3):
        at = max(opens_at, after) + timedelta(hours=rng.uniform(1, 60))
        yield _call(rng, dealership, report, "delivery_satisfaction", at)


def _after_visit(
    rng: random.Random, dealership: Dealership, report: VisitReported, after: datetime
) -> Iterator[Call]:
    closed_at = report.closed_at
    if closed_at is None or report.customer is None or closed_at < after - timedelta(days=2.5):
        return
    next_morning = (closed_at + timedelta(days=1)).astimezone(dealership.dealer.zone)
    opens_at = next_morning.replace(hour=9, minute=0).astimezone(UTC)
    at = max(opens_at, after) + timedelta(hours=rng.uniform(0.5, 40))
    yield _call(rng, dealership, report, "service_satisfaction", at)


def _call(
    rng: random.Random,
    dealership: Dealership,
    report: SaleReported | VisitReported,
    kind: TaskKind,
    at: datetime,
) -> Call:
    assert report.customer is not None, "a call is made to somebody"
    key = key_of(report, report.customer)
    task = KnownTask(report.source, report.dealer_id, key, kind, document_id_of(report))
    caller, *others = rng.sample(dealership.market.staff, len(dealership.market.staff))
    result: Result = rng.choices(_RESULTS, _WEIGHTS)[0]
    day = (at + timedelta(days=5)).date() if result == "postponed" else None
    called = outcome(task, result, at=at, by=caller, channel="phone", next_contact_on=day)
    made = [*_whose(rng, task, caller, others[0], at)]
    made.append(exported(rng, called, f"follow-up call {result.replace('_', ' ')}"))
    if result == "wrong_number":
        correction = task._replace(kind="data_correction", document_id=document_id_of(called))
        later = at + timedelta(hours=rng.uniform(3, 20))
        corrected = outcome(correction, "done", at=later, by=others[0], channel="email")
        made.append(exported(rng, corrected, "telephone number corrected"))
    return made


def _whose(
    rng: random.Random, task: KnownTask, caller: str, other: str, at: datetime
) -> Iterator[FeedDraft]:
    """Before some calls somebody takes the task, or is given it; of some two people at once, and
    some are given back."""
    taken_at, chance = at - timedelta(minutes=rng.uniform(10, 30)), rng.random()
    if chance < _ASSIGNED:
        given = assignment(task, caller, at=taken_at, by=other)
        yield exported(rng, given, "task assigned", minutes=(1, 3))
    if not _ASSIGNED <= chance < _ASSIGNED + _CLAIMED:
        return
    claimed = assignment(task, caller, at=taken_at, by=caller)
    yield exported(rng, claimed, "task claimed", minutes=(1, 3))
    if rng.random() < _CLAIMED_BY_TWO:
        too_late = taken_at + timedelta(minutes=1)
        claimed_too = assignment(task, other, at=too_late, by=other)
        yield exported(rng, claimed_too, "task claimed by a second person", minutes=(1, 3))
    if rng.random() < _GIVEN_BACK:
        back = assignment(task, None, at=taken_at + timedelta(minutes=6), by=caller)
        yield exported(rng, back, "task given back", minutes=(1, 3))
