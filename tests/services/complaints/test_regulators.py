"""Deadlines that regulators set: the shipped examples, each through the life of a case.

Complaints of the tests are received on Saturday, 21 November 2026, at 10:00 in Shanghai.
"""

from typing import Any

import pytest

from services.complaints.adapters.shipped import shipped
from services.complaints.domain.case import case_at
from services.complaints.domain.course import status_at
from services.complaints.domain.facts import Filed
from services.complaints.domain.policy import ClockRule, ComplaintPolicy
from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from shared.contracts.feed_parts import StepName
from shared.contracts.subjects import CaseSubject
from tests.services.complaints.given import absorbed, at, filed, given, step
from tests.services.complaints.reading import ID, OneDealer, client
from tests.services.complaints.regulators import arithmetic, clock, clock_names, local, merged


def test_a_demand_starts_two_clocks_in_working_days(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), rules=rules["cn-sanbao"]).when("1h").then().next_due(None)
    case.reported(step("demanded", "4d 2h")).when("5d")  # on Wednesday the 25th at noon
    assert clock(case, "exchange_answer").due_at == local("2026-12-10 00:00")
    assert clock(case, "exchange_done").due_at == local("2026-12-24 00:00")
    assert clock(case, "exchange_answer").origin == "demanded"
    english, chinese = arithmetic(case, "exchange_answer")
    assert english[0] == "Starts 2026-11-25 12:00 +08:00: exchange or return was demanded."
    assert english[1] == "2026-11-25 Wed: does not count, the clock started on it"
    assert english[2] == "2026-11-26 Thu: counts"
    assert english[4] == "2026-11-28 Sat: does not count, weekend"
    assert english[-1] == "= due 2026-12-09 24:00 +08:00: 10 statutory working days used up."
    assert chinese[-1] == "= 截止2026-12-09 24:00 +08:00:10个法定工作日用完。"


def test_a_demand_through_its_life(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), step("demanded", "4d 2h"), rules=rules["cn-sanbao"])
    case.when("18d").then("warning/exchange_answer/1", "warning.last_warning/exchange_answer/1")
    why = case.warning("warning/exchange_answer/1").why
    assert "10 statutory working days after the demand for exchange or return" in why.en
    assert why.en.endswith("by 2026-12-09 24:00 +08:00.")
    case.when("19d")
    assert case.breach("breach/exchange_answer/1").due_at == local("2026-12-10 00:00")
    case.reported(step("answered", "18d 13h", recorded="19d")).when("19d 1h")
    assert "breach/exchange_answer/1" in case.withdrawn, "it was answered in time"
    assert case.verdict("verdict/exchange_answer/1").verdict == "kept"
    case.reported(step("resolved", "40d")).when("41d")
    assert case.verdict("verdict/exchange_done/1").verdict == "broken"
    case.then_of_the_case("closed/1")


def test_the_first_demand_counts_and_one_after_a_reopening_is_another(
    rules: dict[str, CaseRulebook],
) -> None:
    case = given(filed(), step("demanded", "1d"), step("demanded", "3d"), rules=rules["cn-sanbao"])
    case.when("4d")
    assert clock(case, "exchange_answer").started_at == at("1d")
    case.reported(step("answered", "5d"), step("reopened", "6d")).when("7d")
    assert clock_names(case) == ["exchange_answer/1", "exchange_done/1"]
    case.reported(step("demanded", "8d")).when("9d")
    assert clock(case, "exchange_answer", 2).started_at == at("8d")
    assert clock(case, "exchange_done", 1).halted_at is None, "the law's clock runs on"


def test_a_hold_does_not_stop_a_regulators_clock(rules: dict[str, CaseRulebook]) -> None:
    known = (filed(), step("demanded", "1d"), step("held", "2d", until="20d"))
    case = given(*known, rules=rules["cn-sanbao"]).when("3d")
    assert clock(case, "exchange_answer").due_at == local("2026-12-05 00:00")


@pytest.mark.parametrize("stop", ["loaner_given", "repair_ended", "resolved"])
def test_a_loaner_car_is_due_after_five_days_of_repair(
    rules: dict[str, CaseRulebook], stop: Any
) -> None:
    case = given(filed(), step("repair_started", "1d"), rules=rules["cn-sanbao"])
    case.when("5d 1h").then("warning/loaner_car/1").next_due("6d")
    in_time = given(*_with(stop, "5d 23h"), rules=rules["cn-sanbao"]).when("6d 1h")
    assert in_time.verdict("verdict/loaner_car/1").verdict == "kept"
    case.when("6d").then("warning/loaner_car/1", "breach/loaner_car/1")


def _with(stop: Any, when: str) -> tuple[Any, ...]:
    return filed(), step("repair_started", "1d"), step(stop, when)


def test_new_steps_show_that_somebody_is_at_it() -> None:
    shown: dict[StepName, str] = {
        "demanded": "open",
        "promised": "under_review",
        "repair_started": "under_review",
        "loaner_given": "under_review",
        "repair_ended": "under_review",
    }
    for name, status in shown.items():
        case = given(filed(), step(name, "1h")).when("90m")
        found = case.facts.complaint
        assert isinstance(found, Filed)
        standing = case_at(case.facts, found, case.policy, case.now)
        assert status_at(found, standing.course, case.now) == status
        assert standing.is_open


def test_a_demand_of_a_case_that_is_merged_away_runs_on_in_the_other(
    rules: dict[str, CaseRulebook],
) -> None:
    away = given(
        filed(), step("demanded", "1d"), step("merged", "2d"), rules=rules["cn-sanbao"]
    ).when("3d")
    [message] = merged(away)
    assert message.handed_over[0].starts == {
        "exchange_answer": at("1d"),
        "exchange_done": at("1d"),
    }
    taken_on = given(
        filed(received="12h"),
        step("answered", "13h"),
        absorbed({"exchange_answer": "1d"}, "2d"),
        rules=rules["cn-sanbao"],
    ).when("3d")
    found = clock(taken_on, "exchange_answer")
    assert (found.origin, found.started_at, found.stopped_at) == ("merged", at("1d"), None)
    assert found.due_at == local("2026-12-05 00:00")


def test_a_complaint_of_the_platform_through_its_life(rules: dict[str, CaseRulebook]) -> None:
    assert clock_names(given(filed(), rules=rules["cn-12315"]).when("1h")) == []
    case = given(filed(channel="regulator"), rules=rules["cn-12315"]).when("1h")
    assert clock(case, "platform_settled").due_at == local("2026-12-05 00:00")
    case.when("10d").then("warning/platform_settled/1")
    case.when("13d 14h").then(
        "warning/platform_settled/1",
        "warning.last_warning/platform_settled/1",
        "breach/platform_settled/1",
    )
    case.reported(step("resolved", "15d")).when("15d 1h")
    assert case.verdict("verdict/platform_settled/1").verdict == "broken"


def test_a_promise_has_to_be_kept_in_three_days(rules: dict[str, CaseRulebook]) -> None:
    case = given(filed(), rules=rules["cn-zhejiang"]).when("1h").next_due("4d")
    case.reported(step("promised", "4d 2h")).when("4d 3h")
    assert case.verdict("verdict/demand_reply/1").verdict == "kept"
    assert clock(case, "promise_kept").due_at == at("7d 2h")
    case.when("7d 2h")
    assert "3 d after the promise" in case.breach("breach/promise_kept/1").why.en
    case.reported(step("resolved", "7d 1h", recorded="8d")).when("8d")
    assert case.verdict("verdict/promise_kept/1").verdict == "kept"
    assert "breach/promise_kept/1" in case.withdrawn


def test_a_clock_that_starts_at_any_step_explains_itself() -> None:
    rule = shipped("cn-zhejiang").clocks["promise_kept"]
    for name in (
        "contacted",
        "answered",
        "executive_answered",
        "promised",
        "repair_started",
        "loaner_given",
        "repair_ended",
        "demanded",
        "resolved",
    ):
        stops = ("called_back",)
        own = ClockRule.model_validate({**dict(rule), "start": name, "stops": stops})
        policy = ComplaintPolicy(name="own", clocks=(own,))
        case = given(filed(), step(name, "1d"), rules=rulebook_of(policy)).when("4d")
        assert [str(CaseSubject.parse(about).kind) for about in case.sealed] == [
            "warning",
            "breach",
        ]
        english, chinese = arithmetic(case, "promise_kept")
        assert english[0].startswith("Starts 2026-11-22 10:00 +08:00: ")
        assert chinese[0].startswith("起算:2026-11-22 10:00 +08:00,")
        assert clock(case, "promise_kept").due_at == at("4d")


async def test_the_api_tells_why_a_regulators_deadline_is_when_it_is(
    rules: dict[str, CaseRulebook],
) -> None:
    known = (filed(limit="4d"), step("demanded", "2d"))
    of = rules["cn-sanbao"].shipped
    clocks = (*of.policy.clocks, *rules["cn-12345"].shipped.policy.clocks)
    both = rulebook_of(ComplaintPolicy(name="both", clocks=clocks), working_days=of.working_days)
    case = given(*known, rules=both).when("3d")
    async with client(OneDealer({ID: case}, both), case.now) as asked:
        shown = (await asked.get(f"/v1/cases/{ID}")).json()
    by_name = {each["clock"]: each for each in shown["clocks"]}
    answer, order = by_name["exchange_answer"], by_name["work_order"]
    assert answer["origin"] == "demanded"
    explained = answer["explanation"]
    assert (explained["unit"], explained["target"]) == ("working_days", "10 working days")
    assert explained["calendar"]["name"] == "statutory working days of CN"
    assert explained["calendar"]["timezone"] == "Asia/Shanghai"
    counted = [line["days"] for line in explained["lines"] if line["kind"] == "day"]
    assert sum(counted) == 10
    assert order["explanation"]["target"] == "regulator_due_at"
    assert order["explanation"]["calendar"] is None
    assert [line["kind"] for line in order["explanation"]["lines"]] == ["start", "due"]
    assert order["due_at"] == "2026-11-25T02:00:00.000Z"
    received = next(entry for entry in shown["timeline"] if entry["kind"] == "received")
    assert received["regulator_due_at"] == "2026-11-25T02:00:00.000Z"


def test_a_make_up_day_is_said_to_be_one(rules: dict[str, CaseRulebook]) -> None:
    demanded = "-50d"  # the week off of October is within the count, and a make-up Saturday
    case = given(filed(received="-60d"), step("demanded", demanded), rules=rules["cn-sanbao"]).when(
        "0s"
    )
    english, chinese = arithmetic(case, "exchange_answer")
    assert "2026-10-10 Sat: counts, a make-up working day" in english
    assert "2026-10-10 周六:计入(调休上班)" in chinese
    assert "2026-10-05 Mon: does not count, a public holiday" in english
