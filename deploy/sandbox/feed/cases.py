"""Complaints and the steps taken on them: the stories the sample tells, in hours from receipt.

The shipped rule asks for contact within 2 hours, an answer within a day, one of senior
management within two days for a major complaint, and a call-back within three days of the
resolution; it warns at three quarters of each.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.sandbox.feed.dealership import Dealership
from deploy.sandbox.feed.feed import FeedDraft, exported
from shared.contracts.feed_parts import AnyVehicle, Customer, Severity, StepName
from shared.contracts.feeds import ComplaintReported, ComplaintStepReported

_CATEGORIES = ("workshop-quality", "price", "waiting-time", "staff", "delivery", "parts")
_COMPONENTS = ("engine", "brakes", "air-conditioning", "body", "infotainment", None)
_OUTCOMES = ("apology", "repair", "refund", None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, `hours` after the receipt; the system reports it `reported_after` hours later."""

    step: StepName
    hours: float
    reported_after: float = 0.02
    satisfied: bool | None = None
    severity: Severity | None = None
    reason: str | None = None
    to_a_colleague: bool = False
    merged_into: str | None = None
    """The number of the case that this one is merged into."""


@dataclass(frozen=True, slots=True)
class CaseStory:
    """What becomes of one complaint."""

    title: str
    steps: tuple[Taken, ...]
    severity: Severity = "normal"
    filed_with_first_step: bool = False
    """The complaint is typed in once the customer was contacted, and both are sent together."""


def contacted_in_time(rng: random.Random) -> CaseStory:
    """All four promises are kept."""
    resolved = rng.uniform(20, 60)
    steps = (
        Taken("contacted", rng.uniform(0.15, 0.45)),
        Taken("answered", rng.uniform(3, 16)),
        Taken("resolved", resolved),
        Taken("called_back", resolved + rng.uniform(20, 50), satisfied=True),
    )
    return CaseStory("contacted in time", steps)


def warned_then_saved(rng: random.Random) -> CaseStory:
    """The answer comes after the warning at 18 hours and before the deadline at 24."""
    resolved = rng.uniform(30, 60)
    steps = (
        Taken("contacted", 0.3),
        Taken("answered", 21.0),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 24, satisfied=True),
    )
    return CaseStory("warned, then saved", steps)


def contact_breached(rng: random.Random) -> CaseStory:
    """Nobody contacts the customer for most of a day."""
    resolved = rng.uniform(40, 60)
    steps = (
        Taken("contacted", rng.uniform(9, 11)),
        Taken("answered", rng.uniform(14, 16)),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 30, satisfied=True),
    )
    return CaseStory("contact breached", steps)


def contact_reported_late(rng: random.Random) -> CaseStory:
    """Contacted within the hour, but reported to the system hours after the deadline."""
    resolved = rng.uniform(30, 50)
    steps = (
        Taken("contacted", 0.9, reported_after=rng.uniform(4, 5)),
        Taken("answered", rng.uniform(7, 12)),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 30, satisfied=True),
    )
    return CaseStory("contact reported late", steps)


def executive_late(rng: random.Random) -> CaseStory:
    """A major complaint that senior management answers five hours late."""
    steps = (
        Taken("contacted", 0.3),
        Taken("answered", rng.uniform(6, 12)),
        Taken("executive_answered", 53.0),
        Taken("resolved", 60.0),
        Taken("called_back", 84.0, satisfied=True),
    )
    return CaseStory("major, executive answer late", steps, severity="major")


def executive_in_time(rng: random.Random) -> CaseStory:
    """A major complaint as it should go."""
    steps = (
        Taken("contacted", 0.3),
        Taken("answered", rng.uniform(4, 12)),
        Taken("executive_answered", rng.uniform(20, 34)),
        Taken("resolved", 50.0),
        Taken("called_back", 74.0, satisfied=True),
    )
    return CaseStory("major, in time", steps, severity="major")


def unsatisfied(rng: random.Random) -> CaseStory:
    """The call-back finds the customer unsatisfied: the case reopens and is handled again."""
    steps = (
        Taken("contacted", 0.3),
        Taken("answered", rng.uniform(6, 10)),
        Taken("resolved", 20.0),
        Taken("called_back", 40.0, satisfied=False),
        Taken("contacted", 40.3),
        Taken("answered", 50.0),
        Taken("resolved", 70.0),
        Taken("called_back", 95.0, satisfied=True),
    )
    return CaseStory("unsatisfied, reopened", steps)


def answered_late(rng: random.Random) -> CaseStory:
    """Contacted too late and answered too late, and nobody calls back."""
    steps = (
        Taken("contacted", rng.uniform(2.5, 9)),
        Taken("answered", rng.uniform(26, 44)),
        Taken("resolved", rng.uniform(60, 150)),
    )
    return CaseStory("answered late", steps)


def held(rng: random.Random) -> CaseStory:
    """The answer waits for a part: held for longer than its deadline, and still in time."""
    resolved = rng.uniform(60, 66)
    steps = (
        Taken("contacted", 0.3),
        Taken("held", 4.0, reason="waiting-for-parts"),
        Taken("resumed", 40.0),
        Taken("answered", 46.0),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 24, satisfied=True),
    )
    return CaseStory("held, then resumed", steps)


def reassigned(rng: random.Random) -> CaseStory:
    """A colleague takes over, and the clocks run on: they acknowledge the breach and answer."""
    resolved = rng.uniform(40, 50)
    steps = (
        Taken("contacted", 0.3),
        Taken("reassigned", 10.0, to_a_colleague=True),
        Taken("acknowledged", 27.0),
        Taken("answered", 31.0),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 24, satisfied=True),
    )
    return CaseStory("reassigned, breach acknowledged", steps)


def regraded(rng: random.Random) -> CaseStory:
    """It turns out to be a major one: senior management owes an answer as well, and gives it."""
    steps = (
        Taken("contacted", 0.3),
        Taken("regraded", rng.uniform(4, 6), severity="major"),
        Taken("answered", 10.0),
        Taken("executive_answered", rng.uniform(24, 28)),
        Taken("resolved", 44.0),
        Taken("called_back", 70.0, satisfied=True),
    )
    return CaseStory("regraded to major", steps)


def duplicate(into: str) -> CaseStory:
    """Another of the family has complained before: that case is merged, its clock goes on there."""
    steps = (
        Taken("contacted", 0.3),
        Taken("merged", DUPLICATE_HOURS + 2, merged_into=into),
    )
    return CaseStory("duplicate, merged", steps)


def survivor(rng: random.Random) -> CaseStory:
    """The case that a duplicate is merged into: its answer is due as early as the duplicate's."""
    resolved = rng.uniform(30, 40)
    steps = (
        Taken("contacted", 0.3),
        Taken("answered", 8.0),
        Taken("resolved", resolved),
        Taken("called_back", resolved + 24, satisfied=True),
    )
    return CaseStory("a duplicate was merged into it", steps)


DUPLICATE_HOURS = 3.0
"""How long before the case that it is merged into a duplicate was received."""

STORIES: tuple[Callable[[random.Random], CaseStory], ...] = (
    contacted_in_time,
    warned_then_saved,
    contact_breached,
    contact_reported_late,
    executive_late,
    executive_in_time,
    unsatisfied,
    answered_late,
)
PAST_WEIGHTS = (70, 5, 6, 2, 2, 6, 4, 5)
"""How often each of `STORIES` happens in the past, beside the others."""


def complaint(
    rng: random.Random,
    dealership: Dealership,
    *,
    number: str,
    story: CaseStory,
    received_at: datetime,
    customer: Customer,
    vehicle: AnyVehicle,
    related_ro_no: str | None = None,
) -> ComplaintReported:
    """A complaint as filed."""
    return ComplaintReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=received_at + timedelta(minutes=1),
        case_no=number,
        received_at=received_at,
        channel=rng.choice(("phone", "phone", "app", "web", "in_store", "social")),
        category=rng.choice(_CATEGORIES),
        component=rng.choice(_COMPONENTS),
        severity=story.severity,
        department=rng.choice(("service", "service", "sales", "body")),
        narrative=rng.choice(dealership.market.narratives),
        desired_outcome=rng.choice(_OUTCOMES),
        related_ro_no=related_ro_no,
        vehicle=vehicle,
        customer=customer,
    )


def case(
    rng: random.Random,
    dealership: Dealership,
    filed: ComplaintReported,
    story: CaseStory,
    *,
    overtaken: bool,
) -> Iterator[FeedDraft]:
    """The complaint and its steps as drafts; if `overtaken`, the first step is sent before it."""
    steps = [
        exported_step(rng, dealership, filed, taken, f"S{position}")
        for position, taken in enumerate(story.steps, start=1)
    ]
    title = f"complaint filed ({story.title})"
    if story.filed_with_first_step:
        yield FeedDraft(steps[0].sent, filed, title)
    elif overtaken:
        yield FeedDraft(
            steps[0].sent + timedelta(minutes=4), filed, f"{title}, after its first step"
        )
    else:
        yield exported(rng, filed, title, minutes=(1, 3))
    yield from steps


def exported_step(
    rng: random.Random, dealership: Dealership, filed: ComplaintReported, taken: Taken, step_id: str
) -> FeedDraft:
    """A step as the dealer's system reports it."""
    at = filed.received_at + timedelta(hours=taken.hours)
    by = rng.choice(dealership.market.staff)
    report = ComplaintStepReported(
        source=filed.source,
        dealer_id=filed.dealer_id,
        source_modified_at=at + timedelta(hours=taken.reported_after),
        case_no=filed.case_no,
        step_id=step_id,
        step=taken.step,
        at=at,
        by=by,
        satisfied=taken.satisfied,
        severity=taken.severity,
        reason=taken.reason,
        assigned_to=_colleague(dealership, by) if taken.to_a_colleague else None,
        merged_into=taken.merged_into,
    )
    late = f", reported {taken.reported_after:.0f} h late" if taken.reported_after >= 1 else ""
    return exported(rng, report, f"complaint {taken.step}{late}", minutes=(0, 1))


def _colleague(dealership: Dealership, of: str) -> str:
    staff = dealership.market.staff
    return staff[(staff.index(of) + 1) % len(staff)]
