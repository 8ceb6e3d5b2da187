"""Words to tell of leads in: what intake would report of one, and the tasks that follow from it."""

from collections.abc import Sequence
from typing import Any

from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.follow_ups import FollowUp, customer_history, follow_ups
from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.course import LeadCourse, lead_courses
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from services.followup.domain.working_hours import WorkingHours
from shared.contracts.envelope import Event
from shared.contracts.followup import task_id
from shared.contracts.identifiers import document_version
from shared.contracts.intake import TaskOutcomeRecorded
from shared.contracts.leads import LeadRecorded
from shared.contracts.values import instant_text
from tests.services.followup.given import CUSTOMER, DEALER, ZONE, at, document_id, local

EVERY_RULE = FollowUpPolicy()
WEEKDAYS_ONLY = FollowUpPolicy(
    hours=WorkingHours.model_validate(
        {"week": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
    )
)
Turn = tuple[str, str, str]
"""Status, since when, and why."""


def lead(
    on: str,
    number: str = "L1",
    *,
    channel: str = "web",
    status: str = "open",
    since: str | None = None,
    reason: str | None = None,
    approved: str | None = None,
    earlier: Sequence[Turn] = (),
    contacts: Sequence[str] = (),
    received: str | None = None,
    revised: str | None = None,
    customer: str = CUSTOMER,
    **more: Any,
) -> Event[Any]:
    """Somebody who came, called or wrote then; a contact was in vain where `-` follows. `revised`
    is when the source wrote this version."""
    began = at(on)
    modified = at(revised or since or on)
    data = LeadRecorded.model_validate(
        {
            "document_id": document_id("lead", number),
            "version": document_version(int(modified.timestamp() * 1000), f"{1:012d}"),
            "customer_key": customer,
            "dealer_id": DEALER,
            "timezone": ZONE,
            "status": status,
            "at": began,
            "channel": channel,
            "status_at": at(since) if since else None,
            "reason": reason,
            "approved_by": "m1" if approved else None,
            "approved_at": at(approved) if approved else None,
            "earlier": [
                {"status": was, "at": at(then), "reason": why or None} for was, then, why in earlier
            ],
            "contacts": [
                {"at": at(then.removesuffix("-")), "reached": not then.endswith("-")}
                for then in contacts
            ],
        }
        | more
    )
    return Event(
        id=f"{data.document_id}:{data.version}",
        key=customer,
        dealer_id=DEALER,
        recorded_at=at(received or on),
        data=data,
    )


def lost(on: str, since: str, *, reason: str = "price", **more: Any) -> Event[Any]:
    """A lead that was followed, and reported as lost."""
    contacts = more.pop("contacts", (_later(on), f"{on[:10]} 17:45"))
    return lead(on, status="lost", since=since, reason=reason, contacts=contacts, **more)


def _later(on: str) -> str:
    return f"{on[:10]} 17:30"


def said(on: str, kind: str, what: str, *, of: str, number: str = "O1") -> Event[Any]:
    """What came of the task of that kind about `of`, such as `L1/lost/2025-01-10`."""
    lead_no, *rest = of.split("/")
    name = "/".join((document_id("lead", lead_no), *rest[:1], *map(_instant, rest[1:])))
    data = TaskOutcomeRecorded.model_validate(
        {
            "document_id": document_id("task-outcome", number),
            "version": document_version(int(at(on).timestamp() * 1000), f"{1:012d}"),
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "task_id": str(task_id(CUSTOMER, f"{kind}/{name}")),
            "at": at(on),
            "outcome": what,
        }
    )
    return Event(id=data.document_id, key=CUSTOMER, dealer_id=DEALER, recorded_at=at(on), data=data)


def _instant(text: str) -> str:
    return instant_text(at(text))


def history(*events: Event[Any], policy: FollowUpPolicy = EVERY_RULE) -> TaskHistory:
    """What is known of the customer after these."""
    return customer_history(join(FollowUpFacts(), events), policy)


def courses(*events: Event[Any], policy: FollowUpPolicy = EVERY_RULE) -> list[LeadCourse]:
    """How the customer's leads went."""
    return lead_courses(history(*events, policy=policy), policy)


def course(*events: Event[Any], policy: FollowUpPolicy = EVERY_RULE) -> LeadCourse:
    """How the only lead went."""
    (only,) = courses(*events, policy=policy)
    return only


def occasions(
    trigger: str,
    *events: Event[Any],
    after: str = "1990-01-01",
    policy: FollowUpPolicy = EVERY_RULE,
) -> list[tuple[str, str, list[str]]]:
    """After which lead each is named; from when it is counted, in Shanghai; what ends it."""
    found = TRIGGERS[trigger].occasions(history(*events, policy=policy), policy, at(after))
    return [
        (
            each.document_id.split("/lead/")[1].split("/")[0],
            local(each.at),
            [f"{local(end.at)} {end.status}: {end.because}" for end in sorted(each.endings)],
        )
        for each in found
    ]


def tasks(*events: Event[Any], policy: FollowUpPolicy = EVERY_RULE) -> dict[str, str]:
    """Kind -> when each would open and be due, and what ends it first, in Shanghai: of tasks on
    leads alone."""
    return {each.rule.kind: _sentence(each) for each in follow_ups_of(*events, policy=policy)}


def follow_ups_of(*events: Event[Any], policy: FollowUpPolicy = EVERY_RULE) -> list[FollowUp]:
    """The candidates that leads give rise to."""
    found = follow_ups(history(*events, policy=policy), policy, at("1990-01-01"))
    return [each for each in found if "lead" in each.rule.trigger]


def _sentence(each: FollowUp) -> str:
    window = f"{local(each.opens_at)} to {local(each.due_at)}"
    if not each.endings:
        return window
    first = each.endings[0]
    return f"{window}; {first.status} {local(first.at)}: {first.because}"
