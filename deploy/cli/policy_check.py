"""The dealers' rules as a whole: what is wrong with them, and what is most likely not meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.complaints.adapters.policy_file import Draft
from services.complaints.domain.coverage import missing_by_calendar
from services.complaints.domain.policy import ComplaintPolicy
from services.complaints.domain.rulebook import Edition, Rulebook
from shared.contracts.complaints import Role
from shared.dealers.dealer import Dealers
from shared.dealers.roster import ANY_DEPARTMENT, Roster
from shared.policies.drafts import read_drafts
from shared.policies.folder import read_rulebook
from shared.time.calendar import BusinessCalendar
from shared.yaml_file import WrongFile


@dataclass(frozen=True, slots=True)
class Checked:
    """What the folder holds."""

    drafts: Mapping[str, Draft]
    """Those that can be used, by dealer."""
    rulebook: Rulebook
    """What the service follows; the shipped one where that is wrong."""
    wrong: Sequence[str]
    warnings: Sequence[str]


def check(folder: Path, dealers: Dealers, now: datetime) -> Checked:
    """Read everything in the folder. Raises WrongFile only if it is not there."""
    drafts = read_drafts(folder, now)
    wrong = list(drafts.wrong)
    rulebook = Rulebook()
    try:
        rulebook = read_rulebook(folder)
    except WrongFile as error:
        wrong.extend(error.lines)
    warnings = [
        *_of_editions(rulebook, now),
        *(line for draft in drafts.by_dealer.values() for line in draft.remarks),
        *(
            f"{draft.path}: {line}"
            for draft in drafts.by_dealer.values()
            for line in _of_draft(draft, rulebook, dealers, now)
        ),
        *(
            f"roster of {dealer_id}: no such dealer in AFTERCARE_DEALERS_FILE"
            for dealer_id in rulebook.rosters
            if dealers.find(dealer_id) is None
        ),
    ]
    return Checked(drafts.by_dealer, rulebook, wrong, warnings)


def vacancies(policy: ComplaintPolicy, roster: Roster | None) -> Iterator[str]:
    """A line for each role of the ladders that the roster leaves without anybody."""
    if roster is None:
        yield "no roster: notices name roles, and no people"
        return
    told: dict[Role, None] = dict.fromkeys(
        role for rule in policy.clocks for rung in rule.ladder for role in rung.to
    )
    for role in told:
        held = [department for department, ids in roster.roles.get(role, {}).items() if ids]
        if not held:
            yield f"nobody is {role} on the roster; {_instead(roster, role)} is told"
        elif ANY_DEPARTMENT not in held:
            yield f"nobody is {role} outside of {', '.join(held)}; {_instead(roster, role)} is told"


def covered(calendar: BusinessCalendar) -> str:
    """The years whose holidays a calendar knows."""
    if calendar.covered_years is None:
        return "every year"
    return ", ".join(map(str, calendar.covered_years)) or "no year"


def _instead(roster: Roster, role: Role) -> str:
    holders = roster.roles.get(roster.fallback, {})
    return roster.fallback if role != roster.fallback and any(holders.values()) else "nobody"


def _of_editions(rulebook: Rulebook, now: datetime) -> Iterator[str]:
    for dealer_id in rulebook.editions:
        edition = rulebook.current(dealer_id)
        for line in _missing(edition, now):
            yield f"{dealer_id}, in force: {line}; apply it once more"
        if edition.applied_at is not None and edition.applied_at > now:
            yield f"{dealer_id}: an edition is applied only at {edition.applied_at}, to come"


def _of_draft(draft: Draft, rulebook: Rulebook, dealers: Dealers, now: datetime) -> Iterator[str]:
    dealer = dealers.find(draft.dealer_id)
    if dealer is None:
        yield f"no such dealer in AFTERCARE_DEALERS_FILE: {draft.dealer_id}"
    elif draft.calendar is not None and draft.calendar.timezone != dealer.timezone:
        yield f"the calendar is in {draft.calendar.timezone}, the dealer in {dealer.timezone}"
    yield from _missing(draft.applied(None, "keep"), now)
    yield from vacancies(draft.policy, rulebook.rosters.get(draft.dealer_id))


def _missing(edition: Edition, now: datetime) -> Iterator[str]:
    for name, years in missing_by_calendar(edition, now).items():
        for year in years:
            yield f"clocks run into {year}, whose holidays the calendar {name} does not know"
