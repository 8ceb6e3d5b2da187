"""Is this event valid? Its envelope, its data, and what only intake can check.

An event is examined by itself: neither the register nor its neighbours matter here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from services.intake.domain.decode.strict_json import path_to_doubled
from services.intake.domain.documents.naming import (
    as_answered,
    case_merged_into,
    case_of,
    check_vin,
    named_by_id,
    referred_of,
    referrer_of,
)
from services.intake.domain.documents.odometers import with_plausible_odometers
from services.intake.domain.examine.attributes import check_attributes
from services.intake.domain.examine.telephones import e164
from services.intake.domain.examine.unknown import tell_unknown
from services.intake.domain.examine.unreadable import leave_out_unreadable
from services.intake.domain.findings import MOST_TOLD, Finding, Findings
from services.intake.domain.pointers import pointer
from shared.contracts.envelope import CloudEvent
from shared.contracts.feed_parts import Customer, Phone, Vehicle
from shared.contracts.feeds import (
    REPORTS,
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ReferralReported,
    SaleReported,
    VisitReported,
)
from shared.contracts.identifiers import dealer_of
from shared.dealers.dealer import Dealer, Dealers

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A source's clock may be this much fast."""
EARLIEST_YEAR, LATEST_YEAR = 1971, 2200
"""An empty date of a source often becomes one of 1970."""
LARGEST_LINE = 10**10
"""Labour and parts of one line stay below this, so that their sum is an amount."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", flags=re.ASCII)
_HAPPENED = frozenset(
    {"source_modified_at", "opened_at", "closed_at", "voided_at", "received_at", "at"}
)
"""Fields that tell of the past: they cannot lie ahead."""
_DELIVERED = frozenset({"delivered", "closed", "unwound"})
"""Sales of which the car was handed over; of others the dates may be planned ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A valid event. The report's telephone numbers are in E.164."""

    event: CloudEvent
    report: AnyReport
    dealer: Dealer
    warnings: tuple[Finding, ...] = ()
    untold: int = 0
    """So many more warnings."""
    clock_fast: bool = False
    left_out: frozenset[str] = frozenset()
    """Pointers of what could not be read and is taken as not said; of lists: not in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An event that is not valid, and what was found first."""

    errors: tuple[Finding, ...]
    untold: int = 0
    """So many more were found."""
    event_id: str | None = None
    type: str = "unknown"
    dealer_id: str = "unknown"
    source: str = "unknown"


def examine(
    raw: object, *, dealers: Dealers, now: datetime, tell: int = MOST_TOLD, strict: bool = False
) -> Reported | Refused:
    """`raw` (JSON values) as a valid event, or what is wrong with it: `tell` findings at most.

    `strict`: a field that no contract knows is wrong; otherwise it is warned about.
    """
    errors = Findings(tell)
    if not isinstance(raw, dict):
        errors.add("", "an event is a JSON object")
        return _refused({}, None, errors)
    event = _envelope(raw, errors)
    report = _data(raw, errors, strict=strict)
    dealer = _dealer(raw, dealers)
    if event is None or report is None or errors.count:
        return _refused(raw, dealer, errors)
    if dealer is None:
        errors.add("/data/dealer_id", "no such dealer here")
        return _refused(raw, None, errors)
    for found in (*_contradictions(event, report), *_implausible(event, report, dealer, now)):
        errors.add(*found)
    warnings = Findings(tell)
    _check_vehicle(report, dealer, errors=errors, warnings=warnings)
    if errors.count:
        return _refused(raw, dealer, errors)
    report = with_plausible_odometers(report, dealer, warnings)
    report = _with_e164(report, dealer.region, warnings)
    if not strict:
        tell_unknown(event.data, type(report), warnings)
    leave_out_unreadable(report, warnings)
    return Reported(
        event=event,
        report=report,
        dealer=dealer,
        warnings=tuple(warnings.told),
        untold=warnings.untold,
        clock_fast=any(moment > now for _, moment in _past_moments(event, report)),
        left_out=frozenset(warnings.left_out),
    )


def doubled(raw: object) -> Refused:
    """An event with a name that stands twice in one object: nobody knows which one counts."""
    errors = Findings()
    errors.add(pointer(path_to_doubled(raw)), "a name stands twice in one object")
    return _refused(raw if isinstance(raw, dict) else {}, None, errors)


def _refused(raw: Mapping[str, object], dealer: Dealer | None, errors: Findings) -> Refused:
    event_id, kind = raw.get("id"), raw.get("type")
    return Refused(
        errors=tuple(errors.told),
        untold=errors.untold,
        event_id=event_id if isinstance(event_id, str) and 0 < len(event_id) <= 400 else None,
        type=kind if isinstance(kind, str) and kind in REPORTS else "unknown",
        dealer_id=dealer.id if dealer is not None else "unknown",
        source=_source_of(raw),
    )


def _source_of(raw: Mapping[str, object]) -> str:
    data = raw.get("data")
    source = data.get("source") if isinstance(data, dict) else None
    return source if isinstance(source, str) and _SOURCE.fullmatch(source) else "unknown"


def _envelope(raw: Mapping[str, object], errors: Findings) -> CloudEvent | None:
    check_attributes(raw, errors)
    content_type = raw.get("datacontenttype")
    if isinstance(content_type, str) and content_type and not _is_json(content_type):
        errors.add("/datacontenttype", "data is JSON here")
    kind = raw.get("type")
    if isinstance(kind, str) and kind and kind not in REPORTS:
        errors.add("/type", "this type of event is not taken here")
    if not isinstance(raw.get("data"), dict):
        errors.add("/data", "data is a JSON object")
        raw = {**raw, "data": {}}
    try:
        return CloudEvent.model_validate(raw)
    except ValidationError as error:
        errors.add_all(error, "")
        return None


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _data(raw: Mapping[str, object], errors: Findings, *, strict: bool) -> AnyReport | None:
    kind, data = raw.get("type"), raw.get("data")
    if not isinstance(kind, str) or kind not in REPORTS or not isinstance(data, dict):
        return None
    if strict:
        tell_unknown(data, REPORTS[kind], errors)
    try:
        return REPORTS[kind].model_validate(data)
    except ValidationError as error:
        errors.add_all(error, "/data")
        return None


def _dealer(raw: Mapping[str, object], dealers: Dealers) -> Dealer | None:
    data = raw.get("data")
    dealer_id = data.get("dealer_id") if isinstance(data, dict) else None
    return dealers.find(dealer_id) if isinstance(dealer_id, str) else None


def _contradictions(event: CloudEvent, report: AnyReport) -> Iterator[Finding]:
    if event.dealerid is not None and event.dealerid != report.dealer_id:
        yield Finding("/dealerid", "names another dealer than data does")
    for where, identifier in named_by_id(report):
        if dealer_of(identifier) != report.dealer_id:
            yield Finding(f"/data{where}", "is of another dealer than data is")
        elif not as_answered(identifier):
            yield Finding(f"/data{where}", "write it as intake answers it")
    if isinstance(report, ComplaintStepReported) and case_merged_into(report) == case_of(report):
        yield Finding("/data", "a case cannot be merged into itself")
    if isinstance(report, ReferralReported) and referrer_of(report) == referred_of(report):
        yield Finding("/data", "customers cannot refer themselves")
    if isinstance(report, VisitReported):
        for position, line in enumerate(report.lines):
            if (line.labour_amount or 0) + (line.parts_amount or 0) >= LARGEST_LINE:
                yield Finding(f"/data/lines/{position}", "labour and parts are too large")


def _implausible(
    event: CloudEvent, report: AnyReport, dealer: Dealer, now: datetime
) -> Iterator[Finding]:
    for name, value in report:
        # a datetime is a date, too
        if isinstance(value, date) and not EARLIEST_YEAR <= value.year < LATEST_YEAR:
            yield Finding(f"/data/{name}", "out of range")
    if isinstance(report, SaleReported):
        for position, product in enumerate(report.products):
            expires = product.expires_on
            if expires is not None and not EARLIEST_YEAR <= expires.year < LATEST_YEAR:
                yield Finding(f"/data/products/{position}/expires_on", "out of range")
    if event.time is not None and event.time.year < EARLIEST_YEAR:
        yield Finding("/time", "out of range")
    for where, moment in _past_moments(event, report):
        if moment > now + CLOCK_TOLERANCE:
            yield Finding(where, "more than five minutes in the future")
    if isinstance(report, SaleReported) and report.status in _DELIVERED:
        today = (now + CLOCK_TOLERANCE).astimezone(dealer.zone).date()
        for name in ("deal_date", "delivered_on"):
            day: date | None = getattr(report, name)
            if day is not None and day > today:
                yield Finding(f"/data/{name}", "after today, as the dealer's calendar has it")


def _past_moments(event: CloudEvent, report: AnyReport) -> Iterator[tuple[str, datetime]]:
    if event.time is not None:
        yield "/time", event.time
    for name, value in report:
        if isinstance(value, datetime) and name in _HAPPENED:
            yield f"/data/{name}", value
    if isinstance(report, SaleReported) and report.status in _DELIVERED and report.delivered_at:
        yield "/data/delivered_at", report.delivered_at


def _check_vehicle(
    report: AnyReport, dealer: Dealer, *, errors: Findings, warnings: Findings
) -> None:
    """The VIN; a dealer may accept a failed check digit."""
    vehicle: Vehicle | None = getattr(report, "vehicle", None)
    if vehicle is None:
        return
    match check_vin(vehicle.vin):
        case "malformed":
            detail = "a VIN has 17 letters and digits, without I, O and Q"
            errors.add("/data/vehicle/vin", detail)
        case "failed":
            findings = warnings if dealer.vin_check == "warn" else errors
            findings.add("/data/vehicle/vin", "the check digit does not fit")
        case _:
            pass


def _with_e164(report: AnyReport, region: str, warnings: Findings) -> AnyReport:
    """The report with its telephone numbers in E.164, but for those that are none."""
    if not isinstance(report, SaleReported | VisitReported | ComplaintReported):
        return report
    if report.customer is None:
        return report
    customer = _reachable(report.customer, region, "/data/customer", warnings)
    changes: dict[str, object] = {"customer": customer}
    if isinstance(report, SaleReported):
        changes["parties"] = tuple(
            party.model_copy(
                update={
                    "customer": _reachable(
                        party.customer, region, f"/data/parties/{position}/customer", warnings
                    )
                }
            )
            for position, party in enumerate(report.parties)
        )
    return report.model_copy(update=changes)


def _reachable(customer: Customer, region: str, where: str, warnings: Findings) -> Customer:
    if not customer.phones:
        return customer
    phones: dict[str, Phone] = {}
    for position, phone in enumerate(customer.phones):
        number, warning = e164(phone.number, region)
        place = f"{where}/phones/{position}/number"
        if number is None:
            warnings.leave_out(place, warning or "left out", of=f"{where}/phones")
            continue
        if warning is not None:
            warnings.add(place, warning)
        phones.setdefault(number, Phone(kind=phone.kind, number=number))
    return customer.model_copy(update={"phones": tuple(phones.values())})
