"""Drafts as files: what a dealer's policy has that those which it extends have not.

dealer: sunrise/pudong
extends: [2123, cn-sanbao]             # 2123 alone, if left out
calendar: pudong
clocks:
  answer: {target: 8 business hours}   # what differs; the rest is as shipped
  executive_answer: null               # does not run here
  regulator: {title_en: …, …}          # does not ship, so it is complete
ladder: [{name: warning, at: "75%", to: [responsible_person]}, …]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.complaints.adapters.shipped import Country, ShippedPolicy, names, shipped
from services.complaints.domain.policy import (
    POLICY_2123,
    ClockRule,
    ComplaintPolicy,
    Positive,
    Rung,
)
from services.complaints.domain.rulebook import CaseEdition
from shared.contracts.values import DealerId, ShortText
from shared.policies.drafts import Draft
from shared.policies.yaml_changes import Changes
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import due
from shared.yaml_file import WrongFile, YamlFile, meant, message_of, parse_yaml

Calendars = Mapping[str, BusinessCalendar | None]
"""Calendars by name; None for one whose file is wrong."""

YEARS_BACK, YEARS_AHEAD = 2, 3


def _as_name(value: object) -> object:
    """`2123` is a number in YAML."""
    return str(value) if type(value) is int else value


PolicyName = Annotated[ShortText, BeforeValidator(_as_name)]


class PolicyFile(BaseModel):
    """What such a file may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealer: DealerId
    extends: Annotated[tuple[PolicyName, ...], Field(max_length=20)] = (POLICY_2123.name,)
    """Shipped policies whose clocks it has; where two have one of a name the later counts."""
    name: PolicyName | None = None
    calendar: ShortText | None = None
    """The name of a file in `calendars/`."""
    working_days: Country | None = None
    """Whose statutory working days count; else as the extended policies say."""
    clocks: Mapping[str, Mapping[str, Any] | None] = {}
    ladder: Annotated[tuple[Rung, ...], Field(min_length=1)] | None = None
    """Of every clock that has none of its own in this file."""
    alarm_horizon: Positive = POLICY_2123.alarm_horizon
    memory: Positive = POLICY_2123.memory


def read_draft(path: Path, calendars: Calendars, now: datetime) -> Draft[CaseEdition]:
    """Raises WrongFile with a line for everything that is wrong."""
    file = parse_yaml(path)
    written = file.as_model(PolicyFile)
    reading = _Reading(file, written, _extended(file, written), calendars)
    policy = reading.policy()
    calendar, remarks = reading.calendar_for(policy, now)
    working_days, more = reading.working_days_for(policy, now)
    edition = CaseEdition(policy=policy, calendar=calendar, working_days=working_days)
    return Draft(path, written.dealer, edition, (*remarks, *more))


def years_around(now: datetime) -> range:
    """The years for which a calendar is compiled."""
    return range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)


def _extended(file: YamlFile, written: PolicyFile) -> list[ShippedPolicy]:
    known = names()
    wrong = [
        file.line(["extends", position], f"no policy of this name ships{meant(name, known)}")
        for position, name in enumerate(written.extends)
        if name not in known
    ]
    if wrong:
        raise WrongFile(wrong)
    return [shipped(name) for name in written.extends]


@lru_cache
def _working_days(country: str, years: range) -> BusinessCalendar:
    # all commands import this module, and few need the holidays, which take long to import
    from shared.time.calendar_file import compile_working_days  # noqa: PLC0415

    return compile_working_days(country, years)


@dataclass(frozen=True, slots=True)
class _Reading:
    file: YamlFile
    written: PolicyFile
    extended: Sequence[ShippedPolicy]
    calendars: Calendars

    def policy(self) -> ComplaintPolicy:
        changes, rules = Changes(self.file), list[ClockRule]()
        contents = changes.entries(self._shipped, self._given, ("clocks",), ClockRule)
        lines = changes.wrong
        for name, content in contents.items():
            try:
                rules.append(ClockRule.model_validate(content))
            except ValidationError as error:
                lines.extend(self._message(name, error))
        if lines or not rules:
            raise WrongFile(lines or [self.file.line(["clocks"], "no clock is left")])
        return ComplaintPolicy(
            name=self.written.name or " + ".join(dict.fromkeys(self.written.extends)) or "own",
            clocks=tuple(rules),
            alarm_horizon=self.written.alarm_horizon,
            memory=self.written.memory,
        )

    def calendar_for(
        self, policy: ComplaintPolicy, now: datetime
    ) -> tuple[BusinessCalendar | None, tuple[str, ...]]:
        """The calendar that the policy needs, and remarks about it."""
        name = self.written.calendar
        if name is not None and name not in self.calendars:
            known = ", ".join(self.calendars) or "none"
            wrong = f"there is no calendar '{name}' in calendars/, which has {known}"
            raise WrongFile([self.file.line(["calendar"], wrong)])
        needing = [rule for rule in policy.clocks if rule.needs_calendar]
        if not needing:
            unused = "no clock counts in business time, so the calendar is not used"
            return None, (self.file.line(["calendar"], unused),) if name else ()
        if name is None:
            raise WrongFile([self._of(rule, "needs a 'calendar:' to count by") for rule in needing])
        calendar = self.calendars[name]
        if calendar is None:
            raise WrongFile([self.file.line(["calendar"], f"the calendar {name} is wrong")])
        if lines := list(self._never_due(needing, calendar, now)):
            raise WrongFile(lines)
        return calendar, ()

    def working_days_for(
        self, policy: ComplaintPolicy, now: datetime
    ) -> tuple[BusinessCalendar | None, tuple[str, ...]]:
        """The statutory working days that the policy needs, and remarks about them."""
        needing = [rule for rule in policy.clocks if rule.needs_working_days]
        of = dict.fromkeys(each.working_days for each in self.extended if each.working_days)
        country = self.written.working_days or next(iter(of), None)
        if not needing:
            unused = "no clock counts in working days, so nothing is counted by these"
            given = self.written.working_days is not None
            return None, (self.file.line(["working_days"], unused),) if given else ()
        if country is None:
            wrong = "needs 'working_days:' with a country, such as CN, to count by"
            raise WrongFile([self._of(rule, wrong) for rule in needing])
        try:
            return _working_days(country, years_around(now)), ()
        except ValueError as error:
            raise WrongFile([self.file.line(["working_days"], str(error))]) from None

    @property
    def _shipped(self) -> dict[str, ClockRule]:
        """The clocks of the extended policies; the later ones win."""
        return {name: rule for each in self.extended for name, rule in each.clocks.items()}

    @property
    def _given(self) -> dict[str, Mapping[str, Any] | None]:
        """What the file says of each clock; its ladder is said of all that it gives no other."""
        own, ladder = self.written.clocks, self.written.ladder
        if ladder is None:
            return dict(own)
        return {
            name: None
            if name in own and own[name] is None
            else {"ladder": ladder, **(own.get(name) or {})}
            for name in (*self._shipped, *own)
        }

    def _never_due(
        self, rules: Sequence[ClockRule], calendar: BusinessCalendar, now: datetime
    ) -> Iterator[str]:
        for rule in rules:
            if rule.span is None or rule.span.unit == "working_days":
                continue
            try:
                due(now, rule.span, calendar)
            except ValueError:
                yield self._of(rule, f"the calendar {calendar.name} does not open enough for it")

    def _message(self, name: str, wrong: ValidationError) -> Iterator[str]:
        given = self.written.clocks.get(name) or {}
        for error in wrong.errors(include_url=False):
            message = message_of(error, ClockRule)
            if not error["loc"] and "ladder" not in given and self.written.ladder is not None:
                yield self.file.line(["ladder"], f"for the clock {name}: {message}")
            else:
                yield self.file.line(["clocks", name, *error["loc"]], message)

    def _of(self, rule: ClockRule, message: str) -> str:
        if rule.name in self.written.clocks:
            return self.file.line(["clocks", rule.name], message)
        field = "extends" if self.written.ladder is None else "ladder"
        return self.file.line([field], f"for the clock {rule.name}: {message}")
