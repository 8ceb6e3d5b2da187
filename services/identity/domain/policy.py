"""The rules of identity as data: what links two customers, and how far a dealer looks."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.identity.domain.facts import PhoneKind
from shared.contracts.identity import Limit
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

OwnerRole = Literal["buyer", "co_buyer", "registrant"]
"""Who has a car may be told by these roles; a driver never owns it."""


class TelephoneRule(BaseModel):
    """The same telephone number and the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    links: bool = True
    unverified_too: bool = False
    """Whether a number counts of which the source has not made sure that it is the customer's."""
    kinds: tuple[PhoneKind, ...] = ("mobile", "home", "other")
    """A number at work is the company's."""
    most_names: Limit = 3
    """A number under more names than these is a family's, a driver's or a dealership's."""
    most_customers: Limit = 10


class VehicleRule(BaseModel):
    """The same car, each time in an owner's role, and the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    links: bool = True
    roles: tuple[OwnerRole, ...] = ("buyer", "co_buyer", "registrant")
    """Also for whose car it is."""
    most_customers: Limit = 20


class IdentityPolicy(Policy):
    """What `decide` follows; the defaults are what ships."""

    reach: Literal["dealer", "group"] = "dealer"
    """With whose customers a dealer's may be one person: the dealer's own, or those of all dealers
    of the group whose policy says `group`, too. Each side must say so."""
    telephone: TelephoneRule = TelephoneRule()
    vehicle: VehicleRule = VehicleRule()
    telephone_and_vehicle: bool = True
    """Whether the same number and the same car link where a name is not known."""
    staff: bool = True
    """Whether customers are one person where staff say so. That they are not always counts."""
    horizon: Horizon = Horizon()
    """How much of a customer is looked at: of each kind of document the newest."""
    most_cars: Annotated[int, Field(ge=1, le=1_000)] = 200
    """Of a customer with more, those that were bought last are compared."""
