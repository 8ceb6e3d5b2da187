"""Words for what came of the attempts at one conversation, and whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.attempts import Attempts, attempted
from services.followup.domain.closings import Ending
from services.followup.domain.documents import Assignment, Correction, Outcome
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.wrong_numbers import WrongNumber, wrong_numbers
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.followup import task_id
from shared.contracts.intake import CustomerCorrected, TaskAssigned
from tests.services.followup.given import CUSTOMER, DEALER, POLICY, ZONE, at, local, outcome

ABOUT = "service_satisfaction/visit/R1"
TASK = str(task_id(CUSTOMER, ABOUT))
OPENS, DUE = at("2025-03-03 09:00"), at("2025-03-05 17:00")
"""A Monday and the Wednesday after."""
SHANGHAI = ZoneInfo(ZONE)
_numbers = count(1)


def tried(
    on: str,
    what: TaskResult = "not_reached",
    by: Channel | None = None,
    *,
    day: str | None = None,
    task: str = TASK,
    staff: str | None = None,
) -> Outcome:
    """What came of an attempt then; `by` a channel, and by whom of the `staff`."""
    return Outcome(
        kind="outcome",
        version=f"{next(_numbers):06d}",
        at=at(on),
        task_id=task,
        outcome=what,
        channel=by,
        next_contact_on=date.fromisoformat(day) if day else None,
        by=staff,
    )


def claimed(on: str, person: str) -> Assignment:
    """Somebody takes it."""
    return assigned(on, person, by=person)


def assigned(on: str, person: str, *, by: str = "boss") -> Assignment:
    """Somebody gives it to somebody; to nobody, where that is empty."""
    version = f"{next(_numbers):06d}"
    return Assignment(
        kind="assignment", version=version, at=at(on), task_id=TASK, person=person, by=by
    )


def given_back(on: str, by: str) -> Assignment:
    """It is nobody's in particular."""
    return assigned(on, "", by=by)


class Refusal(NamedTuple):
    """From then on these channels, and no others, are refused."""

    at: datetime
    channels: tuple[Channel, ...]


def refused(on: str, *channels: Channel) -> Refusal:
    """What the customer refuses from then on."""
    return Refusal(at(on), channels)


@dataclass(frozen=True)
class Talk:
    """A conversation of the customer's, and what came of it."""

    outcomes: Sequence[Outcome] = ()
    assignments: Sequence[Assignment] = ()
    refusals: Sequence[Refusal] = ()
    elsewhere: Mapping[str, Outcome] = field(default_factory=dict)
    """Outcomes of other tasks of the customer, by document id."""
    ways: Sequence[Channel] = ("phone", "email")
    opens_at: datetime = OPENS
    due_at: datetime = DUE
    ends: Ending | None = None
    policy: FollowUpPolicy = POLICY
    zone: ZoneInfo = SHANGHAI

    def channels(self, moment: datetime) -> Sequence[Channel]:
        """Those that are not refused then."""
        said = [refusal for refusal in self.refusals if refusal.at <= moment]
        never = max(said, key=lambda refusal: refusal.at).channels if said else ()
        return [way for way in self.ways if way not in never]

    @property
    def wrong(self) -> Sequence[WrongNumber]:
        """The numbers that are known to be wrong."""
        own = {f"O{number}": outcome for number, outcome in enumerate(self.outcomes)}
        return found_wrong({**own, **self.elsewhere}, self.policy)

    def seen(self, now: datetime) -> Attempts:
        """As it stands then."""
        return attempted(
            self.outcomes,
            self.assignments,
            opens_at=self.opens_at,
            due_at=self.due_at,
            ends=self.ends,
            zone=self.zone,
            channels=self.channels,
            wrong_numbers=self.wrong,
            policy=self.policy,
            now=now,
        )

    def on(self, text: str) -> Attempts:
        """As it stands then, by the clock in Shanghai."""
        return self.seen(at(text))


def talk(
    *what: Outcome | Assignment | Refusal, ways: Sequence[Channel] = ("phone", "email")
) -> Talk:
    """A conversation with what happened, in any order."""
    return Talk(
        outcomes=[each for each in what if isinstance(each, Outcome)],
        assignments=[each for each in what if isinstance(each, Assignment)],
        refusals=[each for each in what if isinstance(each, Refusal)],
        ways=ways,
    )


def found_wrong(
    outcomes: Mapping[str, Outcome], policy: FollowUpPolicy = POLICY, *replaced: Correction
) -> Sequence[WrongNumber]:
    """The numbers of the customer's that are wrong, by these outcomes and what was `replaced`."""
    return wrong_numbers(
        CUSTOMER,
        outcomes,
        corrections=("data_correction",),
        replaced=replaced,
        retry=policy.retry,
    )


def another(on: str, *channels: Channel) -> Correction:
    """Another number is known from then on, or an address: what these channels need."""
    version = f"{next(_numbers):06d}"
    ways = channels or ("phone", "sms")
    return Correction(kind="correction", version=version, at=at(on), channels=ways)


def next_attempt(stand: Attempts) -> str:
    """When and how it is tried next; `any time`, or how it ended."""
    if stand.ending is not None:
        return f"{stand.ending.status}: {stand.ending.because}"
    when = local(stand.next_attempt_at) if stand.next_attempt_at else "any time"
    return f"{when} {stand.channel}"


def call(
    on: str,
    about: str,
    what: str,
    number: str = "O1",
    *,
    by: str | None = None,
    staff: str | None = None,
    day: str | None = None,
    received: str | None = None,
) -> Event[Any]:
    """What intake reports of an attempt at the task about `kind/document`; `by` a channel."""
    told = outcome(on, about, what, number, next_contact_on=day, by=staff)
    return told._replace(
        data=told.data.model_copy(update={"channel": by}),
        recorded_at=at(received) if received else told.recorded_at,
    )


def assignment(
    on: str, about: str, person: str | None, number: str = "A1", *, by: str | None = None
) -> Event[Any]:
    """What intake reports of whose a task is; a claim, where nobody else says so."""
    told = outcome(on, about, "done", number)
    data = TaskAssigned(
        document_id=told.data.document_id.replace("/task-outcome/", "/task-assignment/"),
        version=told.data.version,
        customer_key=told.data.customer_key,
        dealer_id=told.data.dealer_id,
        task_id=told.data.task_id,
        at=at(on),
        by=by or person or "boss",
        person=person,
    )
    return told._replace(id=f"{data.document_id}:{data.version}", data=data)


def corrected(
    on: str, *particulars: str, number: str = "B1", received: str | None = None, removed: str = ""
) -> Event[Any]:
    """Somebody corrects these particulars of the customer then."""
    data = CustomerCorrected.model_validate(
        {
            "document_id": f"{DEALER}/cdk/customer/{number}",
            "version": f"{at(on).timestamp() * 1000:013.0f}.b",
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "at": at(on),
            "by": "u7",
            "corrected": particulars,
            "removed": [removed] if removed else [],
        }
    )
    return Event(
        id=data.document_id,
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=at(received or on),
        data=data,
    )
