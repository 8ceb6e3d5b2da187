"""Whatever comes of attempts: in hours, by no refused way, so many, and in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given as forall
from hypothesis import strategies as some

from services.followup.domain.attempts import Attempts, each_once
from services.followup.domain.closings import Ending
from services.followup.domain.documents import Assignment, Outcome
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.working_hours import WorkingHours
from shared.contracts.feed_parts import Channel, TaskResult
from shared.time.calendar import Window
from tests.services.followup.given import ZONE, local
from tests.services.followup.given_attempts import DUE, OPENS, Refusal, Talk, assigned, tried

MINUTES = 60 * 24 * 60
WAYS: tuple[Channel, ...] = ("phone", "sms", "email", "post")
HOURS = WorkingHours(
    week=dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri"),
        (Window.parse("08:30-12:00"), Window.parse("13:00-17:30")),
    )
)
RESULTS: tuple[TaskResult, ...] = (
    *("not_reached", "not_reached", "not_reached"),
    *("wrong_number", "postponed", "done"),
)
POLICY = FollowUpPolicy(hours=HOURS)
minutes = some.integers(-2 * 24 * 60, MINUTES)
people = some.sampled_from(["u1", "u2", "u3"])


def _moment(minute: int) -> datetime:
    return OPENS + timedelta(minutes=minute)


def _text(minute: int) -> str:
    return local(_moment(minute))


@some.composite
def outcomes(draw: some.DrawFn) -> Outcome:
    """Most of them in vain, and soon after the opening."""
    what = draw(some.sampled_from(RESULTS))
    day = draw(some.none() | minutes.map(lambda minute: _text(minute)[:10]))
    minute = draw(minutes | some.integers(0, 3 * 24 * 60))
    return tried(_text(minute), what, draw(some.none() | some.sampled_from(WAYS)), day=day)


@some.composite
def assignments(draw: some.DrawFn) -> Assignment:
    person = draw(people | some.just(""))
    return assigned(_text(draw(minutes)), person, by=draw(people))


@some.composite
def talks(draw: some.DrawFn) -> Talk:
    """One that somebody may end, in which the customer refuses one way or another."""
    said = draw(some.lists(some.tuples(some.integers(1, MINUTES), some.sets(_ways)), max_size=4))
    refusals = [Refusal(_moment(minute), tuple(ways)) for minute, ways in said]
    ways = draw(some.lists(_ways, min_size=1, unique=True))
    story = Talk(
        outcomes=draw(some.lists(outcomes(), max_size=8)),
        assignments=draw(some.lists(assignments(), max_size=5)),
        refusals=refusals,
        ways=ways,
        policy=POLICY,
    )
    never = [said.at for said in refusals if not story.channels(said.at)]
    if never:
        return replace(story, ends=Ending(min(never), "cancelled", "opted_out"))
    visited = draw(some.none() | some.integers(1, MINUTES))
    return story if visited is None else replace(story, ends=_visited(visited))


def _visited(minute: int) -> Ending:
    return Ending(_moment(minute), "done", "visit")


_ways = some.sampled_from(WAYS)
moments = some.integers(0, MINUTES).map(_moment)


@forall(talks(), moments)
def test_the_next_attempt_lies_in_the_dealers_hours(story: Talk, now: datetime) -> None:
    when = story.seen(now).next_attempt_at
    assert when is None or HOURS.next_open(when, ZONE) == when


@forall(talks(), moments)
def test_no_attempt_is_to_be_made_in_a_way_that_is_refused(story: Talk, now: datetime) -> None:
    stand = story.seen(now)
    assert stand.ending is not None or stand.channel in story.channels(now)


@forall(talks(), moments)
def test_nobody_is_tried_by_a_wrong_number_where_there_is_another_way(
    story: Talk, now: datetime
) -> None:
    stand = story.seen(now)
    wrong = {
        channel
        for number in story.wrong
        if number.since <= now < number.until
        for channel in number.channels
    }
    if stand.ending is None and not wrong.issuperset(story.channels(now)):
        assert stand.channel not in wrong


@forall(talks(), moments, some.randoms(use_true_random=False))
def test_the_order_of_the_reports_makes_no_difference(
    story: Talk, now: datetime, shuffle: Random
) -> None:
    shuffled = replace(
        story,
        outcomes=shuffle.sample(story.outcomes, len(story.outcomes)),
        assignments=shuffle.sample(story.assignments, len(story.assignments)),
    )
    assert shuffled.seen(now) == story.seen(now)


@forall(talks(), moments)
def test_nobody_is_tried_more_often_than_the_plan_says(story: Talk, now: datetime) -> None:
    """Since they were reached last."""
    stand, tries = story.seen(now), 0
    until = stand.ending.at if stand.ending is not None else now
    for outcome in sorted(
        each_once(story.outcomes), key=lambda each: (each.at, each.outcome != "postponed")
    ):
        if max(outcome.at, OPENS) < until:
            tries = 0 if outcome.outcome == "postponed" else tries + 1
    assert tries < POLICY.retry.tries


@forall(talks(), moments)
def test_it_is_due_when_it_was_or_later_but_not_for_ever(story: Talk, now: datetime) -> None:
    stand = story.seen(now)
    last = max((outcome.at for outcome in story.outcomes), default=OPENS)
    longest = timedelta(days=POLICY.longest_postponement_days + 4)  # the dealer may be closed
    assert DUE <= stand.due_at <= max(DUE, last + longest)


@forall(talks(), some.lists(moments, min_size=2, max_size=6))
def test_nothing_changes_before_it_says(story: Talk, course: list[datetime]) -> None:
    """But for what the customer refuses."""
    quiet = replace(story, refusals=())
    for earlier, later in pairwise(sorted(course)):
        stand = quiet.seen(earlier)
        if stand.changes_at is None or later < stand.changes_at:
            assert quiet.seen(later) == stand
        else:
            assert stand.changes_at > earlier


@forall(talks(), moments)
def test_what_happens_later_says_nothing_of_now(story: Talk, now: datetime) -> None:
    known = replace(
        story,
        outcomes=[each for each in story.outcomes if each.at <= now],
        assignments=[each for each in story.assignments if each.at <= now],
        refusals=[each for each in story.refusals if each.at <= now],
    )
    assert _now(known.seen(now)) == _now(story.seen(now))


def _now(stand: Attempts) -> Attempts:
    return stand._replace(changes_at=None)
