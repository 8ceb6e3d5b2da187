"""What a whole batch asks for, decided in memory: rows to register and messages to send. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.canonical import Submission
from services.intake.decide import Decision, Placement, decide, follow_cases
from services.intake.facts import Row
from services.intake.follow import Following, newest_of_each, steps_among
from services.intake.reports import Reported
from shared.contracts.intake import ComplaintMoved, Moved, Recorded
from shared.problems import Problem


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
        for submission in entry.submissions:
            decision = _decide(submission, known, now)
            problem = _too_many(decision, following, unregistered)
            if problem is not None:
                refused[entry.index] = problem
                break
            known[submission.document_id] = decision.row
            following.put(decision.row)
            decisions.setdefault(entry.index, decision)
            outgoing += _outgoing(decision, entry)
    placements = list(_placements(known, _strays(outgoing, unregistered), now))
    for placement in placements:
        known[placement.row.document_id] = placement.row
        outgoing += _outgoing(placement, None)
    return Plan(
        decisions=decisions,
        refused=refused,
        outgoing=[outgoing[at] for at in newest_of_each([sent.message for sent in outgoing])],
        changed={id_: row for id_, row in known.items() if row is not rows.get(id_)},
        placed={placement.row.document_id: placement.row for placement in placements},
    )


Strays = Callable[[Row], set[str]]
"""The customers that a step may have been published to, of which the register does not know."""


def _strays(outgoing: Sequence[Outgoing], unregistered: Unregistered) -> Strays:
    """Where attempts published a step: ours, and those at its complaint that was overtaken."""
    left: dict[str, set[str]] = {}
    for message in (sent.message for sent in outgoing):
        if isinstance(message, ComplaintMoved):
            left.setdefault(message.document_id, set()).add(message.customer_key)

    def of(step: Row) -> set[str]:
        overtaken = left.get(step.parent or "", set())
        return {*unregistered.of(step.document_id), *(overtaken - step.left.keys())}

    return of


def _placements(known: Mapping[str, Row], strays: Strays, now: datetime) -> Iterator[Placement]:
    for step in steps_among(known):
        placement = follow_cases(
            step,
            case=known.get(step.parent or ""),
            target=known.get(step.merged_into or ""),
            now=now,
            published=strays(step),
        )
        if placement is not None:
            yield placement


def _decide(submission: Submission, known: Mapping[str, Row], now: datetime) -> Decision:
    if submission.parent is not None:
        target = known.get(submission.merged_into or "")
        submission = submission.under(known.get(submission.parent), target)
    return decide(known.get(submission.document_id), submission, received_at=now)


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
