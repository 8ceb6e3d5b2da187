"""The rules of complaints as data: which clocks run, what stops them, who is told.

The shipped policy is the dealers' 2123 rule: 2 hours to contact, 1 day to answer, 2 days
for senior management to answer a major complaint, 3 days from resolution to the call-back.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.feeds import Severity, StepName
from shared.contracts.policy import Policy

Positive = Annotated[timedelta, Field(gt=timedelta(0))]


class ClockRule(BaseModel):
    """One deadline of a case, measured in elapsed time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    title_en: str
    title_zh: str
    start: Literal["received", "resolved"]
    """`received`: from receipt, or from the reopening in a later generation. `resolved`: from
    the first resolution of a generation."""
    stops: Annotated[tuple[StepName, ...], Field(min_length=1)]
    target: Positive
    severity: Severity | None = None
    """Runs only while the case is of this severity; None: always."""
    raise_grace: Positive = timedelta(hours=2)
    """Due so long after the severity was raised, where it would have been due before that."""
    warning_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.75
    """The part of the time that has passed when the warning goes out."""
    warning_recipients: tuple[str, ...]
    breach_recipients: tuple[str, ...]


class ComplaintPolicy(Policy):
    """What `decide` follows."""

    name: str
    clocks: tuple[ClockRule, ...]
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


RESPONSIBLE = "responsible_person"
DEPARTMENT_HEAD = "department_head"
GENERAL_MANAGER = "general_manager"
GROUP = "group"

POLICY_2123 = ComplaintPolicy(
    name="2123",
    clocks=(
        ClockRule(
            name="contact",
            title_en="Contact",
            title_zh="联系客户",
            start="received",
            stops=("contacted", "answered", "executive_answered", "resolved"),
            target=timedelta(hours=2),
            warning_recipients=(RESPONSIBLE,),
            breach_recipients=(RESPONSIBLE, DEPARTMENT_HEAD),
        ),
        ClockRule(
            name="answer",
            title_en="Answer",
            title_zh="答复客户",
            start="received",
            stops=("answered", "executive_answered", "resolved"),
            target=timedelta(days=1),
            warning_recipients=(RESPONSIBLE,),
            breach_recipients=(RESPONSIBLE, DEPARTMENT_HEAD),
        ),
        ClockRule(
            name="executive_answer",
            title_en="Senior management's answer",
            title_zh="高层答复",
            start="received",
            stops=("executive_answered",),
            target=timedelta(days=2),
            severity="major",
            warning_recipients=(GENERAL_MANAGER,),
            breach_recipients=(GENERAL_MANAGER, GROUP),
        ),
        ClockRule(
            name="call_back",
            title_en="Call-back",
            title_zh="回访",
            start="resolved",
            stops=("called_back",),
            target=timedelta(days=3),
            warning_recipients=(RESPONSIBLE,),
            breach_recipients=(RESPONSIBLE, DEPARTMENT_HEAD),
        ),
    ),
)
