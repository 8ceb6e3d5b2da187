"""From what a dealer reports to the lines that intake is sent, and how it will answer them."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from deploy.sandbox.feed.cars import with_failed_check_digit
from services.intake.domain.documents import document_id_of
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import AnyReport, TaskAssignmentReported, VisitReported
from shared.contracts.values import instant_text

Expected = Literal["accepted", "duplicate", "rejected"]
Fault = Literal[
    "failed check digit",
    "short VIN",
    "unknown dealer",
    "amount as a number",
    "no event id",
    "unknown type",
    "cut off",
]
_Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One line of the feed, when it is sent, and how intake answers it."""

    at: datetime
    line: bytes
    """NDJSON, without the newline."""
    expected: Expected
    about: str
    """What it is, for people; nothing personal."""
    dealer_id: str
    """The dealer it comes from, whatever the line says."""


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """A report and when it is sent. A faulty one is spoilt on its way."""

    sent: datetime
    report: AnyReport
    about: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A draft that is a visit: what corrections are made of."""

    draft: FeedDraft
    report: VisitReported


def feed_lines(drafts: Iterable[FeedDraft], *, prefix: str) -> list[FeedLine]:
    """The drafts as lines in the order they are sent; event ids are `prefix` and a number.

    `expected` follows intake's rule: a content newer than the known one is accepted, anything
    else about a known document is a duplicate.
    """
    known: dict[str, tuple[datetime, str]] = {}
    lines = []
    for number, draft in enumerate(sorted(drafts, key=lambda draft: draft.sent), start=1):
        report = draft.report
        content = report.model_dump_json(exclude_none=True, exclude={"source_modified_at"})
        expected: Expected = "rejected"
        if draft.fault is None:
            expected = _expected(known, document_id_of(report), _modified_at(report), content)
        lines.append(
            FeedLine(
                at=draft.sent,
                line=_line(draft, f"{prefix}-{number:06d}"),
                expected=expected,
                about=f"{report.dealer_id}: {draft.about}",
                dealer_id=report.dealer_id,
            )
        )
    return lines


def repeated(draft: FeedDraft, *, sent: datetime) -> FeedDraft:
    """The same content once more, as overlapping export windows do."""
    return replace(draft, sent=sent, about=f"again: {draft.about}")


def exported(
    rng: random.Random, report: AnyReport, about: str, *, minutes: tuple[int, int] = (2, 8)
) -> FeedDraft:
    """A draft that leaves the dealer's system a few minutes after its last change."""
    lag = timedelta(seconds=rng.randint(minutes[0] * 60, minutes[1] * 60))
    return FeedDraft(_modified_at(report) + lag, report, about)


def as_written(rng: random.Random, customer: Customer) -> Customer:
    """A customer as typed at the counter: mostly right, now and then something is missing."""
    slip = rng.random()
    if slip < 0.015:
        return customer.model_copy(update={"email": None})
    if slip < 0.025 and customer.name is not None:
        return customer.model_copy(update={"name": customer.name.upper()})
    if slip < 0.035:
        return customer.model_copy(update={"phones": customer.phones[:1], "language": None})
    return customer


def visits_of(drafts: Sequence[FeedDraft]) -> list[VisitDraft]:
    """The closed visits among drafts."""
    return [
        VisitDraft(draft, draft.report)
        for draft in drafts
        if isinstance(draft.report, VisitReported) and draft.report.status == "closed"
    ]


def _modified_at(report: AnyReport) -> datetime:
    assert report.source_modified_at is not None, "the sample dates every version"
    return report.source_modified_at


def _expected(
    known: dict[str, tuple[datetime, str]], document_id: str, modified_at: datetime, content: str
) -> Expected:
    version = known.get(document_id)
    if version is not None and (modified_at <= version[0] or content == version[1]):
        return "duplicate"
    known[document_id] = (modified_at, content)
    return "accepted"


def _line(draft: FeedDraft, event_id: str) -> bytes:
    report = draft.report
    data: _Json = report.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    if isinstance(report, TaskAssignmentReported):
        data["person"] = report.person  # null is said, too: it is given back
    event: _Json = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/dms/{report.source}/{report.dealer_id}",
        "type": report.TYPE,
        "time": instant_text(_modified_at(report)),
        "dealerid": report.dealer_id,
        "data": data,
    }
    if draft.fault is not None:
        _spoil(event, report, draft.fault)
    line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return line[: len(line) * 2 // 3] if draft.fault == "cut off" else line


def _spoil(event: _Json, report: AnyReport, fault: Fault) -> None:
    assert isinstance(report, VisitReported), "faults are put into visits"
    assert report.vehicle is not None and report.lines, "the sample's visits have both"
    vin = report.vehicle.vin or ""
    match fault:
        case "failed check digit":
            event["data"] = _with_vin(report, with_failed_check_digit(vin))
        case "short VIN":
            event["data"] = _with_vin(report, vin[:-1])
        case "unknown dealer":
            stranger = f"{report.dealer_id.partition('/')[0]}/oslo"
            event["dealerid"] = stranger
            changed = report.model_copy(update={"dealer_id": stranger})
            event["data"] = changed.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        case "amount as a number":
            first = report.lines[0].model_dump(mode="json", exclude_none=True, exclude_unset=True)
            line = {**first, "labour_amount": 120.5}
            data = report.model_dump(mode="json", exclude_none=True, exclude_unset=True)
            event["data"] = {**data, "lines": [line]}
        case "no event id":
            del event["id"]
        case "unknown type":
            event["type"] = "dev.aftercare.test-drive.reported.v1"
        case "cut off":
            pass
        case _:
            assert_never(fault)


def _with_vin(report: VisitReported, vin: str) -> _Json:
    assert report.vehicle is not None
    vehicle = report.vehicle.model_copy(update={"vin": vin})
    changed = report.model_copy(update={"vehicle": vehicle})
    return changed.model_dump(mode="json", exclude_none=True, exclude_unset=True)
