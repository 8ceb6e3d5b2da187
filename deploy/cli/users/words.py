"""Users of the desk on a terminal and as JSON. Nothing that is secret is known here."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from deploy.cli.terminal import printable
from services.desk.adapters.users import StoredUser
from services.desk.domain.trail import TrailFault, TrailFaultKind

FAULTS: dict[TrailFaultKind, str] = {
    "changed": "entry {number} is not as it was written",
    "missing": "entry {number} is missing",
    "cut": "entries after {number} are missing",
    "headless": "what says how many entries there are is missing; there are {number}",
    "forged head": "what says how many entries there are was not written by the desk",
    "other": "entry {number} is not the one that was noted",
}


def table(users: Sequence[StoredUser]) -> Table:
    """A row for each."""
    found = Table("user", "name", "staff id", "roles", "language", "password", "state", box=None)
    for stored in users:
        user = stored.user
        found.add_row(
            printable(user.username),
            printable(user.name),
            printable(user.staff_id),
            "\n".join(user.grants),
            user.language,
            "here" if stored.password is not None else "elsewhere",
            state_of(stored),
        )
    return found


def state_of(stored: StoredUser) -> str:
    """Whether they may sign in."""
    at = stored.disabled_at
    return "may sign in" if at is None else f"disabled {at:%Y-%m-%d %H:%M}Z"


def as_data(stored: StoredUser) -> dict[str, Any]:
    """For programs."""
    user, at = stored.user, stored.disabled_at
    return {
        "user": user.username,
        "name": user.name,
        "staff_id": user.staff_id,
        "grants": list(user.grants),
        "language": user.language,
        "has_password": stored.password is not None,
        "disabled_at": None if at is None else at.isoformat(),
    }


def fault_in_words(fault: TrailFault) -> str:
    """What is wrong with the trail, and where."""
    return FAULTS[fault.kind].format(number=fault.sequence)
