"""Leads 潜客, as the dealers' own material tells how to follow them: grades, contacts, losses."""

from typing import Any, get_args

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from pydantic import ValidationError

from services.followup.domain.decide import condense
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.leads.terms import LeadGrading, LeadTerms
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.envelope import Event
from shared.contracts.leads import Extent
from shared.contracts.scoring import Grade
from shared.decider.digests import Horizon
from tests.services.followup.given import at, delivery, local, outcome
from tests.services.followup.given_leads import (
    course,
    courses,
    follow_ups_of,
    lead,
    lost,
    said,
    tasks,
)

ABLE_AND_LOYAL: dict[str, Any] = {"ability_to_pay": "high", "brand_loyalty": "high"}
BUYS_SOON: dict[str, Any] = {"buys_within_days": 30}
TALKED = ("2025-01-10 17:30",)


@pytest.mark.parametrize(
    ("known", "grade"),
    [
        (ABLE_AND_LOYAL, "quality"),
        (ABLE_AND_LOYAL | BUYS_SOON | {"competitor": "BYD"}, "quality"),
        (ABLE_AND_LOYAL | {"brand_loyalty": "some"}, "potential"),
        (ABLE_AND_LOYAL | {"ability_to_pay": "some"}, "general"),
        (ABLE_AND_LOYAL | {"ability_to_pay": "some"} | BUYS_SOON, "potential"),
        (BUYS_SOON, "potential"),
        ({"buys_within_days": 0}, "potential"),
        ({"buys_within_days": 31}, "general"),
        ({"competitor": "BYD"}, "potential"),
        ({"ability_to_pay": "high", "brand_loyalty": "none"}, "potential"),
        ({"ability_to_pay": "none", "brand_loyalty": "high"}, "general"),
        ({"ability_to_pay": "unknown", "brand_loyalty": "unknown"}, "general"),
        ({}, "general"),
    ],
)
def test_the_grade_follows_from_ability_and_loyalty(known: dict[str, Any], grade: Grade) -> None:
    assert course(lead("2025-01-10", **known)).grade == grade


@pytest.mark.parametrize("loyalty", get_args(Extent))
@pytest.mark.parametrize("ability", get_args(Extent))
def test_of_ability_and_loyalty_alone_all_that_is_not_high_is_alike(
    ability: Extent, loyalty: Extent
) -> None:
    grade = "general" if ability != "high" else "quality" if loyalty == "high" else "potential"
    asked = lead("2025-01-10", ability_to_pay=ability, brand_loyalty=loyalty)
    assert course(asked).grade == grade


def test_how_leads_are_graded_is_data() -> None:
    loyal = LeadGrading(name="loyal", grade="quality", brand_loyalty=("high", "some"))
    policy = FollowUpPolicy(leads=LeadTerms(gradings=(loyal,)))
    assert course(lead("2025-01-10", brand_loyalty="some"), policy=policy).grade == "quality"
    assert course(lead("2025-01-10", **BUYS_SOON), policy=policy).grade == "general"


def test_a_grading_asks_for_something_and_has_a_name_of_its_own() -> None:
    with pytest.raises(ValidationError, match="this would fit every lead"):
        LeadGrading(name="all", grade="quality")
    loyal = LeadGrading(name="loyal", grade="quality", brand_loyalty=("high",))
    with pytest.raises(ValidationError, match="two gradings have the same name"):
        LeadTerms(gradings=(loyal, loyal))


# given what of the lead, then these tasks: from when to when, and what ends them
FIRST = "2025-01-10 10:00 to 2025-01-10 12:00"
TABLE: dict[str, tuple[list[Event[Any]], dict[str, str]]] = {
    "an enquiry by the web is answered within two hours": (
        [lead("2025-01-10 10:00")],
        {"lead_first_contact": FIRST},
    ),
    "a call after closing time within two hours of the next opening": (
        [lead("2025-01-10 22:00", channel="call")],
        {"lead_first_contact": "2025-01-11 09:00 to 2025-01-11 11:00"},
    ),
    "who came to the showroom is thanked the next day": (
        [lead("2025-01-10 10:00", channel="walk_in")],
        {"lead_walk_in": "2025-01-11 09:00 to 2025-01-11 17:00"},
    ),
    "a quality lead is contacted again after a week": (
        [lead("2025-01-10 10:00", contacts=["2025-01-10 10:30"], **ABLE_AND_LOYAL)],
        {
            "lead_first_contact": f"{FIRST}; done 2025-01-10 10:30: contacted",
            "lead_quality": "2025-01-17 09:00 to 2025-01-27 18:00",
        },
    ),
    "a potential one after two weeks": (
        [lead("2025-01-10 10:00", contacts=["2025-01-10 10:30"], **BUYS_SOON)],
        {
            "lead_first_contact": f"{FIRST}; done 2025-01-10 10:30: contacted",
            "lead_potential": "2025-01-24 09:00 to 2025-01-31 18:00",
        },
    ),
    "a general one after a month": (
        [lead("2025-01-10 10:00", contacts=["2025-01-10 10:30"])],
        {
            "lead_first_contact": f"{FIRST}; done 2025-01-10 10:30: contacted",
            "lead_general": "2025-02-09 09:00 to 2025-02-23 18:00",
        },
    ),
    "who bought is welcomed, and no longer followed": (
        [lead("2025-01-10 10:00"), delivery("2025-01-11 12:00")],
        {
            "lead_first_contact": f"{FIRST}; done 2025-01-11 12:00: lead bought",
            "lead_bought": "2025-01-12 09:00 to 2025-01-18 18:00",
        },
    ),
    "who puts it off is called again after a month and after three": (
        [lead("2025-01-10 10:00", status="quasi_lost", since="2025-01-10 11:00", reason="put_off")],
        {
            "lead_first_contact": f"{FIRST}; cancelled 2025-01-10 11:00: quasi-lost",
            "quasi_lost_recall": "2025-02-09 09:00 to 2025-02-23 18:00",
            "quasi_lost_second_recall": "2025-04-10 09:00 to 2025-04-24 18:00",
        },
    ),
    "a loss goes to the manager, and until they agree the lead is followed": (
        [lost("2025-01-10", "2025-02-01 11:00", reason="brand")],
        {
            "lead_first_contact": "2025-01-10 17:00 to 2025-01-10 19:00; "
            "done 2025-01-10 17:30: contacted",
            "lead_general": "2025-02-09 09:00 to 2025-02-23 18:00",
            "lost_approval": "2025-02-01 11:00 to 2025-02-02 11:00",
        },
    ),
    "an approved loss is called again in turn": (
        [lost("2025-01-10", "2025-02-01 11:00", approved="2025-02-01 12:00", contacts_made=3)],
        {
            "lead_first_contact": "2025-01-10 17:00 to 2025-01-10 19:00; "
            "done 2025-01-10 17:30: contacted",
            "lead_general": "2025-02-09 09:00 to 2025-02-23 18:00; "
            "cancelled 2025-02-01 12:00: approved as lost",
            "lost_approval": "2025-02-01 11:00 to 2025-02-02 11:00; "
            "done 2025-02-01 12:00: approved as lost",
            "lost_recall": "2025-05-02 09:00 to 2025-05-16 18:00",
            "lost_second_recall": "2025-07-31 09:00 to 2025-08-14 18:00",
            "lost_last_recall": "2026-01-27 09:00 to 2026-02-10 18:00",
        },
    ),
    "a loss that was hardly followed is looked at": (
        [lost("2025-01-10 10:00", "2025-02-01 11:00", contacts=())],
        {
            "lead_first_contact": FIRST,
            "falsely_lost": "2025-02-01 11:00 to 2025-02-02 11:00",
        },
    ),
    "a returned one is called soon": (
        [
            lost("2025-01-10 10:00", "2025-02-01 11:00", contacts=()),
            said("2025-02-01 12:00", "falsely_lost", "not_lost", of="L1/lost/2025-02-01 11:00"),
        ],
        {
            "lead_first_contact": FIRST,
            "falsely_lost": "2025-02-01 11:00 to 2025-02-02 11:00",
            "lead_returned": "2025-02-01 12:00 to 2025-02-03 18:00",
        },
    ),
    "a lost one that buys was falsely lost": (
        [
            lost("2025-01-10", "2025-02-01 11:00", contacts_made=3, approved="2025-02-01 12:00"),
            delivery("2025-03-01 12:00"),
        ],
        {
            "lead_first_contact": "2025-01-10 17:00 to 2025-01-10 19:00; "
            "done 2025-01-10 17:30: contacted",
            "lead_general": "2025-02-09 09:00 to 2025-02-23 18:00; "
            "cancelled 2025-02-01 12:00: approved as lost",
            "lost_approval": "2025-02-01 11:00 to 2025-02-02 11:00; "
            "done 2025-02-01 12:00: approved as lost",
            "lost_recall": "2025-05-02 09:00 to 2025-05-16 18:00; "
            "done 2025-03-01 12:00: lead bought",
            "lost_second_recall": "2025-07-31 09:00 to 2025-08-14 18:00; "
            "done 2025-03-01 12:00: lead bought",
            "lost_last_recall": "2026-01-27 09:00 to 2026-02-10 18:00; "
            "done 2025-03-01 12:00: lead bought",
            "lead_bought": "2025-03-02 09:00 to 2025-03-08 18:00",
            "lost_lead_bought": "2025-03-02 09:00 to 2025-03-08 18:00",
        },
    ),
    "a lead that was entered by mistake is none": ([lead("2025-01-10", status="voided")], {}),
}


@pytest.mark.parametrize("story", TABLE)
def test_leads_are_followed_as_the_table_says(story: str) -> None:
    events, expected = TABLE[story]
    found = tasks(*events)
    assert found == expected


def test_each_task_is_for_who_is_responsible_and_says_what_is_known() -> None:
    (first,) = follow_ups_of(
        lead("2025-01-10", owner="wang.fang", model="Tucson L", competitor="BYD", **BUYS_SOON)
    )
    assert (first.person, first.grade) == ("wang.fang", "potential")
    assert first.said == {"lead": "L1", "wish": "Tucson L / BYD", "tries": "0"}


def test_why_they_are_lost_is_said_in_both_languages() -> None:
    told = follow_ups_of(lost("2025-01-10", "2025-02-01", reason="delivery_time"))
    (judged,) = [each for each in told if each.rule.kind == "lost_approval"]
    assert judged.said["reason"] == "delivery time 交车期"
    assert judged.said["tries"] == "2"


def test_between_colleagues_nobody_is_contacted() -> None:
    kinds = {rule.kind for rule in FollowUpPolicy().rules if rule.contact == "internal"}
    assert {"lost_approval", "falsely_lost", "lost_lead_bought"} <= kinds
    rules = FollowUpPolicy().by_kind
    assert not any(rules[kind].counts_as_contact for kind in kinds)


def test_no_two_tasks_on_leads_have_one_name() -> None:
    for events, _ in TABLE.values():
        names = [each.about for each in follow_ups_of(*events)]
        assert len(set(names)) == len(names)


@drawn(
    st.permutations(
        [
            lead("2025-01-10"),
            lead("2025-01-10", contacts=TALKED, revised="2025-01-11"),
            lost("2025-01-10", "2025-02-01", approved="2025-02-03"),
            said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01"),
            lead("2025-01-20", "L2", channel="walk_in"),
            delivery("2025-03-01"),
            outcome("2025-01-25", "delivery_thanks/sale/D1", "done", number="O9"),
        ]
    )
)
def test_the_order_of_arrival_makes_no_difference(events: list[Event[Any]]) -> None:
    in_order = sorted(events, key=lambda event: event.id)
    assert tasks(*events) == tasks(*in_order)
    halves = join(join(FollowUpFacts(), events[:3]), events[3:])
    assert halves.documents == join(FollowUpFacts(), in_order).documents


def test_of_many_leads_the_newest_are_looked_at_and_the_others_come_back_as_they_were() -> None:
    events = [
        lost(
            f"2025-01-{day:02}",
            f"2025-02-{day:02}",
            number=f"L{day}",
            approved="2025-03-01",
            competitor="a, b",
            model="Tucson L",
            owner="王芳",
            earlier=[("quasi_lost", f"2025-01-{day:02} 18:00", "put_off")],
            **BUYS_SOON,
        )
        for day in range(1, 5)
    ]
    whole = join(FollowUpFacts(), events)
    few = condense(whole, FollowUpPolicy(horizon=Horizon(documents=1)))
    assert [key.rsplit("/", 1)[1] for key in few.documents] == ["L4"]
    assert condense(few, FollowUpPolicy()).documents == whole.documents


def test_history_that_is_imported_says_when_it_was_known() -> None:
    (first,) = follow_ups_of(lead("2025-01-10", received="2026-11-01"))
    assert first.arrived_late_at == at("2026-11-01")


def test_what_happened_after_a_late_import_is_not_late() -> None:
    told = follow_ups_of(
        lost("2025-01-10", "2026-11-05", received="2026-11-01", contacts=(), reason="trust")
    )
    late = {each.rule.kind: each.arrived_late_at for each in told}
    assert late == {"lead_first_contact": at("2026-11-01"), "falsely_lost": None}


def test_two_leads_of_one_customer_go_their_own_ways() -> None:
    web = lost("2025-01-10", "2025-02-01", approved="2025-02-02")
    walk_in = lead("2025-01-20", "L2", channel="walk_in", **BUYS_SOON)
    first, second = courses(web, walk_in)
    assert (first.grade, second.grade) == ("general", "potential")
    assert [stand.status for stand in second.stands] == ["open"]
    assert second.talks == []


def test_a_talk_here_is_local_time_of_nobody() -> None:
    told = course(lead("2025-01-10"), outcome("2025-01-11 09:30", "silence/sale/D1", "done"))
    assert [local(moment) for moment in told.talks] == ["2025-01-11 09:30"]
