"""What makes a password good enough."""

from typing import Literal, TypeAlias

LEAST = 12
MOST = 200
"""Characters."""
_LEAST_DIFFERENT = 5

PasswordTrouble: TypeAlias = Literal["short", "long", "simple", "differs", "same"]


def trouble_with(
    new: str, again: str, *, username: str, old: str | None = None
) -> PasswordTrouble | None:
    """What is wrong with a new password, which was typed twice. None: it will do."""
    if new != again:
        return "differs"
    if len(new) < LEAST:
        return "short"
    if len(new) > MOST:
        return "long"
    if new == old:
        return "same"
    if len(set(new)) < _LEAST_DIFFERENT or username.lower() in new.lower():
        return "simple"
    return None
