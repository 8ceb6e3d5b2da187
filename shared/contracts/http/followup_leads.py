"""A dealer's leads by month, as followup answers."""

from collections.abc import Mapping

from shared.contracts.http.described import DescribedResponse
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade
from shared.contracts.values import Instant


class LeadFigures(DescribedResponse):
    """What became of some leads."""

    leads: int
    contacted: int
    """Those that somebody talked to."""
    quasi_lost: int
    """Those that put it off, or are undecided, at present."""
    lost: int
    """Those that are lost at present and did not buy; a loss that a manager returned is none."""
    approved: int
    """Of those lost: of which a manager agreed."""
    bought: int
    falsely_lost: int
    """Those that bought when they were taken for lost, and those that are lost though they were
    hardly followed."""
    lost_because: Mapping[LeadReason, int]
    """Of those lost: why; a reason that is not there is nobody's."""


class LeadGroup(DescribedResponse):
    """Leads that came in the same way, and have the same grade."""

    channel: LeadChannel
    grade: Grade
    figures: LeadFigures


class MonthOfLeads(DescribedResponse):
    """The leads that came in a month, and what became of them until now."""

    month: str
    """Such as `2026-11`, by the dealer's local dates."""
    total: LeadFigures
    groups: tuple[LeadGroup, ...]
    """By channel, then by grade; those without a lead are left out."""


class LeadMonths(DescribedResponse):
    """A dealer's leads by the month in which they came."""

    dealer_id: str
    months: tuple[MonthOfLeads, ...]
    as_of: Instant | None
    """What was known then is in the figures; null while they are counted for the first time."""
    behind_seconds: int | None
    """How long ago that was."""
