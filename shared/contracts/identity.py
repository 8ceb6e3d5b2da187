"""What identity publishes (producer: identity): who is who, and whose car is it.

`Identifier…`, `Claim…` and `Acquaintance…` are what its aggregates tell each other: customers to
telephone numbers and cars, those to customers, and customers to each other. The rest is for others.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import (
    ABOUT_THE_PERSON,
    ClaimSubject,
    OwnershipSubject,
    ReferredSubject,
)
from shared.contracts.topics import IDENTITIES, PERSONS, Topic
from shared.contracts.values import Bilingual, Contract, Instant, LongId, ShortText

MOST_MEMBERS = 20
"""How many customers are one person at most: of more, none is."""
MOST_SHARING = 100
"""How many customers of one number or car are told of each other at most."""
MOST_SALES = 20
"""How many sales of one car a customer tells of, the newest."""
MOST_APART = 200
"""Of how many others staff may say that they are somebody else."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""A keyed digest of something personal: tells whether two are the same, and nothing else."""
Limit = Annotated[int, Field(ge=1, le=MOST_SHARING)]
LinkRule = Literal["telephone", "vehicle", "telephone_and_vehicle", "staff"]
"""Why two customers are one person: the same telephone, verified unless the rules take others too,
and name; the same car in an owner's role, and name; both, where a name is not known; staff say
so."""
Passing = Literal["sold_on", "traded_in"]


class CarSale(Contract):
    """A sale that made somebody a car's owner, or ended who was."""

    sale_id: LongId
    at: Instant


class CarPassed(CarSale):
    """A sale that ends the ownership of whoever had the car before."""

    because: Passing
    customer_key: LongId
    """Whose sale it is."""


class ClaimWithdrawn(Withdrawal):
    """The customer has nothing to do with that number or car any more."""

    TYPE: ClassVar[str] = "dev.aftercare.identifier-claim.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES

    claimant_key: LongId

    @property
    def document_id(self) -> str:
        """As of what is withdrawn."""
        return self.claimant_key


class IdentifierClaimed(Output):
    """A customer's telephone number, or car. Keyed by the number's digest, or the car."""

    TYPE: ClassVar[str] = "dev.aftercare.identifier.claimed.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ClaimWithdrawn
    ACROSS_DEALERS: ClassVar[bool] = True

    claimant_key: LongId
    name_digest: Digest | None = None
    """None: no name is known."""
    links: bool = False
    """Whether it may link, by the rules of the claimant's dealer: a number that is verified."""
    most_names: Limit
    """By those rules: under more names than these it links nobody."""
    most_customers: Limit
    bought: Annotated[tuple[CarSale, ...], Field(max_length=MOST_SALES)] = ()
    """Of a car: the sales to the claimant, in an owner's role."""
    passed: Annotated[tuple[CarPassed, ...], Field(max_length=MOST_SALES)] = ()
    """Of a car: the claimant's sales that ended who owned it before, besides those."""

    @property
    def document_id(self) -> str:
        """The key of this fact about the number or car."""
        return self.claimant_key

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Addressed to whom the claim was made."""
        to = ClaimSubject.parse(about).of
        return ClaimWithdrawn(
            customer_key=to,
            dealer_id=dealer_of(to),
            about=about,
            withdrawn_at=at,
            claimant_key=customer_of(aggregate_id),
        )


class _FromElsewhere(Withdrawal):
    """Takes back what `from_key` said."""

    from_key: LongId

    @property
    def document_id(self) -> str:
        """As of what is withdrawn."""
        return self.from_key


class _Told(Output):
    """What one aggregate of identity tells a customer."""

    ACROSS_DEALERS: ClassVar[bool] = True

    from_key: LongId

    @property
    def document_id(self) -> str:
        """The key of this fact: there is one of each who tells."""
        return self.from_key

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """Addressed to whom it was told."""
        to = ClaimSubject.parse(about).of
        known: dict[str, Any] = {"customer_key": to, "dealer_id": dealer_of(to), "about": about}
        known |= {"withdrawn_at": at, "from_key": customer_of(aggregate_id)}
        return cls.WITHDRAWAL.model_validate(known)


class Shared(Contract):
    """Another customer who has the same number, or is an owner of the same car."""

    customer_key: LongId
    names: Literal["same", "different", "unknown"]
    """`unknown`: of one of the two, or both, no name is known."""


class ClaimAnswerWithdrawn(_FromElsewhere):
    """Nothing follows from the claim any more."""

    TYPE: ClassVar[str] = "dev.aftercare.claim-answer.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES


class ClaimAnswered(_Told):
    """What follows from a claim: who else has the number or car, and who has the car now."""

    TYPE: ClassVar[str] = "dev.aftercare.claim.answered.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ClaimAnswerWithdrawn

    vin: ShortText | None = None
    """The car; None of a telephone number."""
    shared: Annotated[tuple[Shared, ...], Field(max_length=MOST_SHARING)] = ()
    """By key."""
    passed: Annotated[tuple[CarPassed, ...], Field(max_length=MOST_SALES)] = ()
    """What came after the claimant bought the car last, the first one first."""


class Link(Contract):
    """Another customer who is the same person, as far as one of the two can tell."""

    customer_key: LongId
    rule: LinkRule
    vin: ShortText | None = None
    """Of a rule that goes by a car."""


class AcquaintanceWithdrawn(_FromElsewhere):
    """The one who told has nothing to do with this customer any more."""

    TYPE: ClassVar[str] = "dev.aftercare.acquaintance.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES


class AcquaintanceTold(_Told):
    """Whom a customer is linked to directly: told to all who may be the same person."""

    TYPE: ClassVar[str] = "dev.aftercare.acquaintance.told.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = AcquaintanceWithdrawn

    links: Annotated[tuple[Link, ...], Field(max_length=4 * MOST_MEMBERS)] = ()
    """By key and rule. To who has not said yet that they are linked, they alone."""
    apart: Annotated[tuple[LongId, ...], Field(max_length=MOST_APART)] = ()
    """Who is somebody else, as staff say."""


class OwnershipEndWithdrawn(Withdrawal):
    """The car is theirs still: the sale that ended it was cancelled, or corrected."""

    TYPE: ClassVar[str] = "dev.aftercare.ownership-end.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES

    document_id: LongId
    """As of what is withdrawn."""


class OwnershipEnded(Output):
    """A car of this customer's was sold to somebody else, or taken in part exchange.

    It speaks of what they bought before `ended_at`: who buys it once more has it again.
    """

    TYPE: ClassVar[str] = "dev.aftercare.ownership.ended.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = OwnershipEndWithdrawn

    document_id: LongId
    """The key of this fact: one for each customer and car, whichever sale says so."""
    sale_id: LongId
    """The sale that says so; it may be another customer's."""
    vin: ShortText
    ended_at: Instant
    because: Passing

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """With the key of the fact."""
        customer_key = customer_of(aggregate_id)
        return OwnershipEndWithdrawn(
            customer_key=customer_key,
            dealer_id=dealer_of(customer_key),
            about=about,
            withdrawn_at=at,
            document_id=OwnershipSubject.parse(about).document_id(customer_key),
        )


class ReferredPurchaseWithdrawn(Withdrawal):
    """Whom they referred has not bought."""

    TYPE: ClassVar[str] = "dev.aftercare.referred-purchase.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES

    document_id: LongId
    """As of what is withdrawn."""


class ReferredPurchaseMade(Output):
    """Whom this customer referred has bought a car: the first since the referral."""

    TYPE: ClassVar[str] = "dev.aftercare.referred-purchase.made.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = ReferredPurchaseWithdrawn
    ACROSS_DEALERS: ClassVar[bool] = True

    document_id: LongId
    """The key of this fact: that of the referral, with a suffix of its own."""
    referral_id: LongId
    referred_key: LongId
    bought_at: Instant

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """With the key of the fact; the runtime addresses it to whom it was said."""
        own = customer_of(aggregate_id)
        return ReferredPurchaseWithdrawn(
            customer_key=own,
            dealer_id=dealer_of(own),
            about=about,
            withdrawn_at=at,
            document_id=ReferredSubject.parse(about).document_id,
        )


class Because(Contract):
    """Why two customers are one person."""

    rule: ShortText
    other_customer_key: LongId
    words: Bilingual


class Member(Contract):
    """A customer who is the same person, and what links them."""

    customer_key: LongId
    because: Annotated[tuple[Because, ...], Field(min_length=1, max_length=4 * MOST_MEMBERS)]
    """To whom of the others, and why; by rule and key."""


class _AboutThePerson:
    """One fact of a customer, whichever others it names."""

    @property
    def document_id(self) -> str:
        """The key of this fact; newer is what has the higher sequence."""
        return ABOUT_THE_PERSON


class PersonWithdrawn(_AboutThePerson, Withdrawal):
    """This customer is nobody else any more, as far as is known."""

    TYPE: ClassVar[str] = "dev.aftercare.person.withdrawn.v1"
    TOPIC: ClassVar[Topic] = PERSONS


class PersonChanged(_AboutThePerson, Output):
    """Which other customers this one is, as far as their dealer may know. Keyed by the customer."""

    TYPE: ClassVar[str] = "dev.aftercare.person.changed.v1"
    TOPIC: ClassVar[Topic] = PERSONS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = PersonWithdrawn

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    """The others, by key."""


ALL: tuple[type[Output] | type[Withdrawal], ...] = (
    IdentifierClaimed,
    ClaimWithdrawn,
    ClaimAnswered,
    ClaimAnswerWithdrawn,
    AcquaintanceTold,
    AcquaintanceWithdrawn,
    OwnershipEnded,
    OwnershipEndWithdrawn,
    ReferredPurchaseMade,
    ReferredPurchaseWithdrawn,
    PersonChanged,
    PersonWithdrawn,
)
