"""What a dealer's system would report of a customer, in the worked examples of scoring.

All happens at six in the evening in Shanghai, so that each day ends after it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.complaints import CaseStandingChanged, CaseTurn
from shared.contracts.envelope import Event
from shared.contracts.identifiers import document_version
from shared.contracts.intake import (
    ReferralMade,
    SaleRecorded,
    SurveyAnswered,
    VisitRecorded,
)
from shared.contracts.outputs import Output

DEALER = "sunrise/pudong"
CUSTOMER = f"{DEALER}/cdk/C1"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened on a day, in words, and as it is reported."""

    on: str
    en: str
    zh: str
    event: Event[Any]

    def of(self, customer_key: str) -> "Happened":
        """The same, reported under another number."""
        data = self.event.data.model_copy(update={"customer_key": customer_key})
        return replace(self, event=self.event._replace(key=customer_key, data=data))


def at(day: str) -> datetime:
    """Six in the evening in Shanghai on that day."""
    return datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)


def sale(
    on: str,
    en: str,
    zh: str,
    *,
    number: str = "D1",
    vin: str = "LFV3A23C8A3000001",
    traded_in: tuple[str, ...] = (),
    products: tuple[tuple[str, str], ...] = (),
) -> Happened:
    """A new car is delivered; `products`: code and category of what was sold with it, at 1000."""
    told = {
        "timezone": "Asia/Shanghai",
        "status": "delivered",
        "role": "buyer",
        "deal_date": on,
        "delivered_at": at(on),
        "delivered_on": on,
        "sale_type": "retail",
        "condition": "new",
        "vin": vin,
        "traded_in": traded_in,
        "products": [
            {"code": code, "category": category, "amount": "1000"} for code, category in products
        ],
    }
    return _reported(SaleRecorded, "sale", number, told, (on, en, zh))


def visit(
    on: str,
    en: str,
    zh: str,
    *,
    number: str,
    paid: str = "0",
    pays: str = "customer",
    vin: str | None = "LFV3A23C8A3000001",
    job: str | None = None,
    opened: str | None = None,
    promised: str | None = None,
) -> Happened:
    """A repair order of one line that is closed on that day; `opened`, `promised`: other days."""
    told = {
        "timezone": "Asia/Shanghai",
        "status": "closed",
        "opened_at": at(opened or on) - timedelta(hours=3),
        "closed_at": at(on),
        "promised_at": at(promised) if promised else None,
        "currency": "CNY",
        "vin": vin,
        "lines": [{"line_no": "1", "op_code": job, "pay_type": pays, "amount": paid}],
    }
    return _reported(VisitRecorded, "visit", number, told, (on, en, zh))


def survey(on: str, en: str, zh: str, *, overall: int, kind: str, number: str) -> Happened:
    """An answer to a survey, from 0 to 10."""
    told = {"survey": kind, "at": at(on), "overall": overall}
    return _reported(SurveyAnswered, "survey", number, told, (on, en, zh))


def referral(on: str, en: str, zh: str, *, number: str) -> Happened:
    """They brought somebody along."""
    told = {"role": "referrer", "other_customer_key": f"{DEALER}/cdk/C9", "at": at(on)}
    return _reported(ReferralMade, "referral", number, told, (on, en, zh))


def complaint(
    on: str, en: str, zh: str, *turns: tuple[str, str], number: str = "K1", sequence: int = 1
) -> Happened:
    """How a case stands, as complaints tells of it on that day; `turns`: since when, and how."""
    told = [
        CaseTurn.model_validate(
            {"at": at(day), "recorded_at": at(day), "stands": stands, "severity": "normal"}
        )
        for day, stands in turns
    ]
    data = CaseStandingChanged(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_id=f"{DEALER}/cdk/complaint/{number}",
        case_no=number,
        generation=1,
        status="open",
        severity="normal",
        satisfied=told[-1].stands == "satisfied",
        received_at=told[0].at,
        recorded_at=told[0].at,
        turns=tuple(told),
    )
    return Happened(on, en, zh, _event(data, at(on), f"{data.case_id}:{sequence}", sequence))


def _reported(
    kind: type[Any], document: str, number: str, told: dict[str, Any], said: tuple[str, str, str]
) -> Happened:
    on, en, zh = said
    data = kind.model_validate(
        {
            "document_id": f"{DEALER}/cdk/{document}/{number}",
            "version": document_version(1_700_000_000_000, "000000000001"),
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            **told,
        }
    )
    return Happened(on, en, zh, _event(data, at(on), f"{data.document_id}:1", 0))


def _event(data: Output | Any, recorded_at: datetime, id_: str, sequence: int) -> Event[Any]:
    return Event(
        id=id_,
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=recorded_at,
        data=data,
        sequence=sequence,
    )
