"""Words to tell a customer's story in: what intake would report of it, and what scoring says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from services.scoring.app import decider
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.settings import ScoringSettings
from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn, CaseTurn
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Severity
from shared.contracts.identifiers import document_version
from shared.contracts.intake import (
    CustomerMoved,
    Recorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.scoring import GradeChanged, RiskChanged, ScoreChanged
from shared.decider.decision import Decision
from shared.testing.deciders import DeciderSpec

DEALER = "sunrise/pudong"
CUSTOMER = f"{DEALER}/cdk/C1"
POLICY = ScoringPolicy()
DECIDER = decider(ScoringSettings())


def day(text: str) -> datetime:
    """18:00 in Shanghai on that day, or the instant when a time is told."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(text).replace(hour=10, tzinfo=UTC)


def event_of(data: Recorded, at: datetime, received: str | None) -> Event[Any]:
    """What intake says, within the hour unless it is said when."""
    recorded_at = day(received) if received else at + timedelta(hours=1)
    return Event(
        id=f"{data.document_id}:{data.version}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=recorded_at,
        data=data,
    )


def document_of(kind: str, number: str, revision: int) -> dict[str, Any]:
    """What every document of the customer has."""
    return {
        "document_id": f"{DEALER}/cdk/{kind}/{number}",
        "version": document_version(1_700_000_000_000 + revision, f"{revision:012d}"),
        "customer_key": CUSTOMER,
        "dealer_id": DEALER,
    }


def sale(
    on: str,
    number: str = "D1",
    *,
    role: str = "buyer",
    status: str = "delivered",
    sale_type: str = "retail",
    products: Sequence[dict[str, Any] | str | None] = (),
    vin: str | None = None,
    condition: str = "new",
    traded_in: tuple[str, ...] = (),
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """A car delivered; `products` came with it, each as `product` or what was paid for it."""
    told = [each if isinstance(each, dict) else {"amount": each} for each in products]
    data = SaleRecorded.model_validate(
        document_of("sale", number, revision)
        | {
            "timezone": "Asia/Shanghai",
            "status": status,
            "role": role,
            "deal_date": on[:10],
            "delivered_at": day(on),
            "sale_type": sale_type,
            "condition": condition,
            "vin": vin,
            "products": [{"code": f"P{n}"} | each for n, each in enumerate(told)],
            "traded_in": traded_in,
        }
    )
    return event_of(data, day(on), received)


def product(
    category: str | None, paid: str | None = None, *, expires_on: str | None = None
) -> dict[str, Any]:
    """Something that is sold with a car."""
    return {"category": category, "amount": paid, "expires_on": expires_on}


def line(
    paid: str, *, pays: str = "customer", category: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """A job of a repair order."""
    return {"pay_type": pays, "amount": paid, "category": category, "op_code": code}


def visit(
    on: str,
    number: str = "R1",
    *,
    paid: str = "0",
    pays: str = "customer",
    currency: str = "CNY",
    status: str = "closed",
    vin: str | None = None,
    lines: Sequence[dict[str, Any]] = (),
    opened: str | None = None,
    promised: str | None = None,
    comeback_of: str | None = None,
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """A repair order of one line, opened in the morning and closed on the same day unless
    `opened` says when; or of `lines`,
    each as `line`."""
    closed_at = day(on)
    told = lines or [line(paid, pays=pays)]
    data = VisitRecorded.model_validate(
        document_of("visit", number, revision)
        | {
            "timezone": "Asia/Shanghai",
            "status": status,
            "opened_at": day(opened) if opened else closed_at - timedelta(hours=3),
            "closed_at": closed_at if status == "closed" else None,
            "currency": currency,
            "vin": vin,
            "lines": [{"line_no": str(n)} | each for n, each in enumerate(told)],
            "promised_at": promised,
            "comeback_of": f"{DEALER}/cdk/visit/{comeback_of}" if comeback_of else None,
        }
    )
    return event_of(data, closed_at, received)


def complaint(
    on: str,
    number: str = "K1",
    *turns: tuple[str, str],
    severity: Severity = "normal",
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """A complaint as complaints tells of it. `turns`: the day, and how it stood from then on, such
    as `withdrawn` or `open major`; each received within the hour, but for a third word that says
    when."""
    told = [_turn(on, f"open {severity} {received or ''}")]
    told += [_turn(when, words) for when, words in turns]
    last = told[-1]
    data = CaseStandingChanged(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_id=f"{DEALER}/cdk/complaint/{number}",
        case_no=number,
        generation=1,
        status="open",
        severity=last.severity,
        satisfied=last.stands == "satisfied",
        received_at=told[0].at,
        recorded_at=told[0].recorded_at,
        turns=tuple(told),
    )
    return _said(data, revision)


def no_complaint(number: str = "K1", *, revision: int = 2) -> Event[Any]:
    """It is voided by now, or another customer's."""
    data = CaseStandingWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about="standing",
        withdrawn_at=day("2025-06-01"),
        case_id=f"{DEALER}/cdk/complaint/{number}",
    )
    return _said(data, revision)


def _turn(on: str, words: str) -> CaseTurn:
    stands, severity, received, *_ = [*words.split(), "", ""]
    at = day(on)
    return CaseTurn.model_validate(
        {
            "at": at,
            "recorded_at": day(received) if received else at + timedelta(hours=1),
            "stands": stands,
            "severity": severity or "normal",
        }
    )


def _said(data: CaseStandingChanged | CaseStandingWithdrawn, sequence: int) -> Event[Any]:
    """A message of complaints, said as soon as all that it tells was received."""
    moments = [day("2025-06-01")]
    if isinstance(data, CaseStandingChanged):
        moments = [turn.recorded_at for turn in data.turns]
    return Event(
        id=f"{data.document_id}:{sequence}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=max(moments),
        data=data,
        sequence=sequence,
    )


def survey(
    on: str,
    overall: float,
    number: str = "S1",
    *,
    kind: str = "csi",
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """A survey answered."""
    data = SurveyAnswered.model_validate(
        document_of("survey", number, revision)
        | {"survey": kind, "at": day(on), "overall": overall}
    )
    return event_of(data, day(on), received)


def referral(
    on: str,
    number: str = "F1",
    *,
    role: str = "referrer",
    whom: str = "",
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """A friend referred, or being the friend."""
    data = ReferralMade.model_validate(
        document_of("referral", number, revision)
        | {"role": role, "other_customer_key": f"{DEALER}/cdk/{whom or number}", "at": day(on)}
    )
    return event_of(data, day(on), received)


def moved(kind: str, number: str, *, revision: int = 2) -> Event[Any]:
    """A document that turned out to be another customer's."""
    document = document_of(kind, number, revision)
    data: Recorded
    match kind:
        case "sale":
            data = SaleMoved.model_validate(document)
        case "visit":
            data = VisitMoved.model_validate(document)
        case "complaint":
            return no_complaint(number, revision=revision)
        case _:
            data = CustomerMoved.model_validate(document)
    return event_of(data, day("2025-06-01"), None)


class Customer(DeciderSpec[ScoringFacts, ScoringPolicy]):
    """A customer's score; a sentence is `rule points`, with ` of 2` where two things gave them."""

    decider = DECIDER

    def moment(self, text: str) -> datetime:
        return day(text)

    def sentences(self) -> list[str]:
        return [
            f"{reason.rule} {reason.points}" + (f" of {reason.count}" if reason.count != 1 else "")
            for reason in self.score.reasons
        ]

    def then_grades(self, *expected: str) -> Self:
        """Exactly these grade changes are told, in this order, each by its day (UTC)."""
        assert self.changes == list(expected)
        return self

    @property
    def score(self) -> ScoreChanged:
        return score_in(self.decision)

    @property
    def reasons(self) -> dict[str, tuple[int, int]]:
        """Rule -> points and count."""
        return {reason.rule: (reason.points, reason.count) for reason in self.score.reasons}

    @property
    def points(self) -> dict[str, int]:
        """Rule -> points."""
        return {reason.rule: reason.points for reason in self.score.reasons}

    @property
    def changes(self) -> list[str]:
        """The grade changes, such as `2025-01-10 general to potential`."""
        contents = [output.content for output in self.decision.outputs]
        return [
            f"{content.changed_at:%Y-%m-%d} {content.before} to {content.after}"
            for content in contents
            if isinstance(content, GradeChanged)
        ]

    @property
    def risks(self) -> list[str]:
        """The changes of risk, such as `2025-07-09 active to due`."""
        contents = [output.content for output in self.decision.outputs]
        return [
            f"{content.changed_at:%Y-%m-%d} {content.before} to {content.after}"
            for content in contents
            if isinstance(content, RiskChanged)
        ]


def score_in(decision: Decision) -> ScoreChanged:
    """The one score that is decided."""
    contents = (output.content for output in decision.outputs)
    [score] = [content for content in contents if isinstance(content, ScoreChanged)]
    return score


def given(*events: Event[Any]) -> Customer:
    """A customer after these events."""
    return Customer.given(*events)
