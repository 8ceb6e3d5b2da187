"""What staff do, as the event that intake is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.desk.domain.users import User
from shared.contracts.envelope import CloudEvent

SOURCE = "desk"
"""The source of all that is done here: part of the ids of its documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One act, as a form asked for it. Sent again it is the same act."""

    id: UUID
    """Made when the form was."""
    type: str
    """Of the report, such as `TaskOutcomeReported.TYPE`."""
    dealer_id: str
    data: Mapping[str, Any] = field(repr=False)
    """Of the report, but for what `event_of` adds."""
    numbered_by: str
    """The field of the report that tells it from others of its kind, such as `outcome_no`."""


_OF_WHAT = frozenset({"customer_key", "customer", "case_id", "task_id", "step"})


def customer_in(command: Command) -> str:
    """Whose it is, by key; empty: it does not say."""
    customer = command.data.get("customer") or {}
    return str(command.data.get("customer_key") or customer.get("customer_key") or "")


def fields_of(command: Command) -> str:
    """The step that it is, and the names of the fields of which it speaks: nothing that they
    say."""
    names = sorted(name for name in command.data if name not in _OF_WHAT | {command.numbered_by})
    step = str(command.data.get("step", ""))
    return ": ".join(each for each in (step, ", ".join(names)) if each)


def event_of(
    command: Command, user: User, at: datetime, *, by: bool = True, timed: bool = True
) -> CloudEvent:
    """The event that says that this user did this then.

    `by` and `timed`: the report has a field for who, and for when, which the command leaves open.
    """
    data = {
        "source": SOURCE,
        "dealer_id": command.dealer_id,
        "source_modified_at": at.isoformat(),
        command.numbered_by: str(command.id),
        **({"by": user.staff_id} if by else {}),
        **({"at": at.isoformat()} if timed else {}),
        **command.data,
    }
    return CloudEvent(
        id=str(command.id),
        source=f"/desk/{command.dealer_id}",
        specversion="1.0",
        type=command.type,
        time=at,
        dealerid=command.dealer_id,
        data=data,
    )
