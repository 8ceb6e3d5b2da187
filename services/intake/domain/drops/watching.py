"""Which files of a folder are complete: those that did not change for a while, or that a marker
says it of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.domain.drops.names import marked_by


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """What changes when a file is written to."""

    modified_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looks, and since when it was seen to look so."""

    stamp: Stamp
    since: datetime


def watched(
    before: Mapping[str, Seen], found: Mapping[str, Stamp], now: datetime
) -> dict[str, Seen]:
    """What is known of the files that are there. What a file itself says of its time counts for
    nothing: whoever copies it may have set it."""
    return {name: _seen(before.get(name), stamp, now) for name, stamp in found.items()}


def complete(
    seen: Mapping[str, Seen],
    now: datetime,
    *,
    still: timedelta,
    marker: str | None = None,
    markers: Mapping[str, Stamp] | None = None,
) -> Sequence[str]:
    """Those to be taken, the one that was written first comes first.

    With a marker, only those that have one, which is not older than they are: one of a file of
    the same name, that was there before, says nothing.
    """
    marked: dict[str, int] = {}
    for name, stamp in (markers or {}).items():
        folded = name.casefold()
        marked[folded] = max(stamp.modified_ns, marked.get(folded, stamp.modified_ns))
    ready = [
        name
        for name, each in seen.items()
        if now - each.since >= still
        and (marker is None or _is_marked(name, each.stamp, marker, marked))
    ]
    return sorted(ready, key=lambda name: (seen[name].stamp.modified_ns, name))


def _seen(before: Seen | None, stamp: Stamp, now: datetime) -> Seen:
    return before if before is not None and before.stamp == stamp else Seen(stamp, now)


def _is_marked(name: str, stamp: Stamp, marker: str, marked: Mapping[str, int]) -> bool:
    found = (marked.get(each) for each in marked_by(name, marker))
    return any(
        modified_ns is not None and modified_ns >= stamp.modified_ns for modified_ns in found
    )
