"""The calendars that drafts name, compiled for the years around now."""

from datetime import datetime
from functools import partial
from pathlib import Path

from services.complaints.adapters.policy_file import Calendars, years_around
from shared.policies.collected import unless_wrong
from shared.policies.paths import YAML, files
from shared.time.calendar import BusinessCalendar
from shared.yaml_file import read_yaml


def read_calendars(folder: Path, now: datetime, wrong: list[str]) -> Calendars:
    """Those in the folder by name; what is wrong with the rest is added to `wrong`."""
    paths = files(folder, YAML)
    return {path.stem: unless_wrong(partial(_compiled, path, now), wrong) for path in paths}


def _compiled(path: Path, now: datetime) -> BusinessCalendar:
    """For the years around now, and no more: the holidays of others are not in it."""
    # all commands import this module, and few need the holidays, which take long to import
    from shared.time.calendar_file import CalendarFile, compile_calendar  # noqa: PLC0415

    years = years_around(now)
    calendar = compile_calendar(path.stem, path, years)
    if calendar.covered_years is not None:
        return calendar
    file = read_yaml(path, CalendarFile)
    if file.holidays is None and not file.closed_in and not file.open_in:
        return calendar
    return calendar.model_copy(update={"covered_years": tuple(years)})
