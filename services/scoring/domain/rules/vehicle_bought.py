"""Points for each car bought, by the best role that the customer had in its sale."""

from datetime import datetime
from itertools import zip_longest

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import THREE_YEARS_TO_SIX, Rule, share
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="value", points=30, fades=THREE_YEARS_TO_SIX, at_most=60)
FORM: Form | None = None
FROM = ("purchases",)
counted = things("car bought", "cars bought", "购车{}辆")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """A car counts once, however often it is sold to them: as what they were at best, from when
    they were that."""
    by_car: dict[str, list[tuple[datetime, str, int]]] = {}
    for at, document_id, car, sale, _ in history.purchases:
        percent = measures.role_percent.get(sale.role, 0)
        known = by_car.get(car)
        if not percent or (known and percent <= known[-1][2]):
            continue
        by_car.setdefault(car, []).append((at, document_id, percent))
    for shares in by_car.values():
        untils = [at for at, _, _ in shares[1:]]
        for (at, document_id, percent), until in zip_longest(shares, untils):
            points = share(awards.rule.points, percent)
            awards.give(at, document_id, points, until=until)


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    others = ", ".join(
        f"{percent} % as {role.replace('_', '-')}"
        for role, percent in measures.role_percent.items()
        if percent != 100
    )
    return f"{rule.points} per car" + (f" ({others})" if others else "")
