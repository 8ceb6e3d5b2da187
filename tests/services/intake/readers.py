"""Readers of intake's topics who have read a part of what was published."""

from collections.abc import Sequence

from shared.contracts.intake import ComplaintFiled, ComplaintStepTaken, Recorded
from tests.services.intake.given import held

Where = tuple[str, str]
"""A customer, and a complaint."""


def steps_at(messages: Sequence[Recorded]) -> dict[Where, set[str]]:
    """Customer and complaint -> the steps there, where the complaint itself is filed."""
    facts = held(messages)
    filed = {where for where, told in facts.items() if isinstance(told, ComplaintFiled)}
    found: dict[Where, set[str]] = {where: set() for where in filed}
    for (customer_key, _), told in facts.items():
        if isinstance(told, ComplaintStepTaken) and (customer_key, told.case_id) in filed:
            found[customer_key, told.case_id].add(told.document_id)
    return found


def misled(before: Sequence[Recorded], together: Sequence[Recorded]) -> list[str]:
    """Where a part of `together` shows a complaint without a step that is known of it.

    As it was before, a complaint has the steps that it had; as it is now, those of the end, too.
    """
    first, last = steps_at(before), steps_at([*before, *together])
    known_before = held(before)
    found = []
    for read in range(len(together) + 1):
        seen = [*before, *together[:read]]
        facts = held(seen)
        for where, steps in steps_at(seen).items():
            news = facts[where] != known_before.get(where)
            known = first.get(where, set()) | (last.get(where, set()) if news else set())
            if missing := known - steps:
                found.append(f"after {read} of {len(together)}: {where} lacks {missing}")
    return found
