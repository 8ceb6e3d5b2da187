"""What most rules that ship have in common: when a day begins and ends, what grades change."""

from collections.abc import Mapping
from datetime import time

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.task_rule import ForGrade
from shared.contracts.feed_parts import Channel
from shared.contracts.scoring import Grade

MORNING, EVENING = time(9), time(18)
AT_ONCE = TaskOffset()
INSTEAD: tuple[Channel, ...] = ("app", "sms", "email")
"""How to reach a customer who refuses calls."""


def by_grade(priority: int) -> Mapping[Grade, ForGrade]:
    """Quality customers come earlier and are given more time; general ones less."""
    return {
        "quality": ForGrade(priority=max(1, priority - 2), depth="thorough"),
        "general": ForGrade(depth="brief"),
    }
