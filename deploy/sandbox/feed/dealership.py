"""The people and cars around one dealer: the same for a seed, whatever is reported of them.

History and the live days draw from the same owners, so a customer of the past comes back.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from deploy.sandbox.feed.cars import Car, make_car
from deploy.sandbox.feed.markets import Market, market_of
from shared.contracts.feed_parts import Customer, Phone
from shared.dealers.dealer import Dealer

CUSTOMERS = 2000
"""Of all dealers together."""
HISTORY_DAYS = 730
LATELY_DAYS = 8
"""Follow-up tasks of contacts in the last days of history are still of use."""
_FIRST_SERIAL = 100_000
_BUSINESS_SHARE = 0.06
_YEARS_OF_BIRTH = (1948, 2004)
_VERIFIED, _TELLS = 0.6, 0.85
"""How often a number was verified, and how often each of the details of a person is known."""
_DOMAINS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True, slots=True)
class Owner:
    """A customer and their cars, the oldest first. `visits_a_year` is their habit."""

    customer: Customer
    cars: tuple[Car, ...]
    visits_a_year: float
    lost_after: date | None = None
    """From here on they go elsewhere."""


@dataclass(frozen=True, slots=True)
class Dealership:
    """One dealer, the system it reports from, and everybody it knows."""

    dealer: Dealer
    market: Market
    owners: tuple[Owner, ...]

    def at_work(self, rng: random.Random, day: date) -> datetime:
        """A moment of the dealer's opening hours on `day` (Monday, if that is a Sunday)."""
        if day.weekday() == 6 and self.dealer.region != "CN":
            day += timedelta(days=1)
        local = datetime(day.year, day.month, day.day, 8, tzinfo=self.dealer.zone)
        return (local + timedelta(minutes=rng.randrange(9 * 60))).astimezone(UTC)

    def local_date(self, moment: datetime) -> date:
        """The date on the dealer's calendar."""
        return moment.astimezone(self.dealer.zone).date()


def open_dealership(*, seed: int, dealer: Dealer, today: date, customers: int) -> Dealership:
    """The dealer as it is `today`. Depends on its arguments alone."""
    rng = random.Random(f"{seed}/{dealer.id}/store")
    market = market_of(dealer.region)
    serials = count(_FIRST_SERIAL)
    owners = tuple(
        _owner(rng, dealer, market, today=today, number=number, serials=serials)
        for number in range(10_001, 10_001 + customers)
    )
    return Dealership(dealer=dealer, market=market, owners=owners)


def new_customer(rng: random.Random, dealership: Dealership, number: int) -> Customer:
    """Somebody the dealer has not met."""
    return _customer(rng, dealership.dealer, dealership.market, number)


def new_car(rng: random.Random, dealership: Dealership, *, delivered_on: date, serial: int) -> Car:
    """A car that nobody has had before."""
    return make_car(
        rng,
        model=rng.choice(dealership.market.models),
        plate=dealership.market.plate(rng),
        unit=dealership.market.unit,
        delivered_on=delivered_on,
        serial=serial,
    )


def _customer(rng: random.Random, dealer: Dealer, market: Market, number: int) -> Customer:
    business = rng.random() < _BUSINESS_SHARE
    name, mailbox = rng.choice(market.businesses) if business else market.people(rng)
    phones = [Phone(kind="mobile", number=market.mobile(rng))]
    if business or rng.random() < 0.2:
        phones.append(Phone(kind="work" if business else "home", number=market.landline(rng)))
    has_email = rng.random() < (0.5 if dealer.region == "CN" else 0.85)
    customer = Customer(
        source_customer_id=f"C{number}",
        kind="business" if business else "person",
        name=name,
        phones=tuple(phones),
        email=f"{mailbox}.{number}@{rng.choice(_DOMAINS)}" if has_email else None,
        language=dealer.language,
    )
    if not business:
        customer = with_details(customer, dealer, market)
    refuses = rng.random() < 0.05
    return customer.model_copy(update={"opt_outs": ("sms",)}) if refuses else customer


def with_details(customer: Customer, dealer: Dealer, market: Market) -> Customer:
    """The person with what else is known of them: the same for a number, whoever draws before."""
    rng = random.Random(f"{dealer.id}/{customer.source_customer_id}/details")
    details = {
        "birth_year": rng.randint(*_YEARS_OF_BIRTH),
        "occupation": rng.choice(market.occupations),
        "area": rng.choice(market.areas),
    }
    known = {name: detail for name, detail in details.items() if rng.random() < _TELLS}
    first, *others = customer.phones
    if rng.random() < _VERIFIED:
        first = first.model_copy(update={"verified": True})
    return customer.model_copy(update={**known, "phones": (first, *others)})


def _owner(
    rng: random.Random,
    dealer: Dealer,
    market: Market,
    *,
    today: date,
    number: int,
    serials: Iterator[int],
) -> Owner:
    customer = _customer(rng, dealer, market, number)
    replaces = rng.random() < 0.08
    bought_lately = rng.random() < 0.55 or replaces
    ages = [rng.randint(HISTORY_DAYS + 30, 2600)] if replaces or not bought_lately else []
    if bought_lately:
        ages.append(rng.randint(1, LATELY_DAYS if rng.random() < 0.03 else HISTORY_DAYS - 2))
    cars = tuple(
        make_car(
            rng,
            model=rng.choice(market.models),
            plate=market.plate(rng),
            unit=market.unit,
            delivered_on=today - timedelta(days=age),
            serial=next(serials),
        )
        for age in ages
    )
    habit = rng.choices((2.4, 1.1, 0.5), weights=(3, 4, 3))[0] * rng.uniform(0.8, 1.2)
    lost = rng.random() < 0.2
    return Owner(
        customer=customer,
        cars=cars,
        visits_a_year=habit,
        lost_after=today - timedelta(days=rng.randint(300, 600)) if lost else None,
    )
