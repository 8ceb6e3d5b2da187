"""What followup knows of one customer, and how an event adds to it.

Every document is kept by its id in its newest version, cut down to what tasks depend on. So
the order, repetition and delay of events make no difference. Of deliveries and visits together, of
consents, of opt-outs alone and of outcomes the newest are looked at, up to the number of the
policy's horizon; the others are set aside as lines, and so is what had happened long before it was
first received.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, assert_never, get_args
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event, Message
from shared.contracts.feed_parts import Channel
from shared.contracts.identifiers import modified_at
from shared.contracts.intake import (
    ConsentGiven,
    CustomerMoved,
    Moved,
    SaleMoved,
    SaleRecorded,
    TaskOutcomeRecorded,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.scoring import OWN_RHYTHM, ScoreChanged, ScoreWithdrawn
from shared.contracts.values import to_milliseconds
from shared.decider.digests import NOTHING, CondensedFacts, Digesting
from shared.decider.facts import Fact, Gone, Noted, received_late, version_of

DELIVERY_TIME = time(9)
"""The dealer's local time of a delivery of which only the date is known."""
PROMPTLY = timedelta(hours=1)
"""What is received so soon after it happened is as good as received at once."""
_SAME_WORD_EACH_MS = 86_400_000
"""How long one word on the next visit stands before the same is written down anew."""

Said = (
    SaleRecorded
    | SaleMoved
    | VisitRecorded
    | VisitMoved
    | ConsentGiven
    | TaskOutcomeRecorded
    | CustomerMoved
    | ScoreChanged
    | ScoreWithdrawn
)
FollowUpEvent = Event[Said]
READS: tuple[type[Message], ...] = get_args(Said)


class Delivery(Fact):
    """A car handed over to this customer, its buyer."""

    kind: Literal["delivery"]
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after `at`."""
    timezone: str
    vin: str | None = None
    km: int | None = None
    undone_at: AwareDatetime | None = None
    """When the source cancelled or unwound the sale."""


class RepairOrder(Fact):
    """A repair order that was not all internal work."""

    kind: Literal["visit"]
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    late: AwareDatetime | None = None
    """When intake first received the document, where that was over an hour after it closed."""
    timezone: str
    vin: str | None = None
    km: int | None = None


class Consent(Fact):
    """What the customer allows, as of `at`."""

    kind: Literal["consent"]
    at: AwareDatetime
    do_not_contact: bool = False
    opt_outs: tuple[Channel, ...] = ()


class OptOuts(Fact):
    """The channels that the customer refuses, as of `at`, said without a word on contact at all."""

    kind: Literal["opt_outs"]
    at: AwareDatetime
    opt_outs: tuple[Channel, ...] = ()


class Outcome(Fact):
    """What came of one attempt at a task."""

    kind: Literal["outcome"]
    at: AwareDatetime
    task_id: str
    outcome: Literal["done", "not_reached", "declined", "postponed"]
    next_contact_on: date | None = None
    by: str | None = None
    channel: Channel | None = None


class Expected(Fact):
    """The day on which scoring expects the customer, by their own rhythm."""

    kind: Literal["expected"]
    since: date
    """The visit from which it is counted, by its local day."""
    expected_on: date
    vin: str | None = None
    """The car that is expected, where it follows from one."""


Known = Annotated[
    Delivery | RepairOrder | Consent | OptOuts | Outcome | Expected | Noted | Gone,
    Field(discriminator="kind"),
]


CONTACT, CONSENT, OPT_OUTS = "contact", "consent", "opt-outs"
OUTCOME, EXPECTED = "outcome", "expected"
"""The groups of which the newest are looked at; a contact is a delivery or a visit.

Opt-outs are a group of their own: however many documents name them, they displace no consent.
"""


class FollowUpFacts(CondensedFacts):
    """One customer; nothing is known at first."""

    documents: Mapping[str, Known] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""


def join(facts: FollowUpFacts, events: Sequence[FollowUpEvent]) -> FollowUpFacts:
    """`facts` and what the events of one customer add. Commutative, associative, idempotent.

    A score that says nothing new of the next visit is written down, by its sequence, once a day at
    most. So of the scores of one day the order is that of their topic, where any of them may be
    repeated; what is older than a day, such as a replayed dead letter, counts in any order.
    Raises `ZoneInfoNotFoundError` for a document in a time zone that does not exist.
    """
    if any(isinstance(event.data, ScoreChanged | ScoreWithdrawn) for event in events):
        events = _with_what_scores_change(facts, events)
    return DIGESTING.join(facts, events, _fact) if events else facts


def _with_what_scores_change(
    facts: FollowUpFacts, events: Sequence[FollowUpEvent]
) -> list[FollowUpEvent]:
    """The events without the scores after which the next visit is the one that is known, unless
    the last word on it is of long before."""
    kept: dict[str, Known | None] = {}
    changing: list[FollowUpEvent] = []
    for event in sorted(events, key=lambda event: event.sequence):
        if isinstance(event.data, ScoreChanged | ScoreWithdrawn):
            key, new = event.data.document_id, _fact(event)
            old = kept[key] if key in kept else _held(facts, key)
            if _says_the_same(old, new) and not _is_of_another_day(old, new):
                continue
            if old is None or new.version > old.version:
                kept[key] = new
        changing.append(event)
    return changing


def _held(facts: FollowUpFacts, key: str) -> Known | None:
    return facts.documents.get(key) or DIGESTING.set_aside(facts, NOTHING, key)


def _says_the_same(old: Known | None, new: Known) -> bool:
    if old is None:
        return isinstance(new, Noted)
    return old == new.model_copy(update={"version": old.version})


def _is_of_another_day(old: Known | None, new: Known) -> bool:
    """By their sequences, which rise with the time, in milliseconds."""
    return old is not None and int(new.version) - int(old.version) >= _SAME_WORD_EACH_MS


def _at(known: Known) -> datetime:
    match known:
        case RepairOrder():
            return known.closed_at or known.opened_at
        case Delivery() | Consent() | OptOuts() | Outcome():
            return known.at
        case Expected():
            return datetime.combine(known.since, time(), UTC)
        case Noted() | Gone():
            raise TypeError("it never happened")
        case never:
            assert_never(never)


DIGESTING: Digesting[Known] = Digesting(
    kinds={
        "d": Delivery,
        "v": RepairOrder,
        "c": Consent,
        "p": OptOuts,
        "o": Outcome,
        "e": Expected,
        "n": Noted,
        "g": Gone,
    },
    groups={
        Delivery: CONTACT,
        RepairOrder: CONTACT,
        Consent: CONSENT,
        OptOuts: OPT_OUTS,
        Outcome: OUTCOME,
        Expected: EXPECTED,
    },
    at=_at,
)


def _fact(event: FollowUpEvent) -> Known:
    match event.data:
        case SaleRecorded() as sale:
            return on_sale_recorded(sale, event.recorded_at)
        case VisitRecorded() as visit:
            return on_visit_recorded(visit, event.recorded_at)
        case ConsentGiven() as given:
            return on_consent_given(given)
        case TaskOutcomeRecorded() as recorded:
            return on_task_outcome_recorded(recorded)
        case SaleMoved() | VisitMoved() | CustomerMoved() as moved:
            return on_moved(moved)
        case ScoreChanged() as score:
            return on_score_changed(score, event.sequence)
        case ScoreWithdrawn():
            return Noted(kind="noted", version=version_of(event.sequence))
        case never:
            assert_never(never)


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


def on_task_outcome_recorded(recorded: TaskOutcomeRecorded) -> Outcome:
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
    )


def on_score_changed(score: ScoreChanged, sequence: int) -> Expected | Noted:
    """When they are expected next; of one without a rhythm of their own yet: nothing."""
    version, visit = version_of(sequence), score.next_visit
    if visit is None or visit.basis != OWN_RHYTHM:
        return Noted(kind="noted", version=version)
    return Expected(
        kind="expected",
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
