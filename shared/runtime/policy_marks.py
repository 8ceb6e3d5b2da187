"""What is noted of a partition about the policy of its aggregates (docs/decisions/0007)."""

from collections.abc import Collection

from shared.runtime.store import PolicyMarks


async def disclaim_others(marks: PolicyMarks, partitions: Collection[int], version: str) -> None:
    """Take away the marks of other policies than this one from partitions that we may write to.

    Else, in a rolling deploy, what the old policy decides meanwhile would stay as it is.
    """
    found = await marks.policy_marks(partitions)
    others = [part for part, mark in found.items() if mark.version != version]
    if others:
        await marks.mark_policy(others, None)
