"""A customer's plan, as the endpoint answers it: what is said, what comes, and what is not said."""

from datetime import datetime
from typing import Any

from hypothesis import given as always
from hypothesis import settings

from services.followup.domain.decide import customer_plan, decide
from services.followup.domain.facts import FollowUpFacts
from services.followup.views.customer import customer_tasks
from shared.contracts.followup import TaskChanged, task_id
from shared.decider.snapshot import Snapshot
from tests.services.followup.given import (
    CUSTOMER,
    DEALER,
    at,
    consent,
    delivery,
    document_id,
    given,
    outcome,
    visit,
)
from tests.services.followup.given_plans import RICH, case, customers, known
from tests.services.followup.stories import moments


def plan_of(facts: FollowUpFacts, now: datetime) -> dict[str, Any]:
    """What is answered by a policy with all sorts of rules."""
    snapshot = Snapshot(
        id=CUSTOMER,
        dealer_id=DEALER,
        facts=facts,
        decision=decide(facts, {}, RICH, now),
        announced={},
        due_at=None,
        policy_version="",
        updated_at=now,
    )
    return customer_tasks(snapshot, RICH, now).model_dump(mode="json")


def kinds(tasks: list[dict[str, Any]]) -> list[str]:
    return [each["kind"] for each in tasks]


def test_what_the_customer_allows_is_told_as_of_now() -> None:
    facts = given(
        delivery("2025-01-10 10:00"),
        consent("2025-01-11 10:00", "N1", do_not_contact=True),
        consent("2025-01-12 10:00", "N2", opt_outs=("sms",)),
    ).facts
    assert plan_of(facts, at("2025-01-10 10:30"))["allowed"] == {
        "do_not_contact": False,
        "opt_outs": [],
        "said_at": None,
    }
    assert plan_of(facts, at("2025-01-11 10:30"))["allowed"]["do_not_contact"]
    last = plan_of(facts, at("2025-01-12 10:30"))["allowed"]
    assert (last["do_not_contact"], last["opt_outs"]) == (False, ["sms"])
    assert last["said_at"] == "2025-01-12T02:00:00.000Z"


def test_what_comes_later_is_told_with_its_day_and_what_it_follows_from() -> None:
    told = plan_of(given(delivery("2025-01-10 10:00")).facts, at("2025-01-10 10:30"))
    assert kinds(told["tasks"]) == ["delivery_thanks"]
    coming = {each["kind"]: each for each in told["coming"]}
    assert "next_service" in coming
    assert coming["manager"]["opens_at"] == "2025-01-13T01:00:00.000Z", "the 12th is a Sunday"
    assert coming["manager"]["document_id"] == document_id("sale", "D1")
    assert coming["manager"]["why"] == {
        "en": "Of LSVAU2180N2183294",
        "zh": "LSVAU2180N2183294",
    }
    opens = [each["opens_at"] for each in told["coming"]]
    assert opens == sorted(opens)


def test_what_would_open_on_a_day_off_is_told_to_open_on_the_next_working_day() -> None:
    facts = given(visit("2025-01-10 10:00")).facts  # a Friday
    for now in ("2025-01-10 12:00", "2025-01-11 12:00", "2025-01-13 08:59"):
        coming = plan_of(facts, at(now))["coming"]
        [asks] = (each for each in coming if each["kind"] == "service_satisfaction")
        assert asks["opens_at"] == "2025-01-13T01:00:00.000Z"
        assert asks["opens_at"] < asks["due_at"]
    opened = plan_of(facts, at("2025-01-13 09:00"))["tasks"]
    [due_at] = (each["due_at"] for each in opened if each["kind"] == "service_satisfaction")
    assert due_at == asks["due_at"]


def test_what_a_customer_refuses_is_told_as_silent_and_why() -> None:
    facts = given(delivery("2025-01-10 10:00"), consent("2025-01-09", do_not_contact=True)).facts
    told = plan_of(facts, at("2025-01-10 12:00"))
    assert told["tasks"] == []
    [silent] = told["suppressed"]
    assert (silent["kind"], silent["because"]) == ("delivery_thanks", "do_not_contact")
    assert silent["until"] is None
    assert silent["why_not"]["en"]
    assert silent["why_not"]["zh"]
    assert silent["title_en"] == "delivery_thanks"


def test_what_waits_is_told_before_what_never_opens() -> None:
    facts = known(
        given(delivery("2025-01-10 10:00"), visit("2025-01-10 09:00", vin=None)),
        case((at("2025-01-01"), None)),
    ).facts
    told = plan_of(facts, at("2025-02-03 12:00"))
    because = [(each["because"], each["until"] is None) for each in told["suppressed"]]
    assert "complaint_open" in [cause for cause, _ in because]
    is_for_ever = [never for _, never in because]
    assert is_for_ever == sorted(is_for_ever)


def test_a_conversation_for_several_things_shows_each_with_its_reasons_and_attempts() -> None:
    facts = given(
        visit("2025-01-06 10:00", "R1"),
        visit("2025-01-08 10:00", "R2", vin="WVWZZZ1JZXW000001"),
        outcome("2025-01-09 15:00", "service_satisfaction/visit/R2", "not_reached", "O2"),
        outcome("2025-01-09 11:00", "service_satisfaction/visit/R1", "not_reached", "O1", by="u7"),
    ).facts
    told = plan_of(facts, at("2025-01-09 16:00"))
    [talk] = [each for each in told["tasks"] if len(each["purposes"]) > 1]
    assert [each["document_id"] for each in talk["purposes"]] == [
        document_id("visit", "R1"),
        document_id("visit", "R2"),
    ]
    assert talk["task_id"] == talk["purposes"][0]["task_id"]
    assert talk["purposes"][1]["task_id"] == str(
        task_id(CUSTOMER, f"service_satisfaction/{document_id('visit', 'R2')}")
    )
    assert [(each["at"][11:16], each["by"]) for each in talk["attempts"]] == [
        ("03:00", "u7"),
        ("07:00", None),
    ]
    assert talk["why_now"][0] == talk["purposes"][0]["why"]
    assert len(talk["why_now"]) > 1


@settings(max_examples=40)
@always(customers(), moments)
def test_all_of_a_plan_is_answered_and_nothing_twice(facts: FollowUpFacts, now: datetime) -> None:
    told, plan = plan_of(facts, now), customer_plan(facts, RICH, now)
    outputs = [
        output.content
        for output in decide(facts, {}, RICH, now).outputs
        if isinstance(output.content, TaskChanged)
    ]
    assert sorted(kinds(told["tasks"])) == sorted(task.kind for task in outputs)
    assert len(told["coming"]) == len(plan.coming)
    assert len(told["suppressed"]) == len(plan.silences)
    assert all(told["as_of"] < each["opens_at"] < each["due_at"] for each in told["coming"])
    to_do = {
        purpose["task_id"]
        for task in told["tasks"]
        if task["closed_at"] is None
        for purpose in task["purposes"]
        if purpose["ended"] is None
    }
    for each in (*told["suppressed"], *told["coming"]):
        about = f"{each['kind']}/{each['document_id']}"
        assert str(task_id(CUSTOMER, about)) not in to_do
        assert each["why"]["en"]
