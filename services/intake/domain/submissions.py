"""From a DMS report to what Aftercare records of it: pseudonymous, one message per customer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from pydantic import JsonValue

from services.intake.domain.documents.naming import (
    case_merged_into,
    case_of,
    document_id_of,
    key_named,
    key_of,
    kind_of,
    referred_of,
    referrer_of,
)
from services.intake.domain.examine.event import Reported
from services.intake.domain.facts import Row, merged_into
from services.intake.domain.hashes import content_hash, keyed_hash
from services.intake.domain.profiles.mentions import Mention, free_words, mentions_of
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.identifiers import document_key, number_in, source_of, vin_key
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintStepTaken,
    ConsentGiven,
    Recorded,
    RecordedLine,
    RecordedRecommendation,
    ReferralMade,
    SaleRecorded,
    SoldProduct,
    SurveyAnswered,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from shared.dealers.dealer import Dealer

STEP = "complaint-step"
_PERSONAL = {"name", "phones", "email", "opt_outs", "language"}
"""Parts of a customer that the profile records, and no document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What one report asks of the register: a document, and the messages it would become.

    The messages are complete but for their version. A document that concerns no customer
    (the dealership's own, all internal) has none. Of a profile, and of a document's opt-outs, a
    report has no messages, but words: they are joined with those of others.
    """

    document_id: str
    kind: str
    dealer_id: str
    content_hash: str
    event: str = ""
    """Digest of the event and all that it says."""
    repeated: bool = False
    """Whether the document has had the event before."""
    stated_at: datetime | None
    """When the source says it changed the document; None when it does not say."""
    messages: Mapping[str, Recorded]
    """Role -> the message for the customer in that role."""
    parent: str | None = None
    recorded: Mapping[str, JsonValue] | None = None
    words: Mapping[str, JsonValue] = field(default_factory=dict)
    """What it says in free words, never published; None deletes."""
    customer_key: str | None = None
    """For a profile: whose it is."""
    said: Mapping[str, JsonValue] = field(default_factory=dict)
    """For a profile or the opt-outs of a document: what the report says; None or [] deletes."""
    receipt: str = ""
    """`document/content/event`: tells a repeat of what was said from a correction."""
    occurred_at: datetime | None = None
    """When the source says that it happened or was changed: what the envelope tells."""
    follows: tuple[Row | None, ...] = ()
    """For a step: its complaint, then the one that it merges that into, as far as known."""

    @property
    def merged_into(self) -> str | None:
        """The document id of the complaint that a step merges its own into."""
        return merged_into(self.recorded)

    def under(self, case: Row | None, target: Row | None) -> "Submission":
        """The step where its complaint is; `target`: the complaint that it merges that into."""
        assert self.recorded is not None
        waiting = {role: message.customer_key for role, message in self.messages.items()}
        messages = {
            role: step_taken(self.recorded, key=key, target=target, version="")
            for role, key in (waiting if case is None else case.customer_keys).items()
        }
        return replace(self, messages=messages, follows=(case, target))


def submissions(reported: Reported, *, key: bytes) -> list[Submission]:
    """What a valid report asks to be registered: its document, then profiles, then opt-outs.

    `key`: of the hashes, which nobody can guess a person's data from who does not have it.
    """
    report, dealer = reported.report, reported.dealer
    stated_at = _stated_at(reported)
    messages = _messages(reported)
    parent = recorded = None
    if isinstance(report, ComplaintStepReported):
        parent = case_of(report)
        step = next(iter(messages.values()))
        recorded = step.model_dump(mode="json", exclude_none=True)
    document = Submission(
        document_id=document_id_of(report),
        kind=kind_of(report),
        dealer_id=dealer.id,
        content_hash=_report_hash(reported, key),
        event=_event_digest(reported, key),
        stated_at=stated_at,
        messages=messages,
        parent=parent,
        recorded=recorded,
        words=free_words(report),
        occurred_at=_occurred_at(reported),
    )
    mentions = mentions_of(report, reached=bool(messages), left_out=reported.left_out)
    return [document, *(_mentioned(mention, reported, key) for mention in mentions)]


def step_taken(
    recorded: Mapping[str, JsonValue], *, key: str, target: Row | None, version: str
) -> ComplaintStepTaken:
    """A step as it was recorded, for the customer `key`; `target`: what it merges into."""
    told = {
        "customer_key": key,
        "merged_into_key": None if target is None else target.customer_key,
        "version": version,
    }
    return ComplaintStepTaken.model_validate({**recorded, **told})


def _messages(reported: Reported) -> dict[str, Recorded]:
    report, dealer = reported.report, reported.dealer
    match report:
        case SaleReported():
            return _sale(report, dealer)
        case VisitReported():
            return _visit(report, dealer)
        case ComplaintReported():
            return _complaint(report, dealer)
        case ComplaintStepReported():
            return {"customer": _step(report)}
        case ReferralReported():
            return _referral(report)
        case ConsentReported() | SurveyReported() | TaskOutcomeReported():
            return {"customer": _of_one_customer(report)}
        case _:
            assert_never(report)


def _sale(report: SaleReported, dealer: Dealer) -> dict[str, Recorded]:
    if report.customer.kind == "internal" or report.sale_type == "wholesale":
        return {}
    delivered_on = report.delivered_on
    if delivered_on is None and report.delivered_at is not None:
        delivered_on = report.delivered_at.astimezone(dealer.zone).date()
    sale = SaleRecorded(
        **_common(report, key_of(report, report.customer)),
        **report.model_dump(
            include={"status", "deal_date", "delivered_at", "sale_type", "condition"}
        ),
        timezone=dealer.timezone,
        role="buyer",
        delivered_on=delivered_on,
        vin=report.vehicle.vin,
        odometer_km=report.odometer.km if report.odometer else None,
        price=report.price,
        products=tuple(SoldProduct(**product.model_dump()) for product in report.products),
    )
    return _by_role(report, sale)


_PRECEDENCE = ("co_buyer", "registrant", "driver")
"""A customer who is several of these is told once, as the first of them."""


def _by_role(report: SaleReported, sale: SaleRecorded) -> dict[str, Recorded]:
    messages: dict[str, Recorded] = {"buyer": sale}
    told = {sale.customer_key}
    for party in sorted(report.parties, key=lambda party: _PRECEDENCE.index(party.role)):
        key = key_of(report, party.customer)
        if party.customer.kind == "internal" or key in told:
            continue
        told.add(key)
        same_role = sum(1 for role in messages if role.split("-")[0] == party.role)
        role = f"{party.role}-{same_role + 1}" if same_role else party.role
        messages[role] = sale.model_copy(update={"role": party.role, "customer_key": key})
    return messages


def _visit(report: VisitReported, dealer: Dealer) -> dict[str, Recorded]:
    all_internal = bool(report.lines) and all(line.pay_type == "internal" for line in report.lines)
    key = _key_of(report, report.ro_no)
    if key is None or (all_internal and report.customer is None):
        return {}
    odometer = report.odometer_out or report.odometer_in
    visit = VisitRecorded(
        **_common(report, key),
        **report.model_dump(
            include={"status", "opened_at", "closed_at", "voided_at", "promised_at", "department"}
        ),
        timezone=dealer.timezone,
        vin=report.vehicle.vin if report.vehicle else None,
        odometer_km=odometer.km if odometer else None,
        currency=report.total.currency if report.total else dealer.currency,
        lines=tuple(
            RecordedLine(
                line_no=line.line_no,
                op_code=line.op_code,
                pay_type=line.pay_type,
                amount=(line.labour_amount or Decimal(0)) + (line.parts_amount or Decimal(0)),
            )
            for line in report.lines
        ),
        recommended=tuple(
            RecordedRecommendation(code=work.code, performed=work.performed)
            for work in report.recommended
        ),
    )
    return {"customer": visit}


def _complaint(report: ComplaintReported, dealer: Dealer) -> dict[str, Recorded]:
    key = _key_of(report, report.case_no)
    if key is None:
        return {}
    told = report.model_dump(
        exclude={"narrative", "desired_outcome", "vehicle", "customer", "source", "dealer_id"}
    )
    return {"customer": ComplaintFiled(**_common(report, key), **told, timezone=dealer.timezone)}


def _step(report: ComplaintStepReported) -> Recorded:
    case = case_of(report)
    told = report.model_dump(
        exclude={"source", "dealer_id", "case_no", "case_id", "merged_into", "merged_into_id"}
    )
    waiting = document_key(report.dealer_id, source_of(case), number_in(case))
    return ComplaintStepTaken(
        **_common(report, waiting),
        **told,
        case_id=case,
        case_no=number_in(case),
        merged_into=case_merged_into(report),
    )


def _referral(report: ReferralReported) -> dict[str, Recorded]:
    referrer, referred = referrer_of(report), referred_of(report)
    made = ReferralMade(
        **_common(report, referrer), role="referrer", other_customer_key=referred, at=report.at
    )
    told = {"role": "referred", "customer_key": referred, "other_customer_key": referrer}
    return {"referrer": made, "referred": made.model_copy(update=told)}


def _of_one_customer(report: ConsentReported | SurveyReported | TaskOutcomeReported) -> Recorded:
    told = report.model_dump(
        exclude={"source", "dealer_id", "source_customer_id", "customer_key", "note"}
    )
    key = key_named(report, report.source_customer_id, report.customer_key)
    match report:
        case ConsentReported():
            if not _speaks_of_contact(report):
                told["do_not_contact"] = None
            return ConsentGiven(**_common(report, key), **told)
        case SurveyReported():
            return SurveyAnswered(**_common(report, key), **told)
        case TaskOutcomeReported():
            return TaskOutcomeRecorded(**_common(report, key), **told)
        case _:
            assert_never(report)


def _mentioned(mention: Mention, reported: Reported, key: bytes) -> Submission:
    """What a report says besides its document."""
    said, stated_at, event = mention.said, _stated_at(reported), reported.event
    hashed = content_hash(said, key)
    words = (
        keyed_hash(mention.said_at, key),
        hashed,
        keyed_hash(f"{event.source}\n{event.id}", key),
    )
    return Submission(
        document_id=mention.document_id,
        kind=mention.kind,
        dealer_id=reported.dealer.id,
        content_hash=hashed,
        stated_at=stated_at,
        messages={},
        customer_key=mention.customer_key,
        said=said,
        receipt="/".join(word[:12] for word in words),
        occurred_at=_occurred_at(reported),
    )


def _stated_at(reported: Reported) -> datetime | None:
    """When the source says that it changed the document."""
    return reported.report.source_modified_at or reported.event.time


def _occurred_at(reported: Reported) -> datetime | None:
    """The event's own time, else when the source changed the document."""
    return reported.event.time or reported.report.source_modified_at


def _common(report: AnyReport, key: str) -> dict[str, str]:
    return {
        "document_id": document_id_of(report),
        "version": "",
        "customer_key": key,
        "dealer_id": report.dealer_id,
    }


def _key_of(report: VisitReported | ComplaintReported, number: str) -> str | None:
    """The customer, else the car, else the document; None for the dealership itself."""
    if report.customer is not None:
        return None if report.customer.kind == "internal" else key_of(report, report.customer)
    if report.vehicle is not None:
        return vin_key(report.dealer_id, report.source, report.vehicle.vin)
    return document_key(report.dealer_id, report.source, number)


def _event_digest(reported: Reported, key: bytes) -> str:
    """Events are told apart by source and id; of senders that reuse ids, by what they say too."""
    event = reported.event
    said = json.dumps(event.data, sort_keys=True)
    return keyed_hash("\x1f".join((event.source, event.id, said)), key)[:12]


def _speaks_of_contact(report: ConsentReported) -> bool:
    """Whether it says if the customer may be contacted: one that names channels alone does not."""
    return report.model_fields_set & {"do_not_contact", "opt_outs"} != {"opt_outs"}


def _report_hash(reported: Reported, key: bytes) -> str:
    """The hash of a report, but for when it was changed and for what belongs to profiles."""
    report = reported.report
    content = report.model_dump(
        exclude={
            "source_modified_at": True,
            "customer": _PERSONAL,
            "parties": {"__all__": {"customer": _PERSONAL}},
        },
        exclude_defaults=True,
    )
    if isinstance(report, ConsentReported) and not _speaks_of_contact(report):
        content["do_not_contact"] = None
    return content_hash(content, key)
