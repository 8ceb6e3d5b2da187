"""What operators write: drafts of policies, and calendars. The service never reads them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from services.complaints.adapters.policy_file import Calendars, Draft, read_draft, years_around
from shared.policies import paths as places
from shared.policies.collected import repeated, unless_wrong
from shared.time.calendar import BusinessCalendar
from shared.yaml_file import read_yaml


@dataclass(frozen=True, slots=True)
class Drafts:
    """What operators wrote: all of it that can be used, and what is wrong with the rest."""

    by_dealer: Mapping[str, Draft]
    calendars: Calendars
    wrong: Sequence[str]


def read_drafts(folder: Path, now: datetime) -> Drafts:
    """The drafts, with their calendars compiled for the years around now."""
    places.require(folder)
    wrong: list[str] = []
    calendars = _calendars(folder / places.CALENDARS, now, wrong)
    read: list[Draft] = []
    for path in places.files(folder / places.POLICIES, places.YAML):
        draft = unless_wrong(partial(read_draft, path, calendars, now), wrong)
        read.extend([draft] if draft is not None else [])
    wrong.extend(repeated((draft.dealer_id, draft.path) for draft in read))
    files = Counter(draft.dealer_id for draft in read)
    alone = {draft.dealer_id: draft for draft in read if files[draft.dealer_id] == 1}
    return Drafts(alone, calendars, wrong)


def _calendars(folder: Path, now: datetime, wrong: list[str]) -> Calendars:
    paths = places.files(folder, places.YAML)
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
