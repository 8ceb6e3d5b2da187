"""What follows an attempt that did not reach the customer, and what ends a conversation."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.followup.domain.closings import Ending
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.retry_plan import RetryPlan, RetryStep
from services.followup.domain.working_hours import WorkingHours
from shared.contracts.feed_parts import TaskResult
from shared.time.calendar import Window
from tests.services.followup.given import at, local
from tests.services.followup.given_attempts import (
    Talk,
    assigned,
    next_attempt,
    refused,
    talk,
    tried,
)

WEEKDAYS_ONLY = WorkingHours(
    week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (Window.parse("09:00-18:00"),))
)


class TestRetryPlan:
    """Another hour of the day, another day, another channel; then given up."""

    @pytest.mark.parametrize(
        ("attempts", "then"),
        [
            ([], "any time phone"),
            (["03-03 10:00"], "2025-03-03 14:00 phone"),
            (["03-03 13:59"], "2025-03-03 17:59 phone"),
            (["03-03 14:00"], "2025-03-04 09:00 phone"),  # closed at six
            (["03-03 10:00", "03-03 14:10"], "2025-03-04 16:10 email"),
            (["03-03 10:00", "03-03 17:00"], "2025-03-05 09:00 email"),
            (["03-03 10:00", "03-03 14:10", "03-04 16:30"], "2025-03-07 09:00 email"),
            (
                ["03-03 10:00", "03-03 14:10", "03-04 16:30", "03-07 09:05"],
                "cancelled: not reached",
            ),
        ],
    )
    def test_what_ships(self, attempts: list[str], then: str) -> None:
        story = talk(*(tried(f"2025-{moment}") for moment in attempts))
        assert next_attempt(story.on("2025-03-07 10:00")) == then

    def test_the_same_channel_where_there_is_no_other(self) -> None:
        days = [tried(f"2025-03-0{day} 10:00") for day in (3, 4, 5)]
        stand = talk(*days, ways=("phone",)).on("2025-03-05 11:00")
        assert (stand.channel, stand.attempts) == ("phone", 3)
        last = talk(*days, tried("2025-03-06 10:00"), ways=("phone",)).on("2025-03-06 11:00")
        assert next_attempt(last) == "cancelled: not reached"
        assert last.ending == Ending(at("2025-03-06 10:00"), "cancelled", "not reached")

    def test_a_channel_refused_meanwhile_is_left_out(self) -> None:
        calls = [tried("2025-03-03 10:00"), tried("2025-03-03 14:10")]
        story = talk(*calls, refused("2025-03-03 15:00", "email"), ways=("phone", "email", "app"))
        assert story.on("2025-03-03 14:30").channel == "email"
        assert story.on("2025-03-03 15:00").channel == "app"

    def test_another_channel_is_another_than_was_used(self) -> None:
        """Not than the plan had."""
        mails = [tried("2025-03-03 10:00", by="email"), tried("2025-03-03 14:10", by="email")]
        assert talk(*mails).on("2025-03-03 15:00").channel == "phone"

    def test_the_next_attempt_lies_in_the_dealers_hours(self) -> None:
        policy = FollowUpPolicy(hours=WEEKDAYS_ONLY)
        friday = replace(talk(tried("2025-03-07 16:00")), policy=policy, due_at=at("2025-03-20"))
        assert next_attempt(friday.on("2025-03-07 17:00")) == "2025-03-10 09:00 phone"

    def test_a_plan_of_the_dealers_own(self) -> None:
        step = RetryStep(after=TaskOffset(days=1, at=time(17)), another_channel=True)
        story = talk(tried("2025-03-03 10:00"), tried("2025-03-04 17:05"))
        own = replace(story, policy=FollowUpPolicy(retry=RetryPlan(steps=(step,))))
        assert next_attempt(own.on("2025-03-03 11:00")) == "2025-03-04 17:00 email"
        assert next_attempt(own.on("2025-03-04 18:00")) == "cancelled: not reached"

    def test_a_plan_without_a_step_tries_once(self) -> None:
        once = replace(
            talk(tried("2025-03-03 10:00")), policy=FollowUpPolicy(retry=RetryPlan(steps=()))
        )
        assert next_attempt(once.on("2025-03-03 11:00")) == "cancelled: not reached"

    @pytest.mark.parametrize(
        "after", [{}, {"hours": -1}, {"days": -1, "hours": 2}, {"at": "10:00"}, {"hours": 0}]
    )
    def test_an_attempt_never_comes_before_the_one_it_follows(self, after: object) -> None:
        with pytest.raises(ValidationError, match="must lie after the one before it"):
            RetryStep.model_validate({"after": after})

    def test_where_the_dealer_is_closed_for_a_week_it_goes_on_after_it(self) -> None:
        week = tuple(f"2025-03-{day:02}" for day in range(4, 11))
        closed = FollowUpPolicy(hours=WorkingHours.model_validate({"closed": week}))
        story = replace(talk(tried("2025-03-03 16:00")), policy=closed)
        assert next_attempt(story.on("2025-03-03 17:00")) == "2025-03-11 09:00 phone"
        assert local(story.on("2025-03-08").due_at) == "2025-03-05 17:00", "due when it was"
        agreed = tried("2025-03-03 16:00", "postponed", day="2025-03-07")
        stand = replace(talk(agreed), policy=closed).on("2025-03-08")
        assert next_attempt(stand) == "2025-03-11 09:00 phone"
        assert local(stand.due_at) == "2025-03-11 18:00"

    @pytest.mark.parametrize(
        ("first", "second", "then"),
        [
            # clocks are put forward on the 30th of March, and back on the 26th of October
            ("03-29T09:30", "03-29T14:00", "03-30T16:00"),
            ("03-29T23:30", "03-30T01:30", "03-31T09:00"),
            ("10-25T09:30", "10-25T14:00", "10-26T16:00"),
        ],
    )
    def test_a_day_later_is_the_same_time_of_the_clock(
        self, first: str, second: str, then: str
    ) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        moments = [
            datetime.fromisoformat(f"2025-{each}").replace(tzinfo=berlin)
            for each in (first, second)
        ]
        calls = [tried("2025-03-03").model_copy(update={"at": moment}) for moment in moments]
        story = replace(
            talk(*calls), zone=berlin, opens_at=moments[0], due_at=moments[0] + timedelta(days=9)
        )
        found = story.seen(moments[1]).next_attempt_at
        assert found is not None
        assert f"{found.astimezone(berlin):%m-%dT%H:%M}" == then

    @pytest.mark.parametrize("what", ["not_reached", "postponed"])
    def test_what_is_reported_twice_is_one_attempt(self, what: TaskResult) -> None:
        """Under two numbers, by two systems, or of two purposes of one conversation."""
        once = tried("2025-03-03 10:00", what, "phone")
        again = once.model_copy(update={"version": "z", "by": "u1", "task_id": "another purpose"})
        assert talk(once, again).on("2025-03-03 11:00") == talk(once).on("2025-03-03 11:00")
        by_mail = tried("2025-03-03 10:00", what, "email")
        assert talk(once, by_mail).on("2025-03-03 11:00").attempts == 2

    def test_it_says_why(self) -> None:
        stand = talk(tried("2025-03-03 10:00"), tried("2025-03-03 14:10")).on("2025-03-03 15:00")
        assert [reason.en for reason in stand.reasons] == [
            "Not reached, tried 2 times; to be tried again from 2025-03-04 16:10",
            "Now by e-mail, as they were not reached by phone",
        ]
        assert [reason.zh for reason in stand.reasons] == [
            "已联系 2 次未果;2025-03-04 16:10 起再次联系",
            "电话未联系上,改用电子邮件",
        ]


class TestEndings:
    @pytest.mark.parametrize(
        ("what", "then"),
        [
            ("done", "done: done"),
            ("declined", "cancelled: declined"),
            ("renewed_elsewhere", "cancelled: renewed elsewhere"),
            ("approved_lost", "done: approved as lost"),
            ("not_lost", "done: not lost"),
        ],
    )
    def test_what_ends_it_ends_it_then(self, what: TaskResult, then: str) -> None:
        story = talk(tried("2025-03-03 12:00", what), tried("2025-03-03 13:00", "postponed"))
        assert next_attempt(story.on("2025-03-03 11:59")) == "any time phone"
        stand = story.on("2025-03-20")
        assert next_attempt(stand) == then
        assert stand.ending is not None
        assert stand.ending.at == at("2025-03-03 12:00")
        assert (stand.attempts, stand.changes_at) == (1, None)

    def test_of_the_same_moment_what_ends_it_counts(self) -> None:
        same = "2025-03-03 12:00"
        story = talk(tried(same), tried(same, "postponed", day="2025-03-09"), tried(same, "done"))
        assert next_attempt(story.on("2025-03-03 12:00")) == "done: done"

    def test_what_else_ends_it_comes_first(self) -> None:
        end = Ending(at("2025-03-03 12:00"), "done", "visit")
        story = replace(talk(tried("2025-03-03 12:00", "declined")), ends=end)
        assert story.on("2025-03-03 11:00").changes_at == end.at
        assert story.on("2025-03-04").ending == end

    def test_it_expires_long_after_the_due_day_it_has_by_then(self) -> None:
        late = tried("2025-03-20 10:00", "postponed", day="2025-03-30")
        assert next_attempt(talk().on("2025-04-04 17:00")) == "expired: window passed"
        assert next_attempt(talk(late).on("2025-04-29 17:59")) == "2025-03-30 09:00 phone"
        assert next_attempt(talk(late).on("2025-04-29 18:00")) == "expired: window passed"
        too_late = tried("2025-04-04 17:00", "postponed", day="2025-04-10")
        assert next_attempt(talk(too_late).on("2025-04-05")) == "expired: window passed"

    def test_what_was_tried_before_it_opened_counts_at_the_opening(self) -> None:
        stand = talk(tried("2025-03-02 12:00", "done")).on("2025-03-03 09:00")
        assert stand.ending == Ending(at("2025-03-03 09:00"), "done", "done")


class TestPostponed:
    """Due by the evening of the agreed day, and not tried before it."""

    @pytest.mark.parametrize(
        ("day", "due", "then"),
        [
            ("2025-03-10", "2025-03-10 18:00", "2025-03-10 09:00 phone"),
            ("2025-03-04", "2025-03-05 17:00", "2025-03-04 09:00 phone"),  # never due earlier
            ("2025-03-03", "2025-03-05 17:00", "2025-03-03 12:00 phone"),  # later today
            (None, "2025-03-05 17:00", "2025-03-04 09:00 phone"),
            ("2025-03-01", "2025-03-05 17:00", "2025-03-04 09:00 phone"),  # a day gone by
            ("2199-12-31", "2025-08-30 18:00", "2025-08-30 09:00 phone"),
        ],
    )
    def test_until_a_day(self, day: str | None, due: str, then: str) -> None:
        stand = talk(tried("2025-03-03 12:00", "postponed", day=day)).on("2025-03-03 13:00")
        assert (local(stand.due_at), next_attempt(stand)) == (due, then)

    def test_until_a_day_on_which_the_dealer_is_closed(self) -> None:
        story = talk(tried("2025-03-03 12:00", "postponed", day="2025-03-08"))
        stand = replace(story, policy=FollowUpPolicy(hours=WEEKDAYS_ONLY)).on("2025-03-04")
        assert next_attempt(stand) == "2025-03-10 09:00 phone"
        assert local(stand.due_at) == "2025-03-10 18:00"

    def test_who_was_reached_is_tried_anew(self) -> None:
        calls = [tried(f"2025-03-03 {hour}:00") for hour in ("10", "12", "13")]
        reached = tried("2025-03-03 15:00", "postponed", day="2025-03-05")
        again = [tried(f"2025-03-05 {hour}:00") for hour in ("09", "14")]
        stand = talk(*calls, reached, *again).on("2025-03-05 15:00")
        assert (stand.ending, stand.attempts) == (None, 6)
        assert next_attempt(stand) == "2025-03-06 16:00 email"

    def test_a_day_named_though_they_were_not_reached(self) -> None:
        stand = talk(tried("2025-03-03 12:00", day="2025-03-12")).on("2025-03-04")
        assert (local(stand.due_at), next_attempt(stand)) == (
            "2025-03-12 18:00",
            "2025-03-12 09:00 phone",
        )

    def test_it_says_so(self) -> None:
        story = talk(tried("2025-03-03 12:00", "postponed", day="2025-03-10"))
        [reason] = story.on("2025-03-04").reasons
        assert reason.en == "Put off by the customer; to be tried again from 2025-03-10 09:00"
        assert reason.zh == "客户要求改期;2025-03-10 09:00 起再次联系"


class TestAnnounced:
    """What is put off, tried again or assigned becomes overdue at its time, and says when."""

    @pytest.mark.parametrize(
        ("story", "due"),
        [
            (talk(), "2025-03-05 17:00"),
            (talk(tried("2025-03-03 12:00", "postponed", day="2025-03-10")), "2025-03-10 18:00"),
            (talk(tried("2025-03-03 12:00")), "2025-03-05 17:00"),
            (talk(tried("2025-03-03 12:00", "wrong_number"), ways=("phone",)), "2025-03-05 17:00"),
            (talk(assigned("2025-03-03 12:00", "u1")), "2025-03-05 17:00"),
        ],
    )
    def test_it_changes_when_its_due_time_has_come(self, story: Talk, due: str) -> None:
        stand = story.on("2025-03-03 12:00")
        assert (local(stand.due_at), stand.changes_at) == (due, at(due))
        assert story.seen(at(due)).ending is None, "it is still to be done"

    def test_what_a_fast_clock_reports_counts_in_its_time(self) -> None:
        story = talk(tried("2025-03-03 14:00"), assigned("2025-03-03 13:00", "u1"))
        before = story.on("2025-03-03 12:00")
        assert (before.attempts, before.person, before.changes_at) == (
            0,
            None,
            at("2025-03-03 13:00"),
        )
        assert story.on("2025-03-03 13:00").changes_at == at("2025-03-03 14:00")
