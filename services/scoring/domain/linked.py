"""What a customer knows of the others who are the same person, and is scored by with their own.

Each customer tells the others of the person what is kept of the own documents, and never what
others told: so nothing goes round. What another told counts as long as identity says that the
two are one person. Pure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from services.scoring.domain.documents import (
    UNDATED,
    Known,
    Referral,
    ReferredPurchase,
)
from services.scoring.domain.received import HISTORY_AFTER
from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.identity import PersonChanged, PersonWithdrawn
from shared.contracts.scoring import MOST_LINKED, LinkedFactsTold, LinkedFactsWithdrawn
from shared.contracts.subjects import LinkedSubject
from shared.decider.decision import State
from shared.decider.facts import Fact, keep_newest, version_of

SaidOfThePerson: TypeAlias = (
    PersonChanged | PersonWithdrawn | LinkedFactsTold | LinkedFactsWithdrawn
)
OF_THE_PERSON = (PersonChanged, PersonWithdrawn, LinkedFactsTold, LinkedFactsWithdrawn)

MOST_BYTES = 200_000
"""How much of one kind is told."""
_KNOWN: TypeAdapter[Known] = TypeAdapter(Known)


class Members(Fact):
    """Who else this customer is, by key."""

    keys: tuple[str, ...] = ()


class ToldFacts(Fact):
    """Another's documents of one kind."""

    documents: Mapping[str, Known] = Field(default_factory=dict)


class Linked(BaseModel):
    """What is known of the others; nothing at first."""

    model_config = ConfigDict(frozen=True)

    person: Mapping[str, Members] = Field(default_factory=dict)
    told: Mapping[str, ToldFacts] = Field(default_factory=dict)
    """`customer-key|kind` -> what that customer told."""
    since: Mapping[str, AwareDatetime] = Field(default_factory=dict)
    """Customer -> when they told anything first: what had happened long before is history."""

    @property
    def members(self) -> tuple[str, ...]:
        """The keys of the others."""
        return next((each.keys for each in self.person.values()), ())

    def versions(self) -> Iterator[tuple[str, str]]:
        """Key and version of each fact."""
        for kept in (self.person, self.told):
            yield from ((key, fact.version) for key, fact in kept.items())

    def joined(self, events: Sequence[Event[Any]]) -> "Linked":
        """With what the events add; the same object where that is nothing."""
        person: list[tuple[str, Members]] = []
        told: list[tuple[str, ToldFacts]] = []
        for event in events:
            key, fact = event.data.document_id, _fact(event)
            if isinstance(fact, Members):
                person.append((key, fact))
            else:
                told.append((key, fact))
        changed = {
            "person": keep_newest(self.person, person),
            "told": keep_newest(self.told, told),
            "since": _earliest(self.since, events),
        }
        if all(each is getattr(self, name) for name, each in changed.items()):
            return self
        return self.model_copy(update=changed)

    def counting(
        self, own: Mapping[str, Known], customer_key: str, precedence: Callable[[Known], int]
    ) -> Mapping[str, Known]:
        """The customer's own documents and those of the others. Of one that several have, what is
        of the higher precedence counts, such as a buyer's share of a sale, and once. That they
        referred themselves does not."""
        members, found = {customer_key, *self.members}, dict(own)
        for place, told in sorted(self.told.items()):
            teller = customer_of(place)
            if teller in members:
                for key, known in told.documents.items():
                    here = found.get(key)
                    if here is None or precedence(known) > precedence(here):
                        found[key] = _as_received(known, self.since[teller])
        return {key: known for key, known in found.items() if not _is_of(known, members)}


def telling(
    documents: Mapping[str, Known], customer_key: str, members: Sequence[str]
) -> Iterator[State]:
    """What the customer tells each of the others: the own documents, a message for each kind."""
    if not members:
        return
    for kind, found in sorted(_by_kind(documents).items()):
        for key in members:
            subject = LinkedSubject(kind, key)
            content = LinkedFactsTold(
                customer_key=key,
                dealer_id=dealer_of(key),
                from_key=customer_key,
                kind=kind,
                documents=found,
            )
            yield State(str(subject), content)


def _by_kind(documents: Mapping[str, Known]) -> Mapping[str, dict[str, str]]:
    """Kind -> document id -> what is kept of it: the newest of each kind, as far as they fit."""
    dated = [(key, known) for key, known in documents.items() if not isinstance(known, UNDATED)]
    found: dict[str, dict[str, str]] = {}
    sizes: dict[str, int] = {}
    for key, known in sorted(dated, key=lambda each: (each[1].at, each[0]), reverse=True):
        text = known.model_dump_json(exclude_defaults=True)
        told = found.setdefault(known.kind, {})
        sizes[known.kind] = sizes.get(known.kind, 0) + len(text)
        if len(told) < MOST_LINKED and sizes[known.kind] <= MOST_BYTES:
            told[key] = text
    return {kind: dict(sorted(told.items())) for kind, told in found.items()}


def _fact(event: Event[Any]) -> Members | ToldFacts:
    version = version_of(event.sequence)
    match event.data:
        case PersonChanged() as person:
            return Members(
                version=version, keys=tuple(each.customer_key for each in person.members)
            )
        case PersonWithdrawn():
            return Members(version=version)
        case LinkedFactsTold() as told:
            documents = {key: _KNOWN.validate_json(text) for key, text in told.documents.items()}
            return ToldFacts(version=version, documents=documents)
        case LinkedFactsWithdrawn():
            return ToldFacts(version=version)
    raise TypeError("nothing that is said of a person")


def _earliest(
    since: Mapping[str, datetime], events: Iterable[Event[Any]]
) -> Mapping[str, datetime]:
    """With when each teller told anything first; the same object where that is as it was."""
    found = dict(since)
    for event in events:
        if isinstance(event.data, LinkedFactsTold):
            teller = event.data.from_key
            found[teller] = min(event.recorded_at, found.get(teller, event.recorded_at))
    return since if found == since else found


def _as_received(known: Known, since: datetime) -> Known:
    """As if it had been received when the other told it first, where that was long after it
    happened: who is found out to be one person today was not of that grade last year."""
    if isinstance(known, UNDATED) or since <= known.at + HISTORY_AFTER:
        return known
    return known.model_copy(update={"late": max(known.late or since, since)})


def _is_of(known: Known, members: Collection[str]) -> bool:
    """Whether somebody referred themselves."""
    return isinstance(known, Referral | ReferredPurchase) and known.whom in members
