"""What follows from a report, given what the register knows. Pure.

A content newer than the registered one is published to every customer it concerns, and
taken back from those it no longer concerns. Everything else is a duplicate; a report that
was overtaken by a newer one takes itself back from customers that the newer one does not
name, for an earlier attempt at it may have been published and then cut off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.intake.domain.facts import Row, placed, version_for, with_event, with_left
from services.intake.domain.published import content_of, moved
from services.intake.domain.submissions import Submission, step_taken
from shared.contracts.intake import Moved, Recorded

ALREADY_KNOWN = "already known"
NEWER_KNOWN = "a newer version is known"

Outcome = Literal["accepted", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one submission: the answer, the row as it should be, and the messages."""

    outcome: Outcome
    row: Row
    messages: tuple[Recorded, ...] = ()
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A row that is at the right customers again, and the messages that put it there."""

    row: Row
    messages: tuple[Recorded, ...]


def decide(row: Row | None, submission: Submission, *, received_at: datetime) -> Decision:
    """Accept a content that is newer than the registered one; anything else is a duplicate."""
    version = version_for(
        row,
        content_hash=submission.content_hash,
        event=submission.event,
        stated_at=submission.stated_at,
        received_at=received_at,
    )
    if row is None:
        first = _registered(None, submission, version, received_at)
        return Decision(outcome="accepted", row=first, messages=_snapshots(submission, first))
    known = row.content_hash == submission.content_hash
    if version <= row.version:
        if known:
            row = _with_event(_with_content(row, submission), submission)
            return Decision(outcome="duplicate", row=row, detail=ALREADY_KNOWN)
        overtaken = () if row.parent is not None else _taken_back(row, submission)
        return Decision(outcome="duplicate", row=row, messages=overtaken, detail=NEWER_KNOWN)
    newer = _registered(row, submission, version, received_at)
    gone = dict.fromkeys(row.keys - newer.keys, _departure(row, newer.version, submission))
    messages = (*_departures(newer, gone), *_snapshots(submission, newer))
    if known:
        return Decision(outcome="duplicate", row=newer, messages=messages, detail=ALREADY_KNOWN)
    return Decision(outcome="accepted", row=newer, messages=messages)


def follow_cases(
    step: Row,
    *,
    case: Row | None,
    target: Row | None,
    now: datetime,
    published: Iterable[str] = (),
    overtaken: Iterable[str] = (),
    before: Row | None = None,
) -> Placement | None:
    """A step where its complaint is now, with the customer of the complaint it merges that into.

    None when it is there as it should be, and nowhere else; also when `case` or `target` were
    read before it was placed by newer ones. `published`: the customers that it went out to, of
    which the register may not know; `overtaken`: those where others may have published what was
    registered `before`.
    """
    assert step.recorded is not None, "only steps follow"
    version = placed(step.version, case, target)
    is_placed = version <= step.version
    customer_keys = step.customer_keys if case is None or is_placed else case.customer_keys
    keys = set(customer_keys.values())
    departure = version if before is None else placed(before.version, case, target)
    gone = {
        **dict.fromkeys({*step.keys, *overtaken} - keys, departure),
        **dict.fromkeys(set(published) - keys, max(version, step.version)),
    }
    if is_placed:
        return Placement(row=step, messages=_departures(step, gone)) if gone else None
    snapshots = {
        role: step_taken(step.recorded, key=key, target=target, version=version)
        for role, key in customer_keys.items()
    }
    row = step.model_copy(
        update={
            "customer_keys": dict(customer_keys),
            "version": version,
            "content": content_of(snapshots),
            "left": with_left(step.left, gone, keys=keys),
            "updated_at": now,
        }
    )
    return Placement(row=row, messages=(*_departures(row, gone), *snapshots.values()))


def _with_content(row: Row, submission: Submission) -> Row:
    """The row with the content that is reported again, if it was registered without."""
    if row.content is not None:
        return row
    kept = {"content": content_of(submission.messages), "occurred_at": submission.occurred_at}
    return row.model_copy(update=kept)


def _with_event(row: Row, submission: Submission) -> Row:
    """The row that knows the event too: its repeat says nothing when something else was said."""
    if submission.event in row.events:
        return row
    events = with_event(row.events, submission.event, row.version)
    return row.model_copy(update={"events": events})


def _registered(row: Row | None, submission: Submission, version: str, now: datetime) -> Row:
    customer_keys = {role: told.customer_key for role, told in submission.messages.items()}
    keys, version = set(customer_keys.values()), placed(version, *submission.follows)
    left: Mapping[str, str] = {}
    if row is not None:
        gone = dict.fromkeys(row.keys - keys, _departure(row, version, submission))
        left = with_left(row.left, gone, keys=keys)
    return Row(
        document_id=submission.document_id,
        kind=submission.kind,
        dealer_id=submission.dealer_id,
        customer_keys=customer_keys,
        version=version,
        content_hash=submission.content_hash,
        first_received_at=now if row is None else row.first_received_at,
        events=with_event({} if row is None else row.events, submission.event, version),
        revision=0 if row is None else row.revision,
        parent=submission.parent,
        recorded=submission.recorded,
        words=None if row is None else row.words,
        narrative=None if row is None else row.narrative,
        content=content_of(submission.messages),
        occurred_at=submission.occurred_at,
        left=left,
        updated_at=now,
    )


def _departure(row: Row, version: str, submission: Submission) -> str:
    """The version with which a document leaves customers: its own, for a step the one before, where
    its complaint is now. For if the attempt is cut off, and another instance brings the complaint
    back, the step that all know must count there again.
    """
    before = placed(row.version, *submission.follows)
    return before if submission.follows and before > row.version else version


def _snapshots(submission: Submission, row: Row) -> tuple[Recorded, ...]:
    return tuple(
        message.model_copy(update={"version": row.version})
        for message in submission.messages.values()
    )


def _taken_back(row: Row, submission: Submission) -> tuple[Moved, ...]:
    named = {message.customer_key for message in submission.messages.values()}
    return _departures(row, dict.fromkeys(named - row.keys, row.version))


def _departures(row: Row, gone: Mapping[str, str]) -> tuple[Moved, ...]:
    """`gone`: customer key -> the version with which the document leaves there."""
    return tuple(moved(row, key=key, version=version) for key, version in sorted(gone.items()))
