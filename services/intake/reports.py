"""Is this event valid? Its envelope, its data, and what only intake can check.

An event is examined by itself: neither the register nor its neighbours matter here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from services.intake.identify import (
    check_vin,
    customer_numbers,
    document_numbers,
    e164,
    is_plain,
)
from services.intake.problems import Finding
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
    clock_fast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An event that is not valid, and all that was found."""

    errors: tuple[Finding, ...]
    event_id: str | None = None
    type: str = "unknown"
    dealer_id: str = "unknown"


def examine(raw: object, *, dealers: Dealers, now: datetime) -> Reported | Refused:
    """`raw` (JSON values) as a valid event, or everything that is wrong with it."""
    if not isinstance(raw, dict):
        return Refused(errors=(Finding("", "an event is a JSON object"),))
    event, errors = _envelope(raw)
    report, wrong = _data(raw)
    errors += wrong
    dealer = _dealer(raw, dealers)
    if event is None or report is None or errors:
        return _refused(raw, dealer, errors)
    if dealer is None:
        return _refused(raw, None, [Finding("/data/dealer_id", "no such dealer here")])
    errors = [*_contradictions(event, report), *_implausible(event, report, now)]
    vin_errors, warnings = _check_vehicle(report, dealer)
    errors += vin_errors
    if errors:
        return _refused(raw, dealer, errors)
    report, dropped = _with_e164(report, dealer.region)
    return Reported(
        event=event,
        report=report,
        dealer=dealer,
        warnings=(*warnings, *dropped),
        clock_fast=any(moment > now for _, moment in _past_moments(event, report)),
    )


def _refused(raw: Mapping[str, object], dealer: Dealer | None, errors: list[Finding]) -> Refused:
    event_id, kind = raw.get("id"), raw.get("type")
    return Refused(
        errors=tuple(errors),
        event_id=event_id if isinstance(event_id, str) and 0 < len(event_id) <= 400 else None,
        type=kind if isinstance(kind, str) and kind in REPORTS else "unknown",
        dealer_id=dealer.id if dealer is not None else "unknown",
    )


def _envelope(raw: Mapping[str, object]) -> tuple[CloudEvent | None, list[Finding]]:
    errors = []
    time = raw.get("time")
    if time is not None and not (isinstance(time, str) and _RFC3339.fullmatch(time)):
        errors.append(Finding("/time", "write RFC 3339 with seconds and offset"))
        raw = {**raw, "time": None}
    content_type = raw.get("datacontenttype")
    if isinstance(content_type, str) and not _is_json(content_type):
        errors.append(Finding("/datacontenttype", "data is JSON here"))
    kind = raw.get("type")
    if isinstance(kind, str) and kind and kind not in REPORTS:
        errors.append(Finding("/type", "this type of event is not taken here"))
    if not isinstance(raw.get("data"), dict):
        errors.append(Finding("/data", "data is a JSON object"))
        raw = {**raw, "data": {}}
    try:
        return CloudEvent.model_validate(raw), errors
    except ValidationError as error:
        return None, [*errors, *_findings(error, "")]
    except OverflowError:
        return None, [*errors, Finding("/time", "out of range")]


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _data(raw: Mapping[str, object]) -> tuple[AnyReport | None, list[Finding]]:
    kind, data = raw.get("type"), raw.get("data")
    if not isinstance(kind, str) or kind not in REPORTS or not isinstance(data, dict):
        return None, []
    try:
        return REPORTS[kind].model_validate(data), []
    except ValidationError as error:
        return None, _findings(error, "/data")


def _findings(error: ValidationError, prefix: str) -> list[Finding]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        Finding(prefix + _pointer(item["loc"]), item["msg"].removeprefix("Value error, "))
        for item in found
    ]


def _pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901; names of the sender's own choosing are cut."""
    parts = (str(part)[:80] for part in location if part != "[key]")
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _dealer(raw: Mapping[str, object], dealers: Dealers) -> Dealer | None:
    data = raw.get("data")
    dealer_id = data.get("dealer_id") if isinstance(data, dict) else None
    return dealers.find(dealer_id) if isinstance(dealer_id, str) else None


def _contradictions(event: CloudEvent, report: AnyReport) -> Iterator[Finding]:
    if event.dealerid is not None and event.dealerid != report.dealer_id:
        yield Finding("/dealerid", "names another dealer than data does")
    for field, number in document_numbers(report).items():
        if not is_plain(number):
            yield Finding(f"/data/{field}", "control characters in a number")
    for pointer, number in customer_numbers(report).items():
        if not is_plain(number):
            yield Finding(f"/data{pointer}", "control characters in a number")
    if isinstance(report, VisitReported):
        for position, line in enumerate(report.lines):
            if (line.labour_amount or 0) + (line.parts_amount or 0) >= LARGEST_LINE:
                yield Finding(f"/data/lines/{position}", "labour and parts are too large")


def _implausible(event: CloudEvent, report: AnyReport, now: datetime) -> Iterator[Finding]:
    for field, value in report:
        # a datetime is a date, too
        if isinstance(value, date) and not EARLIEST_YEAR <= value.year < LATEST_YEAR:
            yield Finding(f"/data/{field}", "out of range")
    if isinstance(report, SaleReported):
        for position, product in enumerate(report.products):
            expires = product.expires_on
            if expires is not None and not EARLIEST_YEAR <= expires.year < LATEST_YEAR:
                yield Finding(f"/data/products/{position}/expires_on", "out of range")
    if event.time is not None and event.time.year < EARLIEST_YEAR:
        yield Finding("/time", "out of range")
    for pointer, moment in _past_moments(event, report):
        if moment > now + CLOCK_TOLERANCE:
            yield Finding(pointer, "more than five minutes in the future")


def _past_moments(event: CloudEvent, report: AnyReport) -> Iterator[tuple[str, datetime]]:
    if event.time is not None:
        yield "/time", event.time
    for field, value in report:
        if isinstance(value, datetime) and field in _HAPPENED:
            yield f"/data/{field}", value
    if isinstance(report, SaleReported) and report.status == "delivered" and report.delivered_at:
        yield "/data/delivered_at", report.delivered_at


def _check_vehicle(report: AnyReport, dealer: Dealer) -> tuple[list[Finding], list[Finding]]:
    """Errors and warnings about the VIN; a dealer may accept a failed check digit."""
    vehicle: Vehicle | None = getattr(report, "vehicle", None)
    if vehicle is None:
        return [], []
    match check_vin(vehicle.vin):
        case "malformed":
            detail = "a VIN has 17 letters and digits, without I, O and Q"
            return [Finding("/data/vehicle/vin", detail)], []
        case "failed":
            finding = [Finding("/data/vehicle/vin", "the check digit does not fit")]
            return ([], finding) if dealer.vin_check == "warn" else (finding, [])
        case _:
            return [], []


def _with_e164(report: AnyReport, region: str) -> tuple[AnyReport, list[Finding]]:
    """The report with its telephone numbers in E.164, and those that had to be dropped."""
    if not isinstance(report, SaleReported | VisitReported | ComplaintReported):
        return report, []
    if report.customer is None:
        return report, []
    customer, dropped = _reachable(report.customer, region, "/data/customer")
    changes: dict[str, object] = {"customer": customer}
    if isinstance(report, SaleReported):
        parties = []
        for position, party in enumerate(report.parties):
            found, lost = _reachable(party.customer, region, f"/data/parties/{position}/customer")
            parties.append(party.model_copy(update={"customer": found}))
            dropped += lost
        changes["parties"] = tuple(parties)
    return report.model_copy(update=changes), dropped


def _reachable(customer: Customer, region: str, where: str) -> tuple[Customer, list[Finding]]:
    phones: dict[str, Phone] = {}
    dropped = []
    for position, phone in enumerate(customer.phones):
        number = e164(phone.number, region)
        if number is None:
            pointer = f"{where}/phones/{position}/number"
            dropped.append(Finding(pointer, "not a telephone number: left out"))
        else:
            phones.setdefault(number, Phone(kind=phone.kind, number=number))
    return customer.model_copy(update={"phones": tuple(phones.values())}), dropped
