"""Where a page of cases ended, as an opaque text that staff give back for the next page. Pure."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

from services.complaints.domain.facts import CaseFacts
from shared.decider.snapshot import Snapshot
from shared.time.zones import milliseconds_of, moment_of

Position = tuple[datetime, str]
"""A deadline, and the id of a case."""


def written(position: Position) -> str:
    """The cursor for what comes after this position."""
    deadline, case = position
    text = f"{milliseconds_of(deadline)} {case}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def next_page(
    snapshots: Sequence[Snapshot[CaseFacts]], *, limit: int, by_deadline: bool
) -> str | None:
    """What the page after this one is asked for with; None after the last page.

    A page of open cases goes on after a deadline and an id, one of all cases after an id alone.
    """
    if len(snapshots) < limit:
        return None
    return behind(snapshots[-1]) if by_deadline else snapshots[-1].id


def behind(snapshot: Snapshot[CaseFacts]) -> str:
    """The cursor for the open cases that come after this one."""
    assert snapshot.listing is not None
    assert snapshot.listing.deadline is not None
    return written((snapshot.listing.deadline, snapshot.id))


def read(cursor: str, dealer_id: str) -> Position:
    """Raises ValueError for what is no cursor of this dealer's open cases."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = urlsafe_b64decode(padded.encode("ascii")).decode()
        number, _, case = text.partition(" ")
        position = (moment_of(int(number)), case)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise ValueError("no cursor") from error
    if not case.startswith(f"{dealer_id}/") or written(position) != cursor:
        raise ValueError("no cursor of this list")
    return position
