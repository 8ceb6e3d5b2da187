"""The rules of points, one a file, in the order in which reasons are shown.

Each file names the thing and what ships of it, finds what gives its points in the customer's
history, and says so in words. A new rule is a file, its line here, and its test.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import Rule
from services.scoring.domain.rules import (
    accessories_bought,
    comebacks,
    complaints,
    complaints_made_good,
    insurance_bought,
    major_complaints,
    products_bought,
    promises_broken,
    promises_kept,
    recent_visit,
    referrals,
    referrals_bought,
    regular_visits,
    service_paid,
    survey_answers,
    vehicle_bought,
    vehicle_replaced,
    visits_after_warranty,
)
from shared.contracts.scoring import Form
from shared.contracts.values import Bilingual


class PointsRule(Protocol):
    """What each file of this package has."""

    @property
    def SHIPPED(self) -> Rule:  # noqa: N802 # a constant of the module
        """Its figures as they ship; a policy may change them."""
        ...

    @property
    def FORM(self) -> Form | None:  # noqa: N802 # a constant of the module
        """Which of the four forms of value its points are part of."""
        ...

    @property
    def FROM(self) -> Sequence[str]:  # noqa: N802 # a constant of the module
        """The lists of a history that it gives points from: with none of them it gives none, and
        is not asked."""
        ...

    def give(self, history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
        """Give the points for what is found in the history."""
        ...

    def in_words(self, rule: Rule, measures: ScoringMeasures) -> str:
        """What the points are given for; a row of the table in the README."""
        ...

    def counted(self, count: int) -> Bilingual:
        """What that many of the things are called that give its points."""
        ...


TABLE: Mapping[str, PointsRule] = {
    "vehicle_bought": vehicle_bought,
    "vehicle_replaced": vehicle_replaced,
    "products_bought": products_bought,
    "accessories_bought": accessories_bought,
    "insurance_bought": insurance_bought,
    "service_paid": service_paid,
    "recent_visit": recent_visit,
    "regular_visits": regular_visits,
    "visits_after_warranty": visits_after_warranty,
    "referrals": referrals,
    "referrals_bought": referrals_bought,
    "survey_answers": survey_answers,
    "promises_kept": promises_kept,
    "promises_broken": promises_broken,
    "comebacks": comebacks,
    "complaints": complaints,
    "major_complaints": major_complaints,
    "complaints_made_good": complaints_made_good,
}


@lru_cache(maxsize=4096)
def counted(name: str, count: int) -> Bilingual:
    """What that many of the things of a rule are called: few words, of which each is made once."""
    return TABLE[name].counted(count)
