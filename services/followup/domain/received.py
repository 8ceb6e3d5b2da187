"""What an event leaves of its document: the facts that tasks depend on. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.followup.domain.documents import (
    AnsweredSurvey,
    Assignment,
    CarGone,
    CaseStands,
    Consent,
    Correction,
    Delivery,
    OptOuts,
    Outcome,
    ReferralBought,
    RepairOrder,
    Scored,
)
from shared.contracts.complaints import CaseStandingChanged, OpenPeriod
from shared.contracts.corrections import CustomerCorrected, Particular
from shared.contracts.feed_parts import Channel, PayType, ProductCategory
from shared.contracts.identifiers import modified_at
from shared.contracts.identity import OwnershipEnded, ReferredPurchaseMade
from shared.contracts.intake import (
    ConsentGiven,
    Moved,
    RecordedLine,
    SaleRecorded,
    SurveyAnswered,
    TaskAssigned,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from shared.contracts.scoring import OWN_RHYTHM, RiskStands, ScoreChanged
from shared.contracts.values import instant_text, to_milliseconds
from shared.decider.facts import Gone, Noted, received_late, version_of

DELIVERY_TIME = time(9)
"""The dealer's local time of a delivery of which only the date is known."""
PROMPTLY = timedelta(hours=1)
"""What is received so soon after it happened is as good as received at once."""
MOST_CODES = 100
"""How many codes of a kind are kept of an order: as many as it may recommend."""

_PAID_SERVICE: frozenset[PayType] = frozenset({"customer", "warranty", "insurance"})
_REACHED_BY: Mapping[Particular, tuple[Channel, ...]] = {
    "phones": ("phone", "sms"),
    "email": ("email",),
}
_OVER_THE_COUNTER: frozenset[str | None] = frozenset({"accessory", "insurance"})


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
        used=sale.condition != "new",
        warranty_until=_last_day(_expiries(sale, "warranty")),
        insured_until=_last_day((*_expiries(sale, "insurance"), sale.insured_until)),
        inspection_on=sale.inspection_on,
    )


def _expiries(sale: SaleRecorded, category: ProductCategory) -> list[date | None]:
    return [product.expires_on for product in sale.products if product.category == category]


def _last_day(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def on_visit_recorded(visit: VisitRecorded, recorded_at: datetime) -> RepairOrder | Noted:
    """A repair order as it stands now; of a voided or all internal one: nothing. What the dealer
    does again at its own cost, for a customer who came back, is not internal."""
    internal = (
        bool(visit.lines)
        and visit.comeback_of is None
        and all(line.pay_type == "internal" for line in visit.lines)
    )
    if visit.status == "voided" or internal:
        return Noted(kind="noted", version=visit.version)
    closed_at = visit.closed_at if visit.status == "closed" else None
    done = [line for line in visit.lines if not _is_credit(line)]
    recommended = (work.code for work in visit.recommended if work.performed)
    performed = _codes((*recommended, *(line.op_code for line in done)))
    return RepairOrder(
        kind="visit",
        version=visit.version,
        opened_at=visit.opened_at,
        closed_at=closed_at,
        late=_late(closed_at, recorded_at) if closed_at is not None else None,
        timezone=visit.timezone,
        vin=visit.vin,
        km=visit.odometer_km,
        serviced=not visit.lines or any(_is_paid_service(line) for line in visit.lines),
        performed=performed,
        declined=_codes(
            work.code
            for work in visit.recommended
            if not work.performed and work.code not in performed
        ),
        faults=_codes(line.fault for line in done),
        severe_faults=_codes(line.fault for line in done if line.severe),
        repaired=any(line.fault or _is_by_warranty(line) for line in done),
        insured_until=visit.insured_until,
        inspection_on=visit.inspection_on,
        promised_at=_promised_at(visit),
        comeback_of=visit.comeback_of or "",
    )


def _is_paid_service(line: RecordedLine) -> bool:
    over_the_counter = line.category in _OVER_THE_COUNTER
    return line.pay_type in _PAID_SERVICE and not over_the_counter and not _is_credit(line)


def _is_by_warranty(line: RecordedLine) -> bool:
    return line.pay_type == "warranty" and line.category not in _OVER_THE_COUNTER


def _is_credit(line: RecordedLine) -> bool:
    """Money was given back: nobody worked on the car."""
    return line.amount < 0


def _codes(codes: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, in their order."""
    found = dict.fromkeys(code for code in codes if code)
    return tuple(found)[:MOST_CODES]


def _promised_at(visit: VisitRecorded) -> datetime | None:
    """When it was to be ready; a time before the order is no promise."""
    promised_at = visit.promised_at
    return promised_at if promised_at is not None and promised_at > visit.opened_at else None


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


def on_customer_corrected(
    corrected: CustomerCorrected, recorded_at: datetime
) -> Correction | Noted:
    """By which way the customer is reached again; of whatever else was corrected: nothing."""
    ways = [way for name in corrected.corrected for way in _REACHED_BY.get(name, ())]
    if not ways:
        return Noted(kind="noted", version=corrected.version)
    return Correction(
        kind="correction",
        version=corrected.version,
        at=corrected.at,
        late=_late(corrected.at, recorded_at),
        channels=tuple(ways),
    )


def on_survey_answered(answered: SurveyAnswered, recorded_at: datetime) -> AnsweredSurvey:
    """What the customer answered, in tenths of a point."""
    return AnsweredSurvey(
        kind="survey",
        version=answered.version,
        at=answered.at,
        late=_late(answered.at, recorded_at),
        survey=answered.survey,
        overall=_tenths(answered.overall),
        items=tuple(f"{item}={_tenths(answer)}" for item, answer in sorted(answered.items.items())),
        about_id=answered.about_id or "",
        channel=answered.channel or "",
    )


def _tenths(points: Decimal) -> int:
    return int(points * 10)


def on_case_standing_changed(stands: CaseStandingChanged, sequence: int) -> CaseStands:
    """When a complaint was open, and what of its call-back."""
    periods: Sequence[OpenPeriod] | None = stands.open_periods
    if periods is None:  # as it was told before
        periods = (OpenPeriod(since=stands.received_at, until=stands.closed_at),)
    return CaseStands(
        kind="case",
        version=version_of(sequence),
        at=stands.received_at,
        late=_late(stands.received_at, stands.recorded_at),
        open_spans=tuple(map(_span, periods)),
        resolved_at=stands.resolved_at,
        generation=stands.generation,
        call_back_due_at=stands.call_back_due_at,
        called_back_at=stands.called_back_at,
        merged=stands.turns[-1].stands == "merged",
    )


def _span(period: OpenPeriod) -> str:
    until = "" if period.until is None else period.until.isoformat()
    return f"{period.since.isoformat()}/{until}"


def on_ownership_ended(ended: OwnershipEnded, sequence: int) -> CarGone:
    """A car that is not this customer's any more."""
    return CarGone(
        kind="ownership_end",
        version=version_of(sequence),
        at=ended.ended_at,
        vin=ended.vin,
        traded_in=ended.because == "traded_in",
    )


def on_referred_purchase_made(
    bought: ReferredPurchaseMade, recorded_at: datetime, sequence: int
) -> ReferralBought:
    """A car bought by whom this customer referred."""
    return ReferralBought(
        kind="referred_purchase",
        version=version_of(sequence),
        at=bought.bought_at,
        late=_late(bought.bought_at, recorded_at),
        whom=bought.referred_key,
        referral_id=bought.referral_id,
    )


def on_score_changed(score: ScoreChanged, sequence: int) -> Scored:
    """How scoring sees them; when they are expected only where their own rhythm tells."""
    visit, risk = score.next_visit, score.risk
    own = visit if visit is not None and visit.basis == OWN_RHYTHM else None
    return Scored(
        kind="score",
        version=version_of(sequence),
        since=own.since if own is not None else None,
        expected_on=own.expected_on if own is not None else None,
        vin=own.vin if own is not None else None,
        grade=score.grade,
        grades_before=tuple(
            f"{before.grade}/{instant_text(before.until)}" for before in score.grades_before
        ),
        risk=risk.risk if risk is not None else None,
        risk_since=_risk_since(risk),
    )


def _risk_since(risk: RiskStands | None) -> datetime | None:
    return None if risk is None or risk.risk == "active" else risk.since


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
