"""A customer with more documents than are looked at, and history from beyond the horizon."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain.decide import condense
from services.scoring.domain.documents import Former, Profile
from services.scoring.domain.facts import ScoringFacts, join
from services.scoring.domain.policy import Rules, ScoringPolicy
from services.scoring.domain.rule import Fade, Rule
from shared.contracts.envelope import Event
from shared.decider.digests import NOTHING, PAST, Horizon
from shared.decider.facts import Gone, Noted
from tests.invariants import DeciderInvariants, calls_for_one_more
from tests.invariants.life import Life
from tests.services.scoring.given import (
    CUSTOMER,
    DECIDER,
    POLICY,
    Customer,
    complaint,
    day,
    given,
    line,
    moved,
    product,
    referral,
    sale,
    survey,
    visit,
)
from tests.services.scoring.given_identity import parted, profile, referred_purchase
from tests.services.scoring.stories import END, START, moments, stories

FEW = ScoringPolicy(horizon=Horizon(documents=2))
"""Looks at two documents of each kind."""


def _soon_forgotten(rule: Rule) -> Rule:
    fades = (Fade(up_to_days=30, percent=100), Fade(up_to_days=60, percent=50))
    return rule.model_copy(update={"fades": fades})


SOON = ScoringPolicy(
    rules=Rules(**{name: _soon_forgotten(rule) for name, rule in ScoringPolicy().by_name.items()}),
    remember_changes_days=40,
    value_is_high_from=25,
    loyalty_is_high_from=15,
    horizon=Horizon(days=1, documents=1),
)
"""Remembers a hundred days, and looks at one document of each kind."""
SHORT_SIGHTED = replace(DECIDER, policy=SOON)


def told(policy: ScoringPolicy, *events: Event[Any]) -> Customer:
    """A customer after these events, one at a time, each time condensed."""
    customer = given().by(policy)
    for event in events:
        customer.reported(event).condensed()
    return customer


def looked_at(story: Customer) -> set[str]:
    """Kind and number of each document that decisions look at."""
    return {key.removeprefix("sunrise/pudong/cdk/") for key in story.facts.documents}


VISITS = [visit(f"2025-0{month}-10", f"R{month}", paid="300") for month in (1, 2, 3, 4)]
"""Of which R1 and R2 are set aside, where two are looked at."""


class TestMoreThanAreLookedAt:
    def test_the_newest_are(self) -> None:
        story = told(FEW, *VISITS)
        assert looked_at(story) == {"visit/R3", "visit/R4"}
        assert story.when("2025-04-11").points["service_paid"] == 6

    def test_each_kind_has_its_own_number(self) -> None:
        story = told(FEW, sale("2020-01-10"), complaint("2020-01-10"), *VISITS)
        assert looked_at(story) == {"visit/R3", "visit/R4", "sale/D1", "complaint/K1/standing"}

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param(VISITS[0], id="exported again"),
            pytest.param(visit("2025-05-10", "R1", revision=0), id="an older version"),
        ],
    )
    def test_what_is_set_aside_is_not_taken_twice(self, event: Event[Any]) -> None:
        facts = told(FEW, *VISITS).facts
        assert join(facts, [event]) is facts

    @pytest.mark.parametrize(
        ("event", "visits"),
        [
            pytest.param(
                visit("2025-01-10", "R1", status="voided", revision=2), {"R3", "R4"}, id="voided"
            ),
            pytest.param(moved("visit", "R1"), {"R3", "R4"}, id="moved"),
            pytest.param(
                visit("2025-01-11", "R1", paid="900", revision=2), {"R3", "R4"}, id="corrected"
            ),
            pytest.param(
                visit("2025-03-20", "R1", revision=2), {"R1", "R4"}, id="it was later in truth"
            ),
            pytest.param(visit("2025-03-20", "R9"), {"R9", "R4"}, id="another, reported late"),
            pytest.param(visit("2025-01-20", "R9"), {"R3", "R4"}, id="another, of long before"),
        ],
    )
    def test_news_of_what_is_set_aside(self, event: Event[Any], visits: set[str]) -> None:
        story = told(FEW, *VISITS, event)
        assert looked_at(story) == {f"visit/{number}" for number in visits}
        assert story.facts.versions()[event.data.document_id] == event.data.version
        for at in range(len(VISITS)):
            earlier = told(FEW, *VISITS[:at], event, *VISITS[at:])
            assert earlier.facts == story.facts

    @pytest.mark.parametrize(
        ("event", "visits"),
        [
            pytest.param(
                visit("2025-04-10", "R4", status="voided", revision=2), {"R2", "R3"}, id="voided"
            ),
            pytest.param(moved("visit", "R4"), {"R2", "R3"}, id="moved"),
            pytest.param(
                visit("2025-01-01", "R4", revision=2), {"R2", "R3"}, id="it was earlier in truth"
            ),
        ],
    )
    def test_another_takes_the_place_of_one_that_counts_no_longer(
        self, event: Event[Any], visits: set[str]
    ) -> None:
        story = told(FEW, *VISITS, event)
        assert looked_at(story) == {f"visit/{number}" for number in visits}
        assert story.when("2025-05-01").points["service_paid"] == 6

    def test_the_newest_set_aside_is_voided_and_then_one_that_is_looked_at(self) -> None:
        voids = [visit(f"2025-0{n}-10", f"R{n}", status="voided", revision=2) for n in (2, 4)]
        assert looked_at(told(FEW, *VISITS, *voids)) == {"visit/R1", "visit/R3"}
        assert told(FEW, *VISITS, *voids).facts == told(FEW, *reversed(voids), *VISITS).facts

    def test_a_void_and_its_correction_lead_back(self) -> None:
        voided = visit("2025-01-10", "R1", status="voided", revision=2)
        again = visit("2025-01-10", "R1", paid="300", revision=3)
        story = told(FEW, *VISITS, voided, again)
        assert story.facts.documents == told(FEW, *VISITS).facts.documents
        last_voided = visit("2025-04-10", "R4", status="voided", revision=2)
        third_voided = visit("2025-03-10", "R3", status="voided", revision=2)
        assert looked_at(told(FEW, *VISITS, voided, again, last_voided, third_voided)) == {
            "visit/R1",
            "visit/R2",
        }

    def test_another_number_looks_at_more_or_less_at_once(self) -> None:
        facts = told(FEW, *VISITS).facts
        assert looked_at(told(FEW, *VISITS).by(SOON).condensed()) == {"visit/R4"}
        assert condense(condense(facts, SOON), FEW) == facts
        many = condense(facts, ScoringPolicy())
        assert many == told(ScoringPolicy(), *VISITS).facts
        assert condense(many, FEW) == facts
        few, all_of_them = told(FEW, *VISITS).by(POLICY), told(POLICY, *VISITS)
        assert few.when("2025-04-11").decision == all_of_them.when("2025-04-11").decision

    def test_a_grade_told_before_them_is_not_taken_back(self) -> None:
        """It is past judging, like a change that is forgotten."""
        change = "grade/2025-01-10T10:00:00.000Z/general-potential"
        decision = told(FEW, *VISITS).when("2025-04-11").decision
        assert decision.is_history(change)
        assert not decision.is_history(change.replace("2025-01", "2025-04"))
        assert not told(FEW, *VISITS[:2]).when("2025-04-11").decision.is_history(change)


def test_a_grade_change_that_others_displace_is_forgotten_and_not_taken_back() -> None:
    life = Life(replace(DECIDER, policy=FEW), CUSTOMER)
    for event in (sale("2025-01-10"), visit("2025-01-20", "R1", paid="1000")):
        life.take(event.recorded_at, [event])
    change = "grade/2025-01-20T10:00:00.000Z/general-potential"
    assert life.aggregate is not None
    assert set(life.aggregate.emitted) == {"score", change}
    for event in (visit("2025-02-01", "R2"), visit("2025-02-10", "R3")):
        assert life.take(event.recorded_at, [event]) <= 1, "the score at most"
    assert change not in life.aggregate.emitted


class TestBeyondTheHorizon:
    OLD = (
        sale("2010-01-10", received="2025-01-01"),
        visit("2010-01-10", received="2025-01-01"),
        complaint("2010-01-10", received="2025-01-01"),
        survey("2010-01-10", 9, received="2025-01-01"),
        referral("2010-01-10", received="2025-01-01"),
    )

    def test_what_arrives_from_there_is_held_and_says_nothing(self) -> None:
        story = told(ScoringPolicy(), *self.OLD)
        story.when("2025-01-02").then_nothing()
        assert set(story.facts.digests) == {PAST}
        assert set(story.facts.versions()) == {event.data.document_id for event in self.OLD}

    @pytest.mark.parametrize("event", OLD)
    def test_a_correction_brings_it_back(self, event: Event[Any]) -> None:
        received_at_once = complaint("2010-01-10", revision=2)
        if event.data.TYPE != received_at_once.data.TYPE:
            data = event.data.model_copy(update={"version": "2"})
            received_at_once = event._replace(recorded_at=day("2010-01-10"), data=data)
        story = told(ScoringPolicy(), *self.OLD, received_at_once)
        assert set(story.facts.documents) == {event.data.document_id}
        assert story.facts == told(ScoringPolicy(), received_at_once, *self.OLD).facts

    @pytest.mark.parametrize("event", OLD)
    def test_exported_again_it_adds_nothing(self, event: Event[Any]) -> None:
        facts = told(ScoringPolicy(), *self.OLD).facts
        assert join(facts, [event]) is facts

    def test_a_void_finds_it(self) -> None:
        voided = visit("2010-01-10", status="voided", received="2025-01-01", revision=2)
        story = told(ScoringPolicy(), *self.OLD, voided)
        assert voided.data.document_id in story.facts.versions()
        assert "visit" not in story.facts.digests[PAST]
        assert "visit" in story.facts.digests[NOTHING]

    def test_as_time_passes_what_was_told_stays(self) -> None:
        """The grade of today may rest on a car bought long ago, and on the way since."""
        story = told(ScoringPolicy(), sale("2010-01-10", "D1"), sale("2024-12-10", "D2"))
        story.when("2025-01-02").then("vehicle_bought 30", "vehicle_replaced 15")

    def test_the_horizon_reaches_as_far_as_anything_counts(self) -> None:
        policy = ScoringPolicy(horizon=Horizon(days=1))
        assert policy.looked_at.days == 2192 + 400
        assert ScoringPolicy().looked_at.days == 3653


class TestInvariants(DeciderInvariants[ScoringFacts, ScoringPolicy]):
    """By policies that look at few documents."""

    decider = SHORT_SIGHTED
    deciders = some.sampled_from([replace(DECIDER, policy=FEW), SHORT_SIGHTED])
    stories = stories()
    moments = moments
    start, end = START, END
    other_policy = POLICY


def newest_by_hand(story: Sequence[Event[Any]], kind: str, number: int) -> set[str]:
    """The newest documents of a kind, reckoned from what remains of the whole story."""
    known = [
        (document.at, key)
        for key, document in join(ScoringFacts(), story).documents.items()
        if not isinstance(document, Noted | Gone | Former | Profile)
        and document.kind == kind
        and (document.late is None or document.late - document.at <= timedelta(days=100))
    ]
    return {key for _, key in sorted(known)[-number:]}


@always(stories(), some.data())
def test_looked_at_are_the_newest_of_all_that_stand(
    story: list[Event[Any]], data: some.DataObject
) -> None:
    order = data.draw(some.permutations(story))
    documents = told(SOON, *order).facts.documents
    for kind in ("sale", "visit", "case", "survey", "referral", "ownership_end"):
        found = {key for key, document in documents.items() if document.kind == kind}
        assert found == newest_by_hand(story, kind, 1)


def test_a_line_tells_of_any_document_what_it_was() -> None:
    events = [
        sale("1969-12-31T23:59:59.875+00:00", "D 1/%ä", products=("10", None)),
        sale("2025-01-10", "D2", role="driver", received="2025-03-01"),
        visit("2025-01-10", "@R\n=", paid="1234567.89"),
        visit("2025-01-11", "R2", status="open"),
        complaint("2025-01-10", severity="major"),
        complaint("2025-01-12", "K2", ("2025-01-13", "open"), ("2025-01-14", "merged major")),
        complaint("2025-01-12", "K3", ("2025-01-13", "satisfied normal 2025-03-01")),
        survey("2025-01-10", 0),
        referral("2025-01-10"),
        moved("visit", "R3"),
        sale(
            *("2025-01-10", "D4"),
            vin="LSVAU2180N2183294",
            products=(product("warranty", "1", expires_on="2027-01-10"), product("insurance")),
            traded_in=("LSVAU2180N2183295", "LSVAU2180N2183296"),
        ),
        visit(
            *("2025-01-12", "R4"),
            vin="LSVAU2180N2183294",
            promised="2025-01-12T08:00:00Z",
            comeback_of="R1",
            lines=[line("1", code="A, b"), line("2", code="C", category="accessory")],
        ),
        parted("2025-01-10", "LSVAU2180N2183294", because="traded_in", received="2025-03-01"),
        referred_purchase("2025-01-10"),
        profile(
            birth_year=1980,
            occupation="a, b",
            area="Pudong | 浦东",
            vehicles={"LSVAU2180N2183294": {"make": "A, B", "model": "C/D"}},
        ),
    ]
    none = ScoringPolicy(horizon=Horizon(documents=1))
    facts = join(ScoringFacts(), [*events, *(visit(f"2026-0{n}-01", f"N{n}") for n in (1, 2))])
    facts = join(facts, [sale("2026-01-01", "N3"), complaint("2026-01-01", "K9")])
    back = condense(condense(facts, none), ScoringPolicy())
    assert back == condense(facts, ScoringPolicy())


def many_visits(count: int) -> list[Event[Any]]:
    """One visit every eight hours."""
    first = day("2020-01-01")
    moments = [first + timedelta(hours=8 * number) for number in range(count)]
    return [visit(moment.isoformat(), f"R{number}") for number, moment in enumerate(moments)]


def test_a_customer_of_thousands_of_visits_costs_what_one_of_hundreds_does() -> None:
    some_visits, many = many_visits(300), many_visits(3_000)
    assert calls_for_one_more(DECIDER, many) < (1.1 * calls_for_one_more(DECIDER, some_visits))
    facts = told(DECIDER.policy, *many[:250]).facts
    assert len(facts.documents) == DECIDER.policy.looked_at.documents
    assert len(facts.versions()) == 250


def test_what_is_set_aside_takes_few_bytes() -> None:
    facts = condense(join(ScoringFacts(), many_visits(3_000)), DECIDER.policy)
    stored = facts.model_dump_json(exclude_defaults=True)
    looked_at_bytes = condense(join(ScoringFacts(), many_visits(200)), DECIDER.policy)
    more = len(stored) - len(looked_at_bytes.model_dump_json(exclude_defaults=True))
    assert more / 2_800 < 90


def test_what_was_stored_before_a_kind_said_more_is_read_as_it_was() -> None:
    stored = """{"customer_key": "sunrise/pudong/cdk/C1", "documents": {
        "sunrise/pudong/cdk/sale/D1": {"version": "1", "kind": "sale", "bought": true,
            "at": "2025-01-10T10:00:00Z", "products": 1, "vin": "LSVAU2180N2183294"},
        "sunrise/pudong/cdk/visit/R1": {"version": "1", "kind": "visit", "paid": 1000,
            "at": "2025-01-20T10:00:00Z", "day": "2025-01-20", "currency": "CNY"},
        "sunrise/pudong/cdk/survey/S1": {"version": "1", "kind": "survey", "overall": 9,
            "at": "2025-01-21T10:00:00Z"}},
        "digests": {"visit": "@visit/R0 1 v 1735689600 =  2025-01-01 500 CNY|"},
        "newest": {"visit": "@visit/R0"}, "limits": "3653/1"}"""
    story = given()
    story.facts = ScoringFacts.model_validate_json(stored)
    story.when("2025-02-01").then(
        "vehicle_bought 30",
        "products_bought 5",
        "service_paid 15 of 2",
        "recent_visit 20",
        "regular_visits 12 of 2",
        "survey_answers 6",
    )
