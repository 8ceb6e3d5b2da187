"""Drafts as files: what a dealer's policy has that the shipped one has not.

dealer: sunrise/pudong
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
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from services.complaints.policy import (
    POLICY_2123,
    ClockRule,
    ComplaintPolicy,
    Positive,
    Rung,
)
from services.complaints.rulebook import Edition, OpenCases
from shared.contracts.values import DealerId, Name
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import due
from shared.yaml_file import PREFIXES, WrongFile, YamlFile, parse_yaml

Calendars = Mapping[str, BusinessCalendar | None]
"""Calendars by name; None for one whose file is wrong."""

_SHIPPED = POLICY_2123.rules
_COMPLETE = ("title_en", "title_zh", "start", "stops", "target", "ladder")


class PolicyFile(BaseModel):
    """What such a file may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealer: DealerId
    name: Name = POLICY_2123.name
    calendar: Name | None = None
    """The name of a file in `calendars/`."""
    clocks: Mapping[str, Mapping[str, Any] | None] = {}
    ladder: Annotated[tuple[Rung, ...], Field(min_length=1)] | None = None
    """Of every clock that has none of its own in this file."""
    alarm_horizon: Positive = POLICY_2123.alarm_horizon
    memory: Positive = POLICY_2123.memory


@dataclass(frozen=True, slots=True)
class Draft:
    """What a dealer would be judged by, were it applied."""

    path: Path
    dealer_id: str
    policy: ComplaintPolicy
    calendar: BusinessCalendar | None
    remarks: tuple[str, ...] = ()
    """What is not wrong, but most likely not meant."""

    def applied(self, at: datetime | None, open_cases: OpenCases) -> Edition:
        """The edition that it becomes."""
        return Edition(
            applied_at=at, open_cases=open_cases, policy=self.policy, calendar=self.calendar
        )


def read_draft(path: Path, calendars: Calendars, now: datetime) -> Draft:
    """Raises WrongFile with a line for everything that is wrong."""
    file = parse_yaml(path)
    written = file.as_model(PolicyFile)
    reading = _Reading(file, written, calendars)
    policy = reading.policy()
    return Draft(path, written.dealer, policy, *reading.calendar_for(policy, now))


@dataclass(frozen=True, slots=True)
class _Reading:
    file: YamlFile
    written: PolicyFile
    calendars: Calendars

    def policy(self) -> ComplaintPolicy:
        rules, lines = list[ClockRule](), list[str]()
        for name in dict.fromkeys([*_SHIPPED, *self.written.clocks]):
            if name in self.written.clocks and self.written.clocks[name] is None:
                lines.extend(self._removed(name))
                continue
            try:
                rules.append(self._rule(name))
            except ValidationError as error:
                details = error.errors(include_url=False, include_input=False)
                lines.extend(self._told(name, each) for each in details)
            except WrongFile as wrong:
                lines.extend(wrong.lines)
        if lines or not rules:
            raise WrongFile(lines or [self.file.line(["clocks"], "no clock is left")])
        return ComplaintPolicy(
            name=self.written.name,
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

    def _rule(self, name: str) -> ClockRule:
        """A shipped clock with what differs, or one that the file has in full."""
        given = dict(self.written.clocks.get(name) or {})
        if "name" in given:
            wrong = "a clock is named by its key alone"
            raise WrongFile([self.file.line(["clocks", name, "name"], wrong)])
        content: dict[str, Any] = {}
        if name in _SHIPPED:
            content = {field: getattr(_SHIPPED[name], field) for field in ClockRule.model_fields}
        if self.written.ladder is not None:
            content["ladder"] = self.written.ladder
        content |= given
        if missing := [field for field in _COMPLETE if field not in content]:
            wrong = (
                f"does not ship (which are {', '.join(_SHIPPED)}), so it must be complete: "
                f"without {', '.join(missing)}"
            )
            raise WrongFile([self.file.line(["clocks", name], wrong)])
        return ClockRule.model_validate({**content, "name": name})

    def _removed(self, name: str) -> Iterator[str]:
        if name not in _SHIPPED:
            wrong = f"does not ship (which are {', '.join(_SHIPPED)}), so it cannot be taken away"
            yield self.file.line(["clocks", name], wrong)

    def _never_due(
        self, rules: Sequence[ClockRule], calendar: BusinessCalendar, now: datetime
    ) -> Iterator[str]:
        for rule in rules:
            try:
                due(now, rule.target, calendar)
            except ValueError:
                yield self._of(rule, f"the calendar {calendar.name} does not open enough for it")

    def _told(self, name: str, error: ErrorDetails) -> str:
        message = error["msg"]
        for prefix in PREFIXES:
            message = message.removeprefix(prefix)
        given = self.written.clocks.get(name) or {}
        if not error["loc"] and "ladder" not in given and self.written.ladder is not None:
            return self.file.line(["ladder"], f"for the clock {name}: {message}")
        return self.file.line(["clocks", name, *error["loc"]], message)

    def _of(self, rule: ClockRule, message: str) -> str:
        if rule.name in self.written.clocks:
            return self.file.line(["clocks", rule.name], message)
        return self.file.line(["ladder"], f"for the clock {rule.name}: {message}")
