"""What a service is made of: the types it reads, `join`, `decide`, and its policy.

A service cannot publish or write by itself. It says what follows from the facts; the
runtime sees to it that exactly that is stored and sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar

from shared.contracts.envelope import Event, Message
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.topics import Topic
from shared.decider.decision import Announced, Decision, Listing
from shared.decider.policy import Policy
from shared.decider.summary import Summaries


class Facts(Protocol):
    """What is known about one aggregate: a frozen pydantic model whose defaults are 'nothing'."""

    @classmethod
    def model_validate_json(cls, json_data: str) -> Self: ...

    def model_dump_json(self, *, exclude_defaults: bool) -> str: ...

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of every document these facts hold, moved ones included."""
        ...


F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


def by_customer(event: Event[Any]) -> str:
    """The aggregate is the customer: the record's key."""
    return event.key


def _keep_all(facts: F, policy: P) -> F:
    return facts


def _observe_nothing(
    before: Listing | None, after: Listing | None, said: Sequence[Output | Withdrawal]
) -> None:
    return


@dataclass(slots=True, kw_only=True, eq=False)
class Decider(Generic[F, P]):
    """One service, but for its I/O. Nothing of it changes but `policy`, which a reload replaces
    between two turns: read it anew where it is needed.

    `join(facts, events)`, of one aggregate and at least one event, must be commutative,
    associative and idempotent, returns `facts` itself where they add nothing, and raises only
    for an event that can never be joined (it becomes a dead letter). `decide(facts, announced,
    policy, now)` must depend on nothing else. `next_due` must be later than `now`.
    """

    name: str
    reads: tuple[type[Message], ...]
    writes: tuple[type[Output] | type[Withdrawal], ...]
    facts: type[F]
    join: Callable[[F, Sequence[Event[Any]]], F]
    decide: Callable[[F, Announced, P, datetime], Decision]
    policy: P
    condense: Callable[[F, P], F] = field(default=_keep_all)
    """Sets aside what no decision by this policy looks at; asked before facts are decided, and
    before large ones are stored.

    However facts were joined and condensed before, the last `condense` makes the same of them;
    it returns `facts` itself where nothing is to do. `decide` says the same before it as after.
    """
    aggregate_id: Callable[[Event[Any]], str] = field(default=by_customer)
    listed: bool = False
    """Whether its decisions have listings: then open aggregates can be found by deadline."""
    audited: bool = True
    """Whether what is open, of a listed decider, is decided again now and then."""
    summaries: Summaries[F, P] | None = None
    """What lists and totals say of its aggregates; None: it has none."""
    observe: Callable[[Listing | None, Listing | None, Sequence[Output | Withdrawal]], None] = (
        field(default=_observe_nothing)
    )
    """Told of each change after it was written: the listing before and after, and what was said.
    For metrics alone. Where the process ends or a write's reply is lost, it is not told."""
    reading: Mapping[str, type[Message]] = field(init=False)
    """CloudEvents type -> contract, for what it reads."""
    writing: Mapping[str, type[Output] | type[Withdrawal]] = field(init=False)
    """CloudEvents type -> contract, for what it writes."""

    def __post_init__(self) -> None:
        self.reading = {contract.TYPE: contract for contract in self.reads}
        self.writing = {contract.TYPE: contract for contract in self.writes}

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics it reads, each once, in a fixed order."""
        return tuple(dict.fromkeys(contract.TOPIC for contract in self.reads))
