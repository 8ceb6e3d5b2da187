"""Is this event valid? Its envelope, its data, and what only intake can check.

An event is examined by itself: neither the register nor its neighbours matter here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from services.intake.identify import check_vin, e164
from services.intake.pointers import pointer
from services.intake.problems import MOST_TOLD, Finding, Findings
from services.intake.strict_json import path_to_doubled
from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import (
    REPORTS,
    AnyReport,
    ComplaintReported,
    Customer,
    Phone,
    SaleReported,
    Vehicle,
    VisitReported,
)
from shared.dealers import Dealer, Dealers

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A source's clock may be this much fast."""
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200
LARGEST_LINE = 10**10
"""Labour and parts of one line stay below this, so that their sum is an amount."""

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", flags=re.ASCII
)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", flags=re.ASCII)
_HAPPENED = frozenset(
    {"source_modified_at", "opened_at", "closed_at", "voided_at", "received_at", "at"}
)
"""Fields that tell of the past: they cannot lie ahead."""


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
    raw: object, *, dealers: Dealers, now: datetime, tell: int = MOST_TOLD
) -> Reported | Refused:
    """`raw` (JSON values) as a valid event, or what is wrong with it: `tell` findings at most."""
    errors = Findings(tell)
    if not isinstance(raw, dict):
        errors.add("", "an event is a JSON object")
        return _refused({}, None, errors)
    event = _envelope(raw, errors)
    report = _data(raw, errors)
    dealer = _dealer(raw, dealers)
    if event is None or report is None or errors.count:
        return _refused(raw, dealer, errors)
    if dealer is None:
        errors.add("/data/dealer_id", "no such dealer here")
        return _refused(raw, None, errors)
    for found in (*_contradictions(event, report), *_implausible(event, report, now)):
        errors.add(*found)
    warnings = Findings(tell)
    _check_vehicle(report, dealer, errors=errors, warnings=warnings)
    if errors.count:
        return _refused(raw, dealer, errors)
    report = _with_e164(report, dealer.region, warnings)
    return Reported(
        event=event,
        report=report,
        dealer=dealer,
        warnings=tuple(warnings.told),
        untold=warnings.untold,
        clock_fast=any(moment > now for _, moment in _past_moments(event, report)),
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
    time = raw.get("time")
    if time is not None and not (isinstance(time, str) and _RFC3339.fullmatch(time)):
        errors.add("/time", "write RFC 3339 with seconds and offset")
        raw = {**raw, "time": None}
    content_type = raw.get("datacontenttype")
    if isinstance(content_type, str) and not _is_json(content_type):
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
    except OverflowError:
        errors.add("/time", "out of range")
    return None


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _data(raw: Mapping[str, object], errors: Findings) -> AnyReport | None:
    kind, data = raw.get("type"), raw.get("data")
    if not isinstance(kind, str) or kind not in REPORTS or not isinstance(data, dict):
        return None
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
    if isinstance(report, VisitReported):
        for position, line in enumerate(report.lines):
            if (line.labour_amount or 0) + (line.parts_amount or 0) >= LARGEST_LINE:
                yield Finding(f"/data/lines/{position}", "labour and parts are too large")


def _implausible(event: CloudEvent, report: AnyReport, now: datetime) -> Iterator[Finding]:
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


def _past_moments(event: CloudEvent, report: AnyReport) -> Iterator[tuple[str, datetime]]:
    if event.time is not None:
        yield "/time", event.time
    for name, value in report:
        if isinstance(value, datetime) and name in _HAPPENED:
            yield f"/data/{name}", value
    if isinstance(report, SaleReported) and report.status == "delivered" and report.delivered_at:
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
    phones: dict[str, Phone] = {}
    for position, phone in enumerate(customer.phones):
        number = e164(phone.number, region)
        if number is None:
            warnings.add(f"{where}/phones/{position}/number", "not a telephone number: left out")
        else:
            phones.setdefault(number, Phone(kind=phone.kind, number=number))
    return customer.model_copy(update={"phones": tuple(phones.values())})
