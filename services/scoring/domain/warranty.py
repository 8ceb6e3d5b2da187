"""Until when the warranty of each car lasts. Pure, by the dealer's local dates."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

from services.scoring.domain.history import Purchase


def warranties(purchases: Iterable[Purchase], months: int) -> Mapping[str, date]:
    """Car -> the last day of its warranty, of those of which one is known.

    What its sales name, the latest of them; else `months` from the first delivery of a new car.
    A used car of which the sale names none has none.
    """
    named: dict[str, date] = {}
    usual: dict[str, date] = {}
    for purchase in purchases:
        sale, car = purchase.sale, purchase.car
        if sale.warranty_until is not None:
            named[car] = max(sale.warranty_until, named.get(car, sale.warranty_until))
        if sale.new and sale.day is not None:
            usual.setdefault(car, after_months(sale.day, months))
    return {**usual, **named}


def after_months(day: date, months: int) -> date:
    """The same day of a later month; where it has no such day, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
