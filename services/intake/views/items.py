"""What became of each event of a request, as it is answered."""

from collections.abc import Sequence

from services.intake.domain.decide import RegisterDecision
from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.facts import Row
from services.intake.domain.findings import Finding
from services.intake.views import problems
from shared.contracts.http.intake import BatchAnswer, Item
from shared.contracts.http.problem import Problem


def unreadable_item(index: int, found: UnreadableEvent) -> Item:
    """A line, or an element of a batch, that is no JSON, or too large."""
    problem = problems.too_large if found.too_large else problems.unreadable
    return Item(index=index, outcome="rejected", problem=problem(found.detail))


def invalid_item(index: int, found: InvalidEvent) -> Item:
    """An event that is not valid."""
    problem = problems.invalid_event(found.errors, not_shown=found.not_shown)
    return Item(index=index, id=found.event_id, outcome="rejected", problem=problem)


def refused_item(index: int, reported: Reported, problem: Problem) -> Item:
    """A valid event that cannot be registered or published."""
    return Item(index=index, id=reported.event.id, outcome="rejected", problem=problem)


def registered_item(
    index: int,
    reported: Reported,
    decision: RegisterDecision,
    *,
    row: Row,
    accepted: bool,
    warnings: Sequence[Finding],
) -> Item:
    """An event that is taken. `row`: as it is registered at last."""
    return Item(
        index=index,
        id=reported.event.id,
        outcome="accepted" if accepted else "duplicate",
        document_id=row.document_id,
        version=row.version,
        customer_keys=tuple(sorted(row.keys)),
        detail=None if accepted else decision.detail,
        warnings=problems.warnings((*reported.warnings, *warnings), not_shown=reported.not_shown),
    )


def foreseen(item: Item) -> Item:
    """What would become of an event; it has no version before it is taken."""
    return item.model_copy(update={"version": None}) if item.outcome == "accepted" else item


def batch_answer(items: Sequence[Item]) -> BatchAnswer:
    """The items and how many there are of each outcome."""
    outcomes = [item.outcome for item in items]
    return BatchAnswer(
        accepted=outcomes.count("accepted"),
        duplicate=outcomes.count("duplicate"),
        rejected=outcomes.count("rejected"),
        items=tuple(items),
    )
