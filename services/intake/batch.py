"""What a whole batch asks for, decided in memory: rows to register and messages to send. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.canonical import Submission
from services.intake.decide import Decision, Placement, decide, follow_cases
from services.intake.facts import Row
from services.intake.reports import Reported
from shared.contracts.intake import Moved, Recorded


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
    def occurred_at(self) -> datetime | None:
        """The event's own time, else when the source changed the document."""
        return self.reported.event.time or self.reported.report.source_modified_at


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
    """What should be published first, and then registered."""

    decisions: Mapping[int, Decision]
    outgoing: Sequence[Outgoing]
    changed: Mapping[str, Row]
    """Document id -> the row to write."""


def plan(entries: Sequence[Entry], rows: Mapping[str, Row], *, now: datetime) -> Plan:
    """Decide all entries in order; steps after all else, for they follow complaints."""
    known = dict(rows)
    decisions: dict[int, Decision] = {}
    outgoing: list[Outgoing] = []
    for entry in sorted(entries, key=lambda entry: entry.parent is not None):
        for submission in entry.submissions:
            decision = _decide(submission, known, now)
            known[submission.document_id] = decision.row
            decisions.setdefault(entry.index, decision)
            outgoing += _outgoing(decision, entry)
    changed = {key: row for key, row in known.items() if row is not rows.get(key)}
    return Plan(decisions, outgoing, changed)


def plan_to_follow(
    cases: Mapping[str, Row], steps: Sequence[Row], *, now: datetime, unregistered: Unregistered
) -> Plan:
    """Bring steps to where their complaints are; nothing to publish when all are there."""
    outgoing: list[Outgoing] = []
    changed: dict[str, Row] = {}
    for step in steps:
        placement = follow_cases(
            step,
            case=cases.get(step.parent or ""),
            target=cases.get(step.merged_into or ""),
            now=now,
            published=unregistered.of(step.document_id),
        )
        if placement is not None:
            outgoing += _outgoing(placement, None)
            if placement.row is not step:
                changed[step.document_id] = placement.row
    return Plan({}, outgoing, changed)


def _decide(submission: Submission, known: Mapping[str, Row], now: datetime) -> Decision:
    if submission.parent is not None:
        target = known.get(submission.merged_into or "")
        submission = submission.under(known.get(submission.parent), target)
    return decide(known.get(submission.document_id), submission, received_at=now)


def _outgoing(decided: Decision | Placement, entry: Entry | None) -> Iterator[Outgoing]:
    for message in decided.messages:
        yield Outgoing(
            message=message,
            first_received_at=decided.row.first_received_at,
            occurred_at=None if entry is None else entry.occurred_at,
            index=None if entry is None else entry.index,
        )
