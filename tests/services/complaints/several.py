"""Several cases that are merged into each other, under the runtime's own `plan`.

What one says to another is delivered, in whatever order `deliver` is told to choose.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.complaints.domain import facts
from services.complaints.domain.case import CaseState, case_at
from services.complaints.domain.facts import CaseEvent, CaseFacts, Filed
from shared.contracts.complaints import CaseMerged, CaseMergeWithdrawn
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import StepName
from shared.contracts.intake import ComplaintFiled, ComplaintMoved, ComplaintStepTaken
from shared.runtime.aggregate import Aggregate, Outgoing
from shared.runtime.plan import Work, plan
from tests.services.complaints.given import DEALER, DECIDER, RULES, at

MANY_DELIVERIES = 500


def case_id(name: str) -> str:
    return f"{DEALER}/cdk/complaint/{name}"


def customer(name: str) -> str:
    return f"{DEALER}/cdk/C-{name}"


def aggregate(name: str, *, of: str | None = None) -> str:
    """A case, at the customer of its own name or at another (`of`)."""
    return f"{customer(of or name)}|{case_id(name)}"


def complaint(
    name: str, received: str = "0s", *, of: str | None = None, **changes: Any
) -> CaseEvent:
    """Another case than that of the other tests: each name is a case of its own customer."""
    key = customer(of or name)
    data = ComplaintFiled(
        **{
            "document_id": case_id(name),
            "version": "1",
            "customer_key": key,
            "dealer_id": DEALER,
            "case_no": name,
            "timezone": "Asia/Shanghai",
            "status": "open",
            "received_at": at(received),
            "channel": "phone",
            "category": "price",
            "severity": "normal",
            **changes,
        }
    )
    return Event(f"{name}@{data.version}", key, DEALER, at(received), data)


def taken(
    name: str,
    step: StepName,
    when: str,
    *,
    into: str | None = None,
    into_of: str | None = None,
    of: str | None = None,
    version: int = 1,
) -> CaseEvent:
    """A step on a case, as intake records it. `into_of`: the customer of the case `into`."""
    key = customer(of or name)
    data = ComplaintStepTaken(
        document_id=f"{case_id(name)}/step/{step} {when}",
        version=f"{version}",
        customer_key=key,
        dealer_id=DEALER,
        case_id=case_id(name),
        case_no=name,
        step_id=f"{step} {when}",
        step=step,
        at=at(when),
        by="advisor-7",
        merged_into=case_id(into) if into else None,
        merged_into_key=customer(into_of or into) if into else None,
    )
    return Event(f"{name} {step} {when}@{version}", key, DEALER, at(when), data)


def gone(document: CaseEvent, *, version: int) -> CaseEvent:
    """A complaint or a step turned out to be another customer's."""
    data = document.data
    assert isinstance(data, ComplaintFiled | ComplaintStepTaken)
    moved = ComplaintMoved(
        document_id=data.document_id,
        version=f"{version}",
        customer_key=data.customer_key,
        dealer_id=DEALER,
        case_id=data.case_id if isinstance(data, ComplaintStepTaken) else data.document_id,
    )
    return Event(f"{document.id} gone", document.key, DEALER, document.recorded_at, moved)


class Cases:
    """All cases of a dealer, and the messages between them that are under way."""

    def __init__(self) -> None:
        self.known: dict[str, Aggregate] = {}
        self.said: list[Outgoing] = []
        self.under_way: list[CaseEvent] = []
        self.now = at("0s")

    def when(self, elapsed: str) -> "Cases":
        """Time passes; every case is looked at whenever it asked for that."""
        self.now = at(elapsed)
        for id_ in list(self.known):
            self._take(id_, [])
        return self.deliver()

    def reported(self, *events: CaseEvent) -> "Cases":
        """Each is taken by its case, and what follows for other cases is under way."""
        for event in events:
            self.now = max(self.now, event.recorded_at)
            self._take(facts.aggregate_id(event), [event])
        return self

    def deliver(
        self, choose: Callable[[Sequence[CaseEvent]], int] = lambda under_way: 0
    ) -> "Cases":
        """Until nothing is under way any more."""
        for _ in range(MANY_DELIVERIES):
            if not self.under_way:
                return self
            event = self.under_way.pop(choose(self.under_way))
            self._take(facts.aggregate_id(event), [event])
        raise AssertionError("the cases never come to rest")

    def facts(self, name: str, *, of: str | None = None) -> CaseFacts:
        """What is known of a case."""
        return CaseFacts.model_validate_json(self.known[aggregate(name, of=of)].facts)

    def standing(
        self, name: str, now: datetime | None = None, *, of: str | None = None
    ) -> CaseState:
        """How a case stands."""
        known = self.facts(name, of=of)
        assert isinstance(known.complaint, Filed)
        return case_at(known, known.complaint, RULES, now or self.now)

    def due(self, name: str, clock: str = "contact", *, of: str | None = None) -> datetime | None:
        """When the clock of a case is due, while it runs."""
        [found] = [
            each
            for each in self.standing(name, of=of).clocks
            if each.rule.name == clock and each.halted_at is None
        ]
        return found.due_at

    def refused(self, name: str) -> list[str]:
        """Why steps of a case do not count."""
        return [each.refusal for each in self.standing(name).course.refused]

    def is_merged(self, name: str, *, of: str | None = None) -> bool:
        """Whether the case was merged into another."""
        return self.standing(name, of=of).merged is not None

    def _take(self, id_: str, events: list[CaseEvent]) -> None:
        planned = plan(DECIDER, id_, self.known.get(id_), Work(0, events), self.now)
        assert not planned.poison
        if planned.change is not None:
            assert planned.change.after.parked is None, planned.change.after.parked
            self.known[id_] = planned.change.after
            for message in planned.change.messages:
                self._send(message)

    def _send(self, message: Outgoing) -> None:
        self.said.append(message)
        for contract in (CaseMerged, CaseMergeWithdrawn):
            if message.type == contract.TYPE:
                data = contract.model_validate_json(message.data)
                event: CaseEvent = Event(
                    f"{message.about}@{message.sequence}",
                    message.key or "",
                    DEALER,
                    message.at,
                    data,
                    sequence=message.sequence,
                )
                assert event.key == data.customer_key
                self.under_way.append(event)
