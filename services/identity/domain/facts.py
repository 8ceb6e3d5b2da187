"""What identity knows of one customer, or of one telephone number or car; how an event adds to it.

Of a customer the documents are kept, each in its newest version: sales, referrals, what staff say
of others, and of the profile nothing but keyed digests. Besides that, what numbers and cars
answered and what other customers told, by who did. Of a number or car it is the claims.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, assert_never, get_args
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.identity.domain.keyed import KeyedHash
from shared.contracts.envelope import Event, Message
from shared.contracts.identifiers import group_of, is_customer_key, is_of_a_car, is_of_persons
from shared.contracts.identity import (
    AcquaintanceTold,
    AcquaintanceWithdrawn,
    CarPassed,
    CarSale,
    ClaimAnswered,
    ClaimAnswerWithdrawn,
    ClaimWithdrawn,
    IdentifierClaimed,
    Link,
    Shared,
)
from shared.contracts.intake import (
    CustomerLinkMade,
    CustomerMoved,
    ProfileRecorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
)
from shared.contracts.values import day_begins
from shared.decider.digests import CondensedFacts, Digesting
from shared.decider.facts import Fact, Gone, Noted, keep_newest, precedence, version_of

MOST_CLAIMANTS = 500
"""A number or car that more customers than these ever had to do with never links anybody: of so
many, those of the least keys are kept."""

Role = Literal["buyer", "co_buyer", "registrant", "driver"]
PhoneKind = Literal["mobile", "home", "work", "other"]

OfDocuments = SaleRecorded | SaleMoved | ReferralMade | CustomerLinkMade | CustomerMoved
OfPeers = (
    IdentifierClaimed
    | ClaimWithdrawn
    | ClaimAnswered
    | ClaimAnswerWithdrawn
    | AcquaintanceTold
    | AcquaintanceWithdrawn
)
Said = OfDocuments | ProfileRecorded | OfPeers
IdentityEvent = Event[Said]
READS: tuple[type[Message], ...] = get_args(Said)


class OwnDeal(Fact):
    """A delivered sale of a car, and which cars were taken in part exchange."""

    kind: Literal["sale"]
    at: AwareDatetime
    """When it was delivered; where only the day is known, when that begins."""
    by_the_day: bool = False
    role: Role = "buyer"
    owns: bool = True
    """Whether the car is the customer's then: not of a sale to the trade."""
    vin: str = ""
    """Empty where none is known."""
    traded_in: tuple[str, ...] = ()
    """Percent-encoded, so that each is a word of a line."""


class OwnReferral(Fact):
    """This customer was referred by another one."""

    kind: Literal["referral"]
    at: AwareDatetime
    by: str


class StaffWord(Fact):
    """What staff say of this customer and another."""

    kind: Literal["statement"]
    at: AwareDatetime
    other: str
    says: Literal["same", "different", "nothing"]


Known = Annotated[OwnDeal | OwnReferral | StaffWord | Noted | Gone, Field(discriminator="kind")]

_BY_ROLE: Mapping[Role, int] = {"buyer": 5, "co_buyer": 4, "registrant": 3, "driver": 2}


class OwnTelephone(BaseModel):
    """A number, by its digest."""

    model_config = ConfigDict(frozen=True)

    digest: str
    kind: PhoneKind
    verified: bool = False


class OwnProfile(BaseModel):
    """What a profile says, in digests."""

    model_config = ConfigDict(frozen=True)

    version: str
    business: bool = False
    name: str = ""
    """The digest of the name; empty: none is known."""
    telephones: tuple[OwnTelephone, ...] = ()


class Claim(BaseModel):
    """What one customer says of the number or car."""

    model_config = ConfigDict(frozen=True)

    version: str
    stands: bool = True
    """False: it was withdrawn."""
    name: str = ""
    links: bool = False
    most_names: int = 0
    most_customers: int = 0
    bought: tuple[CarSale, ...] = ()
    passed: tuple[CarPassed, ...] = ()


class Answer(BaseModel):
    """What a number or car says of who else has it; nothing where it was withdrawn."""

    model_config = ConfigDict(frozen=True)

    version: str
    vin: str = ""
    shared: tuple[Shared, ...] = ()
    passed: tuple[CarPassed, ...] = ()


class Acquaintance(BaseModel):
    """Whom another customer says that they are linked to."""

    model_config = ConfigDict(frozen=True)

    version: str
    stands: bool = True
    links: tuple[Link, ...] = ()
    apart: tuple[str, ...] = ()


class IdentityFacts(CondensedFacts):
    """One customer, number or car; nothing is known at first."""

    documents: Mapping[str, Known] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""
    profiles: Mapping[str, OwnProfile] = Field(default_factory=dict)
    """Document id -> the profile: there is one at most."""
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    """The key of a number or car -> what it answered."""
    told: Mapping[str, Acquaintance] = Field(default_factory=dict)
    """The key of another customer -> what they told."""
    claims: Mapping[str, Claim] = Field(default_factory=dict)
    """Of a number or car: the key of a customer -> what they claim."""

    @property
    def is_of_a_customer(self) -> bool:
        """Whether these are the facts of a customer, also of one who is known by a VIN alone: not
        of a number, a document, or whose a car is."""
        key = self.customer_key
        return (is_customer_key(key) or is_of_a_car(key)) and not is_of_persons(key)

    @property
    def profile(self) -> OwnProfile | None:
        """What is known of the customer's profile."""
        return next(iter(self.profiles.values()), None)

    def versions(self) -> Mapping[str, str]:
        """Document id, or who told -> version of all that is held."""
        held = dict(super().versions())
        for kept in (self.profiles, self.answers, self.told, self.claims):
            held |= {key: known.version for key, known in kept.items()}
        return held


def joining(keyed: KeyedHash) -> Callable[[IdentityFacts, Sequence[IdentityEvent]], IdentityFacts]:
    """The join that keeps of what is personal these digests alone."""
    return partial(join, keyed=keyed)


def join(
    facts: IdentityFacts, events: Sequence[IdentityEvent], *, keyed: KeyedHash
) -> IdentityFacts:
    """`facts` and what the events of one key add. Commutative, associative, idempotent.

    Raises `ZoneInfoNotFoundError` for a document in a time zone that does not exist.
    """
    documents: list[Event[Any]] = []
    found: dict[str, list[tuple[str, Any]]] = {}
    for event in events:
        field = _FIELDS.get(type(event.data))
        if field is None:
            documents.append(event)
        else:
            found.setdefault(field, []).append((event.data.document_id, _peer(event, keyed)))
    joined = DIGESTING.join(facts, documents, _fact) if documents else facts
    kept = {name: keep_newest(getattr(facts, name), each) for name, each in found.items()}
    if "claims" in kept:
        kept["claims"] = _least(kept["claims"])
    changed: dict[str, Any] = {
        name: each for name, each in kept.items() if each is not getattr(facts, name)
    }
    if "claims" in changed and changed["claims"] == facts.claims:
        del changed["claims"]
    if not changed:
        return joined
    return joined.model_copy(update=changed | {"customer_key": events[0].key})


def _least(claims: Mapping[str, Claim]) -> Mapping[str, Claim]:
    """One more than may be: that many tell that there are too many, whatever becomes of them."""
    if len(claims) <= MOST_CLAIMANTS + 1:
        return claims
    return {key: claims[key] for key in sorted(claims)[: MOST_CLAIMANTS + 1]}


_FIELDS: Mapping[type[Message], str] = {
    ProfileRecorded: "profiles",
    IdentifierClaimed: "claims",
    ClaimWithdrawn: "claims",
    ClaimAnswered: "answers",
    ClaimAnswerWithdrawn: "answers",
    AcquaintanceTold: "told",
    AcquaintanceWithdrawn: "told",
}


def _precedence(known: Known) -> int:
    """As of all facts; and a sale names some customers in two roles."""
    return _BY_ROLE[known.role] if isinstance(known, OwnDeal) else precedence(known)


def _at(known: Known) -> datetime:
    match known:
        case OwnDeal() | OwnReferral() | StaffWord():
            return known.at
        case Noted() | Gone():
            raise TypeError("it never happened")
        case never:
            assert_never(never)


DIGESTING: Digesting[Known] = Digesting(
    kinds={"s": OwnDeal, "r": OwnReferral, "l": StaffWord, "n": Noted, "g": Gone},
    groups={OwnDeal: "sale", OwnReferral: "referral", StaffWord: "statement"},
    at=_at,
    precedence=_precedence,
)


def _fact(event: Event[OfDocuments]) -> Known:
    match event.data:
        case SaleRecorded() as sale:
            return on_sale_recorded(sale)
        case ReferralMade() as made:
            return on_referral_made(made)
        case CustomerLinkMade() as made:
            return on_customer_link_made(made)
        case SaleMoved() | CustomerMoved() as moved:
            return Gone(kind="gone", version=moved.version)
        case never:
            assert_never(never)


def on_sale_recorded(sale: SaleRecorded) -> OwnDeal | Noted:
    """A delivered sale; of an open, a demonstration or an undone one: nothing."""
    if sale.status not in ("delivered", "closed") or sale.sale_type == "demo":
        return Noted(kind="noted", version=sale.version)
    day = sale.delivered_on or sale.deal_date
    return OwnDeal(
        kind="sale",
        version=sale.version,
        at=sale.delivered_at or day_begins(day, sale.timezone),
        by_the_day=sale.delivered_at is None,
        role=sale.role,
        owns=sale.sale_type != "wholesale",
        vin=sale.vin or "",
        traded_in=tuple(sorted({quote(vin, safe="") for vin in sale.traded_in})),
    )


def on_referral_made(made: ReferralMade) -> OwnReferral | Noted:
    """Who referred this customer."""
    if made.role != "referred":
        return Noted(kind="noted", version=made.version)
    return OwnReferral(
        kind="referral", version=made.version, at=made.at, by=made.other_customer_key
    )


def on_customer_link_made(made: CustomerLinkMade) -> StaffWord:
    """What staff say of this customer and another."""
    return StaffWord(
        kind="statement",
        version=made.version,
        at=made.at,
        other=made.other_customer_key,
        says=made.says,
    )


def on_profile_recorded(profile: ProfileRecorded, keyed: KeyedHash) -> OwnProfile:
    """A profile, in digests. The numbers of a business are nobody's own: none is kept."""
    group = group_of(profile.customer_key)
    business = profile.kind == "business"
    return OwnProfile(
        version=profile.version,
        business=business,
        name=keyed.name(group, profile.kind, profile.name),
        telephones=()
        if business
        else tuple(
            OwnTelephone(
                digest=keyed.telephone(group, phone.e164), kind=phone.kind, verified=phone.verified
            )
            for phone in profile.phones
        ),
    )


def _peer(event: Event[Any], keyed: KeyedHash) -> OwnProfile | Claim | Answer | Acquaintance:
    version = version_of(event.sequence)
    match event.data:
        case ProfileRecorded() as profile:
            return on_profile_recorded(profile, keyed)
        case IdentifierClaimed() as claimed:
            return Claim(
                version=version,
                name=claimed.name_digest or "",
                links=claimed.links,
                most_names=claimed.most_names,
                most_customers=claimed.most_customers,
                bought=claimed.bought,
                passed=claimed.passed,
            )
        case ClaimWithdrawn():
            return Claim(version=version, stands=False)
        case ClaimAnswered() as answered:
            return Answer(
                version=version,
                vin=answered.vin or "",
                shared=answered.shared,
                passed=answered.passed,
            )
        case ClaimAnswerWithdrawn():
            return Answer(version=version)
        case AcquaintanceTold() as told:
            return Acquaintance(version=version, links=told.links, apart=told.apart)
        case AcquaintanceWithdrawn():
            return Acquaintance(version=version, stands=False)
    raise TypeError("nothing that identity reads")
