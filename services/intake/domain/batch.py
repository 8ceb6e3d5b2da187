"""What a whole batch asks for, decided in memory: rows to register and messages to send. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.domain.decide import ALREADY_KNOWN, Decision, Placement, decide, follow_cases
from services.intake.domain.decide_profiles import decide_opt_outs, decide_profile, with_words
from services.intake.domain.documents.naming import customers_named
from services.intake.domain.examine.event import Reported
from services.intake.domain.facts import Row
from services.intake.domain.findings import Finding
from services.intake.domain.profiles.opt_outs import OPT_OUTS
from services.intake.domain.profiles.profile import PROFILE, profile_of
from services.intake.domain.steps import Following, newest_of_each, steps_among
from services.intake.domain.submissions import Submission
from shared.contracts.http.problem import Problem
from shared.contracts.identifiers import is_customer_key
from shared.contracts.intake import ComplaintMoved, Moved, Recorded

NO_SUCH_CUSTOMER = "nothing was reported of this customer so far: is it another's number?"
NO_SUCH_CASE = "this complaint was not reported so far: the step waits for it"
NO_SUCH_TARGET = "the complaint that this one is merged into was not reported so far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One valid event of a batch, and what it asks to be registered (its document first)."""

    index: int
    reported: Reported
    submissions: tuple[Submission, ...]

    @property
    def parent(self) -> str | None:
        """The complaint that this event is a step on."""
        return self.submissions[0].parent

    @property
    def merged_into(self) -> str | None:
        """The complaint that this event merges another into."""
        return self.submissions[0].merged_into

    @property
    def customers(self) -> Mapping[str, str]:
        """Profile -> where in the event the customer is named of whom nothing else is told."""
        places = ((f"/data{where}", key) for where, key in customers_named(self.reported.report))
        return {profile_of(key): where for where, key in places if is_customer_key(key)}

    @property
    def case(self) -> str | None:
        """The complaint that this event is about, or a step on."""
        filed = self.submissions[0]
        return filed.document_id if filed.kind == "complaint" else filed.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be sent, and the event that caused it, by its index in the batch."""

    message: Recorded
    first_received_at: datetime
    occurred_at: datetime | None = None
    """When the source says it happened or was changed."""
    index: int | None = None


@dataclass(slots=True)
class Unregistered:
    """Where snapshots went while the register may not know of it: document id -> keys."""

    _published: dict[str, set[str]] = field(default_factory=dict)

    def note(self, outgoing: Sequence[Outgoing]) -> None:
        """These were published, in this order; what is moved away is nowhere any more."""
        for message in (sent.message for sent in outgoing):
            keys = self._published.setdefault(message.document_id, set())
            if isinstance(message, Moved):
                keys.discard(message.customer_key)
            else:
                keys.add(message.customer_key)

    def of(self, document_id: str) -> Collection[str]:
        """The customers that the document was published to."""
        return self._published.get(document_id, ())


@dataclass(frozen=True, slots=True)
class Plan:
    """What should be published first, in this order, and then registered."""

    decisions: Mapping[int, Decision]
    refused: Mapping[int, Problem]
    """The events that may not be registered."""
    outgoing: Sequence[Outgoing]
    changed: Mapping[str, Row]
    """Document id -> the row to write."""
    placed: Mapping[str, Row]
    """Step -> its row, for those that were brought to where their complaints are."""
    warnings: Mapping[int, Sequence[Finding]]
    """What an event is about, and nobody has reported so far; it is taken all the same."""


def plan(
    entries: Sequence[Entry], rows: Mapping[str, Row], *, now: datetime, unregistered: Unregistered
) -> Plan:
    """Decide all entries, bring all steps to where their complaints are, and put it in order.

    Steps are decided after all else, for they follow complaints; what is published of them goes
    out ahead, for it explains these. `rows`: all that is known of the documents, of the steps
    that follow them, and of the complaints that those follow.
    """
    known, following = dict(rows), Following.of(rows.values())
    decisions: dict[int, Decision] = {}
    refused: dict[int, Problem] = {}
    outgoing: list[Outgoing] = []
    for entry in sorted(entries, key=lambda entry: entry.parent is not None):
        for submission in _repeated_or_not(entry, known):
            decision = _decide(submission, entry, known, now, unregistered)
            if decision is None:
                continue
            problem = _too_many(decision, following, unregistered)
            if problem is not None:
                refused[entry.index] = problem
                break
            known[submission.document_id] = decision.row
            following.put(decision.row)
            decisions[entry.index] = _answer(decisions.get(entry.index), decision)
            outgoing += _outgoing(decision, entry)
    placements = list(_placements(known, rows, _overtaken(outgoing), unregistered, now))
    for placement in placements:
        known[placement.row.document_id] = placement.row
        outgoing += _outgoing(placement, None)
    return Plan(
        decisions=decisions,
        refused=refused,
        outgoing=[outgoing[at] for at in newest_of_each([sent.message for sent in outgoing])],
        changed={id_: row for id_, row in known.items() if row is not rows.get(id_)},
        placed={placement.row.document_id: placement.row for placement in placements},
        warnings={entry.index: tuple(_not_reported(entry, known)) for entry in entries},
    )


def _not_reported(entry: Entry, known: Mapping[str, Row]) -> Iterator[Finding]:
    for profile, where in entry.customers.items():
        if profile not in known:
            yield Finding(where, NO_SUCH_CUSTOMER)
    if entry.parent is not None and entry.parent not in known:
        yield Finding("/data", NO_SUCH_CASE)
    if entry.merged_into is not None and entry.merged_into not in known:
        yield Finding("/data", NO_SUCH_TARGET)


def _overtaken(outgoing: Sequence[Outgoing]) -> Mapping[str, set[str]]:
    """Complaint -> the customers that it leaves: attempts at it may have put steps there."""
    left: dict[str, set[str]] = {}
    for message in (sent.message for sent in outgoing):
        if isinstance(message, ComplaintMoved):
            left.setdefault(message.document_id, set()).add(message.customer_key)
    return left


def _placements(
    known: Mapping[str, Row],
    registered: Mapping[str, Row],
    overtaken: Mapping[str, set[str]],
    unregistered: Unregistered,
    now: datetime,
) -> Iterator[Placement]:
    for step in steps_among(known):
        placement = follow_cases(
            step,
            case=known.get(step.parent or ""),
            target=known.get(step.merged_into or ""),
            now=now,
            published=unregistered.of(step.document_id),
            overtaken=overtaken.get(step.parent or "", set()) - step.left.keys(),
            before=registered.get(step.document_id),
        )
        if placement is not None:
            yield placement


def _decide(
    submission: Submission,
    entry: Entry,
    known: Mapping[str, Row],
    now: datetime,
    unregistered: Unregistered,
) -> Decision | None:
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
    if submission.parent is not None:
        target = known.get(submission.merged_into or "")
        submission = submission.under(known.get(submission.parent), target)
    decision = decide(row, submission, received_at=now)
    if not submission.words:
        return decision
    return replace(decision, row=with_words(decision, submission, received_at=now))


def _repeated_or_not(entry: Entry, known: Mapping[str, Row]) -> Sequence[Submission]:
    """What the report says in passing knows whether its document has had the event before."""
    document = entry.submissions[0]
    row = known.get(document.document_id)
    if row is None or document.event not in row.events:
        return entry.submissions
    return [replace(submission, repeated=True) for submission in entry.submissions]


def _answer(first: Decision | None, decision: Decision) -> Decision:
    """An event is answered by its document; one that says news in passing is no repeat."""
    if first is None:
        return decision
    if decision.outcome == "accepted" and first.detail == ALREADY_KNOWN:
        return replace(first, outcome="accepted", detail=None)
    return first


def _too_many(
    decision: Decision, following: Following, unregistered: Unregistered
) -> Problem | None:
    """Why a step may not be registered; one that was published already may."""
    published = unregistered.of(decision.row.document_id)
    if decision.outcome != "accepted" or published:
        return None
    return following.full(decision.row)


def _outgoing(decided: Decision | Placement, entry: Entry | None) -> Iterator[Outgoing]:
    for message in decided.messages:
        yield Outgoing(
            message=message,
            first_received_at=decided.row.first_received_at,
            occurred_at=decided.row.occurred_at,
            index=None if entry is None else entry.index,
        )
