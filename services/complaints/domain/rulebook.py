"""All rules of a group: per dealer the editions of its policy and calendar, and its roster. Pure.

An edition is what an operator applied at one moment, with the choice he made then: for new
cases only, or for the open ones too. Editions are never changed or removed, so what follows
from a case depends on nothing but its facts, the rulebook and the time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from shared.contracts.values import DealerId, Instant
from shared.dealers.roster import Roster
from shared.decider.policy import Policy
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Unit

OpenCases = Literal["keep", "rebase"]
"""What happens to cases that are open when an edition is applied."""

SAID = "2"
"""Raised where cases say more by the same rules: all of them are decided once more then, closed
ones too. 2: each says how it stands."""


class Edition(BaseModel):
    """A dealer's policy and calendar, as applied at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    applied_at: Instant | None = None
    """None: what was in force before anything was applied."""
    open_cases: OpenCases = "keep"
    policy: ComplaintPolicy
    calendar: BusinessCalendar | None = None
    working_days: BusinessCalendar | None = None
    """The statutory working days, each from midnight to midnight. They count in the zone of the
    case's dealer, whatever zone stands here."""

    @model_validator(mode="after")
    def _has_the_calendar_it_needs(self) -> "Edition":
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
        return _digest([self.model_dump_json(exclude=unused)])

    def judges_as(self, other: "Edition") -> bool:
        """Whether both say the same, apart from when and how they were applied."""
        return (self.policy, self.calendar, self.working_days) == (
            other.policy,
            other.calendar,
            other.working_days,
        )

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


SHIPPED = Edition(policy=POLICY_2123)


class Rulebook(Policy):
    """What `decide` follows. Its version is that of its editions: a roster moves no deadline."""

    shipped: Edition = SHIPPED
    """For dealers, and for times, of which no edition says anything."""
    editions: Mapping[DealerId, tuple[Edition, ...]] = {}
    """Dealer -> its editions, in the order in which they were applied."""
    rosters: Mapping[DealerId, Roster] = {}

    @model_validator(mode="after")
    def _in_the_order_of_application(self) -> "Rulebook":
        for dealer_id, editions in self.editions.items():
            applied = [edition.applied_at for edition in editions]
            known = [moment for moment in applied if moment is not None]
            if len(known) < len(applied) or known != sorted(known):
                raise ValueError(f"the editions of {dealer_id} are not in the order of applied_at")
        return self

    @cached_property
    def version(self) -> str:
        versions = (f"{dealer_id} {found}" for dealer_id, found in self._by_dealer.items())
        return _digest([SAID, self.shipped.version, *sorted(versions)])

    def version_for(self, dealer_id: str) -> str:
        """Changes when, and only when, what this dealer's cases are judged by does."""
        return self._by_dealer.get(dealer_id) or self._shipped_version

    @cached_property
    def _shipped_version(self) -> str:
        return _digest([SAID, self.shipped.version])

    @cached_property
    def _by_dealer(self) -> Mapping[str, str]:
        return {
            dealer_id: _digest([SAID, self.shipped.version, *(each.version for each in editions)])
            for dealer_id, editions in self.editions.items()
        }

    def editions_of(self, dealer_id: str, received_at: datetime, now: datetime) -> list[Edition]:
        """What a case received then has been judged by up to now, the first first.

        The last edition applied by its receipt, then those that were applied to open cases.
        """
        first = self.shipped
        later: list[Edition] = []
        for edition in self.editions.get(dealer_id, ()):
            applied_at = edition.applied_at
            if applied_at is None or applied_at > now:
                continue
            if applied_at <= received_at:
                first, later = edition, []
            elif edition.open_cases == "rebase":
                later.append(edition)
        return [first, *later]

    def next_edition_at(self, dealer_id: str, now: datetime) -> datetime | None:
        """When the next edition is to be applied to this dealer's open cases, if any is."""
        moments = (
            edition.applied_at
            for edition in self.editions.get(dealer_id, ())
            if edition.open_cases == "rebase"
        )
        return min((each for each in moments if each is not None and each > now), default=None)

    def current(self, dealer_id: str) -> Edition:
        """What a case is judged by that is received from now on."""
        return (self.shipped, *self.editions.get(dealer_id, ()))[-1]


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()


def rulebook_of(
    policy: ComplaintPolicy,
    calendar: BusinessCalendar | None = None,
    working_days: BusinessCalendar | None = None,
) -> Rulebook:
    """A rulebook in which every dealer has this policy, and always had."""
    return Rulebook(shipped=Edition(policy=policy, calendar=calendar, working_days=working_days))
