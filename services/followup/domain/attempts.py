"""What came of the attempts at a conversation so far, and when and how it is tried next.

Pure, and in event time: outcomes and assignments count in the order in which they happened.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.attempt_words import (
    by_another_way,
    claimed_by_others,
    number_is_wrong,
    put_off,
    tried,
    waits_for_number,
)
from services.followup.domain.closings import Ending
from services.followup.domain.documents import Assignment, Outcome
from services.followup.domain.holders import Holder, holder
from services.followup.domain.offsets import days_after
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.wrong_numbers import WrongNumber, wrong_at
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import Bilingual, day_begins

_AT_ONCE: tuple[TaskResult, ...] = (
    "done",
    "renewed_elsewhere",
    "declined",
    "approved_lost",
    "not_lost",
    "postponed",
    "wrong_number",
    "not_reached",
)
"""Outcomes of the same moment count in this order."""
NOT_REACHED = "not reached"
"""Why a task was cancelled after its last try."""


class Attempts(NamedTuple):
    """A conversation, as what was tried has left it."""

    ending: Ending | None
    """What ended it by now: an outcome, its expiry, or what else was said to end it."""
    due_at: datetime
    channel: Channel
    """The way of the next attempt; of one that has ended, as it was then."""
    attempts: int
    next_attempt_at: datetime | None
    """Within the dealer's hours, and not before what was agreed; None: at any time."""
    person: str | None
    contested_by: tuple[str, ...]
    """Who claimed it as well, and does not have it."""
    changes_at: datetime | None
    """When any of this is otherwise if nothing happens, but for what customers refuse; None: it
    has ended."""
    reasons: tuple[Bilingual, ...]


class Frame(NamedTuple):
    """What attempts at a conversation are judged by."""

    opens_at: datetime
    zone: ZoneInfo
    channels: Callable[[datetime], Sequence[Channel]]
    wrong: Sequence[WrongNumber]
    policy: FollowUpPolicy

    def opening_after(self, moment: datetime) -> datetime:
        """That moment of the dealer's hours, or the next."""
        return self.policy.hours.next_open(moment, self.zone.key)

    def usable(self, moment: datetime) -> Sequence[Channel]:
        """The channels that are not refused and lead to the customer, the best first."""
        allowed = self.channels(moment)
        return [channel for channel in allowed if wrong_at(channel, moment, self.wrong) is None]


class Stand(NamedTuple):
    """After some of the outcomes."""

    due_at: datetime
    channel: Channel
    attempts: int = 0
    tries: int = 0
    """Since the customer was reached last."""
    left: tuple[Channel, ...] = ()
    """The ways that were given up for others since then, the latest last."""
    wait_until: datetime | None = None
    put_off: bool = False
    """Whether it is the customer who wants that."""
    ending: Ending | None = None


def attempted(
    outcomes: Iterable[Outcome],
    assignments: Iterable[Assignment],
    *,
    opens_at: datetime,
    due_at: datetime,
    ends: Ending | None,
    zone: ZoneInfo,
    channels: Callable[[datetime], Sequence[Channel]],
    wrong_numbers: Sequence[WrongNumber],
    policy: FollowUpPolicy,
    now: datetime,
    owner: str | None = None,
) -> Attempts:
    """A conversation that opened by `now`. `outcomes` and `assignments` name it, in any order;
    `channels`: those not refused at a moment, the best first, and one at least at the opening;
    `ends`: what else ends it, so that no later outcome counts; `owner`: whose it is as long as
    nobody says."""
    frame = Frame(opens_at, zone, channels, wrong_numbers, policy)
    stand, ahead = _stand(outcomes, due_at, ends, frame, now)
    ending = stand.ending or _first_end(stand, ends, frame)
    claims = tuple(assignments)
    until = min(ending.at, now)
    held = holder(claims, until, owner=owner)
    if ending.at <= now:
        return _ended(stand, ending, held, frame)
    turns = (ending.at, stand.due_at, *ahead, *(claim.at for claim in claims), *_turns(frame))
    changes_at = min(turn for turn in turns if turn > now)
    return _going_on(stand, held, frame, now=now, changes_at=changes_at)


def _stand(
    outcomes: Iterable[Outcome],
    due_at: datetime,
    ends: Ending | None,
    frame: Frame,
    now: datetime,
) -> tuple[Stand, Sequence[datetime]]:
    """After all that counts by now; when the next outcome counts that is ahead of its time."""
    stand = Stand(due_at, frame.channels(frame.opens_at)[0])
    for outcome in each_once(outcomes):
        at = max(outcome.at, frame.opens_at)
        if at >= _first_end(stand, ends, frame).at:
            break
        if at > now:
            return stand, (at,)
        stand = _after(stand, outcome, at, frame)
        if stand.ending is not None:
            break
    return stand, ()


def each_once(outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
    """In the order in which they count. What came of one moment in one way is one attempt, be it
    reported under two numbers, or of two purposes of one conversation."""
    by_author = sorted(outcomes, key=lambda outcome: outcome.by or "")
    found = {order_of(outcome): outcome for outcome in by_author}
    return [found[place] for place in sorted(found)]


def order_of(outcome: Outcome) -> tuple[datetime, int, date, str]:
    """Where it counts; the same of all reports of one attempt."""
    day = outcome.next_contact_on or date.min
    return outcome.at, _AT_ONCE.index(outcome.outcome), day, outcome.channel or ""


def names_of(task: TaskChanged, about: str) -> Iterator[str]:
    """Every id that staff may name the conversation by: those of all its purposes."""
    purposes = (str(TaskSubject(each.kind, each.document_id)) for each in task.purposes)
    for name in dict.fromkeys((about, *purposes)):
        yield str(task_id(task.customer_key, name))


def _first_end(stand: Stand, ends: Ending | None, frame: Frame) -> Ending:
    expires_at = days_after(stand.due_at, frame.policy.expires_days, frame.zone)
    if ends is None or expires_at < ends.at:
        return Ending(expires_at, "expired", "window passed")
    return ends


def _after(stand: Stand, outcome: Outcome, at: datetime, frame: Frame) -> Stand:
    channel = outcome.channel or _way(stand, frame, at)
    stand = stand._replace(attempts=stand.attempts + 1, channel=channel)
    match outcome.outcome:
        case "done":
            return stand._replace(ending=Ending(at, "done", "done"))
        case "declined":
            return stand._replace(ending=Ending(at, "cancelled", "declined"))
        case "renewed_elsewhere":
            return stand._replace(ending=Ending(at, "cancelled", "renewed elsewhere"))
        case "approved_lost":
            return stand._replace(ending=Ending(at, "done", "approved as lost"))
        case "not_lost":
            return stand._replace(ending=Ending(at, "done", "not lost"))
        case "postponed":
            return _postponed(stand, outcome, at, frame)
        case "not_reached" | "wrong_number":
            return _not_reached(stand, outcome, at, frame)


def _postponed(stand: Stand, outcome: Outcome, at: datetime, frame: Frame) -> Stand:
    """They were reached, so that the plan begins anew; without a day, on the next."""
    agreed = _agreed(outcome, at, frame)
    until, due_at = agreed or (frame.opening_after(_day_after(at, frame.zone)), stand.due_at)
    return stand._replace(
        due_at=max(stand.due_at, due_at), tries=0, left=(), wait_until=until, put_off=True
    )


def _not_reached(stand: Stand, outcome: Outcome, at: datetime, frame: Frame) -> Stand:
    """What the plan has after so many tries; a wrong number is tried in another way at once."""
    plan, tries = frame.policy.retry, stand.tries + 1
    stand = stand._replace(tries=tries, wait_until=None, put_off=False)
    if tries >= plan.tries:
        return stand._replace(ending=Ending(at, "cancelled", NOT_REACHED))
    step = plan.steps[tries - 1]
    if outcome.outcome == "not_reached":
        left = _leave(stand.channel, stand.left) if step.another_channel else stand.left
        until = frame.opening_after(step.after.after(at, frame.zone))
        stand = stand._replace(wait_until=until, left=left)
    agreed = _agreed(outcome, at, frame)
    if agreed is None:
        return stand
    return stand._replace(wait_until=agreed[0], due_at=max(stand.due_at, agreed[1]))


def _agreed(outcome: Outcome, at: datetime, frame: Frame) -> tuple[datetime, datetime] | None:
    """When the day begins that was agreed, and by when it is due; where the dealer is closed all
    day, on the next that it opens."""
    reported_on = outcome.at.astimezone(frame.zone).date()
    if outcome.next_contact_on is None or outcome.next_contact_on < reported_on:
        return None
    longest = timedelta(days=frame.policy.longest_postponement_days)
    day = min(outcome.next_contact_on, reported_on + longest)
    begins = day_begins(day, frame.zone.key)
    opens = frame.opening_after(max(begins, at))
    day = opens.astimezone(frame.zone).date()
    until = datetime.combine(day, frame.policy.postponed_until, frame.zone).astimezone(UTC)
    return opens, max(opens, until)


def _day_after(at: datetime, zone: ZoneInfo) -> datetime:
    return day_begins(at.astimezone(zone).date() + timedelta(days=1), zone.key)


def _leave(channel: Channel, left: Sequence[Channel]) -> tuple[Channel, ...]:
    return (*(other for other in left if other != channel), channel)


def _way(stand: Stand, frame: Frame, at: datetime) -> Channel:
    """One that was not given up, else the one that was longest ago; where no way leads to the
    customer, the best of those that are not refused."""
    ways = frame.usable(at) or frame.channels(at) or (stand.channel,)
    fresh = [channel for channel in ways if channel not in stand.left]
    return fresh[0] if fresh else min(ways, key=stand.left.index)


def _turns(frame: Frame) -> Iterator[datetime]:
    """When numbers turn out wrong, or right."""
    for number in frame.wrong:
        yield number.since
        yield number.until


def _ended(stand: Stand, ending: Ending, held: Holder, frame: Frame) -> Attempts:
    by_attempt = stand.ending is not None
    return Attempts(
        ending=ending,
        due_at=stand.due_at,
        channel=stand.channel if by_attempt else _way(stand, frame, ending.at),
        attempts=stand.attempts,
        next_attempt_at=None,
        person=held.person,
        contested_by=held.contested_by,
        changes_at=None,
        reasons=(tried(stand.tries, None, frame.zone),) if stand.tries else (),
    )


def _going_on(
    stand: Stand, held: Holder, frame: Frame, *, now: datetime, changes_at: datetime
) -> Attempts:
    awaited = _correction_by(frame, now)
    waits = [moment for moment in (awaited, stand.wait_until) if moment is not None]
    return Attempts(
        ending=None,
        due_at=stand.due_at,
        channel=_way(stand, frame, now),
        attempts=stand.attempts,
        next_attempt_at=max(waits, default=None),
        person=held.person,
        contested_by=held.contested_by,
        changes_at=changes_at,
        reasons=(*_reasons(stand, frame, now), *_of_claims(held)),
    )


def _correction_by(frame: Frame, now: datetime) -> datetime | None:
    """Where no way leads to the customer: by when the number may be corrected."""
    if frame.usable(now):
        return None
    found = (wrong_at(channel, now, frame.wrong) for channel in frame.channels(now))
    since = min((wrong.since for wrong in found if wrong is not None), default=None)
    if since is None:
        return None
    days = frame.policy.retry.correction_days
    return frame.opening_after(days_after(since, days, frame.zone))


def _reasons(stand: Stand, frame: Frame, now: datetime) -> Iterator[Bilingual]:
    """When it is tried next, and why in that way."""
    ways = frame.usable(now)
    if not ways:
        yield waits_for_number()
        return
    if stand.wait_until is not None and stand.put_off:
        yield put_off(stand.wait_until, frame.zone)
    if stand.tries:
        yield tried(stand.tries, stand.wait_until, frame.zone)
    channel = _way(stand, frame, now)
    if frame.channels(now)[0] != ways[0]:
        yield number_is_wrong(channel)
    elif stand.left and channel != stand.left[-1]:
        yield by_another_way(channel, stand.left[-1])


def _of_claims(held: Holder) -> Iterator[Bilingual]:
    if held.contested_by:
        yield claimed_by_others(len(held.contested_by))
