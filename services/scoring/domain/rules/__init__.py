"""The rules of points, one a file, in the order in which reasons are shown.

Each file names the thing and what ships of it, finds what gives its points in the customer's
history, and says so in words. A new rule is a file, its line here, and its test.
"""

from collections.abc import Mapping
from typing import Protocol

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import Rule
from services.scoring.domain.rules import (
    complaints,
    complaints_made_good,
    major_complaints,
    products_bought,
    recent_visit,
    referrals,
    regular_visits,
    service_paid,
    survey_answers,
    vehicle_bought,
    vehicle_replaced,
)


class PointsRule(Protocol):
    """What each file of this package has."""

    @property
    def SHIPPED(self) -> Rule:  # noqa: N802 # a constant of the module
        """Its figures as they ship; a policy may change them."""
        ...

    def give(self, history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
        """Give the points for what is found in the history."""
        ...

    def in_words(self, rule: Rule, measures: ScoringMeasures) -> str:
        """What the points are given for; a row of the table in the README."""
        ...


TABLE: Mapping[str, PointsRule] = {
    "vehicle_bought": vehicle_bought,
    "vehicle_replaced": vehicle_replaced,
    "products_bought": products_bought,
    "service_paid": service_paid,
    "recent_visit": recent_visit,
    "regular_visits": regular_visits,
    "referrals": referrals,
    "survey_answers": survey_answers,
    "complaints": complaints,
    "major_complaints": major_complaints,
    "complaints_made_good": complaints_made_good,
}
