"""What follows from a report, given what the register knows of its document.

A content newer than the registered one is published to every customer it concerns, and
taken back from those it no longer concerns. Everything else is a duplicate; a report that
was overtaken by a newer one takes itself back from customers that the newer one does not
name, for an earlier attempt at it may have been published and then cut off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.intake.domain.facts import Row, with_event, with_left
from services.intake.domain.published import content_of, moved
from services.intake.domain.submissions import Submission
from services.intake.domain.versions import version_following, version_for
from shared.contracts.intake import Moved, Recorded

ALREADY_KNOWN = "already known"
NEWER_KNOWN = "a newer version is known"

Outcome = Literal["accepted", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDecision:
    """What becomes of one submission: the outcome, the row as it should be, and the messages."""

    outcome: Outcome
    row: Row
    messages: tuple[Recorded, ...] = ()
    detail: str | None = None


def decide(row: Row | None, submission: Submission, *, received_at: datetime) -> RegisterDecision:
    """Accept a content that is newer than the registered one; anything else is a duplicate."""
    version = version_for(
        row,
        content_hash=submission.content_hash,
        event=submission.event,
        stated_at=submission.stated_at,
        received_at=received_at,
    )
    if row is None:
        first = registered(None, submission, version, received_at)
        return RegisterDecision(
            outcome="accepted", row=first, messages=snapshots(submission, first)
        )
    known = row.content_hash == submission.content_hash
    if version <= row.version:
        if known:
            row = _with_event(_with_content(row, submission), submission)
            return RegisterDecision(outcome="duplicate", row=row, detail=ALREADY_KNOWN)
        overtaken = () if row.parent is not None else _taken_back(row, submission)
        return RegisterDecision(
            outcome="duplicate", row=row, messages=overtaken, detail=NEWER_KNOWN
        )
    newer = registered(row, submission, version, received_at)
    gone = dict.fromkeys(row.keys - newer.keys, _departure(row, newer.version, submission))
    messages = (*departures(newer, gone), *snapshots(submission, newer))
    if known:
        return RegisterDecision(
            outcome="duplicate", row=newer, messages=messages, detail=ALREADY_KNOWN
        )
    return RegisterDecision(outcome="accepted", row=newer, messages=messages)


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


def registered(row: Row | None, submission: Submission, version: str, now: datetime) -> Row:
    """The row with what is submitted, as `version`."""
    customer_keys = {role: sent.customer_key for role, sent in submission.messages.items()}
    keys, version = set(customer_keys.values()), version_following(version, *submission.follows)
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
        part=submission.part,
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
    before = version_following(row.version, *submission.follows)
    return before if submission.follows and before > row.version else version


def snapshots(submission: Submission, row: Row) -> tuple[Recorded, ...]:
    """The messages of what is submitted, in the version of the row."""
    return tuple(
        message.model_copy(update={"version": row.version})
        for message in submission.messages.values()
    )


def _taken_back(row: Row, submission: Submission) -> tuple[Moved, ...]:
    named = {message.customer_key for message in submission.messages.values()}
    return departures(row, dict.fromkeys(named - row.keys, row.version))


def departures(row: Row, gone: Mapping[str, str]) -> tuple[Moved, ...]:
    """What takes a document away. `gone`: customer key -> the version it leaves with."""
    return tuple(moved(row, key=key, version=version) for key, version in sorted(gone.items()))
