"""What a whole batch asks for, decided in memory: rows to register and messages to send."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.decide import ALREADY_KNOWN, RegisterDecision, decide
from services.intake.domain.decide_parts import decide_part
from services.intake.domain.decide_profiles import decide_opt_outs, decide_profile, with_words
from services.intake.domain.documents.complaint_step import STEP
from services.intake.domain.entries import BatchEntry
from services.intake.domain.facts import Row
from services.intake.domain.findings import Finding
from services.intake.domain.outgoing import OutgoingMessage, Unregistered, in_order
from services.intake.domain.profiles.opt_outs import OPT_OUTS
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.steps import Following, MovedStep, follow_complaints, steps_among
from services.intake.domain.submissions import Submission
from shared.contracts.intake import ComplaintMoved

NO_SUCH_CUSTOMER = "nothing was reported of this customer so far: is it another's number?"
NO_SUCH_CASE = "this complaint was not reported so far: the step waits for it"
NO_SUCH_TARGET = "the complaint that this one is merged into was not reported so far"


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What should be published first, in this order, and then registered."""

    decisions: Mapping[int, RegisterDecision]
    refused: Mapping[int, Finding]
    """The steps that may not be registered, and why."""
    outgoing: Sequence[OutgoingMessage]
    changed: Mapping[str, Row]
    """Document id -> the row to write."""
    moved_steps: Mapping[str, Row]
    """Step -> its row, for those that were brought to where their complaints are."""
    warnings: Mapping[int, Sequence[Finding]]
    """What an event is about, and nobody has reported so far; it is taken all the same."""


def plan_batch(
    entries: Sequence[BatchEntry],
    rows: Mapping[str, Row],
    *,
    now: datetime,
    unregistered: Unregistered,
) -> BatchPlan:
    """Decide all entries, bring all steps to where their complaints are, and put it in order.

    Steps are decided after all else, for they follow complaints; what is published of them goes
    out ahead, for it explains these. `rows`: all that is known of the documents, of the steps
    that follow them, and of the complaints that those follow.
    """
    known, following = dict(rows), Following.of(rows.values())
    decisions: dict[int, RegisterDecision] = {}
    refused: dict[int, Finding] = {}
    outgoing: list[OutgoingMessage] = []
    for entry in sorted(entries, key=lambda entry: entry.parent is not None):
        for submission in _repeated_or_not(entry, known):
            decision = _decide(submission, entry, known, now, unregistered)
            if decision is None:
                continue
            too_many = _too_many(decision, following, unregistered)
            if too_many is not None:
                refused[entry.index] = too_many
                break
            known[submission.document_id] = decision.row
            following.put(decision.row)
            decisions[entry.index] = _outcome(decisions.get(entry.index), decision)
            outgoing += _outgoing(decision, entry)
    moved = list(_moved_steps(known, rows, _overtaken(outgoing), unregistered, now))
    for step in moved:
        known[step.row.document_id] = step.row
        outgoing += _outgoing(step, None)
    return BatchPlan(
        decisions=decisions,
        refused=refused,
        outgoing=in_order(outgoing),
        changed={id_: row for id_, row in known.items() if row is not rows.get(id_)},
        moved_steps={step.row.document_id: step.row for step in moved},
        warnings={entry.index: tuple(_not_reported(entry, known)) for entry in entries},
    )


def _not_reported(entry: BatchEntry, known: Mapping[str, Row]) -> Iterator[Finding]:
    for profile, where in entry.customers.items():
        if profile not in known:
            yield Finding(where, NO_SUCH_CUSTOMER)
    if entry.parent is not None and entry.parent not in known:
        yield Finding("/data", NO_SUCH_CASE)
    if entry.merged_into is not None and entry.merged_into not in known:
        yield Finding("/data", NO_SUCH_TARGET)


def _overtaken(outgoing: Sequence[OutgoingMessage]) -> Mapping[str, set[str]]:
    """Complaint -> the customers that it leaves: attempts at it may have put steps there."""
    left: dict[str, set[str]] = {}
    for message in (sent.message for sent in outgoing):
        if isinstance(message, ComplaintMoved):
            left.setdefault(message.document_id, set()).add(message.customer_key)
    return left


def _moved_steps(
    known: Mapping[str, Row],
    registered: Mapping[str, Row],
    overtaken: Mapping[str, set[str]],
    unregistered: Unregistered,
    now: datetime,
) -> Iterator[MovedStep]:
    for step in steps_among(known):
        moved = follow_complaints(
            step,
            case=known.get(step.parent or ""),
            target=known.get(step.merged_into or ""),
            now=now,
            published=unregistered.of(step.document_id),
            overtaken=overtaken.get(step.parent or "", set()) - step.left.keys(),
            before=registered.get(step.document_id),
        )
        if moved is not None:
            yield moved


def _decide(
    submission: Submission,
    entry: BatchEntry,
    known: Mapping[str, Row],
    now: datetime,
    unregistered: Unregistered,
) -> RegisterDecision | None:
    row = known.get(submission.document_id)
    published = unregistered.of(submission.document_id)
    if submission.kind == PROFILE:
        return decide_profile(row, submission, received_at=now, published=published)
    if submission.kind == OPT_OUTS:
        reported = entry.submissions[0]
        return decide_opt_outs(
            row,
            submission,
            document=known[reported.document_id],
            named={message.customer_key for message in reported.messages.values()},
            received_at=now,
            published=published,
        )
    if submission.within is not None:
        document = known[submission.within.document_id]
        return decide_part(row, submission, submission.within, document=document, received_at=now)
    if submission.parent is not None:
        target = known.get(submission.merged_into or "")
        submission = submission.under(known.get(submission.parent), target)
    decision = decide(row, submission, received_at=now)
    if not submission.words:
        return decision
    return replace(decision, row=with_words(decision, submission, received_at=now))


def _repeated_or_not(entry: BatchEntry, known: Mapping[str, Row]) -> Sequence[Submission]:
    """What the report says in passing knows whether its document has had the event before."""
    document = entry.submissions[0]
    row = known.get(document.document_id)
    if row is None or document.event not in row.events:
        return entry.submissions
    return [replace(submission, repeated=True) for submission in entry.submissions]


def _outcome(first: RegisterDecision | None, decision: RegisterDecision) -> RegisterDecision:
    """An event's outcome is its document's; one that says news in passing is no repeat."""
    if first is None:
        return decision
    if decision.outcome == "accepted" and first.detail == ALREADY_KNOWN:
        return replace(first, outcome="accepted", detail=None)
    return first


def _too_many(
    decision: RegisterDecision, following: Following, unregistered: Unregistered
) -> Finding | None:
    """Why a step may not be registered; one that was published already may."""
    row = decision.row
    if row.kind != STEP or decision.outcome != "accepted" or unregistered.of(row.document_id):
        return None
    return following.full(decision.row)


def _outgoing(
    decided: RegisterDecision | MovedStep, entry: BatchEntry | None
) -> Iterator[OutgoingMessage]:
    for message in decided.messages:
        yield OutgoingMessage(
            message=message,
            first_received_at=decided.row.first_received_at,
            occurred_at=decided.row.occurred_at,
            index=None if entry is None else entry.index,
        )
