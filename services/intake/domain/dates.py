"""Which dates a document may have at all."""

from datetime import date

EARLIEST_YEAR, LATEST_YEAR = 1971, 2200
"""An empty date of a source often becomes one of 1970."""


def is_out_of_range(day: date) -> bool:
    """Whether nothing can have happened, or be planned, on a day of this year."""
    return not EARLIEST_YEAR <= day.year < LATEST_YEAR
