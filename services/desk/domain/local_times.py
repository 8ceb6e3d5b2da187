"""Days and instants by the clocks of a dealer; in forms to the minute."""

from datetime import UTC, datetime, time, timedelta, tzinfo

_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
"""As browsers send them, and as people write them where no browser helps."""


class NotATime(ValueError):
    """What was written is no time of a day."""


def instant_of(text: str, zone: tzinfo) -> datetime:
    """The instant, in UTC. Raises `NotATime`. Of an hour that comes twice it is the first."""
    for form in _FORMS:
        try:
            local = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the zone is added here
        except ValueError:
            continue
        return local.replace(tzinfo=zone).astimezone(UTC)
    raise NotATime


def as_written(moment: datetime, zone: tzinfo) -> str:
    """As a field for a date and a time has it."""
    return moment.astimezone(zone).strftime(_FORMS[0])


def day_of(moment: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """When the day of this moment begins there, and when the next does, in UTC."""
    today = moment.astimezone(zone).date()
    first, following = (
        datetime.combine(day, time(), zone) for day in (today, today + timedelta(days=1))
    )
    return first.astimezone(UTC), following.astimezone(UTC)
