"""Leads in their customer's plan: what opens, waits or is never said, and for whom."""

from dataclasses import replace
from typing import Any

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.leads.terms import LeadTerms
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.leads import LEADS
from services.followup.domain.shipped.loyalty import SILENCE
from shared.contracts.envelope import Event
from tests.invariants import DeciderInvariantsOfLongStories
from tests.services.followup.given import DECIDER, Customer, consent, given, moved, visit
from tests.services.followup.given_attempts import assignment, call
from tests.services.followup.given_leads import EVERY_RULE, lead, lost, said
from tests.services.followup.stories import END, START, moments
from tests.services.followup.stories_of_leads import stories_of_leads


class TestInvariantsOfLeads(DeciderInvariantsOfLongStories[FollowUpFacts, FollowUpPolicy]):
    decider = replace(DECIDER, policy=FollowUpPolicy(rules=(SILENCE, *LEADS)))
    stories = stories_of_leads()
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(rules=LEADS[2:], leads=LeadTerms(fewest_contacts=3))


KIND = "lead_first_contact"
FIRST = f"{KIND}/lead/L1"


def story(*events: Event[Any]) -> Customer:
    return given(*events).by(EVERY_RULE)


def test_an_enquiry_at_night_opens_with_the_dealer_for_who_is_responsible() -> None:
    asked = story(lead("2025-01-10 22:00", owner="wang.fang", model="Tucson L"))
    assert asked.when("2025-01-11 08:59").conversations == []
    task = asked.when("2025-01-11 09:00").of_kind("lead_first_contact")
    assert (task.status, task.person, task.grade) == ("open", "wang.fang", "general")
    assert task.purposes[0].why.en == "Lead L1 asked on 2025-01-10; interested in: Tucson L"
    assert asked.when("2025-01-11 11:00").of_kind("lead_first_contact").status == "overdue"


def test_who_came_to_the_workshop_yesterday_still_has_an_answer_to_what_they_ask() -> None:
    asked = story(visit("2025-01-09"), lead("2025-01-10 10:00")).when("2025-01-10 10:00")
    assert "lead_first_contact/L1" in " + ".join(asked.conversations)


def test_the_next_contact_waits_for_the_fourteen_days_of_any_contact() -> None:
    able: dict[str, Any] = {"ability_to_pay": "high", "brand_loyalty": "high"}
    told = story(
        lead("2025-01-10 10:00", contacts=["2025-01-10 10:30"], **able), visit("2025-01-11 12:00")
    )
    quality = [each for each in told.when("2025-01-20").silences if "lead_quality" in each]
    assert len(quality) == 1
    opened = told.when("2025-01-25 12:00").of_kind("lead_quality")
    assert (opened.status, opened.priority, opened.depth) == ("open", 3, "thorough")


def test_who_wants_no_contact_is_not_called_and_the_manager_still_judges_the_loss() -> None:
    told = story(
        consent("2025-01-09", do_not_contact=True),
        lost("2025-01-10", "2025-02-01 12:00", contacts=("2025-01-10 17:10", "2025-01-11")),
    ).when("2025-02-01 12:00")
    assert [task.kind for task in told.tasks if task.status == "open"] == ["lost_approval"]
    assert told.of_kind("lost_approval").owner_role == "sales_manager"


def test_a_managers_task_is_no_part_of_a_call() -> None:
    told = story(
        lead("2025-02-01 09:30", "L2"),
        lost("2025-01-10", "2025-02-01 10:00", contacts_made=5),
    ).when("2025-02-01 12:00")
    assert "lead_first_contact/L2" in told.conversations
    assert told.of_kind("lost_approval").status == "open"


def test_one_that_is_another_customers_now_leaves_nothing_to_do() -> None:
    told = story(lead("2025-01-10 10:00")).when("2025-01-10 11:00")
    assert told.conversations == ["lead_first_contact/L1"]
    told.reported(moved("lead", "L1", revised="2025-01-10 12:00")).when("2025-01-10 13:00")
    assert told.conversations == []


def test_who_never_had_a_car_here_is_not_asked_how_it_runs() -> None:
    told = story(lead("2025-01-10 10:00", contacts=["2025-01-10 11:00"])).when("2025-07-20")
    assert [task.kind for task in told.tasks if task.kind == "silence"] == []


def test_what_was_done_by_the_grade_that_a_lead_had_is_not_taken_back() -> None:
    talked = ["2025-01-10 10:30"]
    told = story(
        lead("2025-01-10 10:00", contacts=talked),
        said("2025-02-11", "lead_general", "done", of="L1/after/2025-01-10 10:30"),
    ).when("2025-02-12")
    assert told.of_kind("lead_general").status == "done"
    able: dict[str, Any] = {"ability_to_pay": "high", "brand_loyalty": "high"}
    told.reported(lead("2025-01-10 10:00", contacts=talked, revised="2025-02-12", **able))
    told.when("2025-02-13").then_withdrawn()


def test_one_whose_grade_has_risen_is_called_as_soon_as_that_grade_would_have_been() -> None:
    talked = ["2025-01-10 10:30"]
    told = story(lead("2025-01-10 10:00", contacts=talked)).when("2025-01-20")
    assert not [task for task in told.tasks if task.status == "open"]
    told.reported(
        lead("2025-01-10 10:00", contacts=talked, revised="2025-01-20", buys_within_days=10)
    ).when("2025-01-24 10:00")
    assert (told.of_kind("lead_potential").status, told.of_kind("lead_potential").grade) == (
        "open",
        "potential",
    )


def test_an_owner_may_give_their_lead_back() -> None:
    asked = story(lead("2025-01-10 10:00", owner="wang.fang")).when("2025-01-10 10:01")
    assert asked.of_kind("lead_first_contact").person == "wang.fang"
    back = assignment("2025-01-10 10:10", FIRST, None, by="wang.fang")
    assert asked.reported(back).when("2025-01-10 10:11").of_kind(KIND).person is None
    claim = assignment("2025-01-10 10:20", FIRST, "li.na", "A2")
    assert asked.reported(claim).when("2025-01-10 10:21").of_kind(KIND).person == "li.na"


def test_done_by_another_than_whose_it_is_is_done_and_stays_theirs() -> None:
    told = story(
        lead("2025-01-10 10:00", owner="wang.fang"),
        call("2025-01-10 10:30", FIRST, "done", staff="li.na"),
    ).when("2025-01-10 11:00")
    assert (told.of_kind(KIND).status, told.of_kind(KIND).person) == ("done", "wang.fang")


def test_every_task_on_a_lead_says_by_which_number_the_source_knows_it() -> None:
    """So that whoever is to call one whom nobody knows as a customer finds out how."""
    for rule in LEADS:
        for words in (rule.why_en, rule.why_zh):
            assert "{lead}" in words, rule.kind
