"""Is this event valid? Its envelope, its data, and what only intake can check.

An event is examined by itself: neither the register nor its neighbours matter here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from services.intake.domain.dates import EARLIEST_YEAR, is_out_of_range
from services.intake.domain.decode.strict_json import DoubledName, path_to_doubled
from services.intake.domain.documents import customer, kind_of
from services.intake.domain.documents.kind import Described, Named, NamedInGroup
from services.intake.domain.documents.naming import is_as_answered
from services.intake.domain.examine.attributes import check_attributes
from services.intake.domain.examine.telephones import with_e164
from services.intake.domain.examine.unknown import find_unknown
from services.intake.domain.examine.unreadable import leave_out_unreadable
from services.intake.domain.examine.vins import check_vin
from services.intake.domain.examine.without_number import NOBODYS_REGISTER, with_customers_known
from services.intake.domain.findings import MOST_SHOWN, Finding, Findings
from services.intake.domain.pointers import pointer
from shared.contracts.envelope import CloudEvent
from shared.contracts.feeds import REPORTS, AnyReport, CustomerReported
from shared.contracts.followup import REPORTING_SOURCE
from shared.contracts.identifiers import dealer_of, group_of
from shared.dealers.dealer import Dealer, Dealers

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A source's clock may be this much fast."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", flags=re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A valid event."""

    event: CloudEvent
    report: AnyReport
    """Without the odometer readings that cannot be true, and of a correction without what could not
    be read."""
    described: Described | None
    """The customers that the report describes, their telephone numbers in E.164, and its car."""
    dealer: Dealer
    warnings: tuple[Finding, ...] = ()
    not_shown: int = 0
    """How many more warnings there are."""
    clock_fast: bool = False
    left_out: frozenset[str] = frozenset()
    """Pointers of what could not be read and is taken as not said; of lists: not in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidEvent:
    """An event that is not valid, and what was found first."""

    errors: tuple[Finding, ...]
    not_shown: int = 0
    """How many more errors there are."""
    event_id: str | None = None
    type: str = "unknown"
    dealer_id: str = "unknown"
    source: str = "unknown"


def examine(
    raw: object,
    *,
    dealers: Dealers,
    now: datetime,
    show: int = MOST_SHOWN,
    strict: bool = False,
    ours: bool = False,
    key: bytes = NOBODYS_REGISTER,
) -> Reported | InvalidEvent:
    """`raw` (JSON values) as a valid event, or what is wrong with it: `show` findings at most.

    `strict`: a field that no contract knows is wrong; otherwise it is warned about. `ours`: one of
    our own services reports it, and may do so under its own name. `key`: of the hashes
    by which customers without a number are known.
    """
    errors = Findings(show)
    if isinstance(raw, DoubledName):
        return _with_doubled_name(raw.value)
    if not isinstance(raw, dict):
        errors.add("", "an event is a JSON object")
        return _invalid({}, None, errors)
    event = _envelope(raw, errors)
    report = _data(raw, errors, strict=strict)
    dealer = _dealer(raw, dealers)
    if event is None or report is None or errors.count:
        return _invalid(raw, dealer, errors)
    if dealer is None:
        errors.add("/data/dealer_id", "no such dealer here")
        return _invalid(raw, None, errors)
    if report.source == REPORTING_SOURCE and not ours:
        errors.add("/data/source", "this name is kept for what Aftercare itself reports")
    warnings = Findings(show)
    report = with_customers_known(report, dealer, key=key, errors=errors, warnings=warnings)
    for found in (
        *_contradictions(event, report, dealers),
        *_implausible(event, report, dealer, now),
    ):
        errors.add(*found)
    described = kind_of(report).described(report)
    if described is not None:
        _check_vins(described, dealer, errors=errors, warnings=warnings)
    if errors.count:
        return _invalid(raw, dealer, errors)
    report = _with_possible_readings(report, dealer, warnings)
    for where, detail in kind_of(report).doubtful(report):
        warnings.add(f"/data{where}", detail)
    if described is not None:
        described = with_e164(described, dealer.region, warnings)
    if not strict:
        find_unknown(event.data, type(report), warnings)
    if described is not None:
        leave_out_unreadable(described, warnings, year=now.year)
        report = _as_read(report, described, frozenset(warnings.left_out))
    return Reported(
        event=event,
        report=report,
        described=described,
        dealer=dealer,
        warnings=tuple(warnings.shown),
        not_shown=warnings.not_shown,
        clock_fast=any(moment > now for _, moment in _past_moments(event, report)),
        left_out=frozenset(warnings.left_out),
    )


def _with_doubled_name(raw: object) -> InvalidEvent:
    """Where a name stands twice in one object, nobody knows which one counts."""
    errors = Findings()
    errors.add(pointer(path_to_doubled(raw)), "a name stands twice in one object")
    return _invalid(raw if isinstance(raw, dict) else {}, None, errors)


def _invalid(raw: Mapping[str, object], dealer: Dealer | None, errors: Findings) -> InvalidEvent:
    event_id, kind = raw.get("id"), raw.get("type")
    return InvalidEvent(
        errors=tuple(errors.shown),
        not_shown=errors.not_shown,
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
        find_unknown(data, REPORTS[kind], errors)
    try:
        return REPORTS[kind].model_validate(data)
    except ValidationError as error:
        errors.add_all(error, "/data")
        return None


def _dealer(raw: Mapping[str, object], dealers: Dealers) -> Dealer | None:
    data = raw.get("data")
    dealer_id = data.get("dealer_id") if isinstance(data, dict) else None
    return dealers.find(dealer_id) if isinstance(dealer_id, str) else None


def _contradictions(event: CloudEvent, report: AnyReport, dealers: Dealers) -> Iterator[Finding]:
    if event.dealerid is not None and event.dealerid != report.dealer_id:
        yield Finding("/dealerid", "names another dealer than data does")
    kind = kind_of(report)
    for named in kind.named_by_id(report):
        strange = _strange(named, report.dealer_id, dealers)
        if strange is not None:
            yield Finding(f"/data{named.pointer}", strange)
        elif not is_as_answered(named.identifier):
            yield Finding(f"/data{named.pointer}", "write it as intake answers it")
    for where, detail in kind.contradictions(report):
        yield Finding(f"/data{where}", detail)


def _strange(named: Named, own: str, dealers: Dealers) -> str | None:
    """Why what is named is none that this dealer may speak of."""
    dealer_id = dealer_of(named.identifier)
    if dealer_id == own:
        return None
    if not isinstance(named, NamedInGroup):
        return "is of another dealer than data is"
    if group_of(dealer_id) != group_of(own):
        return "is of another group than data is"
    return None if dealers.find(dealer_id) is not None else "is of a dealer that is not known here"


def _implausible(
    event: CloudEvent, report: AnyReport, dealer: Dealer, now: datetime
) -> Iterator[Finding]:
    for name, value in report:
        # a datetime is a date, too
        if isinstance(value, date) and is_out_of_range(value):
            yield Finding(f"/data/{name}", "out of range")
    if event.time is not None and event.time.year < EARLIEST_YEAR:
        yield Finding("/time", "out of range")
    latest = now + CLOCK_TOLERANCE
    for where, moment in _past_moments(event, report):
        if moment > latest:
            yield Finding(where, "more than five minutes in the future")
    today = latest.astimezone(dealer.zone).date()
    for name, day in kind_of(report).happened(report):
        if day is not None and not isinstance(day, datetime) and day > today:
            yield Finding(f"/data/{name}", "after today, as the dealer's calendar has it")


def _past_moments(event: CloudEvent, report: AnyReport) -> Iterator[tuple[str, datetime]]:
    if event.time is not None:
        yield "/time", event.time
    if report.source_modified_at is not None:
        yield "/data/source_modified_at", report.source_modified_at
    for name, moment in kind_of(report).happened(report):
        if isinstance(moment, datetime):
            yield f"/data/{name}", moment


def _check_vins(
    described: Described, dealer: Dealer, *, errors: Findings, warnings: Findings
) -> None:
    """Of every car that is named; a dealer may accept a failed check digit."""
    for where, vin in described.vins():
        match check_vin(vin):
            case "malformed":
                detail = "a VIN has 17 letters and digits, without I, O and Q"
                errors.add(f"/data{where}", detail)
            case "failed":
                findings = warnings if dealer.vin_check == "warn" else errors
                findings.add(f"/data{where}", "the check digit does not fit")
            case _:
                pass


def _as_read(report: AnyReport, described: Described, left_out: frozenset[str]) -> AnyReport:
    """A correction without what could not be read, for its record says what it corrects."""
    if not isinstance(report, CustomerReported):
        return report
    return customer.as_read(report, described, left_out)


def _with_possible_readings(report: AnyReport, dealer: Dealer, warnings: Findings) -> AnyReport:
    """The report without the odometer readings that cannot be true."""
    found = dict(kind_of(report).impossible_readings(report, dealer))
    for where, reason in found.items():
        warnings.add(f"/data{where}", f"{reason}: set aside")
    fields = (where.removeprefix("/") for where in found)
    return report.model_copy(update=dict.fromkeys(fields)) if found else report
