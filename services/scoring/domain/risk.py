"""Stub until branch fold is merged."""

from datetime import datetime
from typing import NamedTuple

from shared.contracts.scoring import Risk


class RiskMoment(NamedTuple):
    """Stub."""

    at: datetime
    risk: Risk | None
