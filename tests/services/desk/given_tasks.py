"""A customer's plan as followup answers it, for tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.contracts.http.followup import (
    Attempt,
    CustomerTasks,
    FollowUpTask,
    PurposeOfTask,
    ReasonWords,
    TaskReason,
)
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.identifiers import NAMESPACE
from tests.access.services import NOW

KEY = "sunrise/pudong/cdk/C1"
VISIT = "sunrise/pudong/cdk/visit/R1"


def an_id(name: str) -> UUID:
    """The same for the same name."""
    return uuid5(NAMESPACE, name)


def purpose(kind: str = "service_satisfaction", **more: Any) -> PurposeOfTask:
    """One thing that a conversation is for, due tomorrow."""
    said: dict[str, Any] = {
        "task_id": an_id(kind),
        "kind": kind,
        "document_id": VISIT,
        "vin": None,
        "due_at": NOW + timedelta(days=1),
        "title_en": f"Ask: {kind}",
        "title_zh": f"问:{kind}",
        "hint_en": "Say hello",
        "hint_zh": "问好",
        "why": ReasonWords(en=f"why {kind}", zh=f"因为{kind}"),
        "ended": None,
    }
    return PurposeOfTask(**(said | more))


def task(*kinds: str, **more: Any) -> FollowUpTask:
    """An open task for these, due tomorrow, that nobody has."""
    purposes = tuple(purpose(kind) for kind in kinds or ("service_satisfaction",))
    said: dict[str, Any] = {
        "task_id": purposes[0].task_id,
        "customer_key": KEY,
        "kind": purposes[0].kind,
        "status": "open",
        "title_en": purposes[0].title_en,
        "title_zh": purposes[0].title_zh,
        "owner_role": "customer_relations",
        "channel": "phone",
        "vin": None,
        "opens_at": NOW - timedelta(days=1),
        "due_at": NOW + timedelta(days=1),
        "closed_at": None,
        "closed_because": None,
        "attempts": (),
        "next_attempt_at": None,
        "person": None,
        "assignments": (),
        "why": TaskReason(document_id=VISIT, en="because", zh="因为"),
        "purposes": purposes,
    }
    return FollowUpTask(**(said | more))


def attempt(at: datetime = NOW, outcome: str = "not_reached", **more: Any) -> Attempt:
    """One by telephone."""
    said: dict[str, Any] = {"by": "s-lin", "channel": "phone", "next_contact_on": None}
    return Attempt(at=at, outcome=outcome, **(said | more))


def plan(*tasks: FollowUpTask, **more: Any) -> CustomerTasks:
    """Of the customer of `KEY`."""
    said: dict[str, Any] = {"customer_key": KEY, "next_change_at": None, "as_of": NOW}
    return CustomerTasks(tasks=tasks, **(said | more))


def line(name: str, key: str = KEY, **more: Any) -> TaskLine:
    """One of a list, due tomorrow."""
    said: dict[str, Any] = {
        "task_id": an_id(name),
        "customer_key": key,
        "kind": name,
        "title_en": name,
        "title_zh": name,
        "purposes": (),
        "status": "open",
        "opens_at": NOW - timedelta(days=1),
        "due_at": NOW + timedelta(days=1),
        "next_attempt_at": None,
        "attempts": 0,
        "priority": 3,
        "urgent": False,
        "owner_role": "customer_relations",
        "person": None,
        "channel": "phone",
        "grade": None,
        "vin": None,
        "why_en": "because",
        "why_zh": "因为",
    }
    return TaskLine(**(said | more))
