"""How a case is found, and what it counts for in its dealer's statistics."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.complaints.domain.case import CaseState
from services.complaints.domain.clocks import Clock
from shared.decider.decision import NOTHING_DUE, Listing

ClockState = Literal["running", "kept", "broken", "ended"]
"""`broken`: ran past its due time, whether stopped since or not. `ended`: neither kept nor broken,
as the case or its cause went away."""


class ClockTally(BaseModel):
    """What one clock of a case counts for."""

    model_config = ConfigDict(frozen=True)

    clock: str
    generation: int
    state: ClockState
    seconds: int | None = None
    """From its start to its stop, in elapsed time; None where nobody stopped it."""


class CaseTally(BaseModel):
    """What a case counts for. `received_on`: the dealer's local date."""

    model_config = ConfigDict(frozen=True)

    customer_key: str
    received_on: str
    category: str
    severity: str
    channel: str
    reopened: int
    merged_away: bool = False
    """It was a duplicate of another case, which counts instead."""
    clocks: tuple[ClockTally, ...] = ()


def listed(customer_key: str, case: CaseState, now: datetime) -> Listing:
    """Where a case is found: by receipt, and by its first deadline while it is open.

    The tally is a `CaseTally`, written as the JSON values that it would be stored as.
    """
    filed = case.filed
    tally = {
        "customer_key": customer_key,
        "received_on": filed.received_at.astimezone(ZoneInfo(filed.timezone)).date().isoformat(),
        "category": filed.category,
        "severity": case.severity,
        "channel": filed.channel,
        "reopened": len(case.generations) - 1,
        "merged_away": case.merged is not None,
        "clocks": [_tally(clock, now) for clock in case.clocks],
    }
    return Listing(
        since=filed.received_at,
        deadline=(case.deadline or NOTHING_DUE) if case.is_open else None,
        tally=tally,
    )


def state_of(clock: Clock, now: datetime) -> ClockState:
    """Whether a clock runs, or what became of it."""
    if clock.broken(now):
        return "broken"
    if clock.halted_at is None:
        return "running"
    return "kept" if clock.stopped_at is not None else "ended"


def _tally(clock: Clock, now: datetime) -> dict[str, str | int | None]:
    seconds = None
    if clock.stopped_at is not None:
        seconds = max(0, (clock.stopped_at - clock.started_at) // timedelta(seconds=1))
    return {
        "clock": clock.rule.name,
        "generation": clock.generation,
        "state": state_of(clock, now),
        "seconds": seconds,
    }
