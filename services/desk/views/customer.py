"""What the customer's page shows: who, worth what and why, what is planned and why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.desk.domain.find.documents import KeptDocument
from services.desk.domain.people import (
    CustomerCard,
    masked_email,
    masked_phone,
    masked_plate,
    masked_vin,
)
from services.desk.views.call import refused_channels
from services.desk.views.places import place_of, place_of_case
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import AllowedContact, CustomerTasks, FollowUpTask
from shared.contracts.http.identity import CustomerPerson
from shared.contracts.http.scoring import CustomerScore, ExplainedReason, ScoreHistory
from shared.contracts.identifiers import dealer_of, kind_in, number_in

T = TypeVar("T")
OPEN = ("open", "overdue")


@dataclass(frozen=True, slots=True)
class PartOfCustomer(Generic[T]):
    """What a service says of the customer."""

    found: T | None
    away: bool = False
    """It does not answer at present."""
    hidden: bool = False
    """It is not for this user to see. Neither: the service knows nothing of them."""
    holds: bool = True
    """Whether it knows of what the user has just reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsOfCustomer:
    """What all of them say."""

    score: PartOfCustomer[CustomerScore]
    history: PartOfCustomer[ScoreHistory]
    plan: PartOfCustomer[CustomerTasks]
    person: PartOfCustomer[CustomerPerson]
    cases: PartOfCustomer[tuple[CaseLine, ...]]

    @property
    def know_nothing(self) -> bool:
        """Whether none that may be asked is away, and none tells any plan, score or complaint."""
        asked = (self.score, self.plan, self.cases)
        return not self.know_them and not any(each.away for each in asked)

    @property
    def know_them(self) -> bool:
        """Whether any has a plan, a score or a complaint of them."""
        return any(each.found for each in (self.score, self.plan, self.cases))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCar:
    """A car, masked or not."""

    vin: str = field(repr=False)
    plate: str = field(repr=False)
    words: str
    is_former: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Who the customer is, masked or not."""

    name: str | None = field(repr=False)
    phones: tuple[tuple[str, str, bool], ...] = field(repr=False)
    """Kind, number, and whether it was verified."""
    email: str | None = field(repr=False)
    cars: tuple[ShownCar, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One reason of the score, down to its documents."""

    reason: ExplainedReason
    documents: tuple[tuple["DocumentPlace | None", int], ...]
    """Each with its points; None: what no document that may be named gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlace:
    """Where a document is shown."""

    kind: str
    number: str
    dealer_id: str
    href: str | None
    """Within this page, or a case's; None: it is nowhere to be seen here."""


def particulars(known: CustomerCard, person: CustomerPerson | None, *, shown: bool) -> Particulars:
    """`shown`: the user has opened them, which was written down."""
    former = {each.vin for each in person.former_cars} if person else set[str]()
    cars = tuple(
        ShownCar(
            vin=vin if shown else masked_vin(vin),
            plate=(car.plate or "") if shown else masked_plate(car.plate or ""),
            words=" ".join(str(each) for each in (car.make, car.model, car.model_year) if each),
            is_former=vin in former,
        )
        for vin, car in reversed([*known.vehicles.items()])
    )
    email = known.email if shown or known.email is None else masked_email(known.email)
    phones = tuple(
        (each.kind, each.e164 if shown else masked_phone(each.e164), each.verified)
        for each in known.phones
    )
    return Particulars(name=known.name, phones=phones, email=email, cars=cars)


def veiled(text: str, known: CustomerCard) -> str:
    """What a service says, with VINs and plates of the customer's cars masked."""
    for vin, car in known.vehicles.items():
        text = text.replace(vin, masked_vin(vin))
        if car.plate:
            text = text.replace(car.plate, masked_plate(car.plate))
    return text


def listed(documents: Sequence[KeptDocument]) -> list[KeptDocument]:
    """Those that have a row of their own: a step is a part of its case."""
    return [each for each in documents if each.kind != "complaint-step"]


def cases_of_steps(documents: Sequence[KeptDocument]) -> dict[str, str]:
    """Document id of a step on a complaint -> the case's."""
    return {each.document_id: each.said["case_id"] for each in of_kind(documents, "complaint-step")}


def car_words(known: CustomerCard, vin: str | None, *, shown: bool) -> str:
    """What car a document is of: what it is called, and its plate or VIN, masked or not."""
    if vin is None:
        return ""
    car = known.vehicles.get(vin)
    plate = (car.plate or "") if car else ""
    marks = (plate or vin) if shown else (masked_plate(plate) or masked_vin(vin))
    named = [str(each) for each in (car.make, car.model, car.model_year) if each] if car else []
    return " ".join([*named, marks])


def anchors(documents: Sequence[KeptDocument]) -> dict[str, str]:
    """Document id -> where it stands on the page."""
    return {each.document_id: f"document-{at}" for at, each in enumerate(documents, start=1)}


def reason_lines(
    reasons: Sequence[ExplainedReason], where: Callable[[str], DocumentPlace]
) -> dict[str, list[ReasonLine]]:
    """Axis -> its reasons, the weightiest first."""
    found: dict[str, list[ReasonLine]] = {"value": [], "loyalty": []}
    for reason in sorted(reasons, key=lambda each: -abs(each.points)):
        documents = tuple(
            (None if part.document_id is None else where(part.document_id), part.points)
            for part in reason.parts
        )
        found[reason.axis].append(ReasonLine(reason=reason, documents=documents))
    return found


def document_place(
    document_id: str, places: Mapping[str, str], dealer_id: str, steps: Mapping[str, str]
) -> DocumentPlace:
    """Where staff of this dealer find it; of a step of `steps` its case."""
    kind, href = kind_in(document_id), None
    if document_id in places:
        href = f"#{places[document_id]}"
    elif document_id in steps:
        href = f"/d/{place_of_case(steps[document_id])[0]}"
    elif kind == "complaint" and dealer_of(document_id) == dealer_id:
        href = f"/d/{place_of_case(document_id)[0]}"
    return DocumentPlace(
        kind=kind, number=number_in(document_id), dealer_id=dealer_of(document_id), href=href
    )


def open_and_past(plan: CustomerTasks) -> tuple[list[FollowUpTask], list[FollowUpTask]]:
    """Conversations to be had, by when they are due, and those that were, the last first."""
    now = [each for each in plan.tasks if each.status in OPEN]
    past = [each for each in plan.tasks if each.status not in OPEN]
    return now, sorted(past, key=lambda each: each.closed_at or each.due_at, reverse=True)


def others(person: CustomerPerson) -> list[tuple[str, str, str, tuple[object, ...]]]:
    """Dealer, place and number of each customer who is the same person, and why."""
    return [
        (dealer_of(key), place_of(key), number_in(key), each.because)
        for each in person.members
        if (key := each.customer_key)
    ]


def of_kind(documents: Sequence[KeptDocument], kind: str) -> list[KeptDocument]:
    """Those of this kind, the last first."""
    return [each for each in documents if each.kind == kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedNow:
    """What the customer allows."""

    is_known: bool
    """False: what is said here may have been said otherwise since."""
    do_not_contact: bool
    opt_outs: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """How it stands, so that a form can tell whether it still does; empty: it is not known."""
        if not self.is_known:
            return ""
        return "|".join(("no" if self.do_not_contact else "yes", *sorted(self.opt_outs)))


def allowed_now(
    plan: PartOfCustomer[CustomerTasks], known: CustomerCard, documents: Sequence[KeptDocument]
) -> AllowedNow:
    """As followup, which hears every consent, has it. Where it cannot be asked, nothing is known
    but that they wanted no contact when they spoke of that last."""
    if plan.away or plan.hidden or not plan.holds:
        return AllowedNow(is_known=False, do_not_contact=_wanted_no_contact(documents))
    allowed = AllowedContact() if plan.found is None else plan.found.allowed
    return AllowedNow(
        is_known=True,
        do_not_contact=allowed.do_not_contact,
        opt_outs=refused_channels(allowed, known.profile),
    )


def _wanted_no_contact(documents: Sequence[KeptDocument]) -> bool:
    said = (each.said.get("do_not_contact") for each in of_kind(documents, "consent"))
    return bool(next((each for each in said if each is not None), False))


def seen_of(known: CustomerCard) -> str:
    """Which version of their particulars somebody has before them."""
    return known.profile.version if known.profile else ""
