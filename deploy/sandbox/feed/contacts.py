"""Deliveries and visits of one dealer, as drafts: who came, with which car, and when."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from deploy.sandbox.feed import documents
from deploy.sandbox.feed.cars import Car
from deploy.sandbox.feed.dealership import LATELY_DAYS, Dealership, Owner
from deploy.sandbox.feed.documents import Stay
from deploy.sandbox.feed.feed import FeedDraft, as_written, exported
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import SaleReported, VisitReported

LATE_VISITS = 24
"""Of the last days, at each dealer: their follow-ups are due in the live days."""
_NAMES_ONLY_THE_CAR = 0.02


class Numbers:
    """Document numbers of one dealer, unique over all kinds: `R100001`, `C100002`…"""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def next(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"


def car_on(owner: Owner, day: date) -> Car:
    """The car an owner drives on a day: the newest they have by then."""
    owned = [car for car in owner.cars if car.delivered_on <= day]
    return owned[-1] if owned else owner.cars[0]


def stay(rng: random.Random, dealership: Dealership, day: date, *, before: datetime) -> Stay:
    """A stay in the workshop that begins on `day`, or earlier if it would not end in time."""
    opened_at = dealership.at_work(rng, day)
    ready_at = dealership.at_work(rng, day + timedelta(days=rng.choice((0, 0, 0, 0, 1, 2))))
    opened_at, ready_at = sorted((opened_at, ready_at))
    closed_at = max(ready_at, opened_at + timedelta(minutes=35))
    latest = before - timedelta(hours=1)
    if closed_at > latest:
        back = timedelta(days=(closed_at - latest).days + 1)
        return Stay(opened_at - back, closed_at - back)
    return Stay(opened_at, closed_at)


def visited(
    rng: random.Random,
    dealership: Dealership,
    *,
    number: str,
    customer: Customer,
    car: Car,
    when: Stay,
) -> VisitReported:
    """A closed visit, posted within the hour. A few orders name the car and nobody."""
    named = None if rng.random() < _NAMES_ONLY_THE_CAR else as_written(rng, customer)
    return documents.visit(
        rng,
        dealership,
        number=number,
        customer=named,
        car=car,
        stay=when,
        modified_at=when.closed_at + timedelta(minutes=rng.randint(2, 45)),
    )


def delivered(
    rng: random.Random,
    dealership: Dealership,
    *,
    customer: Customer,
    car: Car,
    at: datetime,
    traded_in: tuple[str, ...] = (),
) -> SaleReported:
    """A delivered car. The deal is numbered by the car, which is sold new only once."""
    serial = car.vehicle.vin[-6:]
    return documents.sale(
        rng,
        dealership,
        number=f"D{serial}",
        customer=as_written(rng, customer),
        car=car,
        delivered_at=at,
        modified_at=at + timedelta(minutes=rng.randint(5, 40)),
        traded_in=traded_in,
    )


def bought_cars(dealership: Dealership, *, since: date) -> Iterator[tuple[Owner, Car]]:
    """Cars delivered after a day, with their owners."""
    for owner in dealership.owners:
        for car in owner.cars:
            if car.delivered_on > since:
                yield owner, car


def traded_in_for(owner: Owner, car: Car) -> tuple[str, ...]:
    """The VIN of the owner's former car, which most leave with the dealer; some keep both."""
    former = [other for other in owner.cars if other.delivered_on < car.delivered_on]
    keeps = int(car.vehicle.vin[-6:]) % 4 == 0
    return () if keeps else tuple(other.vehicle.vin for other in former[-1:])


def lately(*, seed: int, dealership: Dealership, until: datetime) -> list[FeedDraft]:
    """Deliveries and visits of the last days up to `until`: the same for history and live days."""
    rng = random.Random(f"{seed}/{dealership.dealer.id}/lately")
    today = dealership.local_date(until)
    drafts = []
    for owner, car in bought_cars(dealership, since=lately_since(dealership, until)):
        at = min(dealership.at_work(rng, car.delivered_on), until - timedelta(hours=2))
        sale = delivered(
            rng,
            dealership,
            customer=owner.customer,
            car=car,
            at=at,
            traded_in=traded_in_for(owner, car),
        )
        drafts.append(exported(rng, sale, "sale delivered"))
    numbers = Numbers(300_001)
    loyal = [owner for owner in dealership.owners if owner.lost_after is None]
    for owner in rng.sample(loyal, min(LATE_VISITS, len(loyal))):
        day = today - timedelta(days=rng.randint(1, LATELY_DAYS))
        when = stay(rng, dealership, day, before=until)
        visit = visited(
            rng,
            dealership,
            number=numbers.next("R"),
            customer=owner.customer,
            car=car_on(owner, dealership.local_date(when.opened_at)),
            when=when,
        )
        drafts.append(exported(rng, visit, "visit closed"))
    return drafts


def lately_since(dealership: Dealership, until: datetime) -> date:
    """The dealer's local day after which a contact is a late one."""
    return dealership.local_date(until) - timedelta(days=LATELY_DAYS + 1)
