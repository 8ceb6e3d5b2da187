"""What one more event costs, counted: a machine that is busy makes no difference."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType
from typing import Any, TypeVar

from shared.contracts.envelope import Event
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.runtime.plan import Work, plan

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


def calls_for_one_more(decider: Decider[F, P], story: Sequence[Event[Any]]) -> int:
    """How many calls, Python's own included, the last event takes after all the others."""
    *before, last = story
    now = last.recorded_at
    known = plan(decider, last.key, None, Work(0, before), now - timedelta(seconds=1)).change
    assert known is not None
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        planned = plan(decider, last.key, known.after, Work(0, [last]), now)
    finally:
        sys.setprofile(None)
    assert planned.change is not None
    assert not planned.poison
    return calls
