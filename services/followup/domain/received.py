"""What an event leaves of its document: the facts that tasks depend on. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.followup.domain.documents import (
    Assignment,
    Consent,
    Delivery,
    OptOuts,
    Outcome,
    RepairOrder,
    Scored,
)
from shared.contracts.identifiers import modified_at
from shared.contracts.intake import (
    ConsentGiven,
    Moved,
    SaleRecorded,
    TaskAssigned,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from shared.contracts.scoring import OWN_RHYTHM, ScoreChanged
from shared.contracts.values import to_milliseconds
from shared.decider.facts import Gone, Noted, received_late, version_of

DELIVERY_TIME = time(9)
"""The dealer's local time of a delivery of which only the date is known."""
PROMPTLY = timedelta(hours=1)
"""What is received so soon after it happened is as good as received at once."""


def on_sale_recorded(sale: SaleRecorded, recorded_at: datetime) -> Delivery | Noted:
    """The delivery of a sale; of one not delivered, not retailed or in another role: nothing."""
    delivered_at = _delivered_at(sale)
    if (
        delivered_at is None
        or sale.status == "open"
        or sale.role != "buyer"
        or sale.sale_type in ("wholesale", "demo")
    ):
        return Noted(kind="noted", version=sale.version)
    undone = sale.status in ("cancelled", "unwound")
    return Delivery(
        kind="delivery",
        version=sale.version,
        at=delivered_at,
        late=_late(delivered_at, recorded_at),
        timezone=sale.timezone,
        vin=sale.vin,
        km=sale.odometer_km,
        undone_at=modified_at(sale.version) if undone else None,
    )


def on_visit_recorded(visit: VisitRecorded, recorded_at: datetime) -> RepairOrder | Noted:
    """A repair order as it stands now; of a voided or all internal one: nothing."""
    internal = bool(visit.lines) and all(line.pay_type == "internal" for line in visit.lines)
    if visit.status == "voided" or internal:
        return Noted(kind="noted", version=visit.version)
    closed_at = visit.closed_at if visit.status == "closed" else None
    return RepairOrder(
        kind="visit",
        version=visit.version,
        opened_at=visit.opened_at,
        closed_at=closed_at,
        late=_late(closed_at, recorded_at) if closed_at is not None else None,
        timezone=visit.timezone,
        vin=visit.vin,
        km=visit.odometer_km,
    )


def on_consent_given(given: ConsentGiven) -> Consent | OptOuts:
    """What the customer allows, or, of a document that speaks of channels alone, those."""
    if given.do_not_contact is None:
        return OptOuts(kind="opt_outs", version=given.version, at=given.at, opt_outs=given.opt_outs)
    return Consent(
        kind="consent",
        version=given.version,
        at=given.at,
        do_not_contact=given.do_not_contact,
        opt_outs=given.opt_outs,
    )


def on_task_outcome_recorded(recorded: TaskOutcomeRecorded, recorded_at: datetime) -> Outcome:
    """What came of a task."""
    return Outcome(
        kind="outcome",
        version=recorded.version,
        task_id=recorded.task_id,
        at=recorded.at,
        outcome=recorded.outcome,
        next_contact_on=recorded.next_contact_on,
        by=recorded.by,
        channel=recorded.channel,
        late=_late(recorded.at, recorded_at),
    )


def on_task_assigned(assigned: TaskAssigned) -> Assignment:
    """Whose a task is from then on."""
    return Assignment(
        kind="assignment",
        version=assigned.version,
        task_id=assigned.task_id,
        at=assigned.at,
        person=assigned.person or "",
        by=assigned.by,
    )


def on_score_changed(score: ScoreChanged, sequence: int) -> Scored | Noted:
    """When they are expected next; of one without a rhythm of their own yet: nothing."""
    version, visit = version_of(sequence), score.next_visit
    if visit is None or visit.basis != OWN_RHYTHM:
        return Noted(kind="noted", version=version)
    return Scored(
        kind="score",
        version=version,
        since=visit.since,
        expected_on=visit.expected_on,
        vin=visit.vin,
    )


def on_moved(moved: Moved) -> Gone:
    """A document that is another customer's now."""
    return Gone(kind="gone", version=moved.version)


def _late(at: datetime, recorded_at: datetime) -> datetime | None:
    return received_late(at, recorded_at, after=PROMPTLY)


def _delivered_at(sale: SaleRecorded) -> datetime | None:
    if sale.delivered_at is not None or sale.delivered_on is None:
        return sale.delivered_at
    local = datetime.combine(sale.delivered_on, DELIVERY_TIME, ZoneInfo(sale.timezone))
    return to_milliseconds(local.astimezone(UTC))
