"""A rule of followup as data: what a task is counted from, when it opens and is due, for whom."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from string import Formatter
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticKnownError

from services.followup.domain.occasion import Closer
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.rules import TRIGGERS
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskKind
from shared.contracts.scoring import Grade
from shared.contracts.values import ShortText, Words

PLACEHOLDERS: Mapping[str, str] = {
    "car": "the car's VIN; where none is known, 'the car'",
    "document": "the number of the sale or repair order",
    "day": "the local day of what it follows from: on which the car was handed over, the order was "
    "closed, the answer given",
    "due": "the local day on which the task is due",
}
"""What `why_en`, `why_zh` and the hints may name in braces -> what stands there then."""


def _known_trigger(name: str) -> str:
    if name not in TRIGGERS:
        *others, last = [f"'{known}'" for known in TRIGGERS]
        expected = f"{', '.join(others)} or {last}"
        raise PydanticKnownError("literal_error", {"expected": expected})
    return name


def _check_placeholders(words: str, names: Iterable[str]) -> None:
    """Raises ValueError where there is something else in braces."""
    names = tuple(names)
    known = ", ".join(f"{{{name}}}" for name in names)
    try:
        parts = [*Formatter().parse(words)]
    except ValueError:
        raise ValueError(f"a brace without its other one; there are {known}") from None
    for _, name, spec, conversion in parts:
        if name is not None and (name not in names or spec or conversion):
            raise ValueError(f"in braces there is one of {known}, and no more")


Trigger = Annotated[
    str, AfterValidator(_known_trigger), Field(json_schema_extra={"enum": [*TRIGGERS]})
]
"""What a task is counted from: one of the table in `rules`."""


ContactKind = Literal["owed", "reminding", "selling", "internal"]
"""Owed to the customer whatever else there is; reminding and selling come once in a while, and
selling is silent while a complaint is open. Internal is between colleagues: nobody is contacted, so
that nothing a customer refuses bears on it."""
Depth = Literal["brief", "usual", "thorough"]
"""How much of a conversation it is worth."""
Priority = Annotated[int, Field(ge=1, le=9)]
"""1 is done first."""


class ForGrade(BaseModel):
    """What is otherwise for customers of one grade."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    priority: Priority | None = None
    depth: Depth | None = None
    channel: Channel | None = None
    opens: TaskOffset | None = None
    due: TaskOffset | None = None


def _due_first(opens: TaskOffset, due: TaskOffset) -> bool:
    """Offsets at a local time depend on the hour they are counted from: whether it is wrong for
    every one."""
    hours = (datetime(2025, 1, 1, hour, tzinfo=UTC) for hour in range(24))
    utc = ZoneInfo("UTC")
    return all(opens.after(hour, utc) > due.after(hour, utc) for hour in hours)


def _longest(offset: TaskOffset) -> timedelta:
    """However its hour falls, and whatever the clocks do."""
    return timedelta(days=offset.days + 2, hours=offset.hours)


class TaskRule(BaseModel):
    """One kind of task."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    KEY: ClassVar[str] = "kind"

    kind: TaskKind
    trigger: Trigger
    opens: TaskOffset
    due: TaskOffset
    owner_role: ShortText
    channel: Channel
    title_en: Words
    title_zh: Words
    why_en: Words = "A rule of the group's own policy asks for it"
    why_zh: Words = "按集团自定规则安排"
    """Why there is a task, with placeholders such as `{day}`. A part in square brackets is left out
    where a placeholder in it stands for nothing, such as `[; low items: {items}]`."""
    closed_by: tuple[Closer, ...] | None = None
    """What closes it besides an outcome; None: as is usual for what it is counted from."""
    contact: ContactKind = "owed"
    urgent: bool = False
    """Never held back, not even until the dealer opens, and a conversation of its own."""
    despite_refusal: bool = False
    """Not stopped by a do-not-contact, as it answers what the customer asked for; by a channel that
    they have not opted out of."""
    instead: tuple[Channel, ...] = ()
    """The channels to fall back to, where the customer refuses the first, in order."""
    priority: Priority = 5
    depth: Depth = "usual"
    for_grade: Mapping[Grade, ForGrade] = {}
    grades: tuple[Grade, ...] | None = None
    """The grades of customers whom it is for; None: all, also those of whom none is known."""
    counts_as_contact: bool = True
    """Whether the customer was contacted once it is done, so that others wait."""
    hint_en: Words = ""
    """What to say, or ask; with the same placeholders."""
    hint_zh: Words = ""

    @field_validator("why_en", "why_zh", "hint_en", "hint_zh")
    @classmethod
    def _with_known_placeholders(cls, words: str, validated: ValidationInfo) -> str:
        trigger = TRIGGERS.get(validated.data.get("trigger", ""))
        if trigger is not None:
            _check_placeholders(words, (*PLACEHOLDERS, *trigger.SAYS))
        return words

    @field_validator("closed_by")
    @classmethod
    def _closed_by_what_can(
        cls, named: tuple[Closer, ...] | None, validated: ValidationInfo
    ) -> tuple[Closer, ...] | None:
        trigger = TRIGGERS.get(validated.data.get("trigger", ""))
        for closer in named or ():
            if trigger is not None and closer not in trigger.CLOSERS:
                possible = ", ".join(trigger.CLOSERS) or "nothing but its outcome"
                raise ValueError(f"a task of this trigger is not closed by {closer}; by {possible}")
        return named

    @model_validator(mode="after")
    def _opens_before_it_is_due(self) -> "TaskRule":
        if _due_first(self.opens, self.due):
            raise ValueError("due lies before opens")
        for grade in self.for_grade:
            if _due_first(*self.times_for(grade)):
                raise ValueError(f"due lies before opens for grade {grade}")
        return self

    @cached_property
    def reach(self) -> timedelta:
        """At least as long as from what it is counted from to the due time, by any grade, and as
        one that is moved to when they came to another."""
        times = [(self.opens, self.due), *map(self.times_for, self.for_grade)]
        latest = max(_longest(due) for _, due in times)
        if len({*times}) == 1:
            return latest
        return latest + max(_longest(due) - _longest(opens) for opens, due in times)

    def channels(self, grade: Grade | None) -> tuple[Channel, ...]:
        """The ways to contact a customer of that grade, the first that is not refused counts."""
        treated = self.for_grade.get(grade) if grade is not None else None
        first = treated.channel if treated is not None and treated.channel else self.channel
        return tuple(dict.fromkeys((first, self.channel, *self.instead)))

    def priority_for(self, grade: Grade | None) -> int:
        """1 is done first."""
        treated = self.for_grade.get(grade) if grade is not None else None
        return treated.priority if treated is not None and treated.priority else self.priority

    def depth_for(self, grade: Grade | None) -> Depth:
        """How much of a conversation it is worth."""
        treated = self.for_grade.get(grade) if grade is not None else None
        return treated.depth if treated is not None and treated.depth else self.depth

    def times_for(self, grade: Grade | None) -> tuple[TaskOffset, TaskOffset]:
        """How long after what it is counted from it opens, and is due."""
        treated = self.for_grade.get(grade) if grade is not None else None
        if treated is None:
            return self.opens, self.due
        return treated.opens or self.opens, treated.due or self.due

    @property
    def closers(self) -> tuple[Closer, ...]:
        """What closes it besides an outcome."""
        return TRIGGERS[self.trigger].CLOSED_BY if self.closed_by is None else self.closed_by
