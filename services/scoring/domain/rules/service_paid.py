"""Points for the money that the customer paid for service, by currency."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import ONE_YEAR_TO_TWO, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form
from shared.contracts.values import Bilingual

SHIPPED = Rule(axis="value", points=1, fades=ONE_YEAR_TO_TWO, at_most=40)
FORM: Form | None = None
FROM = ("visits",)


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """For each repair order by itself; a begun unit does not count. What an order gives back that
    does nothing else is taken off the newest orders before it of the same car, from then on."""
    units, points = measures.currency_per_point, awards.rule.points
    refunded = _refunded(history) if history.refunds else {}
    for visit in history.visits:
        order = visit.order
        unit = units.get(order.currency)
        if unit is None or order.paid <= 0:
            continue
        paid, since = order.paid, visit.at
        for at, less in refunded.get(visit.document_id, ()):
            awards.give(visit.at, visit.document_id, paid // unit * points, since=since, until=at)
            paid, since = less, at
        until = visit.sold_on_at
        awards.give(visit.at, visit.document_id, paid // unit * points, since=since, until=until)


def _refunded(history: CustomerHistory) -> Mapping[str, Sequence[tuple[datetime, int]]]:
    """Order -> what was still paid of it, and from when on: nothing goes below nothing."""
    paid = {visit.document_id: visit.order.paid for visit in history.visits}
    steps: dict[str, list[tuple[datetime, int]]] = {}
    for at, _, refund in history.refunds:
        left = -refund.paid
        for visit in reversed(history.visits):
            order, key = visit.order, visit.document_id
            of_the_same = (order.vin, order.currency) == (refund.vin, refund.currency)
            if visit.at <= at and of_the_same and paid[key] > 0 and left > 0:
                taken = min(left, paid[key])
                paid[key], left = paid[key] - taken, left - taken
                steps.setdefault(key, []).append((at, paid[key]))
    return steps


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    *units, last = [f"{unit} {code}" for code, unit in measures.currency_per_point.items()]
    return (
        f"{rule.points} per {', '.join(units)} or {last} paid"
        if units
        else (f"{rule.points} per {last} paid")
    )


def counted(count: int) -> Bilingual:
    """What that many things are called."""
    return things(
        count,
        "repair order paid for",
        "repair orders paid for",
        "自费维修{}单",
    )
