"""Which tasks follow from which documents: when each opens, is due, and what makes it pointless.

Pure, and in event time: a follow-up depends on the facts alone, never on the present.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.contacts import Contact, came_next, contacts_of
from services.followup.domain.documents import Delivery
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from services.followup.domain.task_rule import TaskRule
from shared.contracts.scoring import Grade
from shared.contracts.subjects import TaskSubject


class Ending(NamedTuple):
    """What closes a task, if it is open then."""

    at: datetime
    status: Literal["done", "cancelled", "expired"]
    because: str


NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


class FollowUp(NamedTuple):
    """A task to open, unless something ends it before."""

    rule: TaskRule
    document_id: str
    vin: str | None
    zone: ZoneInfo
    arrived_late_at: datetime | None
    """When its document was first received, where that was not promptly."""
    opens_at: datetime
    due_at: datetime
    known_at: datetime
    """When what it follows from happened: nobody could know of it before."""
    endings: tuple[Ending, ...] = ()
    said: Mapping[str, str] = NOTHING_SAID
    """What stands for the placeholders of the rule's words."""
    grade: Grade | None = None
    """That of the lead, where it counts instead of the customer's."""
    person: str | None = None
    """Who is to do it unless it is assigned, such as the owner of a lead."""

    @property
    def about(self) -> str:
        """Names the task within the customer."""
        return str(TaskSubject(self.rule.kind, self.document_id))

    @property
    def could_open_at(self) -> datetime:
        """When it opens, or became known if that is later: what ended it before, prevents it."""
        if self.arrived_late_at is None:
            return self.opens_at
        return max(self.opens_at, self.arrived_late_at)


def follow_ups(facts: FollowUpFacts, policy: FollowUpPolicy, since: datetime) -> Iterator[FollowUp]:
    """Every task that the documents give rise to, but for some that were due before `since`."""
    contacts = contacts_of(facts)
    came = came_next(contacts)
    for rule in policy.rules:
        ends = came if "visit" in rule.closers else {}
        occasions = TRIGGERS[rule.trigger].occasions(contacts, policy, since - rule.reach)
        for contact, at in occasions:
            yield _follow_up(rule, contact, at, ends.get(contact.document_id))


def _follow_up(
    rule: TaskRule, contact: Contact, counted_from: datetime, came_again: datetime | None
) -> FollowUp:
    known = contact.known
    zone = ZoneInfo(known.timezone)
    endings: tuple[Ending, ...] = ()
    if came_again is not None:
        endings = (Ending(came_again, "done", "visit"),)
    if isinstance(known, Delivery) and known.undone_at is not None:
        endings += (Ending(known.undone_at.astimezone(UTC), "cancelled", "sale undone"),)
    return FollowUp(
        rule=rule,
        document_id=contact.document_id,
        vin=known.vin,
        zone=zone,
        arrived_late_at=known.late.astimezone(UTC) if known.late else None,
        opens_at=rule.opens.after(counted_from, zone),
        due_at=rule.due.after(counted_from, zone),
        known_at=contact.at or contact.began_at,
        endings=endings,
    )
