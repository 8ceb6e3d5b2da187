"""What identity publishes (producer: identity): who is who, and whose car is it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.topics import IDENTITIES, PERSONS, Topic
from shared.contracts.values import Bilingual, Contract, Instant, LongId, ShortText

MOST_MEMBERS = 20
"""How many customers are one person at most: of more, none is."""


class _OfACar(Output):
    """Something that another customer's document says of this customer's car."""

    document_id: LongId
    """The sale that says so: the key of this fact."""


class OwnershipEndWithdrawn(Withdrawal):
    """The car is theirs still: the sale that ended it was cancelled, or corrected."""

    TYPE: ClassVar[str] = "dev.aftercare.ownership-end.withdrawn.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES

    document_id: LongId
    """As of what is withdrawn."""


class OwnershipEnded(_OfACar):
    """A car of this customer's was sold to somebody else, or taken in part exchange."""

    TYPE: ClassVar[str] = "dev.aftercare.ownership.ended.v1"
    TOPIC: ClassVar[Topic] = IDENTITIES
    WITHDRAWAL: ClassVar[type[Withdrawal]] = OwnershipEndWithdrawn

    vin: ShortText
    ended_at: Instant
    because: Literal["sold_on", "traded_in"]


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

    document_id: LongId
    """The referral: the key of this fact, with a suffix of its own."""
    referral_id: LongId
    referred_key: LongId
    bought_at: Instant


class Because(Contract):
    """Why two customers are one person."""

    rule: ShortText
    other_customer_key: LongId
    words: Bilingual


class Member(Contract):
    """A customer who is the same person, and what links them."""

    customer_key: LongId
    because: Annotated[tuple[Because, ...], Field(min_length=1, max_length=MOST_MEMBERS)]


class PersonWithdrawn(Withdrawal):
    """This customer is nobody else any more, as far as is known."""

    TYPE: ClassVar[str] = "dev.aftercare.person.withdrawn.v1"
    TOPIC: ClassVar[Topic] = PERSONS


class PersonChanged(Output):
    """Which other customers this one is, as far as their dealer may know. Keyed by the customer."""

    TYPE: ClassVar[str] = "dev.aftercare.person.changed.v1"
    TOPIC: ClassVar[Topic] = PERSONS
    WITHDRAWAL: ClassVar[type[Withdrawal]] = PersonWithdrawn

    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    """The others, by key."""
