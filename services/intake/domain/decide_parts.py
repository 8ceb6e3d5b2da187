"""What follows for a document that is told within another, such as the survey answered in a call.

It has the version of that document, and is there in the versions that tell of it: so it is
published, corrected, moved and taken back in one step with it, whatever the order of arrival.
"""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.decide import (
    ALREADY_KNOWN,
    NEWER_KNOWN,
    RegisterDecision,
    departures,
    registered,
    snapshots,
)
from services.intake.domain.facts import Row
from services.intake.domain.submissions import Submission


def decide_part(
    row: Row | None,
    part: Submission,
    within: Submission,
    *,
    document: Row,
    received_at: datetime,
) -> RegisterDecision | None:
    """The part as of the `document`, which is decided already; None where there is nothing to do.

    `within`: what was submitted of the document; it may have been overtaken.
    """
    if document.content_hash != within.content_hash:
        return _overtaken(row, part, document, received_at)
    if row is None and not part.messages:
        return None
    if row is not None and document.version <= row.version:
        return RegisterDecision(outcome="duplicate", row=row, detail=ALREADY_KNOWN)
    newer = registered(row, part, document.version, received_at)
    gone = {} if row is None else dict.fromkeys(row.keys - newer.keys, newer.version)
    return RegisterDecision(
        outcome="accepted",
        row=newer,
        messages=(*departures(newer, gone), *snapshots(part, newer)),
    )


def _overtaken(
    row: Row | None, part: Submission, document: Row, received_at: datetime
) -> RegisterDecision | None:
    """Take the part back from where the newer version of its document does not have it.

    An attempt at the older one may have been published, or even registered, and then cut off. Who
    registers the newer one sees to the part that it has.
    """
    named = {message.customer_key for message in part.messages.values()}
    if document.part is None and (row is None or row.version < document.version):
        if row is None and not named:
            return None
        newest = replace(
            part,
            messages={},
            content_hash=document.content_hash,
            occurred_at=document.occurred_at,
        )
        named |= set() if row is None else row.keys
        row = registered(row, newest, document.version, received_at)
        row = row.model_copy(update={"left": dict.fromkeys(sorted(named), row.version)})
    if row is None:
        return None
    elsewhere = named - row.keys - (document.keys if document.part else set())
    gone = dict.fromkeys(elsewhere, row.version)
    return RegisterDecision(
        outcome="duplicate", row=row, messages=departures(row, gone), detail=NEWER_KNOWN
    )
