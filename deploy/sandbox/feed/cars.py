"""Cars as a dealer-management system knows them: valid VINs, and odometers that only rise."""

import random
from dataclasses import dataclass
from datetime import date

from shared.contracts.feed_parts import Vehicle
from shared.contracts.values import Odometer
from shared.contracts.vin import CHECK_POSITION, check_digit, has_characters_of_a_vin

_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_CODED_YEAR = 2010
_KM_PER_MILE = 1.609344


def is_valid_vin(vin: str) -> bool:
    """Whether `vin` has the characters of one, and its check digit is right."""
    return has_characters_of_a_vin(vin) and vin[CHECK_POSITION] == check_digit(vin)


def make_vin(*, maker: str, descriptor: str, model_year: int, plant: str, serial: int) -> str:
    """A valid VIN of a maker (3 characters), a model (5), a year and a six-digit serial."""
    year = _YEAR_CODES[(model_year - _FIRST_CODED_YEAR) % len(_YEAR_CODES)]
    draft = f"{maker}{descriptor}0{year}{plant}{serial:06d}"
    return draft[:8] + check_digit(draft) + draft[9:]


def with_failed_check_digit(vin: str) -> str:
    """`vin` with a wrong digit in position 9: a typing error as it happens at the counter."""
    wrong = "0" if vin[8] != "0" else "1"
    return vin[:8] + wrong + vin[9:]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of a maker, as sold in one market."""

    maker: str
    """World manufacturer identifier: the first three characters of the VIN."""
    descriptor: str
    plant: str
    make: str
    name: str
    price: int
    """List price in the market's currency, whole units."""


@dataclass(frozen=True, slots=True)
class Car:
    """One car of one owner. It is driven `km_per_day` from its delivery on."""

    vehicle: Vehicle
    model: Model
    delivered_on: date
    km_at_delivery: int
    km_per_day: float
    unit: str

    def odometer(self, on: date) -> Odometer:
        """The reading on a day, in the unit of the car's instrument; never falls."""
        km = self.km_at_delivery + max(0, (on - self.delivered_on).days) * self.km_per_day
        return Odometer(value=int(km if self.unit == "km" else km / _KM_PER_MILE), unit=self.unit)


def make_car(
    rng: random.Random, *, model: Model, plate: str, unit: str, delivered_on: date, serial: int
) -> Car:
    """A new car of `model`; `serial` must be unique for the maker."""
    year = delivered_on.year + (1 if delivered_on.month >= 10 else 0)
    vin = make_vin(
        maker=model.maker,
        descriptor=model.descriptor,
        model_year=year,
        plant=model.plant,
        serial=serial,
    )
    vehicle = Vehicle(vin=vin, plate=plate, make=model.make, model=model.name, model_year=year)
    return Car(
        vehicle=vehicle,
        model=model,
        delivered_on=delivered_on,
        km_at_delivery=rng.randint(6, 60),
        km_per_day=round(rng.lognormvariate(3.6, 0.45), 1),
        unit=unit,
    )
