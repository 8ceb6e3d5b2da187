"""The policy of complaints as the folder of rules holds it: read, compared, put into words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from services.complaints.adapters.calendars import read_calendars
from services.complaints.adapters.policy_file import read_draft
from services.complaints.domain.coverage import missing_by_calendar
from services.complaints.domain.differences import condition, differences, ladder_step
from services.complaints.domain.policy import ClockRule
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from services.complaints.domain.vacancies import vacancies
from shared.dealers.dealer import Dealers
from shared.dealers.roster import Roster
from shared.policies import kind
from shared.policies.drafts import Draft, Drafts, read_drafts
from shared.policies.folder import FolderReading, RulesFolder
from shared.policies.paths import RulesPaths
from shared.time.calendar import BusinessCalendar


def _rulebook(
    editions: Mapping[str, tuple[CaseEdition, ...]], rosters: Mapping[str, Roster]
) -> CaseRulebook:
    return CaseRulebook(editions=editions, rosters=rosters)


FOLLOWED = FolderReading(
    service="complaints", edition=CaseEdition, rulebook=_rulebook, with_rosters=True
)
"""What the service reads of the folder."""


def read_rulebook(root: Path) -> CaseRulebook:
    """What the service follows. Raises WrongFile."""
    return RulesFolder(root, FOLLOWED).rulebook()


def drafts(paths: RulesPaths, now: datetime) -> Drafts[CaseEdition]:
    """What operators wrote, with the calendars compiled for the years around now."""
    paths.require()
    wrong: list[str] = []
    calendars = read_calendars(paths.calendars, now, wrong)
    return read_drafts(paths, partial(read_draft, calendars=calendars, now=now), wrong=wrong)


def warnings(
    rulebook: CaseRulebook, found: Mapping[str, Draft[CaseEdition]], dealers: Dealers, now: datetime
) -> Iterator[str]:
    """Years that calendars lack, roles that nobody has, dealers that do not exist."""
    for dealer_id in rulebook.editions:
        for line in _missing(rulebook.current(dealer_id), now):
            yield f"{dealer_id}, in force: {line}; apply it once more"
    yield from kind.editions_to_come(rulebook, now)
    yield from kind.remarks(found.values())
    for draft in found.values():
        for line in _of_draft(draft, rulebook, dealers, now):
            yield f"{draft.path}: {line}"
    for dealer_id in rulebook.rosters:
        if dealers.find(dealer_id) is None:
            yield f"roster of {dealer_id}: no such dealer in AFTERCARE_DEALERS_FILE"


def words(edition: CaseEdition) -> Iterator[str]:
    """Each clock, then what time is counted by."""
    yield from (_clock(rule) for rule in edition.policy.clocks)
    calendar, working_days = edition.calendar, edition.working_days
    if calendar is not None:
        zone = calendar.timezone
        yield f"calendar {calendar.name} ({zone}), holidays of {_covered(calendar)}"
    if working_days is not None:
        yield f"{working_days.name}, in the dealer's zone, holidays of {_covered(working_days)}"


def in_force(edition: CaseEdition) -> str:
    """Since when, and for which cases."""
    if edition.applied_at is None:
        return kind.since(edition)
    whose = "new cases only" if edition.open_cases == "keep" else "open cases too"
    return f"{kind.since(edition)}, {whose}"


def is_followed(current: CaseEdition, choice: str) -> bool:
    """The same rules are something to apply only where open cases did not follow them yet."""
    return choice == "keep" or current.applied_at is None or current.open_cases == "rebase"


KIND = kind.PolicyKind(
    reading=FOLLOWED,
    drafts=drafts,
    differences=differences,
    title=lambda edition: edition.policy.name,
    words=words,
    warnings=warnings,
    in_force=in_force,
    others="the shipped 2123",
    choice="open_cases",
    is_followed=is_followed,
)


def _of_draft(
    draft: Draft[CaseEdition], rulebook: CaseRulebook, dealers: Dealers, now: datetime
) -> Iterator[str]:
    dealer, calendar = dealers.find(draft.dealer_id), draft.edition.calendar
    if dealer is None:
        yield kind.unknown_dealer(draft.dealer_id)
    elif calendar is not None and calendar.timezone != dealer.timezone:
        yield f"the calendar is in {calendar.timezone}, the dealer in {dealer.timezone}"
    yield from _missing(draft.edition, now)
    current = rulebook.current(draft.dealer_id).policy
    yield from kind.forgets("memory", current.memory, draft.edition.policy.memory)
    yield from vacancies(draft.edition.policy, rulebook.rosters.get(draft.dealer_id))


def _missing(edition: CaseEdition, now: datetime) -> Iterator[str]:
    for name, years in missing_by_calendar(edition, now).items():
        for year in years:
            yield f"clocks run into {year}, whose holidays the calendar {name} does not know"


def _covered(calendar: BusinessCalendar) -> str:
    """The years whose holidays it knows."""
    if calendar.covered_years is None:
        return "every year"
    return ", ".join(map(str, calendar.covered_years)) or "no year"


def _clock(rule: ClockRule) -> str:
    holds = "stops while held" if rule.pausable else "runs on while held"
    ladder = ", ".join(ladder_step(rung) for rung in rule.ladder)
    whose = condition(rule.applies_when)
    return f"{rule.name}: {rule.target} from {rule.start}, {holds}; {whose}; {ladder}"
