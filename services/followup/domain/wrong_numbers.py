"""Which ways to a customer lead nowhere, as a number or an address is wrong. Pure.

What one call finds out holds for every task of the customer: until somebody corrects it, or
reaches the customer in that way after all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.followup.domain.documents import Outcome
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import task_id
from shared.contracts.subjects import TaskSubject

_NUMBER: tuple[Channel, ...] = ("phone", "sms")
"""Both need the same number."""


class WrongNumber(NamedTuple):
    """From `since` until `until` these channels lead nowhere; until None: they still do."""

    document_id: str
    """The outcome that said so first."""
    channels: tuple[Channel, ...]
    since: datetime
    until: datetime | None


def wrong_numbers(
    customer_key: str, outcomes: Mapping[str, Outcome], *, corrections: Iterable[str]
) -> Sequence[WrongNumber]:
    """All of the customer, in the order of time; `outcomes` by document id.

    `corrections`: the kinds of tasks that a wrong number gives rise to. Whoever reports one of
    them done, has corrected it.
    """
    found: list[WrongNumber] = []
    kinds = tuple(corrections)
    for document_id, outcome in sorted(outcomes.items(), key=lambda entry: (entry[1].at, entry[0])):
        if outcome.outcome != "wrong_number" or _is_known(outcome, found):
            continue
        tasks = {str(task_id(customer_key, str(TaskSubject(kind, document_id)))) for kind in kinds}
        channels = _channels(outcome)
        ends = (
            other.at
            for other in outcomes.values()
            if other.at > outcome.at and _sets_right(other, tasks, channels)
        )
        found.append(WrongNumber(document_id, channels, outcome.at, min(ends, default=None)))
    return found


def wrong_at(
    channel: Channel, moment: datetime, wrong: Iterable[WrongNumber]
) -> WrongNumber | None:
    """Why nobody is reached by that channel then, if so."""
    for number in wrong:
        begun = channel in number.channels and number.since <= moment
        if begun and (number.until is None or moment < number.until):
            return number
    return None


def _channels(outcome: Outcome) -> tuple[Channel, ...]:
    """A wrong number is one of a telephone, unless it says otherwise."""
    if outcome.channel is None or outcome.channel in _NUMBER:
        return _NUMBER
    return (outcome.channel,)


def _is_known(outcome: Outcome, found: Iterable[WrongNumber]) -> bool:
    return wrong_at(_channels(outcome)[0], outcome.at, found) is not None


def _sets_right(outcome: Outcome, tasks: set[str], channels: Sequence[Channel]) -> bool:
    match outcome.outcome:
        case "not_reached" | "wrong_number" | "approved_lost" | "not_lost":
            return False
        case "done":
            return outcome.task_id in tasks or outcome.channel in channels
        case "declined" | "postponed" | "renewed_elsewhere":
            return outcome.channel in channels
