"""Which years' holidays a dealer's calendars should know and do not. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.time.deadlines import due, years_needed

AT_LEAST = timedelta(days=60)
"""How far ahead the holidays are needed, even where no clock runs so long."""


def missing_years(edition: CaseEdition, now: datetime) -> tuple[int, ...]:
    """The years from now until the longest clock that starts now is due."""
    years = {year for found in missing_by_calendar(edition, now).values() for year in found}
    return tuple(sorted(years))


def missing_by_calendar(edition: CaseEdition, now: datetime) -> Mapping[str, tuple[int, ...]]:
    """The name of a calendar -> such years that it does not know; only if any."""
    until = max(_ends(edition, now))
    years = {
        calendar.name: years_needed(now, until, calendar)
        for calendar in (edition.calendar, edition.working_days)
        if calendar is not None
    }
    return {name: missing for name, missing in years.items() if missing}


def missing_by_dealer(rulebook: CaseRulebook, now: datetime) -> Mapping[str, tuple[int, ...]]:
    """Dealer -> such years of the edition that its new cases are judged by; only if any."""
    years = {
        dealer_id: missing_years(rulebook.current(dealer_id), now)
        for dealer_id in rulebook.editions
    }
    return {dealer_id: missing for dealer_id, missing in years.items() if missing}


def _ends(edition: CaseEdition, now: datetime) -> Iterator[datetime]:
    yield now + AT_LEAST
    for rule in edition.policy.clocks:
        if rule.span is None:  # the case names its deadline: no day is counted
            continue
        try:
            ends = due(now, rule.span, edition.calendar_for(rule.span.unit, "UTC"))
        except ValueError:  # it does not open enough: no year would help
            continue
        if ends is not None:
            yield ends
