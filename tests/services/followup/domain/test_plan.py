"""What must hold of every plan, whatever the customer's story."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.followup.domain.circumstances import circumstances_of, open_channels
from services.followup.domain.conversation import Conversation, CustomerPlan
from services.followup.domain.decide import condense, customer_plan, decide, still_to_do
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.follow_ups import FollowUp, customer_history, follow_ups
from services.followup.domain.listing import tasks_to_do
from services.followup.domain.occasion import EVER
from services.followup.domain.offsets import days_after
from services.followup.domain.plan import conversations, walked
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.talks import matter
from services.followup.domain.walk import Walk
from tests.services.followup.given import POLICY, given
from tests.services.followup.given_plans import RICH
from tests.services.followup.given_plans import customers as neighbours
from tests.services.followup.stories import END, START, moments
from tests.services.followup.stories_of_all import stories_of_all

SHIPPED = FollowUpPolicy()
policies = some.sampled_from(
    [SHIPPED, SHIPPED, POLICY, RICH, RICH.model_copy(update={"merge_within_days": 0})]
)


def customers() -> some.SearchStrategy[FollowUpFacts]:
    """Some of whom all is known that there may be, and some to whom a little happened at once."""
    return stories_of_all().map(lambda story: given(*story).facts) | neighbours()


def to_do(plan: CustomerPlan) -> list[Conversation]:
    return [talk for talk in plan.conversations if talk.closed_at is None]


def for_now(talk: Conversation) -> list[FollowUp]:
    return [each.follow_up for each in talk.purposes if each.ending is None]


def opened(talk: Conversation) -> FollowUp:
    return talk.purposes[0].follow_up


@always(customers(), policies, moments)
def test_no_two_tasks_are_open_for_one_reason(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    reasons = [
        each.about for talk in to_do(customer_plan(facts, policy, now)) for each in for_now(talk)
    ]
    assert len(reasons) == len(set(reasons))


def all_conversations(facts: FollowUpFacts, policy: FollowUpPolicy) -> Sequence[Conversation]:
    """All that ever were, each at its beginning."""
    found: dict[tuple[str, datetime], Conversation] = {}
    now = START - timedelta(days=30)
    while now < END:
        plan = customer_plan(facts, policy, now)
        for talk in plan.conversations:
            found.setdefault((talk.about, talk.opens_at), talk)
        if plan.changes_at is None:
            break
        now = plan.changes_at
    return list(found.values())


@always(customers(), policies)
def test_what_comes_once_in_a_while_is_never_opened_more_often(
    facts: FollowUpFacts, policy: FollowUpPolicy
) -> None:
    """Whatever was put together with something else besides."""
    limited = sorted(
        (
            talk
            for talk in all_conversations(facts, policy)
            if opened(talk).rule.contact in ("reminding", "selling")
            and talk.closed_because != "window had passed on arrival"
            and talk.closed_at != talk.opens_at
        ),
        key=lambda talk: talk.opens_at,
    )
    contacts = circumstances_of(facts, policy).contacts
    for before, after in pairwise(limited):
        zone = opened(after).zone
        assert after.opens_at >= days_after(before.opens_at, policy.contact_gap_days, zone)
    for talk in limited:
        last = max((each for each in contacts if each <= talk.opens_at), default=EVER)
        assert talk.opens_at >= days_after(last, policy.contact_gap_days, opened(talk).zone)


@always(customers(), policies)
def test_nobody_is_contacted_in_a_way_that_they_refused(
    facts: FollowUpFacts, policy: FollowUpPolicy
) -> None:
    circumstances = circumstances_of(facts, policy)
    for talk in all_conversations(facts, policy):
        rule = opened(talk).rule
        if rule.contact == "internal" or talk.closed_because == "window had passed on arrival":
            continue
        given = circumstances.allowed_at(talk.opens_at)
        assert rule.despite_refusal or not given.do_not_contact
        assert talk.channel in open_channels(rule.channels(talk.grade), given)


@always(customers(), policies, moments)
def test_nothing_is_sold_while_a_complaint_is_open(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    if circumstances_of(facts, policy).complaint_at(now) is None:
        return
    sold = [
        each.about
        for talk in to_do(customer_plan(facts, policy, now))
        for each in for_now(talk)
        if each.rule.contact == "selling"
    ]
    assert sold == []


@always(customers(), policies, moments)
def test_all_that_could_have_been_said_is_explained(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    plan = customer_plan(facts, policy, now)
    said = {each.follow_up.about for talk in plan.conversations for each in talk.purposes}
    silent = [each.follow_up.about for each in plan.silences]
    coming = {each.about for each in plan.coming}
    for_now_said = {each.about for talk in to_do(plan) for each in for_now(talk)}
    assert len(silent) == len(set(silent))
    assert not coming & (said | set(silent))
    assert not for_now_said & set(silent)
    remembered = now - timedelta(days=policy.remember_days)
    unknown_until = circumstances_of(facts, policy).unknown_until
    for each in follow_ups(customer_history(facts, policy), policy, EVER):
        if each.due_at > remembered and each.opens_at > unknown_until:
            assert each.about in said | set(silent) | coming
    for silence in plan.silences:
        assert silence.since <= now
        assert silence.until is None or silence.until > now
        assert silence.words.en
        assert silence.words.zh
    for talk in plan.conversations:
        assert talk.reasons
        assert talk.opens_at <= now


@always(customers(), policies, moments)
def test_what_is_forgotten_makes_no_difference(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    """Exactly as if all were walked from the very beginning."""
    circumstances = circumstances_of(facts, policy)
    everything = [
        matter(each, facts.customer_key, circumstances)
        for each in follow_ups(customer_history(facts, policy), policy, EVER)
        if each.opens_at > circumstances.unknown_until
    ]
    walk = Walk(everything, circumstances, policy)
    walk.until(now)
    plan = customer_plan(facts, policy, now)
    in_full = conversations(walk, policy, now)
    assert {talk.about: talk for talk in plan.conversations} == {
        talk.about: talk for talk in in_full
    }
    assert walk.changes_after(now) == plan.changes_at


@always(customers(), policies, moments)
def test_it_changes_when_it_says_and_not_before(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    def said(moment: datetime) -> object:
        return [
            (output.about, output.content)
            for output in decide(facts, {}, policy, moment).outputs
            if output.forget_at is None or output.forget_at > moment
        ]

    due = decide(facts, {}, policy, now).next_due
    if due is None:
        return
    forgets = {output.forget_at for output in decide(facts, {}, policy, now).outputs}
    if not any(each is not None and each <= due for each in forgets):
        assert said(due - timedelta(milliseconds=1)) == said(now)
        assert said(due) != said(now)


@pytest.mark.parametrize("policy", [POLICY, RICH])
def test_of_whom_nothing_is_known_there_is_nothing_to_say(policy: FollowUpPolicy) -> None:
    found = customer_plan(FollowUpFacts(), policy, END)
    assert found == CustomerPlan([], [], [], None, found.allowed)
    assert (found.allowed.do_not_contact, found.allowed.opt_outs) == (False, ())


@always(customers(), policies, moments)
def test_lists_say_of_tasks_what_is_decided(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> None:
    decided = tasks_to_do(decide(facts, {}, policy, now).outputs)
    facts = condense(facts, policy)
    walk = walked(facts, customer_history(facts, policy), policy, now)
    listed = still_to_do(facts.customer_key, walk, policy, now)
    assert [*listed.items()] == [*decided.items()]
