"""The form of a step: what it asks for, and what a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Literal, TypeAlias
from uuid import UUID

from services.desk.domain.commands import Command
from services.desk.domain.local_times import NotATime, instant_of
from shared.contracts.feed_parts import StepName
from shared.contracts.feeds import ComplaintStepReported

Wrong: TypeAlias = Literal[
    "needed",
    "no_time",
    "in_future",
    "not_after",
    "no_such_case",
    "several_cases",
    "itself",
    "no_number",
    "may_not",
]
"""What is wrong with a field. `not_after`: a hold that ends before it begins. `several_cases`: open
ones of the same number. `itself`: a case that is to be merged into itself. `may_not`: somebody who
may not work on complaints here."""

FIELDS: Mapping[StepName, tuple[str, ...]] = {
    "answered": ("reason",),
    "executive_answered": ("reason",),
    "resolved": ("reason",),
    "called_back": ("satisfied", "reason"),
    "regraded": ("severity",),
    "held": ("reason", "until"),
    "demanded": ("reason",),
    "promised": ("reason",),
    "reassigned": ("assigned_to",),
    "merged": ("merged_into",),
    "withdrawn": ("reason",),
    "reopened": ("reason",),
}
"""What a step says beside when it was taken. Of an answer, a promise, a resolution or a call-back
`reason` is the measure or the result, which stands on the form on paper."""
NEEDED: Mapping[StepName, str] = {
    "called_back": "satisfied",
    "regraded": "severity",
    "held": "reason",
    "demanded": "reason",
    "reassigned": "assigned_to",
    "merged": "merged_into",
}
"""What of that cannot be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForm:
    """A form of a step, as it was sent."""

    step: StepName
    command: UUID
    case_id: str
    fields: Mapping[str, str] = field(repr=False)
    """As they were typed: `at`, and those of `FIELDS`."""

    def wrong(self, zone: tzinfo, now: datetime) -> dict[str, Wrong]:
        """Field -> what is wrong with it; nothing where all is well.

        `zone`: by whose clocks times are written. A step is not taken before it was.
        """
        found: dict[str, Wrong] = {}
        at = self._instant("at", zone, found)
        if at is not None and at > now:
            found["at"] = "in_future"
        until = self._instant("until", zone, found) if "until" in self._asked else None
        if until is not None and until <= (at or now):
            found["until"] = "not_after"
        needed = NEEDED.get(self.step)
        if needed is not None and not self.text(needed):
            found[needed] = "needed"
        return found

    def report(self, dealer_id: str, zone: tzinfo, *, merged_into: str | None = None) -> Command:
        """The act itself, of a form of which nothing is wrong. `merged_into`: the id of the case
        that was named. Who and, where no time was said, when is added as it is sent."""
        data: dict[str, Any] = {"case_id": self.case_id, "step": self.step}
        if self.text("at"):
            data["at"] = instant_of(self.text("at"), zone).isoformat()
        for name in self._asked:
            if value := self.text(name):
                data |= self._said(name, value, zone)
        if merged_into is not None:
            data["merged_into_id"] = merged_into
        return Command(
            id=self.command,
            type=ComplaintStepReported.TYPE,
            dealer_id=dealer_id,
            data=data,
            numbered_by="step_id",
        )

    def text(self, name: str) -> str:
        """What was typed there, without spaces around it."""
        return self.fields.get(name, "").strip()

    @property
    def _asked(self) -> tuple[str, ...]:
        return FIELDS.get(self.step, ())

    def _instant(self, name: str, zone: tzinfo, wrong: dict[str, Wrong]) -> datetime | None:
        written = self.text(name)
        if not written:
            return None
        try:
            return instant_of(written, zone)
        except NotATime:
            wrong[name] = "no_time"
            return None

    def _said(self, name: str, value: str, zone: tzinfo) -> dict[str, Any]:
        match name:
            case "satisfied":
                return {name: value == "yes"}
            case "until":
                return {name: instant_of(value, zone).isoformat()}
            case "merged_into":
                return {}
            case _:
                return {name: value}
