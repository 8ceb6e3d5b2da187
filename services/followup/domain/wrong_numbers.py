"""Which ways to a customer lead nowhere, as a number or an address is wrong. Pure.

What one call finds out holds for every task of the customer: until somebody corrects it, or
reaches the customer in that way after all; but not for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.followup.domain.documents import Correction, Outcome
from services.followup.domain.retry_plan import RetryPlan
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import task_id
from shared.contracts.subjects import TaskSubject

_NUMBER: tuple[Channel, ...] = ("phone", "sms")
"""Both need the same number."""


class WrongNumber(NamedTuple):
    """From `since` until `until` these channels lead nowhere."""

    document_id: str
    """The outcome that said so first."""
    channels: tuple[Channel, ...]
    since: datetime
    until: datetime
    reached_at: datetime | None = None
    """When the customer was reached by it after all, where that was before it was corrected."""
    replaced_at: datetime | None = None
    """When another was reported, where that was before."""


def wrong_numbers(
    customer_key: str,
    outcomes: Mapping[str, Outcome],
    *,
    corrections: Iterable[str],
    replaced: Sequence[Correction] = (),
    retry: RetryPlan,
) -> Sequence[WrongNumber]:
    """All of the customer, in the order of time; `outcomes` by document id.

    `corrections`: the kinds of tasks that a wrong number gives rise to. Whoever reports one of
    them done, has corrected it; so has whoever reports another, which is `replaced`.
    """
    found: list[WrongNumber] = []
    lasts = timedelta(days=retry.wrong_days)
    kinds = tuple(corrections)
    for document_id, outcome in sorted(outcomes.items(), key=lambda entry: (entry[1].at, entry[0])):
        if outcome.outcome != "wrong_number" or _is_known(outcome, found):
            continue
        tasks = {str(task_id(customer_key, str(TaskSubject(kind, document_id)))) for kind in kinds}
        ends_at = outcome.at + lasts
        later = [other for other in outcomes.values() if outcome.at < other.at < ends_at]
        channels = _channels(outcome)
        corrected = _first(other for other in later if _corrects(other, tasks))
        reached = _first(other for other in later if _reaches(other, channels))
        another = _first(
            each for each in replaced if outcome.at < each.at < ends_at and _is_of(each, channels)
        )
        moments = (corrected, reached, another, ends_at)
        until = min(moment for moment in moments if moment is not None)
        found.append(
            WrongNumber(
                document_id,
                channels,
                outcome.at,
                until,
                reached_at=reached if reached == until else None,
                replaced_at=another if another == until else None,
            )
        )
    return found


def wrong_at(
    channel: Channel, moment: datetime, wrong: Iterable[WrongNumber]
) -> WrongNumber | None:
    """Why nobody is reached by that channel then, if so."""
    for number in wrong:
        if channel in number.channels and number.since <= moment < number.until:
            return number
    return None


def _channels(outcome: Outcome) -> tuple[Channel, ...]:
    """A wrong number is one of a telephone, unless it says otherwise."""
    if outcome.channel is None or outcome.channel in _NUMBER:
        return _NUMBER
    return (outcome.channel,)


def _is_known(outcome: Outcome, found: Iterable[WrongNumber]) -> bool:
    return wrong_at(_channels(outcome)[0], outcome.at, found) is not None


def _first(said: Iterable[Outcome | Correction]) -> datetime | None:
    return min((each.at for each in said), default=None)


def _is_of(correction: Correction, channels: Sequence[Channel]) -> bool:
    return any(channel in channels for channel in correction.channels)


def _corrects(outcome: Outcome, tasks: set[str]) -> bool:
    return outcome.outcome == "done" and outcome.task_id in tasks


def _reaches(outcome: Outcome, channels: Sequence[Channel]) -> bool:
    """Whether they were reached in one of these ways."""
    match outcome.outcome:
        case "not_reached" | "wrong_number" | "approved_lost" | "not_lost":
            return False
        case "done" | "declined" | "postponed" | "renewed_elsewhere":
            return outcome.channel in channels
