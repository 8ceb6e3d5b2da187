"""What scoring's endpoints answer of one customer by rules that are only tried."""

from shared.contracts.http.described import DescribedResponse
from shared.contracts.scoring import Grade, NextVisit, Reason, RiskStands


class ShadowScore(DescribedResponse):
    """The same customer by the rules that are tried beside the dealer's; nothing goes by it."""

    version: str
    """Of the rules that are tried."""
    grade: Grade
    score: int
    value: int
    loyalty: int
    risk: RiskStands | None
    next_visit: NextVisit | None
    reasons: tuple[Reason, ...]
