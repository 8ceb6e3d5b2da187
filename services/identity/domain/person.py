"""Who a customer is, with whom: from what each of them says of their own links. Pure.

Each customer tells whom they may be one person with, first the other end of each link, alone, and
once that one has told the same, all that may be of the person, whom they are linked to. So each
works the person out by itself, from itself on, link by link, and all come to the same.

What was told goes one step further only when all of a step have told; a customer who knows of more
than a person can have tells nobody beyond. So what is told at a distance depends on what is told
at smaller ones alone, and it comes to rest, whatever the order; and of too many none is a person.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from services.identity.domain.facts import IdentityFacts
from services.identity.domain.links import apart_from, links
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.wording import words_of
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import (
    MOST_MEMBERS,
    AcquaintanceTold,
    Because,
    Link,
    Member,
    PersonChanged,
)
from shared.contracts.subjects import ABOUT_THE_PERSON, ClaimSubject
from shared.decider.decision import State

Links: TypeAlias = Mapping[str, tuple[Link, ...]]
"""A customer -> their links, each of which both ends told."""


@dataclass(frozen=True, slots=True)
class Around:
    """Who is around a customer, link by link."""

    members: Collection[str]
    """Those who told, the customer included."""
    named: Collection[str]
    """Those and whoever they name."""
    is_whole: bool
    """Whether all who are named told, and are few enough to be a person."""


@dataclass(frozen=True, slots=True)
class Acquainted:
    """What one customer knows of the others, and what follows."""

    customer_key: str
    proposed: Links
    """Their own links that the other end has not told so far."""
    known: Links
    """Their own links that it has, and what others told."""
    apart: Mapping[str, Collection[str]]
    """Who is somebody else, as told by whom."""

    @property
    def members(self) -> Collection[str]:
        """All who are this person, the customer included; the customer alone where it is not
        known, or contradicts itself."""
        for around in self._around():
            if around.is_whole and not self._contradicts_itself(around.members):
                return around.members
        return (self.customer_key,)

    @property
    def is_doubtful(self) -> bool:
        """Whether the links as a whole make no person: they are too many, or some of them are
        somebody else, or not all have told so far."""
        first = next(iter(self._around()))
        return not first.is_whole or self._contradicts_itself(first.members)

    @property
    def told(self) -> Collection[str]:
        """Whom the customer tells of all their links."""
        named = {key for around in self._around() for key in around.named}
        return sorted(named - {self.customer_key})

    def because(self, member: str, members: Collection[str]) -> tuple[Link, ...]:
        """The links of a member to the others."""
        return tuple(link for link in self.known[member] if link.customer_key in members)

    def _around(self) -> Iterator[Around]:
        """By all links; and, in case that is no person, by those of staff alone."""
        yield around(self.customer_key, self.known)
        yield around(self.customer_key, _of_staff(self.known))

    def _contradicts_itself(self, members: Collection[str]) -> bool:
        return any(other in members for key in members for other in self.apart.get(key, ()))


def acquainted(facts: IdentityFacts, policy: IdentityPolicy) -> Acquainted:
    """What the customer knows, by the rules of their dealer."""
    told = {key: each for key, each in facts.told.items() if each.stands}
    own = links(facts, policy)
    answered = {
        key
        for key, each in told.items()
        if any(link.customer_key == facts.customer_key for link in each.links)
    }
    known: dict[str, tuple[Link, ...]] = {
        key: tuple(
            link for link in each.links if key in own or link.customer_key != facts.customer_key
        )
        for key, each in told.items()
    }
    known[facts.customer_key] = tuple(
        link for key, each in own.items() if key in answered for link in each
    )
    apart: dict[str, Collection[str]] = {key: each.apart for key, each in told.items()}
    apart[facts.customer_key] = apart_from(facts, policy)
    proposed = {key: each for key, each in own.items() if key not in answered}
    return Acquainted(facts.customer_key, proposed, known, apart)


def around(customer_key: str, known: Links) -> Around:
    """From the customer on, step by step, as long as all of a step have told."""
    neighbours = {key: {link.customer_key for link in each} for key, each in known.items()}
    members, named, step = {customer_key}, {customer_key}, [customer_key]
    all_told = True
    while step and all_told and len(members) <= MOST_MEMBERS:
        next_to = {other for key in step for other in neighbours[key]} - members
        named |= next_to
        all_told = next_to <= neighbours.keys()
        step = sorted(
            other
            for other in next_to & neighbours.keys()
            if any(key in neighbours[other] and other in neighbours[key] for key in step)
        )
        members.update(step)
    return Around(sorted(members), sorted(named), all_told and len(members) <= MOST_MEMBERS)


def _of_staff(known: Links) -> Links:
    return {
        key: tuple(link for link in each if link.rule == "staff") for key, each in known.items()
    }


def acquaintances(known: Acquainted) -> Iterator[State]:
    """What the customer tells others: all links to those who told theirs, and to each always their
    own: whether the two are linked must not depend on what others tell."""
    own = known.known[known.customer_key]
    apart = tuple(known.apart[known.customer_key])
    for key in known.told:
        links_to = sorted((*own, *known.proposed.get(key, ())), key=_order)
        yield _telling(known, key, tuple(links_to), apart)
    for key, proposed in known.proposed.items():
        if key not in known.told:
            yield _telling(known, key, proposed, ())


def _order(link: Link) -> tuple[str, str]:
    return link.customer_key, link.rule


def _telling(known: Acquainted, to: str, told: tuple[Link, ...], apart: tuple[str, ...]) -> State:
    content = AcquaintanceTold(
        customer_key=to,
        dealer_id=dealer_of(to),
        from_key=known.customer_key,
        links=told,
        apart=apart,
    )
    return State(str(ClaimSubject("links", to)), content)


def person(known: Acquainted, members: Collection[str]) -> Iterator[State]:
    """Who else the customer is; nothing where they are nobody else."""
    others = [key for key in members if key != known.customer_key]
    if others:
        content = PersonChanged(
            customer_key=known.customer_key,
            dealer_id=dealer_of(known.customer_key),
            members=tuple(
                Member(customer_key=key, because=_because(known.because(key, members)))
                for key in others
            ),
        )
        yield State(ABOUT_THE_PERSON, content)


def _because(found: Iterable[Link]) -> tuple[Because, ...]:
    return tuple(
        Because(rule=link.rule, other_customer_key=link.customer_key, words=words_of(link))
        for link in sorted(found, key=lambda link: (link.rule, link.customer_key))
    )
