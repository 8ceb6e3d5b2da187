"""What a customer did, each kind in the order of time: where triggers find occasions. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.contacts import SALE_UNDONE, Contact, by_car, came_next, contacts_of
from services.followup.domain.documents import (
    AnsweredSurvey,
    CarGone,
    CaseStands,
    Correction,
    Delivery,
    GradeSpan,
    Lead,
    Outcome,
    ReferralBought,
    Scored,
)
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.occasion import EVER, Occasion, TaskClosing
from shared.contracts.scoring import Grade

_UTC = ZoneInfo("UTC")
_NOT_GRADED = (GradeSpan(None, EVER, None),)


class KnownComplaint(NamedTuple):
    """A case of the customer's, and how it stands."""

    document_id: str
    case: CaseStands


class KnownAnswer(NamedTuple):
    """A survey that the customer answered."""

    document_id: str
    survey: AnsweredSurvey


class KnownOutcome(NamedTuple):
    """What came of an attempt at a task."""

    document_id: str
    outcome: Outcome


class Referred(NamedTuple):
    """Somebody whom the customer referred bought a car."""

    document_id: str
    purchase: ReferralBought


class Prospect(NamedTuple):
    """A lead of the customer's, or one that nobody knows as a customer yet."""

    document_id: str
    lead: Lead


class Parting(NamedTuple):
    """A car was this customer's no longer from then on."""

    at: datetime
    because: str


@dataclass(frozen=True)
class TaskHistory:
    """One customer's, each list in the order of time; of one instant in that of the ids."""

    customer_key: str = ""
    contacts: Sequence[Contact] = ()
    """Cars handed over or brought in."""
    complaints: Sequence[KnownComplaint] = ()
    answers: Sequence[KnownAnswer] = ()
    attempts: Sequence[KnownOutcome] = ()
    referred: Sequence[Referred] = ()
    score: Scored | None = None
    score_id: str = ""
    gone: Sequence[CarGone] = ()
    leads: Sequence[Prospect] = ()
    corrections: Sequence[Correction] = ()
    """Of the ways to reach them."""
    no_contacts: frozenset[str] = field(default=frozenset())
    """The ids of the tasks in which the customer is not contacted, though they are done."""

    @cached_property
    def cars(self) -> Mapping[str, Sequence[Contact]]:
        """VIN -> the contacts with that car, in their order."""
        return by_car(self.contacts)

    @cached_property
    def came_next(self) -> Mapping[str, datetime]:
        """Document id of a contact -> when its car came in again, or was handed over."""
        return came_next(self.contacts)

    @cached_property
    def served_next(self) -> Mapping[str, datetime]:
        """The same, of orders that were not all internal work, and of cars handed over."""
        return came_next(self.contacts, for_service=True)

    @cached_property
    def partings(self) -> Mapping[str, Sequence[Parting]]:
        """VIN -> when that car was the customer's no longer, in order."""
        found: dict[str, list[Parting]] = {}
        for end in self.gone:
            because = "car traded in" if end.traded_in else "car sold on"
            found.setdefault(end.vin, []).append(Parting(end.at.astimezone(UTC), because))
        for vin, car in self.cars.items():
            for undone_at in _handed_back(car):
                found.setdefault(vin, []).append(Parting(undone_at, SALE_UNDONE))
        for partings in found.values():
            partings.sort()
        return found

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Document id -> what came of an attempt."""
        return {tried.document_id: tried.outcome for tried in self.attempts}

    def answered(
        self, survey: Literal["ssi", "csi"], occasion: Occasion, *about: str
    ) -> tuple[TaskClosing, ...]:
        """The first answer to such a survey after what it asks about, unless it names another;
        `about`: what else it may name."""
        for answer in self.answers:
            said, at = answer.survey, answer.survey.at.astimezone(UTC)
            if (
                said.survey == survey
                and at > occasion.known_at
                and said.about_id in ("", occasion.document_id, *about)
            ):
                return (TaskClosing("survey", at, "done", "survey answered"),)
        return ()

    def parting_of(self, vin: str | None, since: datetime) -> Parting | None:
        """When a car that was theirs then was so no longer."""
        if vin is None:
            return None
        partings = self.partings.get(vin, ())
        return next((parting for parting in partings if parting.at >= since), None)

    def while_theirs(self, delivery: Contact) -> Iterator[Contact]:
        """The contacts with the car that was handed over, until it was theirs no longer."""
        vin = delivery.known.vin
        parting = self.parting_of(vin, delivery.began_at)
        for contact in self.cars.get(vin, ()) if vin is not None else ():
            if parting is None or contact.began_at < parting.at:
                yield contact

    def without_a_car_from(self, moment: datetime) -> tuple[TaskClosing, ...]:
        """When the last car goes that they have had here, if it has, and not before `moment`."""
        last = self._last_parting
        if last is None or last.at < moment:
            return ()
        return (TaskClosing(None, last.at, "cancelled", last.because),)

    @cached_property
    def _last_parting(self) -> Parting | None:
        if not self.partings:
            return None
        last: Parting | None = None
        for vin, car in self.cars.items():
            partings = self.partings.get(vin)
            if not partings or partings[-1].at < _handed_over_at(car):
                return None
            last = partings[-1] if last is None else max(last, partings[-1])
        return last

    @cached_property
    def grades(self) -> Sequence[GradeSpan]:
        """The customer's, as scoring has said them, in order; the last is that of now."""
        return self.score.grades if self.score is not None else _NOT_GRADED

    def grade_at(self, moment: datetime) -> Grade | None:
        """That which the customer had then."""
        return next(span.grade for span in reversed(self.grades) if span.since <= moment)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The dealer's, as the newest contact says, or a lead; UTC where there is none."""
        if self.contacts:
            return ZoneInfo(self.contacts[-1].known.timezone)
        return ZoneInfo(self.leads[-1].lead.timezone) if self.leads else _UTC


def _handed_over_at(car: Sequence[Contact]) -> datetime:
    """When the car was handed over last, of sales that stand; long ago where it never was."""
    standing = [
        contact.began_at
        for contact in car
        if isinstance(contact.known, Delivery) and contact.known.undone_at is None
    ]
    return max(standing, default=EVER)


def _handed_back(car: Sequence[Contact]) -> Iterator[datetime]:
    """When the sale of a car was undone, unless it was theirs by another sale that stood then."""
    deliveries = [contact.known for contact in car if isinstance(contact.known, Delivery)]
    for delivery in deliveries:
        undone_at = delivery.undone_at
        if undone_at is None:
            continue
        if not any(
            other.at <= undone_at and (other.undone_at is None or other.undone_at > undone_at)
            for other in deliveries
        ):
            yield undone_at.astimezone(UTC)


def history_of(facts: FollowUpFacts) -> TaskHistory:
    """What the documents say of the customer."""
    complaints: list[KnownComplaint] = []
    answers: list[KnownAnswer] = []
    attempts: list[KnownOutcome] = []
    referred: list[Referred] = []
    gone: list[CarGone] = []
    leads: list[Prospect] = []
    corrections: list[Correction] = []
    score, score_id = None, ""
    for key, known in facts.documents.items():
        match known:
            case CaseStands():
                complaints.append(KnownComplaint(key, known))
            case AnsweredSurvey():
                answers.append(KnownAnswer(key, known))
            case Outcome():
                attempts.append(KnownOutcome(key, known))
            case ReferralBought():
                referred.append(Referred(key, known))
            case CarGone():
                gone.append(known)
            case Lead():
                leads.append(Prospect(key, known))
            case Correction():
                corrections.append(known)
            case Scored():
                score, score_id = known, key
    return TaskHistory(
        customer_key=facts.customer_key,
        contacts=contacts_of(facts),
        complaints=sorted(complaints, key=lambda entry: (entry.case.at, entry.document_id)),
        answers=sorted(answers, key=lambda entry: (entry.survey.at, entry.document_id)),
        attempts=sorted(attempts, key=lambda entry: (entry.outcome.at, entry.document_id)),
        referred=sorted(referred, key=lambda entry: (entry.purchase.at, entry.document_id)),
        score=score,
        score_id=score_id,
        gone=sorted(gone, key=lambda end: (end.at, end.vin)),
        corrections=sorted(corrections, key=lambda entry: entry.at),
        leads=sorted(leads, key=lambda entry: (entry.lead.at, entry.document_id)),
    )
