"""Keys on a terminal and as JSON. Nothing that is secret is known here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from deploy.cli.terminal import printable
from shared.auth.keys import ApiKey


def table(keys: Sequence[ApiKey], now: datetime) -> Table:
    """A row for each."""
    found = Table(
        "key", "name", "dealers", "source", "scopes", "last used", "expires", "state", box=None
    )
    for key in keys:
        found.add_row(
            key.shown,
            printable(key.name),
            "\n".join(sorted(key.grant.dealers)),
            key.grant.source or "all",
            "\n".join(sorted(key.grant.scopes)),
            _day(key.last_used_at, "never"),
            _day(key.expires_at, "never"),
            state_of(key, now),
        )
    return found


def state_of(key: ApiKey, now: datetime) -> str:
    """And until when, of one that is being exchanged."""
    state = key.state(now)
    if state == "valid" and key.revoked_at is not None:
        return f"until {key.revoked_at:%Y-%m-%d %H:%M}Z"
    return state


def as_data(key: ApiKey, now: datetime) -> dict[str, Any]:
    """For programs."""
    return {
        "key": key.shown,
        "name": key.name,
        "dealers": sorted(key.grant.dealers),
        "source": key.grant.source,
        "scopes": sorted(key.grant.scopes),
        "state": key.state(now),
        **{
            name: None if at is None else at.isoformat()
            for name, at in (
                ("created_at", key.created_at),
                ("expires_at", key.expires_at),
                ("revoked_at", key.revoked_at),
                ("last_used_at", key.last_used_at),
            )
        },
    }


def _day(at: datetime | None, otherwise: str) -> str:
    return otherwise if at is None else f"{at:%Y-%m-%d %H:%M}Z"
