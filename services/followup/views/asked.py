"""Which instants, days and workers are asked for. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo

from pydantic import TypeAdapter, ValidationError

from services.followup.views.day_list import LONGEST_AHEAD
from services.followup.views.work_list import NOBODY
from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.contracts.values import Day, Instant

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_DAY: TypeAdapter[date] = TypeAdapter(Day)


def asked_due(parameter: str, given: str | None, zone: tzinfo) -> datetime | None:
    """The instant from which on, or before which, tasks are to be due; a day begins at the dealer's
    midnight.

    Raises `WronglyAsked`.
    """
    if given is None:
        return None
    try:
        return _INSTANT.validate_python(given)
    except ValidationError:
        pass
    try:
        return datetime.combine(_DAY.validate_python(given), time(), zone)
    except ValidationError:
        raise WronglyAsked(
            parameter, "a day such as 2026-12-01, or an instant such as 2026-12-01T09:00:00Z"
        ) from None


def asked_day(given: date | None, today: date) -> date:
    """The day that is asked for; without one today. Raises `WronglyAsked`."""
    day = today if given is None else given
    if not today <= day <= today + timedelta(days=LONGEST_AHEAD):
        raise WronglyAsked("date", f"from today on, at most {LONGEST_AHEAD} days ahead")
    return day


def check_worker(role: str | None, person: str | None) -> None:
    """That it is said who is to do the tasks. Raises `WronglyAsked`."""
    if person == NOBODY:
        raise WronglyAsked("person", "what nobody in particular does is asked for by `role`")
    if (role is None) == (person is None):
        raise WronglyAsked("role" if role is None else "person", "either a `role` or a `person`")
