"""Points for the money that the customer paid for service, by currency."""

from collections.abc import Mapping, Sequence

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import ClosedVisit, CustomerHistory, Refund
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.refunds import Bought, Left, left_of
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="value", points=1, fades=ONE_YEAR_TO_TWO, at_most=40)
FORM: Form | None = None
FROM = ("visits",)
counted = things("repair order paid for", "repair orders paid for", "自费维修{}单")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """For each repair order by itself; a begun unit does not count. What an order gives back that
    does nothing else is taken off the newest orders before it of the same car, from then on."""
    units, points = measures.currency_per_point, awards.rule.points
    left = _left(history) if history.refunds else {}
    for visit in history.visits:
        order = visit.order
        unit = units.get(order.currency)
        if unit is None or order.paid <= 0:
            continue
        paid, since, until = order.paid, visit.at, visit.sold_on_at
        for at, less in left.get(visit.document_id, ()):
            if until is not None and at >= until:
                break
            awards.give(visit.at, visit.document_id, paid // unit * points, since=since, until=at)
            paid, since = less, at
        awards.give(visit.at, visit.document_id, paid // unit * points, since=since, until=until)


def _left(history: CustomerHistory) -> Mapping[str, Sequence[Left]]:
    """Order -> what was still paid of it, and from when on."""
    paid = [_paid(each) for each in history.visits if each.order.paid > 0]
    return left_of(paid, (_paid(each) for each in history.refunds if each.order.paid < 0))


def _paid(each: ClosedVisit | Refund) -> Bought:
    order = each.order
    return Bought(each.at, each.document_id, (order.vin, order.currency), abs(order.paid))


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    units = [f"{unit} {code}" for code, unit in measures.currency_per_point.items()]
    if not units:
        return "nothing, as no currency has a rate"
    first = f"{', '.join(units[:-1])} or " if units[1:] else ""
    return f"{rule.points} per {first}{units[-1]} paid"
