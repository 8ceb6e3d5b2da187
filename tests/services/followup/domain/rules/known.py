"""What is known of a customer, document by document, and what each rule that ships makes of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from services.followup.domain.documents import (
    AnsweredSurvey,
    CarGone,
    CaseStands,
    Correction,
    Delivery,
    Known,
    Outcome,
    ReferralBought,
    RepairOrder,
    Scored,
)
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.follow_ups import FollowUp, customer_history, follow_ups
from services.followup.domain.occasion import EVER
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import task_id
from shared.contracts.scoring import Grade, Risk
from tests.services.followup.given import CAR, CUSTOMER, DEALER, ZONE, at, local

SHIPPED = FollowUpPolicy()
OTHER_CAR = "LSVAU2180N2183295"
VERSION = "1.1"
Document = tuple[str, Known]


def _id(kind: str, number: str) -> str:
    return f"{DEALER}/cdk/{kind}/{number}"


def sold(on: str, number: str = "D1", *, vin: str | None = CAR, **said: Any) -> Document:
    """A car handed over."""
    fields = {"kind": "delivery", "version": VERSION, "at": at(on), "timezone": ZONE, "vin": vin}
    return _id("sale", number), Delivery.model_validate(fields | said)


def order(
    on: str, number: str = "R1", *, opened: str | None = None, vin: str | None = CAR, **said: Any
) -> Document:
    """A repair order closed then, and opened three hours before or when it says."""
    fields = {
        "kind": "visit",
        "version": VERSION,
        "opened_at": at(opened) if opened else at(on) - timedelta(hours=3),
        "closed_at": at(on),
        "timezone": ZONE,
        "vin": vin,
    }
    return _id("visit", number), RepairOrder.model_validate(fields | said)


def in_the_workshop(since: str, number: str = "R1", **said: Any) -> Document:
    """An order that is open still."""
    return order(since, number, opened=since, closed_at=None, **said)


def gone(on: str, *, vin: str = CAR, traded_in: bool = False) -> Document:
    """The car is another's now."""
    end = CarGone(kind="ownership_end", version=VERSION, at=at(on), vin=vin, traded_in=traded_in)
    return f"{CUSTOMER}/owner/{vin}", end


def scored(
    grade: Grade | None = None,
    *,
    risk: Risk | None = None,
    since: str | None = None,
    before: Sequence[tuple[Grade, str]] = (),
    **said: Any,
) -> Document:
    """How scoring sees the customer. `before`: the grades that they had, each until then."""
    fields = {
        "kind": "score",
        "version": "1",
        "grade": grade,
        "grades_before": tuple(f"{was}/{at(until).isoformat()}" for was, until in before),
        "risk": risk,
        "risk_since": at(since) if since else None,
    }
    return f"{CUSTOMER}/score", Scored.model_validate(fields | said)


def answered(
    on: str,
    number: str = "S1",
    *,
    survey: Literal["ssi", "csi"] = "csi",
    overall: int = 90,
    about_id: str = "",
    **items: int,
) -> Document:
    """A survey answered, in tenths of a point."""
    kept = tuple(f"{item}={value}" for item, value in items.items())
    answer = AnsweredSurvey(
        kind="survey",
        version=VERSION,
        at=at(on),
        survey=survey,
        overall=overall,
        items=kept,
        about_id=about_id,
    )
    return _id("survey", number), answer


def complaint(
    on: str, number: str = "K1", *, spans: Sequence[str] = (), **said: str | int
) -> Document:
    """A case as it stands: what it says at, is an instant; `spans` are when it began and ended."""
    stands = {name: at(value) if isinstance(value, str) else value for name, value in said.items()}
    instants = [at(span).isoformat() for span in spans]
    opened = ["/".join(pair) for pair in zip(instants[::2], instants[1::2], strict=True)]
    fields = {"kind": "case", "version": "1", "at": at(on), "open_spans": opened}
    return f"{_id('complaint', number)}/standing", CaseStands.model_validate(fields | stands)


def referred(on: str, number: str = "F1", whom: str = "C9") -> Document:
    """Somebody whom they referred bought a car."""
    bought = ReferralBought(
        kind="referred_purchase",
        version=VERSION,
        at=at(on),
        whom=f"{DEALER}/cdk/{whom}",
        referral_id=_id("referral", number),
    )
    return f"{_id('referral', number)}/bought", bought


def reported(on: str, about: str, what: str = "done", number: str = "O1") -> Document:
    """What came of the task about `kind/sort/number`."""
    kind, sort, name = about.split("/")
    task = str(task_id(CUSTOMER, f"{kind}/{_id(sort, name)}"))
    fields = {"kind": "outcome", "version": VERSION, "at": at(on), "task_id": task, "outcome": what}
    return _id("task-outcome", number), Outcome.model_validate(fields)


def corrected(on: str, *channels: Channel, number: str = "B1") -> Document:
    """Another number, or address, is known from then on."""
    known = Correction(kind="correction", version=VERSION, at=at(on), channels=channels)
    return _id("customer", number), known


def facts(*documents: Document) -> FollowUpFacts:
    """All that is known of the customer."""
    return FollowUpFacts(customer_key=CUSTOMER, documents=dict(documents))


def found(
    kind: str,
    *documents: Document,
    policy: FollowUpPolicy = SHIPPED,
    since: datetime = EVER,
) -> list[FollowUp]:
    """What a rule follows up, in the order of opening."""
    all_of_them = follow_ups(customer_history(facts(*documents), policy), policy, since)
    return sorted(
        (each for each in all_of_them if each.rule.kind == kind),
        key=lambda each: (each.opens_at, each.document_id),
    )


def tasks(kind: str, *documents: Document, policy: FollowUpPolicy = SHIPPED) -> list[str]:
    """The same, in sentences: which, from when until when, and what ends it first."""
    return [_sentence(each) for each in found(kind, *documents, policy=policy)]


def said(kind: str, *documents: Document, policy: FollowUpPolicy = SHIPPED) -> Mapping[str, str]:
    """What the only one of a rule says of its own."""
    [only] = found(kind, *documents, policy=policy)
    return only.said


def _sentence(each: FollowUp) -> str:
    number = each.document_id.split("/", 4)[-1] if "/" in each.document_id else each.document_id
    words = f"{number} opens {local(each.could_open_at)}, due {local(each.due_at)}"
    if each.endings:
        first = each.endings[0]
        words += f"; {local(first.at)} {first.status}: {first.because}"
    return words


def on(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
