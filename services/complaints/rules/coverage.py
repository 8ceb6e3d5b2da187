"""Which years' holidays a dealer's calendar should know and does not. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.complaints.rulebook import Edition, Rulebook
from shared.time.deadlines import due, years_needed

AT_LEAST = timedelta(days=60)
"""How far ahead the holidays are needed, even where no clock runs so long."""


def missing_years(edition: Edition, now: datetime) -> tuple[int, ...]:
    """The years from now until the longest clock that starts now is due."""
    return years_needed(now, max(_ends(edition, now)), edition.calendar)


def missing_by_dealer(rulebook: Rulebook, now: datetime) -> Mapping[str, tuple[int, ...]]:
    """Dealer -> such years of the edition that its new cases are judged by; only if any."""
    years = {
        dealer_id: missing_years(rulebook.current(dealer_id), now)
        for dealer_id in rulebook.editions
    }
    return {dealer_id: missing for dealer_id, missing in years.items() if missing}


def _ends(edition: Edition, now: datetime) -> Iterator[datetime]:
    yield now + AT_LEAST
    for rule in edition.policy.clocks:
        try:
            ends = due(now, rule.target, edition.calendar)
        except ValueError:  # it does not open enough: no year would help
            continue
        if ends is not None:
            yield ends
