"""How a lead went: its statuses, who was talked to and when, what was bought, what a manager said
of its loss. Pure, and in event time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from services.followup.domain.documents import Delivery, Lead
from services.followup.domain.history import Prospect, TaskHistory
from services.followup.domain.leads.grade import grade_of
from services.followup.domain.leads.terms import LeadTerms
from services.followup.domain.measures import TaskMeasures
from shared.contracts.followup import task_id
from shared.contracts.leads import LeadReason, LeadStatus
from shared.contracts.scoring import Grade
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import instant_text

JUDGED_BY = ("lead_lost", "lead_hardly_followed")
"""The triggers of the tasks by which a manager judges a loss."""
_FOLLOWED = ("open", "contacted")
_ATTEMPTED = frozenset({"done", "not_reached", "wrong_number", "declined", "postponed"})


class LeadPurchase(NamedTuple):
    """A car that who was a lead bought."""

    at: datetime
    undone_at: datetime | None


class LeadStand(NamedTuple):
    """A status of a lead, from then until then."""

    status: LeadStatus
    since: datetime
    until: datetime | None
    """None: it has it still."""
    then: LeadStatus | None = None
    """Which one it had next."""
    reason: LeadReason | None = None
    approved_at: datetime | None = None
    """Of a loss: when a manager agreed, here or in the source."""
    returned_at: datetime | None = None
    """When a manager said here that it is not lost."""

    def holds(self, at: datetime) -> bool:
        """Whether it had this status at that instant."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class LeadCourse:
    """One lead; all moments are in order."""

    document_id: str
    lead: Lead
    grade: Grade
    stands: Sequence[LeadStand]
    tries: Sequence[datetime]
    """Every attempt at talking to them, in vain or not."""
    talks: Sequence[datetime]
    purchases: Sequence[LeadPurchase]
    terms: LeadTerms

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.lead.timezone)

    @property
    def at(self) -> datetime:
        """When they came, called or wrote."""
        return self.lead.at.astimezone(UTC)

    def late(self, at: datetime) -> datetime | None:
        """When the document was first received, of what had happened by `at` before that."""
        late = self.lead.late
        return late.astimezone(UTC) if late is not None and late > at else None

    def named(self, what: str, at: datetime) -> str:
        """What a task that follows that moment is called after."""
        return f"{self.document_id}/{what}/{instant_text(at)}"

    @cached_property
    def bought(self) -> LeadPurchase | None:
        """The purchase that the lead led to, if any stands."""
        return next((each for each in self.purchases if each.undone_at is None), None)

    @cached_property
    def fruits(self) -> Sequence[LeadPurchase]:
        """The purchase that the lead led to, and those before that were undone."""
        standing = (index for index, each in enumerate(self.purchases) if each.undone_at is None)
        return self.purchases[: next(standing, len(self.purchases)) + 1]

    def lost_until(self, at: datetime) -> LeadStand | None:
        """The loss that stood until then, or until the source said that they buy; one that a
        manager did not agree to is none."""
        for stand, then in zip(self.stands, [*self.stands[1:], None], strict=True):
            last = then if then is not None and then.status == "bought" else stand
            if stand.status == "lost" and stand.since < at and _lasts(last, at):
                returned_at = stand.returned_at
                return stand if returned_at is None or returned_at > at else None
        return None

    def given_up(self, *statuses: LeadStatus) -> Iterator[LeadStand]:
        """Each time that it had one of these statuses, but for what is said of them after they
        bought."""
        for stand in self.stands:
            if stand.status in statuses and not self._has_bought(stand.since):
                yield stand

    def _has_bought(self, at: datetime) -> bool:
        return any(
            each.at <= at and (each.undone_at is None or at < each.undone_at)
            for each in self.purchases
        )

    def is_followed(self, at: datetime) -> bool:
        """Whether they are to be contacted by the plan then: not while they put it off, nor once a
        manager agreed that they are lost, nor with the car that they bought."""
        stand = next((each for each in self.stands if each.holds(at)), None)
        if stand is None or stand.status in ("quasi_lost", "bought"):
            return False
        if stand.approved_at is not None and stand.approved_at <= at:
            return False
        return not self._has_bought(at)

    def starts(self) -> Iterator[datetime]:
        """The moments from which the next contact is counted: each talk, and whenever they were
        taken up again after they had been given up."""
        moments = set(self.talks)
        for before, stand in zip(self.stands, self.stands[1:], strict=False):
            if stand.status in _FOLLOWED and before.status not in _FOLLOWED:
                moments.add(stand.since)
        return (moment for moment in sorted(moments) if self.is_followed(moment))

    def hardly_followed(self, stand: LeadStand, opens_at: datetime) -> bool:
        """Whether they were lost without having been really followed; `opens_at`: when the dealer
        could have called them first."""
        tries = [moment for moment in self.tries if moment <= stand.since]
        counted = self.lead.contacts_made if stand.until is None else 0
        if max(len(tries), counted) < self.terms.fewest_contacts:
            return True
        first = opens_at + timedelta(hours=self.terms.first_contact_within_hours)
        return bool(tries) and tries[0] > first and stand.since > first


def lead_courses(history: TaskHistory, measures: TaskMeasures) -> list[LeadCourse]:
    """Those of the customer, the oldest first."""
    return [_course(each, history, measures) for each in history.leads]


def _course(prospect: Prospect, history: TaskHistory, measures: TaskMeasures) -> LeadCourse:
    document_id, lead = prospect
    at = lead.at.astimezone(UTC)
    said = [
        (datetime.fromisoformat(text.removesuffix("-")), not text.endswith("-"))
        for text in lead.contacts
    ]
    here = [each.outcome for each in history.attempts if each.outcome.at >= at]
    outward = [
        outcome
        for outcome in here
        if outcome.outcome in _ATTEMPTED and outcome.task_id not in history.no_contacts
    ]
    talks = {moment for moment, reached in said if reached}
    talks |= {outcome.at.astimezone(UTC) for outcome in outward if outcome.outcome == "done"}
    tries = {moment for moment, _ in said} | {each.at.astimezone(UTC) for each in outward}
    stands = list(_stands(prospect, history, measures))
    moments = [at, *talks, *(stand.since for stand in stands)]
    return LeadCourse(
        document_id=document_id,
        lead=lead,
        grade=grade_of(lead, measures.leads),
        stands=stands,
        tries=sorted(tries),
        talks=sorted(talks),
        purchases=_purchases(at, stands, moments, history, measures.leads),
        terms=measures.leads,
    )


def _purchases(
    at: datetime,
    stands: Sequence[LeadStand],
    moments: Sequence[datetime],
    history: TaskHistory,
    terms: LeadTerms,
) -> list[LeadPurchase]:
    """The deliveries soon after any word on the lead; of a sale that only the source of the lead
    knows, when it says so."""
    longest = timedelta(days=terms.bears_fruit_days)
    found = []
    for contact in history.contacts:
        known = contact.known
        if not isinstance(known, Delivery) or contact.began_at < at:
            continue
        if any(moment <= contact.began_at <= moment + longest for moment in moments):
            undone_at = known.undone_at.astimezone(UTC) if known.undone_at else None
            found.append(LeadPurchase(contact.began_at, undone_at))
    if not found:
        found = [LeadPurchase(each.since, each.until) for each in stands if each.status == "bought"]
    return sorted(found, key=lambda purchase: purchase.at)


def _stands(
    prospect: Prospect, history: TaskHistory, measures: TaskMeasures
) -> Iterator[LeadStand]:
    """What it was before the first status that the source names, nobody says: open."""
    lead = prospect.lead
    turns = [turn.split("/") for turn in lead.turns]
    if datetime.fromisoformat(turns[0][1]) > lead.at:
        turns.insert(0, ["open", instant_text(lead.at), "", ""])
    following = [*turns[1:], None]
    for (status, since, reason, approved), then in zip(turns, following, strict=True):
        stand = LeadStand(
            status=cast("LeadStatus", status),
            since=datetime.fromisoformat(since),
            until=datetime.fromisoformat(then[1]) if then else None,
            then=cast("LeadStatus", then[0]) if then else None,
            reason=cast("LeadReason", reason) if reason else None,
            approved_at=datetime.fromisoformat(approved) if approved else None,
        )
        yield _judged(stand, prospect, history, measures) if status == "lost" else stand


def _lasts(stand: LeadStand, at: datetime) -> bool:
    return stand.until is None or at <= stand.until


def loss_of(document_id: str, stand: LeadStand) -> str:
    """What the tasks by which a manager judges this loss are called after."""
    return f"{document_id}/lost/{instant_text(stand.since)}"


def _judged(
    stand: LeadStand, prospect: Prospect, history: TaskHistory, measures: TaskMeasures
) -> LeadStand:
    """With the first that a manager said here of this loss."""
    said = [each.outcome for each in history.attempts]
    verdicts = [each for each in said if each.outcome in ("approved_lost", "not_lost")]
    if not verdicts:
        return stand
    name = loss_of(prospect.document_id, stand)
    tasks = {
        str(task_id(history.customer_key, str(TaskSubject(kind, name))))
        for trigger in JUDGED_BY
        for kind in measures.kinds_of(trigger)
    }
    first = next((each for each in verdicts if each.task_id in tasks), None)
    if first is None:
        return stand
    at = max(first.at.astimezone(UTC), stand.since)
    if first.outcome == "not_lost":
        again = stand.approved_at if stand.approved_at and stand.approved_at > at else None
        return stand._replace(returned_at=at, approved_at=again)
    approved_at = at if stand.approved_at is None else min(at, stand.approved_at)
    return stand._replace(approved_at=approved_at)
