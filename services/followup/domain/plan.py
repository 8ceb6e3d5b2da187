"""A customer's plan: one conversation at a time, and of all that is not said, why not. Pure.

It depends on the facts, the policy and the present alone. Each choice is made at its instant, in
event time, from what happened before; so it is the same whenever, and however late, it is looked
at.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from services.followup.domain import wording
from services.followup.domain.circumstances import Circumstances, circumstances_of
from services.followup.domain.conversation import Conversation, CustomerPlan, Purpose, Silence
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.follow_ups import FollowUp, follow_ups
from services.followup.domain.history import TaskHistory
from services.followup.domain.occasion import EVER
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.talks import Cause, Matter, Stage, Talk, matter
from services.followup.domain.walk import Walk

_MARGIN = timedelta(days=2)
"""Of hours, and of local days that are longer than others."""


def plan(
    facts: FollowUpFacts, history: TaskHistory, policy: FollowUpPolicy, now: datetime
) -> CustomerPlan:
    """All conversations that are remembered, what is held back and why, and what comes later."""
    walk = walked(facts, history, policy, now)
    return CustomerPlan(
        conversations=conversations(walk, policy, now),
        silences=list(_silences(walk, policy, now)),
        coming=[each.follow_up for each in _coming(walk, now)],
        changes_at=walk.changes_after(now),
        allowed=walk.circumstances.allowed_at(now),
    )


def walked(
    facts: FollowUpFacts, history: TaskHistory, policy: FollowUpPolicy, now: datetime
) -> Walk:
    """As far as the present. `history`: of the same facts, which are condensed."""
    key, circumstances = facts.customer_key, circumstances_of(facts, policy)
    relevant = _relevant(history, circumstances, policy, now)
    walk = Walk((matter(each, key, circumstances) for each in relevant), circumstances, policy)
    walk.until(now)
    return walk


def _relevant(
    history: TaskHistory, circumstances: Circumstances, policy: FollowUpPolicy, now: datetime
) -> Sequence[FollowUp]:
    """All that is remembered, or bears on what is, or comes later."""
    forgotten = now - timedelta(days=policy.remember_days)
    reach = _reach(policy)
    since = (
        EVER
        if _postponed_after(forgotten - 3 * reach, circumstances, policy)
        else (forgotten - 3 * reach)
    )
    found = _groups(history, circumstances, policy, since, forgotten)
    if since > EVER and found and min(map(_begins, found)) <= since + reach:
        found = _groups(history, circumstances, policy, EVER, forgotten)
    return found


def _groups(
    history: TaskHistory,
    circumstances: Circumstances,
    policy: FollowUpPolicy,
    since: datetime,
    forgotten: datetime,
) -> Sequence[FollowUp]:
    """Those due after `since`, without the groups that ended before `forgotten`: what is far
    enough from all that is remembered has no bearing on it."""
    reach = _reach(policy)
    longest = timedelta(days=policy.longest_postponement_days) + reach
    spans = [
        _span(each, reach)
        for each in follow_ups(history, policy, since)
        if each.opens_at > circumstances.unknown_until
    ]
    spans.sort(key=lambda span: span.begins)
    postponed = sorted(
        outcome.at
        for outcomes in circumstances.outcomes.values()
        for outcome in outcomes
        if outcome.next_contact_on is not None
    )
    kept: list[FollowUp] = []
    group: list[FollowUp] = []
    ends = last = EVER
    for span in spans:
        if span.begins > ends:
            kept += group if last >= forgotten else ()
            group, ends, last = [], span.ends, span.last
        group.append(span.of)
        ends, last = max(ends, span.ends), max(last, span.last)
        for at in postponed:
            if at <= ends:
                ends = max(ends, at + longest)
                last = max(last, ends)
    return [*kept, *(group if last >= forgotten else ())]


class _Span(NamedTuple):
    """From when until when a follow-up may bear on others, and on the present at the latest."""

    begins: datetime
    ends: datetime
    last: datetime
    of: FollowUp


def _span(follow_up: FollowUp, reach: timedelta) -> _Span:
    """What ends of itself, bears on others for a shorter time."""
    begins = _begins(follow_up)
    last = max(follow_up.due_at, begins) + reach
    ended_at = min((ending.at for ending in follow_up.endings), default=last)
    return _Span(begins, min(last, max(ended_at, begins) + reach), last, follow_up)


def _begins(follow_up: FollowUp) -> datetime:
    return max(follow_up.could_open_at, follow_up.known_at)


def _reach(policy: FollowUpPolicy) -> timedelta:
    """How long after its due day a conversation bears on others: as long as it may stay open, and
    other contacts wait for it."""
    days = policy.expires_days + policy.contact_gap_days + policy.merge_within_days
    return timedelta(days=days + policy.hours.longest_closed_days) + _MARGIN


def _postponed_after(
    moment: datetime, circumstances: Circumstances, policy: FollowUpPolicy
) -> bool:
    """Whether what was due before that may have been put off beyond it."""
    longest = timedelta(days=policy.longest_postponement_days) + _reach(policy)
    return any(
        outcome.next_contact_on is not None and outcome.at + longest > moment
        for outcomes in circumstances.outcomes.values()
        for outcome in outcomes
    )


def conversations(walk: Walk, policy: FollowUpPolicy, now: datetime) -> list[Conversation]:
    """Those that are remembered. Where one was opened anew, as it was cut off, only as it stands
    last."""
    remembered = timedelta(days=policy.remember_days)
    last = {talk.about: talk for talk in walk.talks}
    return [
        _conversation(talk, policy, now)
        for talk in last.values()
        if talk.closing is None or now < talk.due_at + remembered
    ]


def open_conversations(walk: Walk, policy: FollowUpPolicy, now: datetime) -> list[Conversation]:
    """Those of them that go on."""
    return [_conversation(talk, policy, now) for talk in walk.talks if talk.closing is None]


def _conversation(talk: Talk, policy: FollowUpPolicy, now: datetime) -> Conversation:
    tried, closing = talk.attempts, talk.closing
    return Conversation(
        purposes=tuple(
            Purpose(topic.matter.follow_up, topic.joined_at, topic.ending) for topic in talk.topics
        ),
        status=talk.status(now),
        opens_at=talk.opened_at,
        due_at=talk.due_at,
        channel=talk.channel,
        grade=talk.first.grade,
        reasons=tuple(wording.why_now(talk, policy)),
        attempts=tried.attempts if tried else 0,
        next_attempt_at=tried.next_attempt_at if tried else None,
        person=tried.person if tried else talk.first.follow_up.person,
        closed_at=closing.at if closing else None,
        closed_because=closing.because if closing else None,
    )


def _silences(walk: Walk, policy: FollowUpPolicy, now: datetime) -> Iterator[Silence]:
    """Of all that is not said: what holds it back, or why it never was, as long as that is
    remembered."""
    remembered = timedelta(days=policy.remember_days)
    for each in walk.matters:
        found = _why_not(each, now)
        if found is not None and now < each.due_at + remembered:
            cause, since = found
            until = cause.until if cause.until is None or cause.until < each.due_at else None
            words = wording.why_not(each, cause, policy)
            yield Silence(each.follow_up, cause.because, since, until, words)


def _why_not(each: Matter, now: datetime) -> tuple[Cause, datetime] | None:
    if each.stage is Stage.SAID:
        return None
    if each.stage is Stage.OVER and each.cause is not None:
        return each.cause, each.since
    ending = each.settled_by(now)
    if ending is not None:
        return Cause("superseded", by=ending.because), ending.at
    if each.stage is Stage.HELD and each.cause is not None:
        if each.due_at <= now:
            return Cause("window_passed", of=each.due_at, by=each.cause.because), each.due_at
        return each.cause, each.since
    return None


def _coming(walk: Walk, now: datetime) -> Iterable[Matter]:
    coming = [
        each for each in walk.matters if each.stage is Stage.COMING and each.ended_by(now) is None
    ]
    return sorted(coming, key=attrgetter("opens_at", "due_at", "about"))
