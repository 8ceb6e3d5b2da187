"""The rules that cases are judged by: editions of policy and calendars, and rosters. Pure.

An edition of complaints also holds the choice that was made when it was applied: for new cases
only, or for the open ones too. So what follows from a case depends on nothing but its facts, the
rulebook and the time.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import model_validator

from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from shared.contracts.values import DealerId
from shared.dealers.roster import Roster
from shared.policies.edition import Edition, digest
from shared.policies.rulebook import Rulebook
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Unit

OpenCases = Literal["keep", "rebase"]
"""What happens to cases that are open when an edition is applied."""


class CaseEdition(Edition):
    """A dealer's policy and calendar, as applied at one moment."""

    APPLICATION: ClassVar[frozenset[str]] = frozenset({"applied_at", "open_cases"})

    open_cases: OpenCases = "keep"
    policy: ComplaintPolicy
    calendar: BusinessCalendar | None = None
    working_days: BusinessCalendar | None = None
    """The statutory working days, each from midnight to midnight. They count in the zone of the
    case's dealer, whatever zone stands here."""

    @model_validator(mode="after")
    def _has_the_calendar_it_needs(self) -> "CaseEdition":
        if self.policy.needs_calendar and self.calendar is None:
            raise ValueError("a clock counts in business time, but there is no calendar")
        if self.policy.needs_working_days and self.working_days is None:
            raise ValueError("a clock counts in working days, but nothing says whose")
        return self

    @cached_property
    def calendar_version(self) -> str | None:
        """Of what time is counted by; None where that is elapsed time alone."""
        found = [each.version for each in (self.calendar, self.working_days) if each is not None]
        return "+".join(found) or None

    @cached_property
    def version(self) -> str:
        """Of policy, calendars and how it was applied, all together."""
        unused = {"working_days"} if self.working_days is None else None  # as before it was there
        return digest([self.model_dump_json(exclude=unused)])

    def calendar_for(self, unit: Unit, timezone: str) -> BusinessCalendar | None:
        """What counts a unit of time for a dealer in this zone."""
        if unit != "working_days" or self.working_days is None:
            return self.calendar
        if timezone not in self._working_days_in:
            there = self.working_days.model_copy(update={"timezone": timezone})
            self._working_days_in[timezone] = there
        return self._working_days_in[timezone]

    @cached_property
    def _working_days_in(self) -> dict[str, BusinessCalendar]:
        """Zone -> its working days, which keep what they have tabled."""
        return {}


SHIPPED = CaseEdition(policy=POLICY_2123)


class CaseRulebook(Rulebook[CaseEdition]):
    """What `decide` follows. Its version is that of its editions: a roster moves no deadline."""

    SAID: ClassVar[str] = "3"
    """2: each case says how it stands. 3: and when it was open, resolved and called back. Closed
    ones are decided once more, too."""

    shipped: CaseEdition = SHIPPED
    rosters: Mapping[DealerId, Roster] = {}

    def editions_of(
        self, dealer_id: str, received_at: datetime, now: datetime
    ) -> list[CaseEdition]:
        """What a case received then has been judged by up to now, the first first.

        The last edition applied by its receipt, then those that were applied to open cases.
        """
        first = self.shipped
        later: list[CaseEdition] = []
        for edition in self.editions.get(dealer_id, ()):
            applied_at = edition.applied_at
            if applied_at is None or applied_at > now:
                continue
            if applied_at <= received_at:
                first, later = edition, []
            elif edition.open_cases == "rebase":
                later.append(edition)
        return [first, *later]

    def next_rebase_at(self, dealer_id: str, now: datetime) -> datetime | None:
        """When the next edition is to be applied to this dealer's open cases, if any is."""
        moments = (
            edition.applied_at
            for edition in self.editions.get(dealer_id, ())
            if edition.open_cases == "rebase"
        )
        return min((each for each in moments if each is not None and each > now), default=None)


def rulebook_of(
    policy: ComplaintPolicy,
    calendar: BusinessCalendar | None = None,
    working_days: BusinessCalendar | None = None,
) -> CaseRulebook:
    """A rulebook in which every dealer has this policy, and always had."""
    shipped = CaseEdition(policy=policy, calendar=calendar, working_days=working_days)
    return CaseRulebook(shipped=shipped)
