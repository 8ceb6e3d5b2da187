"""What the desk knows of a customer's person."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.identifiers import number_in
from shared.contracts.intake import KnownVehicle, PhoneNumber, ProfileRecorded

_SHOWN_OF_A_PHONE = 4
_HIDDEN = "****"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """A customer of a dealer, as the newest profile has them."""

    customer_key: str
    name: str | None = field(default=None, repr=False)
    kind: str = "person"
    phones: tuple[PhoneNumber, ...] = field(default=(), repr=False)
    email: str | None = field(default=None, repr=False)
    language: str | None = None
    vehicles: Mapping[str, KnownVehicle] = field(default_factory=dict, repr=False)
    """VIN -> the car, the last one spoken of last."""
    profile: ProfileRecorded | None = field(default=None, repr=False)
    """All of it; None: nothing was ever said of who they are, or it was erased."""

    def car(self, vin: str | None) -> KnownVehicle | None:
        """The car of this VIN; without one, the only one that they have."""
        if vin is not None:
            return self.vehicles.get(vin)
        return next(iter(self.vehicles.values())) if len(self.vehicles) == 1 else None


def masked_phone(e164: str) -> str:
    """The country and the last four digits: `+86****5678`."""
    digits = e164[-_SHOWN_OF_A_PHONE:]
    return f"{e164[:3]}{_HIDDEN}{digits}" if len(e164) > _SHOWN_OF_A_PHONE + 3 else _HIDDEN


def masked_plate(plate: str) -> str:
    """The region and the last two characters: `沪A***45`."""
    shown = 2
    return plate[:2] + "*" * max(3, len(plate) - 2 - shown) + plate[-shown:] if plate else ""


def masked_vin(vin: str) -> str:
    """The last six characters, by which workshops know a car."""
    shown = 6
    return "*" * max(0, len(vin) - shown) + vin[-shown:]


def masked_email(address: str) -> str:
    """The first character and the domain: `w***@example.cn`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}{_HIDDEN}@{domain}" if domain else _HIDDEN


def name_of(key: str, who: CustomerCard | None) -> str:
    """A customer's name; their number at the source where it is not known."""
    return (who.name if who is not None else None) or number_in(key)


def car_of(who: CustomerCard | None, vin: str | None = None) -> str:
    """A car by its plate and model; the end of its VIN, where no more is known of it. Without a VIN
    the only one that they have."""
    car = who.car(vin) if who is not None else None
    told = [each for each in (car.plate, car.model or car.make) if each] if car else []
    if not told and vin is not None:
        return f"…{vin[-6:]}"
    return " · ".join(told)
