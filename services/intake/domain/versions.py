"""The one rule that gives a content its version; a step's goes on with those of its complaints."""

from datetime import datetime

from services.intake.domain.facts import Row
from shared.contracts.identifiers import document_version, succeeding_version
from shared.time.zones import milliseconds_of

NOT_KNOWN = "0"
"""Stands for the version of a complaint that is not known yet; sorts before every version."""


def version_for(
    row: Row | None,
    *,
    content_hash: str,
    event: str,
    stated_at: datetime | None,
    received_at: datetime,
) -> str:
    """The version of a reported content: when the source changed it, then its hash.

    Of contents that a source dates the same, or not at all, the one received last is the newest,
    also one that was there before: the source has gone back to it. A repeat of an `event` (a
    digest of it and what it said) repeats the version.
    """
    if row is None or (stated_at is not None and milliseconds_of(stated_at) != _changed_ms(row)):
        return document_version(milliseconds_of(stated_at or received_at), content_hash)
    if content_hash == row.content_hash:
        return row.version
    repeated = row.events.get(event) or row.receipts.get(content_hash)
    if repeated is not None:
        return repeated
    if stated_at is None:
        later_ms = max(milliseconds_of(received_at), _changed_ms(row) + 1)
        return document_version(later_ms, content_hash)
    return succeeding_version(row.version, content_hash, milliseconds_of(received_at))


def _changed_ms(row: Row) -> int:
    return int(row.version.partition(".")[0])


def version_following(version: str, *cases: Row | None) -> str:
    """The version of a step's content, followed by the versions of the complaints it follows.

    `cases`: the complaint that it is a step on, then the one that it merges that into; None
    for one that is not known. They alone decide where a step is published and with which
    customer it merges, so that a version never stands for two contents, whoever publishes it
    and however often; and a newer complaint makes it newer, but older than any later content.
    """
    content = version.split(".")[:2]
    after = [NOT_KNOWN if case is None else case.version for case in cases]
    while after and after[-1] == NOT_KNOWN:
        after.pop()
    return ".".join([*content, *after])
