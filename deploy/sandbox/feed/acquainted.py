"""People of the history who are somebody else as well, or share something: by fixed numbers.

One person is known to two systems, one to two dealers; a family shares a telephone, strangers the
dealership's own; a car is taken in part exchange and sold on; whom a customer referred buys.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deploy.sandbox.feed import contacts, documents
from deploy.sandbox.feed.cars import Car
from deploy.sandbox.feed.dealership import Dealership, new_car, with_details
from deploy.sandbox.feed.documents import Stay
from deploy.sandbox.feed.feed import FeedDraft, exported
from services.intake.domain.examine.telephones import e164
from shared.contracts.feed_parts import Customer, Phone
from shared.contracts.feeds import CustomerLinkReported, SaleReported, VisitReported
from shared.contracts.identifiers import customer_key

CRM = "crm"
"""The group's own system for customers, beside each dealer's."""
RISING = "C70001"
"""At the first dealer: one more visit, in the live days, makes them a quality customer."""
RISING_ORDER, RISING_HOURS = "R70001", 20.0
"""The number of that visit, and when it begins after the live days do."""
TWO_SYSTEMS, TWO_DEALERS = "C70002", "C70003"
PARENT, CHILD, SIBLING = "C70004", "C70005", "C70006"
STRANGERS = ("C70007", "C70008", "C70009")
"""All under the dealership's own telephone number."""
TRADES_IN, BUYS_USED = "C70011", "C70012"
REFERS, REFERRED = "C70013", "C70014"
_ALONE = (RISING, TWO_SYSTEMS, TWO_DEALERS, PARENT, CHILD, SIBLING)
_FIRST_SERIAL = 700_001


def acquainted(
    *, seed: int, dealerships: Sequence[Dealership], until: datetime
) -> Mapping[str, list[FeedDraft]]:
    """Dealer id -> what is reported of these people there."""
    casts = [Cast(seed, dealership, until) for dealership in dealerships]
    told = {cast.dealer_id: list(cast.drafts()) for cast in casts}
    one, *others = casts
    told[one.dealer_id] += one.rising_before()
    if others:
        told[one.dealer_id] += one.moved_to(others[0])
        told[others[0].dealer_id].append(others[0].came_from(one))
    return told


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """One of the cast, and the car they drive."""

    customer: Customer
    car: Car


class Cast:
    """Tells of the cast of one dealer. The same for the same arguments."""

    def __init__(self, seed: int, dealership: Dealership, until: datetime) -> None:
        self._rng = random.Random(f"{seed}/{dealership.dealer.id}/cast")
        self._dealership = dealership
        self._until = until
        self._today = dealership.local_date(until)
        self._numbers = contacts.Numbers(700_001)
        self._people = {
            number: self._person(number, _FIRST_SERIAL + position)
            for position, number in enumerate(
                (*_ALONE, *STRANGERS, TRADES_IN, BUYS_USED, REFERS, REFERRED)
            )
        }

    @property
    def dealer_id(self) -> str:
        return self._dealership.dealer.id

    def drafts(self) -> Iterator[FeedDraft]:
        """All that concerns this dealer alone."""
        yield from self._in_two_systems()
        yield from self._family()
        for number in STRANGERS:
            yield self._visit(self._sharing(number, self._own_telephone()), days=150)
        yield from self._car_sold_on()
        yield from self._referral_that_bought()

    def rising_before(self) -> list[FeedDraft]:
        """They bought a car, came twice, and have stayed away for more than half a year."""
        person = self._people[RISING]
        sale = self._sale(person, person.car, days=400)
        return [sale, self._visit(person, days=320), self._visit(person, days=215)]

    def rising(self, start: datetime) -> list[FeedDraft]:
        """They come once more, in the first of the days after `start`, and all goes well."""
        opened_at = start + timedelta(hours=RISING_HOURS)
        stay = Stay(opened_at, opened_at + timedelta(hours=6))
        person = self._people[RISING]
        report = self._visited(person, stay, number=RISING_ORDER)
        begun = documents.opened(report, modified_at=opened_at + timedelta(minutes=5))
        return [
            exported(self._rng, begun, "visit opened"),
            exported(self._rng, report, "visit closed"),
        ]

    def came_from(self, other: "Cast") -> FeedDraft:
        """The person of another dealer comes here, too, with the same name and telephone."""
        there, here = other._people[TWO_DEALERS].customer, self._people[TWO_DEALERS]
        number = e164(there.phones[0].number, other._dealership.dealer.region).number
        told = {"name": there.name, "phones": (Phone(number=number or "", verified=True),)}
        customer = here.customer.model_copy(update=told)
        return self._visit(KnownCustomer(customer, here.car), days=60)

    def moved_to(self, other: "Cast") -> list[FeedDraft]:
        """They came here before; somebody at the desk knows that it is the same person."""
        person, at = self._people[TWO_DEALERS], self._at_work(days=50)
        link = CustomerLinkReported(
            source=CRM,
            dealer_id=self.dealer_id,
            source_modified_at=at,
            link_no="L70001",
            says="same",
            at=at,
            by=self._dealership.market.staff[0],
            customer_key=self._key(TWO_DEALERS),
            other_customer_key=other._key(TWO_DEALERS),
        )
        return [
            self._visit(person, days=400),
            exported(self._rng, link, "customers linked: same"),
        ]

    def _in_two_systems(self) -> Iterator[FeedDraft]:
        """The customer system has a number of its own for them, and for one of their orders."""
        person = self._people[TWO_SYSTEMS]
        yield self._visit(person, days=260)
        number = f"P-{TWO_SYSTEMS}"
        there = person.customer.model_copy(update={"source_customer_id": number})
        yield self._visit(KnownCustomer(there, person.car), days=120, source=CRM)

    def _family(self) -> Iterator[FeedDraft]:
        """The children have the telephone of their parent, who alone has verified it."""
        parent = self._people[PARENT]
        shared = parent.customer.phones[0]
        yield self._visit(parent, days=210)
        for days, number in ((180, CHILD), (90, SIBLING)):
            yield self._visit(self._sharing(number, Phone(number=shared.number)), days=days)
        at = self._at_work(days=85)
        link = CustomerLinkReported(
            source=self._dealership.market.source,
            dealer_id=self.dealer_id,
            source_modified_at=at,
            link_no="L70002",
            says="different",
            at=at,
            by=self._dealership.market.staff[1],
            customer_id=PARENT,
            other_customer_id=CHILD,
        )
        yield exported(self._rng, link, "customers linked: different")

    def _car_sold_on(self) -> Iterator[FeedDraft]:
        """A car comes back in part exchange for a new one, and is sold to somebody else."""
        seller, buyer = self._people[TRADES_IN], self._people[BUYS_USED]
        old = seller.car
        new = new_car(
            self._rng,
            self._dealership,
            delivered_on=self._today - timedelta(days=200),
            serial=_FIRST_SERIAL + 50,
        )
        yield self._sale(seller, old, days=650)
        yield self._sale(seller, new, days=200, traded_in=(old.vehicle.vin,))
        yield self._sale(buyer, old, days=170, used=True)
        yield self._visit(KnownCustomer(buyer.customer, old), days=70)

    def _referral_that_bought(self) -> Iterator[FeedDraft]:
        refers, referred = self._people[REFERS], self._people[REFERRED]
        yield self._visit(refers, days=240)
        report = documents.referral(
            self._dealership,
            number="F70001",
            referrer=refers.customer,
            referred=referred.customer,
            at=self._at_work(days=130),
        )
        yield exported(self._rng, report, "referral made")
        yield self._sale(referred, referred.car, days=100)

    def _person(self, number: str, serial: int) -> KnownCustomer:
        dealer, market = self._dealership.dealer, self._dealership.market
        name, _ = market.people(self._rng)
        telephone = Phone(number=market.mobile(self._rng), verified=True)
        customer = Customer(
            source_customer_id=number,
            name=name,
            phones=(telephone,),
            language=dealer.language,
        )
        customer = with_details(customer, dealer, market).model_copy(
            update={"phones": (telephone,)}
        )
        bought = self._today - timedelta(days=400 if number == RISING else 650)
        if number == REFERRED:
            bought = self._today - timedelta(days=100)
        car = new_car(self._rng, self._dealership, delivered_on=bought, serial=serial)
        return KnownCustomer(customer, car)

    def _sharing(self, number: str, telephone: Phone) -> KnownCustomer:
        person = self._people[number]
        customer = person.customer.model_copy(update={"phones": (telephone,)})
        return KnownCustomer(customer, person.car)

    def _own_telephone(self) -> Phone:
        """The dealership's, which fills the field where the customer's is not known."""
        rng = random.Random(f"{self.dealer_id}/telephone")
        return Phone(kind="work", number=self._dealership.market.landline(rng))

    def _key(self, number: str) -> str:
        return customer_key(self.dealer_id, self._dealership.market.source, number)

    def _at_work(self, *, days: int) -> datetime:
        return self._dealership.at_work(self._rng, self._day(days))

    def _day(self, days: int) -> date:
        return self._today - timedelta(days=days)

    def _sale(
        self,
        person: KnownCustomer,
        car: Car,
        *,
        days: int,
        traded_in: tuple[str, ...] = (),
        used: bool = False,
    ) -> FeedDraft:
        at = self._at_work(days=days)
        report = documents.sale(
            self._rng,
            self._dealership,
            number=f"{'U' if used else 'D'}{car.vehicle.vin[-6:]}",
            customer=person.customer,
            car=car,
            delivered_at=at,
            modified_at=at + timedelta(minutes=20),
            traded_in=traded_in,
        )
        how = {"sale_type": "retail", "condition": "used" if used else "new", "parties": ()}
        sale: SaleReported = report.model_copy(update=how)
        return exported(self._rng, sale, "sale delivered")

    def _visit(self, person: KnownCustomer, *, days: int, source: str | None = None) -> FeedDraft:
        """A visit that was over when it was promised to be."""
        stay = contacts.stay(self._rng, self._dealership, self._day(days), before=self._until)
        report = self._visited(person, stay, number=self._numbers.next("R"))
        if source is not None:
            report = report.model_copy(update={"source": source})
        return exported(self._rng, report, "visit closed")

    def _visited(self, person: KnownCustomer, stay: Stay, *, number: str) -> VisitReported:
        report = documents.visit(
            self._rng,
            self._dealership,
            number=number,
            customer=person.customer,
            car=person.car,
            stay=stay,
            modified_at=stay.closed_at + timedelta(minutes=15),
        )
        return report.model_copy(update={"promised_at": stay.closed_at + timedelta(hours=1)})
