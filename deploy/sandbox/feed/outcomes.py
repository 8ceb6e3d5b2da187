"""What the staff report of the follow-up calls that the feed's own documents give rise to."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from deploy.sandbox.feed.dealership import Dealership
from deploy.sandbox.feed.feed import FeedDraft, exported
from services.intake.domain.documents import document_id_of
from services.intake.domain.documents.naming import key_of
from shared.contracts.feeds import SaleReported, TaskOutcomeReported, VisitReported
from shared.contracts.followup import TaskKind, task_id
from shared.contracts.subjects import TaskSubject

Result = Literal["done", "not_reached", "declined", "postponed"]
_RESULTS: tuple[Result, ...] = ("done", "not_reached", "declined", "postponed")
_WEIGHTS = (80, 9, 4, 7)


def calls(
    rng: random.Random,
    dealership: Dealership,
    drafts: Sequence[FeedDraft],
    *,
    after: datetime,
    before: datetime,
) -> list[FeedDraft]:
    """One call, made between `after` and `before`, for each task that is still of use then."""
    made: list[FeedDraft] = []
    for draft in drafts:
        if draft.fault is not None:
            continue
        match draft.report:
            case SaleReported(status="delivered") as report if report.sale_type != "wholesale":
                made += _after_delivery(rng, report, after)
            case VisitReported(status="closed") as report:
                made += _after_visit(rng, dealership, report, after)
            case _:
                pass
    return [call for call in made if call.sent < before]


def _after_delivery(
    rng: random.Random, report: SaleReported, after: datetime
) -> Iterator[FeedDraft]:
    delivered_at = report.delivered_at
    if delivered_at is None:
        return
    if delivered_at > after - timedelta(hours=20):
        at = max(delivered_at, after) + timedelta(hours=rng.uniform(1, 20))
        yield _call(rng, report, "delivery_thanks", at)
    opens_at = delivered_at + timedelta(days=3)
    if opens_at > after - timedelta(days=3):
        at = max(opens_at, after) + timedelta(hours=rng.uniform(1, 60))
        yield _call(rng, report, "delivery_satisfaction", at)


def _after_visit(
    rng: random.Random, dealership: Dealership, report: VisitReported, after: datetime
) -> Iterator[FeedDraft]:
    closed_at = report.closed_at
    if closed_at is None or report.customer is None or closed_at < after - timedelta(days=2.5):
        return
    next_morning = (closed_at + timedelta(days=1)).astimezone(dealership.dealer.zone)
    opens_at = next_morning.replace(hour=9, minute=0).astimezone(UTC)
    at = max(opens_at, after) + timedelta(hours=rng.uniform(0.5, 40))
    yield _call(rng, report, "service_satisfaction", at)


def _call(
    rng: random.Random, report: SaleReported | VisitReported, kind: TaskKind, at: datetime
) -> FeedDraft:
    assert report.customer is not None, "a call is made to somebody"
    key = key_of(report, report.customer)
    result: Result = rng.choices(_RESULTS, _WEIGHTS)[0]
    outcome = TaskOutcomeReported(
        source=report.source,
        dealer_id=report.dealer_id,
        source_modified_at=at,
        task_id=str(task_id(key, str(TaskSubject(kind, document_id_of(report))))),
        source_customer_id=report.customer.source_customer_id,
        at=at,
        outcome=result,
        channel="phone",
        next_contact_on=(at + timedelta(days=5)).date() if result == "postponed" else None,
    )
    return exported(rng, outcome, f"follow-up call {result.replace('_', ' ')}")
