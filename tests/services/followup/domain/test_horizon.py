"""A customer with more documents than are looked at, and history from beyond the horizon."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as some

from services.followup.domain.circumstances import circumstances_of
from services.followup.domain.decide import condense
from services.followup.domain.facts import CONTACT, FollowUpFacts, join
from services.followup.domain.occasion import EVER
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.service_interval import ServiceInterval
from services.followup.domain.terms import ReplacementTerm, ReturnRight, WarrantyTerm
from shared.contracts.envelope import Event
from shared.decider.digests import PAST, Horizon
from tests.invariants import DeciderInvariantsOfLongStories, calls_for_one_more
from tests.invariants.life import Life
from tests.services.followup.four_rules import FOUR_RULES
from tests.services.followup.given import (
    CUSTOMER,
    DECIDER,
    POLICY,
    Customer,
    at,
    consent,
    delivery,
    given,
    local,
    moved,
    opt_outs,
    outcome,
    visit,
)
from tests.services.followup.given_attempts import corrected
from tests.services.followup.stories import END, START, moments, stories

FEW = FollowUpPolicy(horizon=Horizon(documents=2))
"""Looks at two contacts, two consents and two outcomes."""
SOON = FollowUpPolicy(
    horizon=Horizon(days=1, documents=1),
    service_interval=ServiceInterval(days=30, shortest_days=10, longest_days=40),
    longest_postponement_days=5,
    expires_days=9,
    recorded_expired_days=10,
    remember_days=30,
)
"""Nothing reaches as far as a hundred days; looks at one of each group."""
SHORT_SIGHTED = replace(DECIDER, policy=SOON)

VISITS = [visit(f"2025-01-{day}", f"R{day}", vin=f"CAR-{day}") for day in (10, 11, 12, 13)]
"""Of which R10 and R11 are set aside, where two are looked at."""


def told(policy: FollowUpPolicy, *events: Event[Any]) -> Customer:
    """A customer after these events, one at a time, each time condensed."""
    customer = given().by(policy)
    for event in events:
        customer.reported(event).condensed()
    return customer


def looked_at(story: Customer) -> set[str]:
    """Kind and number of each document that decisions look at."""
    return {key.removeprefix("sunrise/pudong/cdk/") for key in story.facts.documents}


class TestMoreThanAreLookedAt:
    def test_tasks_follow_the_newest_contacts(self) -> None:
        story = told(FEW, *VISITS)
        story.when("2025-01-14")
        assert set(story.statuses) == {"service_satisfaction/R12", "service_satisfaction/R13"}

    def test_deliveries_and_visits_are_ranked_together(self) -> None:
        story = told(FEW, delivery("2025-01-09"), *VISITS, delivery("2025-01-14", "D2"))
        assert looked_at(story) == {"visit/R13", "sale/D2"}

    @pytest.mark.parametrize("event", [VISITS[0], visit("2025-01-20", "R10", revised="2024-12-01")])
    def test_what_is_set_aside_is_not_taken_twice(self, event: Event[Any]) -> None:
        facts = told(FEW, *VISITS).facts
        assert join(facts, [event]) is facts

    @pytest.mark.parametrize(
        ("event", "visits"),
        [
            (visit("2025-01-10", "R10", status="voided", revised="2025-02-01"), {"R12", "R13"}),
            (moved("visit", "R10"), {"R12", "R13"}),
            (visit("2025-01-10", "R10", km=5, revised="2025-02-01"), {"R12", "R13"}),
            (visit("2025-01-15", "R10", revised="2025-02-01"), {"R10", "R13"}),
            (visit("2025-01-13", "R13", status="voided", revised="2025-02-01"), {"R11", "R12"}),
            (moved("visit", "R13"), {"R11", "R12"}),
            (visit("2025-01-09", "R13", revised="2025-02-01"), {"R11", "R12"}),
        ],
    )
    def test_news_of_any_of_them(self, event: Event[Any], visits: set[str]) -> None:
        story = told(FEW, *VISITS, event)
        assert looked_at(story) == {f"visit/{number}" for number in visits}
        assert story.facts.versions()[event.data.document_id] == event.data.version
        assert len(story.facts.versions()) == len(VISITS)
        assert story.facts == told(FEW, event, *VISITS).facts

    def test_what_was_said_of_those_set_aside_is_past_judging(self) -> None:
        decision = told(FEW, *VISITS).when("2025-01-14").decision
        task = "service_satisfaction/sunrise/pudong/cdk/visit/R"
        assert decision.is_history(f"{task}10")
        assert not decision.is_history(f"{task}13")
        voided = visit("2025-01-10", "R10", status="voided", revised="2025-02-01")
        mended = told(FEW, *VISITS, voided).when("2025-02-02").decision
        assert not mended.is_history(f"{task}10"), "a void takes back what was said"

    def test_up_to_the_newest_correction_set_aside_not_all_is_known(self) -> None:
        words = [corrected(f"2025-01-1{day}", "phones", number=f"B{day}") for day in (1, 2, 3)]
        for told_of, until in ((words, at("2025-01-11")), (words[1:], EVER)):
            assert circumstances_of(told(FEW, *told_of).facts, FEW).unknown_until == until

    def test_the_newest_consent_set_aside_still_counts(self) -> None:
        refused = consent("2025-01-01", "N1", do_not_contact=True)
        later = [consent(f"2025-02-0{day}", f"N{day}") for day in (2, 3)]
        story = told(FEW, refused, *later, VISITS[0])
        story.when("2025-01-12").then()

    def test_the_newest_opt_outs_set_aside_still_count(self) -> None:
        refused = opt_outs("2025-01-01", "phone", "sms", "email", "post", "app")
        later = [opt_outs(f"2025-02-0{day}", number=f"visit/R{day}") for day in (2, 3)]
        story = told(FEW, refused, *later, VISITS[0])
        assert "opt-outs/visit/R1" not in looked_at(story)
        story.when("2025-01-12").then()

    def test_however_many_documents_speak_of_channels_a_refusal_counts(self) -> None:
        refused = consent("2025-01-01", "N1", do_not_contact=True)
        said = [opt_outs(f"2025-01-0{day}", number=f"visit/R{day}") for day in range(2, 8)]
        story = told(FEW, refused, *said, VISITS[0])
        assert looked_at(story) >= {"consent/N1", "opt-outs/visit/R6", "opt-outs/visit/R7"}
        story.when("2025-01-12").then()

    def test_tasks_of_a_time_with_more_outcomes_are_not_judged(self) -> None:
        done = outcome("2025-01-11", "service_satisfaction/visit/R10", "done", "O1")
        others = [
            outcome(f"2025-02-0{day}", "service_satisfaction/visit/R13", "not_reached", f"O{day}")
            for day in (2, 3)
        ]
        contact = visit("2025-01-10 06:00", "R10", vin=None)
        before = told(FEW, contact, done)
        before.when("2025-01-12").then("service_satisfaction/R10 done: done")
        tasks = told(FEW, contact, done, *others).when("2025-02-04").then()
        [about] = [output.about for output in before.when("2025-01-12").decision.outputs]
        assert tasks.decision.is_history(about)


def test_a_task_that_others_displace_is_taken_back_if_open_and_forgotten_if_closed() -> None:
    apart = FEW.model_copy(update={"merge_within_days": 0})
    life = Life(replace(DECIDER, policy=apart), CUSTOMER)
    done = outcome("2025-01-11 10:00", "service_satisfaction/visit/R1", "done", "O1")
    first = [visit(f"2025-01-{day:02} 11:00", f"R{day - 8}", vin=None) for day in (9, 10)]
    life.take(at("2025-01-10 12:00"), first)
    life.take(at("2025-01-11 10:00"), [done])
    assert life.aggregate is not None
    tasks = [f"service_satisfaction/sunrise/pudong/cdk/visit/R{n}" for n in (1, 2)]
    assert set(life.aggregate.emitted) == set(tasks)
    displacing = [visit(f"2025-01-11 {hour}:00", f"R{hour}", vin=None) for hour in (11, 12)]
    assert life.take(at("2025-01-11 13:00"), displacing) == 1
    assert {about: said.withdrawn for about, said in life.aggregate.emitted.items()} == {
        tasks[1]: True
    }
    life.take(at("2025-01-12 09:00"))
    assert tasks[1] not in life.aggregate.emitted


class TestBeyondTheHorizon:
    OLD = (
        visit("2010-01-10", received="2025-01-01"),
        delivery("2010-01-10", received="2025-01-01"),
    )

    def test_what_arrives_from_there_is_held_and_says_nothing(self) -> None:
        story = told(FollowUpPolicy(), *self.OLD)
        story.when("2025-01-02").then_nothing()
        assert set(story.facts.digests) == {PAST}
        assert set(story.facts.versions()) == {event.data.document_id for event in self.OLD}
        assert join(story.facts, self.OLD) is story.facts

    def test_an_order_that_was_open_for_long_is_not_beyond(self) -> None:
        story = told(FollowUpPolicy(), visit("2025-01-10", hours=24 * 365 * 12))
        story.when("2025-01-12").then("service_satisfaction/R1 open")

    def test_an_old_refusal_counts_whenever_it_arrives(self) -> None:
        story = told(FollowUpPolicy(), consent("2005-01-01", do_not_contact=True), VISITS[0])
        story.when("2025-01-12").then()

    def test_the_horizon_reaches_as_far_as_a_task_is_remembered(self) -> None:
        assert FollowUpPolicy(horizon=Horizon(days=1)).looked_at.days == 376 + 36 * 31 + 180
        few = FollowUpPolicy(
            rules=FOUR_RULES,
            warranty=WarrantyTerm(months=1),
            replacement=ReplacementTerm(months=1),
            return_right=ReturnRight(months=1),
            horizon=Horizon(days=1),
        )
        assert few.looked_at.days == 9 + 365 + 180
        assert FollowUpPolicy().looked_at.days == 3653


class TestInvariants(DeciderInvariantsOfLongStories[FollowUpFacts, FollowUpPolicy]):
    """By policies that look at few documents."""

    decider = SHORT_SIGHTED
    deciders = some.sampled_from([replace(DECIDER, policy=FEW), SHORT_SIGHTED])
    stories = stories()
    moments = moments
    start, end = START, END
    other_policy = POLICY


def test_a_line_tells_of_any_document_what_it_was() -> None:
    events = [
        delivery("2025-01-10", "D 1/%ä", km=12, status="unwound", received="2025-02-01"),
        visit("2025-01-10", "@R\n=", vin=None, received="2025-02-01"),
        visit("2025-01-11", "R2", status="open", km=0),
        consent("2025-01-10", "N1", do_not_contact=True, opt_outs=("phone", "sms")),
        opt_outs("2025-01-10", "phone", "sms"),
        outcome("2025-01-10", "next_service/visit/R2", "postponed", next_contact_on="2025-03-01"),
        moved("visit", "R3"),
    ]
    others = [
        visit("2026-01-01", "N1"),
        consent("2026-01-01", "N2"),
        opt_outs("2026-01-01", number="visit/N4"),
        outcome("2026-01-01", "next_service/visit/R2", "done", "N3"),
    ]
    facts = join(FollowUpFacts(), [*events, *others])
    condensed = condense(facts, FollowUpPolicy(horizon=Horizon(documents=1)))
    assert len(condensed.documents) == len(others)
    assert CONTACT in condensed.digests
    assert condense(condensed, FollowUpPolicy()) == condense(facts, FollowUpPolicy())


def many_visits(count: int) -> list[Event[Any]]:
    """One visit every eight hours."""
    first = at("2020-01-01")
    moments = [first + timedelta(hours=8 * number) for number in range(count)]
    return [visit(local(moment), f"R{number}") for number, moment in enumerate(moments)]


def test_a_customer_of_thousands_of_visits_costs_what_one_of_hundreds_does() -> None:
    some_visits, many = many_visits(300), many_visits(3_000)
    assert calls_for_one_more(DECIDER, many) < (1.1 * calls_for_one_more(DECIDER, some_visits))
    facts = told(DECIDER.policy, *many[:250]).facts
    assert len(facts.documents) == DECIDER.policy.looked_at.documents
    assert len(facts.versions()) == 250


def test_what_is_set_aside_takes_few_bytes() -> None:
    facts = condense(join(FollowUpFacts(), many_visits(3_000)), DECIDER.policy)
    stored = facts.model_dump_json(exclude_defaults=True)
    looked_at_bytes = condense(join(FollowUpFacts(), many_visits(200)), DECIDER.policy)
    more = len(stored) - len(looked_at_bytes.model_dump_json(exclude_defaults=True))
    assert more / 2_800 < 110
