"""What the desk keeps of a customer's documents: their numbers, and what was said in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from shared.contracts.envelope import Event
from shared.contracts.identifiers import number_in
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintMoved,
    ComplaintStepTaken,
    ConsentGiven,
    CustomerMoved,
    Moved,
    Recorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    TaskOutcomeRecorded,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.leads import LeadRecorded

KeptKind: TypeAlias = Literal[
    "sale",
    "visit",
    "complaint",
    "complaint-step",
    "consent",
    "survey",
    "task-outcome",
    "referral",
    "lead",
    "gone",
]
NUMBERED: frozenset[KeptKind] = frozenset({"sale", "visit", "complaint"})
"""Of these staff know the numbers."""
READ: tuple[type[Recorded], ...] = (
    SaleRecorded,
    SaleMoved,
    VisitRecorded,
    VisitMoved,
    ComplaintFiled,
    ComplaintStepTaken,
    ComplaintMoved,
    ConsentGiven,
    SurveyAnswered,
    TaskOutcomeRecorded,
    ReferralMade,
    LeadRecorded,
    CustomerMoved,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """One version of a document, as it concerns one customer."""

    document_id: str
    customer_key: str
    dealer_id: str
    version: str
    kind: KeptKind
    """`gone`: it is not this customer's any more."""
    at: datetime
    """When what it tells of happened."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """Field -> value, of JSON; pseudonymous."""

    @property
    def number(self) -> str:
        """As the source writes it."""
        return number_in(self.document_id)


def kept_of(event: Event[Any]) -> KeptDocument | None:
    """What is kept of a record; None: nothing."""
    match event.data:
        case Moved() as moved:
            return _kept(moved, "gone", event.recorded_at)
        case SaleRecorded() as sale:
            on = sale.delivered_on or sale.deal_date
            at = sale.delivered_at or datetime.combine(on, time(12), ZoneInfo(sale.timezone))
            return _kept(sale, "sale", at, status=sale.status, vin=sale.vin, role=sale.role)
        case VisitRecorded() as visit:
            at = visit.closed_at or visit.opened_at
            paid = sum(line.amount for line in visit.lines if line.pay_type == "customer")
            return _kept(
                visit,
                "visit",
                at,
                status=visit.status,
                vin=visit.vin,
                paid=str(paid),
                currency=visit.currency,
                odometer_km=visit.odometer_km,
                declined=[each.code for each in visit.recommended if not each.performed],
            )
        case ComplaintFiled() as filed:
            return _kept(
                filed,
                "complaint",
                filed.received_at,
                status=filed.status,
                category=filed.category,
                channel=filed.channel,
                severity=filed.severity,
            )
        case _:
            return _said_of_them(event.data)


def _said_of_them(recorded: Any) -> KeptDocument | None:
    """Of what was said with the customer, or of them."""
    match recorded:
        case ComplaintStepTaken() as step:
            return _kept(step, "complaint-step", step.at, step=step.step, case_id=step.case_id)
        case ConsentGiven() as consent:
            said = {"do_not_contact": consent.do_not_contact, "opt_outs": [*consent.opt_outs]}
            return _kept(consent, "consent", consent.at, **said)
        case SurveyAnswered() as survey:
            return _kept(
                survey,
                "survey",
                survey.at,
                survey=survey.survey,
                overall=float(survey.overall),
                items={name: float(given) for name, given in survey.items.items()},
                about_id=survey.about_id,
            )
        case TaskOutcomeRecorded() as tried:
            return _kept(
                tried,
                "task-outcome",
                tried.at,
                outcome=tried.outcome,
                channel=tried.channel,
                by=tried.by,
            )
        case ReferralMade() as made:
            other = made.other_customer_key
            return _kept(made, "referral", made.at, role=made.role, other=other)
        case LeadRecorded() as lead:
            told = {"status": lead.status, "channel": lead.channel, "model": lead.model}
            return _kept(lead, "lead", lead.at, **told)
        case _:
            return None


def newest(documents: list[KeptDocument]) -> list[KeptDocument]:
    """Of each document of each customer, the version that holds."""
    found: dict[tuple[str, str], KeptDocument] = {}
    for each in documents:
        whose = each.document_id, each.customer_key
        if whose not in found or found[whose].version < each.version:
            found[whose] = each
    return [*found.values()]


def _kept(recorded: Recorded, kind: KeptKind, at: datetime, **said: Any) -> KeptDocument:
    return KeptDocument(
        document_id=recorded.document_id,
        customer_key=recorded.customer_key,
        dealer_id=recorded.dealer_id,
        version=recorded.version,
        kind=kind,
        at=at.astimezone(UTC),
        said={name: value for name, value in said.items() if value not in (None, [], {})},
    )
