"""A rule of followup as data: what a task is counted from, when it opens and is due, for whom."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from string import Formatter
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticKnownError

from services.followup.domain.contacts import Closer
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.rules import TRIGGERS
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskKind
from shared.contracts.values import ShortText, Words

PLACEHOLDERS: Mapping[str, str] = {
    "car": "the car's VIN; where none is known, 'the car'",
    "document": "the number of the sale or repair order",
    "day": "the local day on which the car was handed over or the order was closed",
    "due": "the local day on which the task is due",
}
"""What `why_en` and `why_zh` may name in braces -> what stands there then."""


def _known_trigger(name: str) -> str:
    if name not in TRIGGERS:
        *others, last = [f"'{known}'" for known in TRIGGERS]
        expected = f"{', '.join(others)} or {last}"
        raise PydanticKnownError("literal_error", {"expected": expected})
    return name


def _with_known_placeholders(words: str) -> str:
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    try:
        parts = [*Formatter().parse(words)]
    except ValueError:
        raise ValueError(f"a brace without its other one; there are {known}") from None
    for _, name, spec, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            raise ValueError(f"in braces there is one of {known}, and no more")
    return words


Trigger = Annotated[
    str, AfterValidator(_known_trigger), Field(json_schema_extra={"enum": [*TRIGGERS]})
]
"""What a task is counted from: one of the table in `rules`."""
TaskWords = Annotated[Words, AfterValidator(_with_known_placeholders)]
"""Why there is a task, with placeholders such as `{day}`."""


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
    why_en: TaskWords = "A rule of the group's own policy asks for it"
    why_zh: TaskWords = "按集团自定规则安排"
    closed_by: tuple[Closer, ...] | None = None
    """What closes it besides an outcome; None: as is usual for what it is counted from."""

    @model_validator(mode="after")
    def _opens_before_it_is_due(self) -> "TaskRule":
        """Offsets at a local time depend on the hour they are counted from: refused is what is
        wrong for every one."""
        hours = (datetime(2025, 1, 1, hour, tzinfo=UTC) for hour in range(24))
        utc = ZoneInfo("UTC")
        if all(self.opens.after(hour, utc) > self.due.after(hour, utc) for hour in hours):
            raise ValueError("due lies before opens")
        return self

    @cached_property
    def reach(self) -> timedelta:
        """At least as long as from what it is counted from to the due time."""
        return timedelta(days=self.due.days + 2, hours=self.due.hours)

    @property
    def closers(self) -> tuple[Closer, ...]:
        """What closes it besides an outcome."""
        return TRIGGERS[self.trigger].CLOSED_BY if self.closed_by is None else self.closed_by
