"""Tasks counted from the instant at which a customer may have the right to give a car back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from services.followup.domain.contacts import Contact
from services.followup.domain.documents import Delivery, RepairOrder
from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import NOT_SAID, OF_A_CAR, Closer, Occasion
from services.followup.domain.offsets import months_after, morning_of
from services.followup.domain.readings import CarReadings, OdometerReading
from services.followup.domain.repairs import Repair, ReturnGround, grounds
from services.followup.domain.terms import ReturnRight

COUNTED_FROM = "repair by which a right of return may arise"
FROM = ("contacts",)
CLOSED_BY: tuple[Closer, ...] = ()
CLOSERS: tuple[Closer, ...] = OF_A_CAR
SAYS: Mapping[str, str] = {
    "early": "the severe fault so soon after the delivery that it is enough by itself; '–': none",
    "severe": "the severe fault that was repaired again, and how often; '–': none",
    "repeated": "the fault that was repaired too often, and how often; '–': none",
    "days": "the days in repair, where they are too many; '–': they are not",
    "orders": "the numbers of the repair orders that add up to it",
}


def occasions(history: TaskHistory, measures: TaskMeasures, after: datetime) -> Iterator[Occasion]:
    """One per repair order by which a new car has come so far: a severe fault soon after its
    delivery, or repaired again, one fault repaired too often, too many days in repair; each of them
    once."""
    terms = measures.return_right
    for car in history.cars.values():
        found: dict[str, list[ReturnGround]] = {}
        for ground in grounds(_repairs(car, terms), terms):
            found.setdefault(ground.repair.contact.document_id, []).append(ground)
        for of_one in found.values():
            occasion = _occasion(of_one)
            if occasion.at >= after:
                yield occasion


def _occasion(found: Sequence[ReturnGround]) -> Occasion:
    first = min(found, key=lambda ground: ground.at)
    said = {name: ", ".join(each.value for each in found if each.said == name) for name in SAYS}
    said["orders"] = ", ".join(dict.fromkeys(each for ground in found for each in ground.orders))
    late = first.repair.order.late
    return Occasion(
        document_id=first.repair.contact.document_id,
        at=first.at,
        known_at=first.at,
        zone=first.repair.contact.zone,
        vin=first.repair.order.vin,
        late=late.astimezone(UTC) if late is not None else None,
        said={name: value or NOT_SAID for name, value in said.items()},
    )


def _repairs(car: Sequence[Contact], terms: ReturnRight) -> Sequence[Repair]:
    """Those while the right may arise: of a car sold new, not too long ago, not driven too far."""
    sold = next(
        (
            contact
            for contact in car
            if isinstance(contact.known, Delivery)
            and contact.known.undone_at is None
            and not contact.known.used
        ),
        None,
    )
    if sold is None:
        return ()
    return [*_since(sold, car, terms)]


def _since(sold: Contact, car: Sequence[Contact], terms: ReturnRight) -> Iterator[Repair]:
    day = sold.began_at.astimezone(sold.zone).date()
    end = morning_of(months_after(day, terms.months), sold.zone)
    readings = CarReadings()
    for contact in car:
        order, km = contact.known, 0
        if order.km is not None:
            reading = OdometerReading(contact.began_at, order.km)
            readings.add(reading)
            km = order.km if readings.believes(reading) else 0
        if (
            isinstance(order, RepairOrder)
            and (order.repaired or order.faults)
            and sold.began_at <= contact.began_at < end
            and km <= terms.km
        ):
            days = (contact.began_at.astimezone(sold.zone).date() - day).days
            is_early = terms.early_days is not None and days <= terms.early_days
            yield Repair(contact, order, is_early=is_early and km <= terms.early_km)
