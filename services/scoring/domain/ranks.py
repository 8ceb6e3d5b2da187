"""The lists of a dealer's customers, and where a customer stands in each. Pure.

A rank is a number of at most 30 bits. Where a list has parts, such as one for each grade, the
part is in its highest bits: so a part is a range of ranks.
"""

from collections.abc import Mapping
from datetime import date, datetime

from shared.contracts.scoring import Grade, Risk
from shared.decider.asked_lines import RankRange
from shared.decider.summary import MOST_RANK

BY_SCORE = "score"
BY_GRADE = "grade"
"""A part for each grade, by score."""
BY_RISK = "risk"
"""A part for each risk, by score."""
BY_RISK_SINCE = "risk_since"
"""A part for each risk, by the day since when."""
BY_NEXT_VISIT = "next_visit"
MOVES = "moves"
"""Moves from one grade to another under `OF_GRADE`, from one risk to another under `OF_RISK`; by
when they were."""
OF_GRADE, OF_RISK = "grade", "risk"
MONTHS_LISTED = 13
"""Of how many months there is a list of points won and lost, and moves are listed: the present one
and those before."""

GRADES: Mapping[Grade, int] = {"general": 0, "potential": 1, "quality": 2}
"""The better the higher."""
RISKS: Mapping[Risk, int] = {"active": 0, "due": 1, "at_risk": 2, "lost": 3}
"""The nearer to being lost the higher."""

_PART = 26
"""Of how many bits is what is below the part."""
_MONTH = 19
"""Of how many bits are the points of a month."""


def by_month(month: int) -> str:
    """The list of points won and lost in a month; it has a part for every 13th month."""
    return f"moved_{month % MONTHS_LISTED:02d}"


LISTS = (
    BY_SCORE,
    BY_GRADE,
    BY_RISK,
    BY_RISK_SINCE,
    BY_NEXT_VISIT,
    MOVES,
    *(by_month(month) for month in range(MONTHS_LISTED)),
)


def score_rank(score: int) -> int:
    """Where that many points stand among all."""
    return _signed(score, MOST_RANK.bit_length())


def graded_rank(grade: Grade, score: int) -> int:
    """Where that many points stand in the part of their grade."""
    return _within(GRADES[grade], _signed(score, _PART))


def risk_rank(risk: Risk, score: int) -> int:
    """Where that many points stand in the part of a risk."""
    return _within(RISKS[risk], _signed(score, _PART))


def risk_since_rank(risk: Risk, since: date) -> int:
    """Where a day stands in the part of a risk."""
    return _within(RISKS[risk], since.toordinal())


def moved_rank(month: int, points: int) -> int:
    """Where the points won, or lost, in a month stand in its part of its list."""
    return month // MONTHS_LISTED << _MONTH | _signed(points, _MONTH)


def points_moved(rank: int) -> int:
    """The points won, or lost, that stand there in the list of a month."""
    return (rank & (1 << _MONTH) - 1) - (1 << _MONTH - 1)


def move_rank(at: datetime) -> int:
    """By the minute in which it was, since 1970."""
    return min(max(int(at.timestamp() // 60), 0), MOST_RANK)


def part_of_grade(grade: Grade) -> RankRange:
    """The part of its list."""
    return _part(GRADES[grade], _PART)


def part_of_risk(risk: Risk) -> RankRange:
    """The part of either of its lists."""
    return _part(RISKS[risk], _PART)


def part_of_month(month: int) -> RankRange:
    """The part of its list."""
    return _part(month // MONTHS_LISTED, _MONTH)


def _within(part: int, rank: int) -> int:
    return part << _PART | rank


def _part(part: int, bits: int) -> RankRange:
    return RankRange(part << bits, part + 1 << bits)


def _signed(number: int, bits: int) -> int:
    """A number that may be negative, as one of that many bits; what is beyond stands at the end."""
    half = 1 << bits - 1
    return max(0, min(2 * half - 1, number + half))
