"""Senders with limits, for tests."""

from dataclasses import replace
from typing import Any

from services.intake.domain.limits.sender_limits import Caller, SenderLimits
from services.intake.settings import IntakeSettings


def limits(**more: Any) -> SenderLimits:
    """The shipped ones, but for `more`."""
    return replace(IntakeSettings().limits(), **more)


def caller(sender: str = "a", **more: Any) -> Caller:
    """One with these limits."""
    return Caller(sender, limits(**more))
