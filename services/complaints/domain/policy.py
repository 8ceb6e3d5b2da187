"""The rules of complaints as data: which clocks run, what stops them, who is notified when.

The shipped policy is the dealers' 2123 rule: 2 hours to contact, 1 day to answer, 2 days
for senior management to answer a major complaint, 3 days from resolution to the call-back.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from shared.contracts.complaints import Role
from shared.contracts.feed_parts import ComplaintChannel, Severity, StepName
from shared.contracts.values import Bilingual, ShortText
from shared.decider.policy import Policy
from shared.time.deadlines import Span, Unit
from shared.time.written import Written


def _as_written(value: object) -> object:
    """`4h` and `7d` as people write them, or ISO 8601 as JSON has it; a bare number has no unit."""
    if isinstance(value, timedelta) or (isinstance(value, str) and value.startswith("P")):
        return value
    span = Span.parse(value) if isinstance(value, str) else None
    if span is None or span.unit != "elapsed":
        raise ValueError("a length of elapsed time is written like '4h' or '7d'")
    return span.length


Positive = Annotated[timedelta, Field(gt=timedelta(0)), BeforeValidator(_as_written)]
Moment = Literal["before", "due", "after"]
StartingStep = Literal[
    "resolved",
    "demanded",
    "contacted",
    "answered",
    "executive_answered",
    "promised",
    "repair_started",
    "loaner_given",
    "repair_ended",
]
CaseField = Literal["regulator_due_at"]
"""A field of a case that holds an instant."""


def _as_target(value: object) -> object:
    """A field of the case, or a length of time."""
    return value if value in get_args(CaseField) else Span.read(value)


RungName = Annotated[str, Field(pattern=r"^[a-z][a-z_0-9]{0,39}$")]

_PERCENT = re.compile(r"(\d{1,4})\s*%")
MOST_REPEATS = 20
MOST_RUNGS = 20
MOST_CLOCKS = 50


@dataclass(frozen=True, slots=True)
class RungOffset(Written):
    """Where a rung of the ladder is: `75%`, `-30m`, `due`, `+2h`, `+1 business day`, `150%`.

    A percentage is of the clock's target, and may exceed 100. A length before the deadline is
    in the unit of the target.
    """

    HINT: ClassVar[str] = "a place on the ladder is written like '75%', '-30m', 'due' or '+2h'"

    text: str
    moment: Moment
    fraction: float | None = None
    span: Span | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is no such text."""
        text = text.strip()
        if text == "due":
            return cls(text, "due")
        if percent := _PERCENT.fullmatch(text):
            number = int(percent[1])
            if number in {0, 100}:
                raise ValueError("write 'due' for the deadline itself; 0% is the start")
            return cls(text, "before" if number < 100 else "after", fraction=number / 100)
        if text[:1] in {"+", "-"}:
            span = Span.parse(text[1:].strip())
            return cls(text, "after" if text[0] == "+" else "before", span=span)
        raise ValueError(cls.HINT)

    def __str__(self) -> str:
        return self.text


class Rung(BaseModel):
    """One rung of a ladder: when it is reached, whom it notifies, and how often again.

    What comes before the deadline is a warning, what is `due` the breach, the rest escalates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: RungName
    at: RungOffset
    to: Annotated[tuple[Role, ...], Field(min_length=1, max_length=10)]
    repeat_every: Positive | None = None
    """The elapsed time between repeats, until one is acknowledged or the next rung is reached."""
    repeat_at_most: Annotated[int, Field(ge=0, le=MOST_REPEATS)] = 0

    @model_validator(mode="after")
    def _repeats_have_an_interval(self) -> "Rung":
        if (self.repeat_every is None) != (self.repeat_at_most == 0):
            raise ValueError("repeat_every and repeat_at_most go together")
        return self


class AppliesWhen(BaseModel):
    """A clock runs for cases of which all that is named here holds; severity as it changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity | None = None
    channel: tuple[ComplaintChannel, ...] | None = None
    category: tuple[ShortText, ...] | None = None
    department: tuple[ShortText, ...] | None = None
    regulator: bool | None = None
    """The complaint has a regulator's reference, such as one of 12315."""


class ClockRule(BaseModel):
    """One deadline of a case."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    KEY: ClassVar[str] = "name"

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    title_en: Annotated[str, Field(min_length=1, max_length=80)]
    title_zh: Annotated[str, Field(min_length=1, max_length=80)]
    start: Literal["received", StartingStep]
    """`received`: from receipt, or from the reopening in a later generation. Else the first such
    step of a generation; from `resolved` on it runs to the end of the generation, from another
    step on until it is stopped."""
    stops: Annotated[tuple[StepName, ...], Field(min_length=1)]
    target: Annotated[Span | CaseField, BeforeValidator(_as_target)]
    """Such as `2h`, `8 business hours`, `5 business days`, `10 working days`; or a field of the
    case, which is the deadline itself: then the clock is for cases that have it alone."""
    pausable: bool = True
    """Whether a hold stops it."""
    applies_when: AppliesWhen = AppliesWhen()
    raise_grace: Positive = timedelta(hours=2)
    """How long after a raise in severity it is due, where it would have been due before that."""
    ladder: Annotated[tuple[Rung, ...], Field(min_length=1, max_length=MOST_RUNGS)]

    @model_validator(mode="after")
    def _climbs(self) -> "ClockRule":
        order = {"before": 0, "due": 1, "after": 2}
        sides = [order[rung.at.moment] for rung in self.ladder]
        if sides != sorted(sides) or sides.count(1) != 1:
            raise ValueError("a ladder has its warnings first, then one rung 'due', then the rest")
        names = [rung.name for rung in self.ladder]
        if len(names) != len(set(names)):
            raise ValueError("two rungs of the ladder have the same name")
        for rung in self.ladder:
            self._check_warning(rung)
        return self

    @model_validator(mode="after")
    def _can_be_met(self) -> "ClockRule":
        if self.start in self.stops:
            raise ValueError(f"the step '{self.start}' starts it and cannot stop it as well")
        if self.span is None and self.pausable:
            raise ValueError("a hold moves no deadline that the case names: pausable is false")
        return self

    def _check_warning(self, rung: Rung) -> None:
        ahead = rung.at.span if rung.at.moment == "before" else None
        if ahead is None:
            return
        unit = "elapsed" if self.span is None else self.span.unit
        if ahead.unit != unit or ahead.days is not None:
            raise ValueError(
                f"the warning {rung.at} must be in the unit of the target, and not in days of "
                "business; or write it in percent"
            )
        given, left = self.span.length if self.span is not None else None, ahead.length
        if given is not None and left is not None and left >= given:
            raise ValueError(f"the warning {rung.at} is before the start of the clock")

    @property
    def title(self) -> Bilingual:
        """What has to be done."""
        # both are valid already, and every notice asks
        return Bilingual.model_construct(en=self.title_en, zh=self.title_zh)

    @property
    def span(self) -> Span | None:
        """The target; None where it is a field of the case."""
        return self.target if isinstance(self.target, Span) else None

    @property
    def needs_calendar(self) -> bool:
        """Whether anything of it counts in business time."""
        return not self._units.isdisjoint({"business_time", "business_days"})

    @property
    def needs_working_days(self) -> bool:
        """Whether anything of it counts in statutory working days."""
        return "working_days" in self._units

    @property
    def _units(self) -> frozenset[Unit]:
        spans = [self.span, *(rung.at.span for rung in self.ladder)]
        return frozenset(span.unit for span in spans if span is not None)


class ComplaintPolicy(Policy):
    """The rules that a case is judged by."""

    name: str
    clocks: Annotated[tuple[ClockRule, ...], Field(min_length=1, max_length=MOST_CLOCKS)]
    alarm_horizon: Positive = timedelta(days=7)
    """What was due longer than this before its first receipt is history: it alarms nobody."""
    memory: Positive = timedelta(days=3 * 366)
    """How long after its due time what was said about a clock can still be taken back."""

    @model_validator(mode="after")
    def _one_rule_per_clock(self) -> "ComplaintPolicy":
        names = [rule.name for rule in self.clocks]
        if len(names) != len(set(names)):
            raise ValueError("two clocks have the same name")
        return self

    @cached_property
    def rules(self) -> Mapping[str, ClockRule]:
        """Clock -> its rule."""
        return {rule.name: rule for rule in self.clocks}

    @property
    def needs_calendar(self) -> bool:
        """Whether any clock counts in business time."""
        return any(rule.needs_calendar for rule in self.clocks)

    @property
    def needs_working_days(self) -> bool:
        """Whether any clock counts in statutory working days."""
        return any(rule.needs_working_days for rule in self.clocks)


def ladder(
    *, warn: tuple[Role, ...], breach: tuple[Role, ...], later: tuple[Role, ...] = ()
) -> tuple[Rung, ...]:
    """A warning at 75 %, the breach, and a rung at 150 %, 200 %, … for each role of `later`."""
    escalations = (
        Rung(name=role, at=RungOffset.parse(f"{150 + 50 * number}%"), to=(role,))
        for number, role in enumerate(later)
    )
    return (
        Rung(name="warning", at=RungOffset.parse("75%"), to=warn),
        Rung(name="breach", at=RungOffset.parse("due"), to=breach),
        *escalations,
    )


SHIPPED_LADDER = ladder(
    warn=("responsible_person",),
    breach=("responsible_person", "department_head"),
    later=("general_manager", "group"),
)
SENIOR_LADDER = ladder(warn=("general_manager",), breach=("general_manager", "group"))

POLICY_2123 = ComplaintPolicy(
    name="2123",
    clocks=(
        ClockRule(
            name="contact",
            title_en="Contact",
            title_zh="联系客户",
            start="received",
            stops=("contacted", "answered", "executive_answered", "resolved"),
            target=Span.parse("2h"),
            pausable=False,
            ladder=SHIPPED_LADDER,
        ),
        ClockRule(
            name="answer",
            title_en="Answer",
            title_zh="答复客户",
            start="received",
            stops=("answered", "executive_answered", "resolved"),
            target=Span.parse("1d"),
            ladder=SHIPPED_LADDER,
        ),
        ClockRule(
            name="executive_answer",
            title_en="Senior management's answer",
            title_zh="高层答复",
            start="received",
            stops=("executive_answered",),
            target=Span.parse("2d"),
            applies_when=AppliesWhen(severity="major"),
            ladder=SENIOR_LADDER,
        ),
        ClockRule(
            name="call_back",
            title_en="Call-back",
            title_zh="回访",
            start="resolved",
            stops=("called_back",),
            target=Span.parse("3d"),
            ladder=SHIPPED_LADDER,
        ),
    ),
)
