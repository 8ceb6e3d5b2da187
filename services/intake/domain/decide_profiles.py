"""What follows from what a report says in passing: profiles, opt-outs, free words.

A profile whose content changes is published. One that does not is published again where an
attempt may have published another: at a report that was overtaken, for the register does not
know of attempts that were cut off, and only the last record of a profile stays on its topic. What
is published is written, too, so that of two instances the second finds out.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.intake.domain.decide import ALREADY_KNOWN, NEWER_KNOWN, RegisterDecision
from services.intake.domain.documents.naming import RecordFields
from services.intake.domain.facts import Row, with_left
from services.intake.domain.profiles.opt_outs import at_the_customers, consent_of
from services.intake.domain.profiles.profile import (
    BEFORE,
    profile_made_of,
    profile_version,
    said_before,
    with_said,
)
from services.intake.domain.published import content_of, moved, snapshots_of
from services.intake.domain.statements import (
    RECEIPTS_KEPT,
    Statement,
    Statements,
    joined,
    stamp_for,
    stamped,
    time_ms,
    version_of,
)
from services.intake.domain.submissions import Submission
from services.intake.domain.versions import version_following, version_for
from shared.contracts.intake import ConsentGiven, ProfileRecorded


def decide_profile(
    row: Row | None, submission: Submission, *, received_at: datetime, published: Collection[str]
) -> RegisterDecision:
    """The profile with what the report says of it: accepted if that changes what is published.

    `published`: where attempts published it, of which the register may not know.
    """
    known = {} if row is None else _said_in_profile(row)
    stamp = _stamp(row, known, submission, received_at)
    found = stamped(submission.said, stamp)
    if row is not None and row.said is None and BEFORE in known:
        if time_ms(stamp) == time_ms(row.version):
            refilled, _ = _profile(row, submission, found, stamp, received_at)
            return _unchanged(row, refilled)
        if stamp < row.version:
            return RegisterDecision(outcome="duplicate", row=row, detail=NEWER_KNOWN)
    said = with_said(known, found)
    overtaken = any(of not in said or said[of].value != found[of].value for of in found)
    if said is known and not overtaken and not published and row is not None and row.said:
        return RegisterDecision(outcome="duplicate", row=row, detail=ALREADY_KNOWN)
    after, profile = _profile(row, submission, said, stamp, received_at)
    if row is None or after.content != _content_before(row, known):
        return RegisterDecision(outcome="accepted", row=after, messages=(profile,))
    if not overtaken and not published:
        return _unchanged(row, after)
    return RegisterDecision(outcome="duplicate", row=after, messages=(profile,), detail=NEWER_KNOWN)


def decide_opt_outs(
    row: Row | None,
    submission: Submission,
    *,
    document: Row,
    named: Collection[str],
    received_at: datetime,
    published: Collection[str],
) -> RegisterDecision | None:
    """The opt-outs of a document, where the `document` is now; None while nothing was said.

    `named`: the customers that the report itself names; it, or an attempt that `published`, may
    have been overtaken.
    """
    known: Statements = {} if row is None else row.said or {}
    if row is None and not submission.said:
        return None
    stamp = _stamp(row, known, submission, received_at)
    said = joined(known, stamped(submission.said, stamp))
    version = version_following(version_of(said), document)
    strays = {*published, *(set(named) - document.keys)}
    if row is not None and version <= row.version:
        elsewhere = sorted(strays - row.keys)
        messages = tuple(moved(row, key=key, version=row.version) for key in elsewhere)
        return RegisterDecision(
            outcome="duplicate", row=row, messages=messages, detail=ALREADY_KNOWN
        )
    after = _opt_outs(row, submission, said, stamp, received_at, document=document, version=version)
    gone = sorted({*(row.keys if row is not None else ()), *strays} - after.keys)
    messages = tuple(moved(after, key=key, version=version) for key in gone)
    news = row is None or row.customer_keys != after.customer_keys or _differ(known, said)
    return RegisterDecision(
        outcome="accepted" if news else "duplicate",
        row=after,
        messages=(*messages, *snapshots_of(after)),
        detail=None if news else ALREADY_KNOWN,
    )


def with_words(decision: RegisterDecision, submission: Submission, *, received_at: datetime) -> Row:
    """The row of a document with the newest of all that was written in free words."""
    row, said = decision.row, submission.words
    known = row.words
    if known is None:
        known = {} if row.narrative is None else stamped({"narrative": row.narrative}, row.version)
    stamp = row.version
    if row.content_hash != submission.content_hash:
        stamp = version_for(
            row,
            content_hash=submission.content_hash,
            event=submission.event,
            stated_at=submission.stated_at,
            received_at=received_at,
        )
    words = joined(known, stamped(said, stamp))
    if words is row.words:
        return row
    return row.model_copy(update={"words": words, "narrative": None})


def _differ(known: Statements, said: Statements) -> bool:
    """Whether other than the stamps has changed."""
    return any(of not in known or known[of].value != word.value for of, word in said.items())


def _unchanged(row: Row, after: Row) -> RegisterDecision:
    """What was published stays, with its version; only the words are newer."""
    published: dict[str, object] = {"version": row.version}
    if row.content is not None:
        published |= {"occurred_at": row.occurred_at}
    kept = after.model_copy(update=published)
    return RegisterDecision(outcome="duplicate", row=kept, detail=ALREADY_KNOWN)


def _stamp(
    row: Row | None, known: Statements, submission: Submission, received_at: datetime
) -> str:
    return stamp_for(
        known,
        {} if row is None else row.receipts,
        receipt=submission.receipt,
        stated_at=submission.stated_at,
        received_at=received_at,
        repeated=submission.repeated,
    )


def _said_in_profile(row: Row) -> Statements:
    """What its documents said; of one registered before that was kept, what was published."""
    if row.said is not None:
        return row.said
    try:
        (published,) = snapshots_of(row)
    except ValueError:
        return {BEFORE: Statement(stamp=f"{time_ms(row.version):013d}.{'f' * 12}")}
    assert isinstance(published, ProfileRecorded)
    return said_before(published, row.version)


def _content_before(row: Row, known: Statements) -> Mapping[str, str] | None:
    """What was published, as it would be written today; None when nobody knows."""
    if row.said is not None:
        return row.content
    if BEFORE in known:
        return None
    about = RecordFields(
        document_id=row.document_id,
        version=row.version,
        customer_key=row.document_id,
        dealer_id=row.dealer_id,
    )
    return content_of({"customer": profile_made_of(known, about)})


def _profile(
    row: Row | None, submission: Submission, said: Statements, stamp: str, now: datetime
) -> tuple[Row, ProfileRecorded]:
    """The row with what was said, and what is published of it."""
    key = submission.customer_key
    assert key is not None, "a profile is somebody's"
    about = RecordFields(
        document_id=submission.document_id,
        version=profile_version(said),
        customer_key=key,
        dealer_id=submission.dealer_id,
    )
    profile = profile_made_of(said, about)
    return Row.model_validate(
        _common(row, submission, said, stamp, now)
        | {
            "customer_keys": {"customer": key},
            "version": profile.version,
            "content": content_of({"customer": profile}),
        }
    ), profile


def _opt_outs(
    row: Row | None,
    submission: Submission,
    said: Statements,
    stamp: str,
    now: datetime,
    *,
    document: Row,
    version: str,
) -> Row:
    consents: dict[str, ConsentGiven] = {}
    for role, word in at_the_customers(said, document.customer_keys).items():
        about = RecordFields(
            document_id=submission.document_id,
            version=version,
            customer_key=document.customer_keys[role],
            dealer_id=submission.dealer_id,
        )
        consents[role] = consent_of(word, about)
    customer_keys = {role: consent.customer_key for role, consent in consents.items()}
    keys = set(customer_keys.values())
    left: Mapping[str, str] = {}
    if row is not None:
        left = with_left(row.left, dict.fromkeys(row.keys - keys, version), keys=keys)
    return Row.model_validate(
        _common(row, submission, said, stamp, now)
        | {
            "customer_keys": customer_keys,
            "version": version,
            "content": content_of(consents),
            "left": left,
        }
    )


def _common(
    row: Row | None, submission: Submission, said: Statements, stamp: str, now: datetime
) -> dict[str, object]:
    receipts = {} if row is None else dict(row.receipts)
    if submission.stated_at is None and submission.said:
        receipts[submission.receipt] = stamp
    return {
        "document_id": submission.document_id,
        "kind": submission.kind,
        "dealer_id": submission.dealer_id,
        "content_hash": submission.content_hash,
        "first_received_at": now if row is None else row.first_received_at,
        "receipts": dict(list(receipts.items())[-RECEIPTS_KEPT:]),
        "revision": 0 if row is None else row.revision,
        "said": said,
        "occurred_at": submission.occurred_at,
        "updated_at": now,
    }
