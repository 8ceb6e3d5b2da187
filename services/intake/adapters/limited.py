"""What a sender is answered who comes up against a limit of theirs; it is counted."""

from services.intake.domain.limits.limiter import Excess, Limit
from services.intake.domain.limits.sender_limits import Caller
from services.intake.views import problems
from shared.contracts.http.problem import Problem
from shared.platform import metrics
from shared.platform.problems import Refusal

UNKNOWN = "unknown"
"""Stands for a sender who is no single dealer."""


def too_much(caller: Caller, excess: Excess) -> Refusal:
    """429: the same may be sent again after a while."""
    problem = problems.too_many_requests(excess.detail)
    return refused(caller, excess.limit, problem, again_seconds=excess.again_seconds)


def refused(
    caller: Caller, limit: Limit, problem: Problem, *, again_seconds: int | None = None
) -> Refusal:
    """Any other answer."""
    metrics.intake_limited.labels(caller.dealer_id or UNKNOWN, limit).inc()
    return Refusal(problem, again_seconds=again_seconds)
