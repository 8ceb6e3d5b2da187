"""What must always hold in followup, whatever the customer's story and however it is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.decide import condense, decide
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged
from shared.contracts.intake import ConsentGiven
from shared.decider.digests import Horizon
from tests.invariants import DeciderInvariantsOfLongStories
from tests.services.followup.given import DECIDER, POLICY, consent, given, opt_outs
from tests.services.followup.given_plans import RICH
from tests.services.followup.stories import (
    DAYS,
    END,
    START,
    hours_in,
    moment,
    moments,
    stories,
)
from tests.services.followup.stories_of_others import (
    cases,
    one_word_each,
    parted,
    referrals,
    surveys,
)

FEW = FollowUpPolicy(horizon=Horizon(documents=2))
"""Looks at two contacts, two consents and two documents' opt-outs."""


@some.composite
def all_sorts(draw: some.DrawFn) -> list[Event[Any]]:
    """With complaints, surveys, cars that are gone and referrals. Which scores are written down
    depends on those before: stories have a few of them already."""
    others = draw(some.lists(cases() | surveys() | parted() | referrals(), max_size=6))
    return one_word_each([*draw(stories()), *others])


class TestInvariants(DeciderInvariantsOfLongStories[FollowUpFacts, FollowUpPolicy]):
    decider = DECIDER
    deciders = some.sampled_from(
        [DECIDER, replace(DECIDER, policy=RICH), replace(DECIDER, policy=FollowUpPolicy())]
    )
    stories = all_sorts()
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(
        rules=POLICY.rules[1:], longest_postponement_days=5, expires_days=9
    )


@always(stories())
def test_a_closed_task_stays_closed_and_no_task_stays_open_for_ever(
    story: list[Event[Any]],
) -> None:
    facts = given(*story).facts
    closed: dict[str, TaskChanged] = {}
    for days in range(0, DAYS + 600, 9):
        now = START + timedelta(days=days)
        for output in decide(facts, {}, POLICY, now).outputs:
            task = output.content
            assert isinstance(task, TaskChanged)
            assert (task.closed_at is None) == (task.status in ("open", "overdue"))
            assert (output.forget_at is None) == (task.closed_at is None)
            if output.about in closed:
                assert task == closed[output.about]
            elif task.closed_at is not None:
                closed[output.about] = task
    assert all(output.forget_at is not None for output in decide(facts, {}, POLICY, END).outputs)


@always(stories(), moments)
def test_one_car_has_one_invitation_to_its_next_service(
    story: list[Event[Any]], now: datetime
) -> None:
    invited = [
        task.vin
        for task in (
            output.content for output in decide(given(*story).facts, {}, POLICY, now).outputs
        )
        if isinstance(task, TaskChanged)
        and task.kind == "next_service"
        and task.status in ("open", "overdue")
    ]
    assert len(invited) == len(set(invited))


channels = some.sampled_from([(), ("phone",), ("sms",), ("email",)])


@always(stories(), some.lists(some.tuples(hours_in, channels), max_size=6), moments)
def test_what_documents_say_of_channels_never_lifts_a_do_not_contact(
    story: list[Event[Any]], said: list[tuple[int, tuple[str, ...]]], now: datetime
) -> None:
    """Nobody is called who was not to be, whatever the documents say and however many."""
    never = consent(moment(0), "never", do_not_contact=True)
    quiet = [
        event
        for event in story
        if not (isinstance(event.data, ConsentGiven) and event.data.do_not_contact is False)
    ]
    documents = [
        opt_outs(moment(hours), *refused, number=f"visit/said-{number}")
        for number, (hours, refused) in enumerate(said)
    ]
    for policy in (POLICY, FEW):
        facts = condense(given(never, *quiet, *documents).facts, policy)
        tasks = [output.content for output in decide(facts, {}, policy, now).outputs]
        assert not [
            task
            for task in tasks
            if isinstance(task, TaskChanged) and task.status in ("open", "overdue")
        ]
